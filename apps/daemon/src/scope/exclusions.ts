/**
 * Everything that keeps a path out of the sync, and what the settings would be without it. The filter itself is asked, again and
 * again, each time without the cause found last: so the list is complete, and following it lets the path in.
 */
import type { FilterPolicy } from '@tidemark/contracts';
import type { RulesFor } from '@tidemark/engine';
import type { LeftOut, RuleItem } from './settings-filter.ts';
import { nosync, split } from '@tidemark/plugin-filter';
import { settingsFilter, wholeFilter } from './settings-filter.ts';

type Rules = ReturnType<RulesFor>;

export interface Cause {
  readonly rule: LeftOut['rule'] | 'skip_symlinks' | 'download_only' | 'upload_only' | 'plugin';
  /** The pattern, limit or line that decided; of a name, what is wrong with it; of a plugin, what it says. */
  readonly detail: string;
  /** What the rule says it of: the path that was asked for, or a folder above it. */
  readonly path: string;
  /** The plugin whose rule it is. */
  readonly plugin?: string;
  /** It would be synced if something in it were. */
  readonly onTheWay?: true;
}

/** One path, as the rules are asked for it. */
export interface AskedItem extends Omit<RuleItem, 'name' | 'markers'> {
  /** The folder on the way to it, or itself, that holds `.nosync`. */
  readonly nosyncIn: string | null;
  /** Those of other plugins that a folder on the way to it, or itself, holds. */
  readonly markers?: readonly string[];
  /** The path itself or a folder above it that is a symbolic link on disk. */
  readonly link: string | null;
  /** The only side that has it; null when both or neither do. */
  readonly only: 'local' | 'remote' | null;
  /** The last run has seen it there, and has left it there. */
  readonly isLeft?: boolean;
}

export interface AskedRules {
  readonly filter: FilterPolicy;
  readonly direction: 'both' | 'download' | 'upload';
  readonly plugins: Pick<Rules, 'ignore'> | null;
}

/** In the order in which they are met; empty when nothing keeps it out. */
export function exclusionsOf(item: AskedItem, rules: AskedRules): readonly Cause[] {
  const { filter, direction } = rules;
  const whole: Cause[] = [];
  if (item.link !== null && filter.skipSymlinks)
    whole.push({ rule: 'skip_symlinks', detail: item.link, path: item.link });
  const isAskedWhole = item.isLeft === true && item.kind === 'folder';
  for (const [index, subject] of [ruleItem(item), ...foldersAbove(item)].entries()) {
    const found = causesOf(subject, rules, isAskedWhole && index === 0 ? wholeFilter : settingsFilter);
    for (const cause of found)
      whole.push(cause.rule === 'check_nosync' ? { ...cause, detail: item.nosyncIn ?? '' } : cause);
    if (found.length > 0) break;
  }
  if (direction === 'download' && item.only === 'local')
    whole.push({ rule: 'download_only', detail: 'true', path: item.path });
  if (direction === 'upload' && item.only === 'remote')
    whole.push({ rule: 'upload_only', detail: 'true', path: item.path });
  return whole;
}

function causesOf(
  item: RuleItem,
  { filter, plugins }: AskedRules,
  filterFor: typeof settingsFilter,
): Cause[] {
  const { path } = item;
  const found: Cause[] = [];
  let policy: FilterPolicy | null = filter;
  while (policy !== null) {
    const left: LeftOut | null = filterFor(policy)(item);
    if (left === null) break;
    const { rule, detail, onTheWay } = left;
    found.push({ rule, detail, path, ...(onTheWay && { onTheWay }) });
    policy = without(policy, left, path);
  }
  const verdict = plugins?.ignore(item) ?? null;
  if (verdict !== null && verdict.onTheWay !== true)
    found.push({ rule: 'plugin', detail: verdict.detail, path, plugin: verdict.plugin });
  return found;
}

/** Null when no setting lets such an item in. */
function without(policy: FilterPolicy, { rule, detail }: LeftOut, path: string): FilterPolicy | null {
  const less = (patterns: string): string =>
    split(patterns)
      .filter((pattern) => pattern !== detail)
      .join('|');
  switch (rule) {
    case 'skip_file':
      return { ...policy, skipFile: less(policy.skipFile) };
    case 'skip_dir':
      return { ...policy, skipDir: less(policy.skipDir) };
    case 'skip_dotfiles':
      return { ...policy, skipDotfiles: false };
    case 'skip_symlinks':
      return { ...policy, skipSymlinks: false };
    case 'skip_size':
      return { ...policy, skipSizeBytes: 0 };
    case 'check_nosync':
      return { ...policy, checkNosync: false };
    case 'sync_list':
      return { ...policy, syncList: letIn(policy.syncList ?? '', detail, path) };
    case 'single_directory':
      return { ...policy, singleDirectory: null };
    case 'ownName':
    case 'name':
    case 'largestFile':
      return null;
  }
}

/** Without the line that excludes; where none does, with one that includes. */
function letIn(syncList: string, detail: string, path: string): string | null {
  const kept = syncList.split('\n').filter((line) => line.trim() !== detail);
  if (kept.length < syncList.split('\n').length) return kept.join('\n');
  const including = includingLine(path);
  // A path that begins or ends with a blank cannot be written as a line.
  return syncList.split('\n').includes(including) ? null : `${syncList}\n${including}`;
}

/** The line of `sync_list` that includes exactly this path and what is in it. */
export const includingLine = (path: string): string => `/${path}`;

function ruleItem({ path, kind, sizeBytes, side, known, nosyncIn, markers = [] }: AskedItem): RuleItem {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const own = nosyncIn === null ? [] : [nosync];
  return { path, name, kind, sizeBytes, side, known, markers: [...own, ...markers] };
}

/** From the root down. `.nosync` is told of the item itself. */
function foldersAbove({ path, side }: AskedItem): RuleItem[] {
  const names = path.split('/').slice(0, -1);
  return names.map((name, index) => ({
    ...{ path: names.slice(0, index + 1).join('/'), name, kind: 'folder', sizeBytes: 0 },
    ...{ side, known: false, markers: [] },
  }));
}
