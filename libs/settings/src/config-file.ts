/**
 * The format of `config` and `tidemark.conf`: one `key = "value"` a line.
 *
 * Quotes are required, whatever is between the first and the last one is the value, nothing is escaped, and nothing
 * may follow the closing quote. `#` and `;` start a comment line.
 */
import type { Option, OptionTable, OptionValue } from './option.ts';
import { suggestName } from './suggest.ts';
import { joinLists, parseValue } from './value.ts';

export type ConfigFileResult =
  | {
      readonly type: 'read';
      /** Only the keys that the file has. */
      readonly values: Readonly<Record<string, OptionValue>>;
      readonly notices: readonly string[];
    }
  /** `failed`: the caller adds which file has errors. `stop`: the lines say it all. */
  | { readonly type: 'failed' | 'stop'; readonly lines: readonly string[] };

/**
 * Reads a whole file against a table of options; stops at the first line that is fatal.
 *
 * @param elsewhere the keys of the other file, so that a key in the wrong one is told where it belongs.
 */
export function readConfigFile(
  text: string,
  table: OptionTable,
  home: string,
  elsewhere: Elsewhere,
): ConfigFileResult {
  const values: Record<string, OptionValue> = {};
  const notices: string[] = [];
  for (const { text: line } of settingLines(text)) {
    const setting = settingIn(line);
    if (setting === null) return { type: 'stop', lines: [...notices, ...malformed(line)] };
    const { key, value: raw } = setting;
    if (DEPRECATED.has(key)) {
      notices.push(deprecated(key));
      continue;
    }
    const option = Object.hasOwn(table, key) ? table[key] : undefined;
    if (option === undefined)
      return { type: 'failed', lines: [...notices, ...unknown(key, table, elsewhere)] };
    const parsed = parseValue(key, option, raw, 'file', home);
    if (parsed.type !== 'value') return { type: parsed.type, lines: [...notices, ...parsed.lines] };
    values[key] = combined(option, values[key], parsed.value);
    if (parsed.notice !== undefined) notices.push(parsed.notice);
  }
  return { type: 'read', values, notices };
}

/** The lines of a file that set an option, with what they say. */
export function linesThatSet(
  key: string,
  text: string,
): readonly { readonly number: number; readonly value: string }[] {
  return settingLines(text).flatMap(({ number, text: line }) => {
    const setting = settingIn(line);
    return setting?.key === key ? [{ number, value: setting.value }] : [];
  });
}

export interface Elsewhere {
  readonly fileName: string;
  readonly table: OptionTable;
}

/**
 * What a line sets; null when it is none that sets something. The value ends at the last quote, so that quotes inside it survive. Without
 * a pattern that goes back: on a line of millions of letters it would run out of stack.
 */
function settingIn(line: string): { readonly key: string; readonly value: string } | null {
  const equals = line.indexOf('=');
  const key = line.slice(0, Math.max(equals, 0)).trimEnd();
  const quoted = line.slice(equals + 1).trim();
  if (key === '' || /\W/.test(key)) return null;
  if (quoted.length < 2 || !quoted.startsWith('"') || !quoted.endsWith('"')) return null;
  const value = quoted.slice(1, -1);
  return /[\r\u2028\u2029]/.test(value) ? null : { key, value };
}

const DEPRECATED: ReadonlySet<string> = new Set(['min_notify_changes', 'force_http_2']);

/** `number`: from 1, as editors count. */
function settingLines(text: string): readonly { readonly number: number; readonly text: string }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ number: index + 1, text: line.trimStart() }))
    .filter(({ text: line }) => line !== '' && !line.startsWith('#') && !line.startsWith(';'));
}

/** Lists add up, everything else is taken from the last line. */
function combined(option: Option, earlier: OptionValue | undefined, later: OptionValue): OptionValue {
  return option.type === 'list' && isList(earlier) && isList(later) ? joinLists(earlier, later) : later;
}

const isList = (value: OptionValue | undefined): value is readonly string[] => Array.isArray(value);

function malformed(line: string): readonly string[] {
  return [
    `Malformed config line: ${line}`,
    '',
    'Please review the documentation on how to correctly configure this application.',
  ];
}

function deprecated(key: string): string {
  return `The option '${key}' has been deprecated and will be ignored. Please read the documentation and remove it from your configuration.`;
}

function unknown(key: string, table: OptionTable, elsewhere: Elsewhere): readonly string[] {
  if (key === 'sync_business_shared_folders') {
    return [
      "The option 'sync_business_shared_folders' has been removed: shared folders of a business account are synced differently now.",
      "Please read the documentation of 'sync_business_shared_items', which takes its place.",
      'Your configuration, the local folder and the shortcuts online need to be changed before it can be used.',
    ];
  }
  const line = `Unknown key in config file: ${key}`;
  if (Object.hasOwn(elsewhere.table, key)) return [line, `'${key}' belongs in ${elsewhere.fileName}`];
  const suggestion = suggestName(key, Object.keys(table));
  return suggestion === undefined ? [line] : [line, `Did you mean '${suggestion}'?`];
}
