/** Reads `sync_list` into rules, and says which lines it cannot use. */
import { composed } from './normal-form.ts';

export interface SyncListRule {
  /** The line as written, trimmed. */
  readonly text: string;
  readonly effect: 'include' | 'exclude';
  /** Anchored rules start at the root; the others match anywhere. */
  readonly anchor: 'root' | 'anywhere';
  /** Without sign, leading slash and trailing slash; composed. */
  readonly pattern: string;
  readonly hasWildcard: boolean;
}

export interface SyncListRules {
  readonly rules: readonly SyncListRule[];
  /** One line to print for each rule that was left out. */
  readonly problems: readonly string[];
}

/** @returns no rules for an empty file, which means that nothing is filtered. */
export function parseSyncList(text: string): SyncListRules {
  const rules: SyncListRule[] = [];
  const problems: string[] = [];
  for (const line of ruleLines(text)) {
    const problem = refusal(line);
    if (problem === undefined) rules.push(toRule(line));
    else problems.push(problem);
  }
  return { rules, problems };
}

function ruleLines(text: string): readonly string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith(';'));
}

function refusal(line: string): string | undefined {
  if (['!/*', '!/', '-/*', '-/', '!', '-'].includes(line)) {
    return `ERROR: Invalid sync_list rule '${line}' detected. Please read the 'sync_list' documentation.`;
  }
  if (line === '/*' || line === '/') {
    return `ERROR: Invalid sync_list rule '${line}' detected. Please use 'sync_root_files = "true"' or --sync-root-files option to sync files in the root path. Directories need a rule of their own.`;
  }
  if (/^[!-]?\.\//.test(line)) {
    return `ERROR: Invalid sync_list rule '${line}' detected. Rule should not start with './' - please fix your 'sync_list' rule.`;
  }
  return undefined;
}

function toRule(text: string): SyncListRule {
  const effect = text.startsWith('!') || text.startsWith('-') ? 'exclude' : 'include';
  const body = effect === 'exclude' ? text.slice(1).trim() : text;
  const pattern = composed(body).replace(/^\/+/, '').replace(/\/+$/, '');
  return {
    text,
    effect,
    anchor: body.startsWith('/') ? 'root' : 'anywhere',
    pattern,
    hasWildcard: pattern.includes('*'),
  };
}
