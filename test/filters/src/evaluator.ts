/**
 * Which items of a tree the filters let in: a second implementation, written from the description of the options and from
 * nothing else, without a regular expression and without a thought for speed. It is what `createFilter` is compared with.
 */
import { skipDirectoryMatches, skipFileMatches } from './patterns.ts';
import { readRules } from './rules.ts';
import type { SyncListAnswer } from './sync-list.ts';
import { askSyncList } from './sync-list.ts';

/** The options, in the units of the config file. */
export interface Configuration {
  readonly skipFile: readonly string[];
  readonly skipDir: readonly string[];
  readonly isStrict: boolean;
  readonly skipDotfiles: boolean;
  readonly skipSymlinks: boolean;
  /** Mebibytes; 0 is off. */
  readonly skipSize: number;
  readonly checkNosync: boolean;
  readonly syncRootFiles: boolean;
  /** The lines of `sync_list`; null when there is no such file. */
  readonly syncList: readonly string[] | null;
}

/** One file, folder or symbolic link with what it holds. */
export interface Node {
  readonly name: string;
  readonly kind: 'file' | 'folder';
  readonly sizeBytes: number;
  readonly isLink: boolean;
  /** A folder that holds `.nosync`. */
  readonly hasMarker: boolean;
  readonly children: readonly Node[];
}

export type Answer = 'in' | 'out';

/** The answer for the path of each item. A folder is in when it is included itself or holds something that is. */
export function evaluate(configuration: Configuration, roots: readonly Node[]): ReadonlyMap<string, Answer> {
  const answers = new Map<string, Answer>();
  const rules = configuration.syncList === null ? [] : readRules(configuration.syncList);
  const leaveOut = (node: Node, path: readonly string[]): void => {
    answers.set(path.join('/'), 'out');
    for (const child of node.children) leaveOut(child, [...path, child.name]);
  };
  const visit = (node: Node, path: readonly string[]): boolean => {
    const asked = rules.length === 0 ? included : askSyncList(rules, path, node.kind);
    if (isSkipped(configuration, node, path, rules.length > 0 && asked)) {
      leaveOut(node, path);
      return false;
    }
    const isRootFile = configuration.syncRootFiles && node.kind === 'file' && path.length === 1;
    const isAnyIn = node.children.map((child) => visit(child, [...path, child.name])).includes(true);
    const isIn = asked.answer === 'in' || isRootFile || isAnyIn;
    answers.set(path.join('/'), isIn ? 'in' : 'out');
    return isIn;
  };
  for (const root of roots) visit(root, [root.name]);
  return answers;
}

const included: SyncListAnswer = { answer: 'in', isNamed: false };

/** What keeps an item out with everything in it, whatever `sync_list` says; but that lets a dotfile in that it names. */
function isSkipped(
  configuration: Configuration,
  node: Node,
  path: readonly string[],
  syncList: SyncListAnswer | false,
): boolean {
  const { checkNosync, skipDotfiles, skipSymlinks, skipDir, isStrict, skipFile, skipSize } = configuration;
  const isFolder = node.kind === 'folder';
  if (checkNosync && isFolder && node.hasMarker) return true;
  if (skipDotfiles && node.name.startsWith('.') && !(syncList !== false && syncList.isNamed)) return true;
  if (skipSymlinks && node.isLink) return true;
  if (isFolder) return skipDirectoryMatches(skipDir, path, isStrict);
  return skipFileMatches(skipFile, path) || (skipSize > 0 && node.sizeBytes >= skipSize * 2 ** 20);
}
