/** Filter rules without the names in them. They are for people to read: what the rules decided is recorded beside the events. */
import type { FilterPolicy } from '@tidemark/contracts';
import type { Pseudonyms } from './pseudonyms.ts';

export function redactFilter(filter: FilterPolicy, names: Pseudonyms): FilterPolicy {
  const pattern = (text: string): string => (isTelling(text) ? names.path(text) : text);
  const patterns = (text: string): string => text.split('|').map(pattern).join('|');
  const line = (text: string): string => {
    const [, sign = '', rule = ''] = /^([!-]?)(.*)$/s.exec(text.trim()) ?? [];
    return rule === '' || /^[#;]/.test(rule) ? '' : sign + pattern(rule);
  };
  return {
    ...filter,
    skipFile: patterns(filter.skipFile),
    skipDir: patterns(filter.skipDir),
    syncList: filter.syncList === null ? null : filter.syncList.split('\n').map(line).join('\n'),
    singleDirectory: filter.singleDirectory === null ? null : names.path(filter.singleDirectory),
  };
}

/** Only wildcards, and an ending of up to four letters that follows one. */
const isTelling = (text: string): boolean => !/^[*~.?/$]*(\*\.[A-Za-z0-9]{1,4})?$/.test(text);
