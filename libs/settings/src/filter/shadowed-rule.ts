/** Finds an include of sync_list that skip_dir or skip_file can never let through. */
import type { Settings } from '../options.ts';
import { compileSkipDirectory, compileSkipFile } from './skip-patterns.ts';
import type { SyncListRule } from './sync-list-rules.ts';

export interface ShadowedRule {
  readonly rule: string;
  readonly by: 'skip_dir' | 'skip_file';
}

export function shadowedRule(settings: Settings, rules: readonly SyncListRule[]): ShadowedRule | undefined {
  const strictness = settings.skip_dir_strict_match ? 'whole path' : 'any segment';
  const skipDirectory = compileSkipDirectory(settings.skip_dir, strictness);
  const skipFile = compileSkipFile(settings.skip_file);
  for (const rule of rules) {
    if (rule.effect !== 'include') continue;
    const certain = certainPath(rule);
    if (certain !== '' && skipDirectory(certain) !== undefined) return { rule: rule.text, by: 'skip_dir' };
    if (namesFile(rule) && skipFile(rule.pattern) !== undefined) return { rule: rule.text, by: 'skip_file' };
  }
  return undefined;
}

/** The leading segments without wildcard: whatever the rule matches lies there. */
function certainPath(rule: SyncListRule): string {
  const segments = rule.pattern.split('/');
  const wildcardAt = segments.findIndex((segment) => segment.includes('*'));
  return (wildcardAt === -1 ? segments : segments.slice(0, wildcardAt)).join('/');
}

/** A last segment with an extension; with a trailing slash it would be a directory, which skip_file does not touch. */
function namesFile(rule: SyncListRule): boolean {
  return !rule.hasWildcard && !rule.text.endsWith('/') && /[^/]\.[^./]+$/.test(rule.pattern);
}
