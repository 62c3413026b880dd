/** `sync_list`: one path against all rules, from the first line to the last. */
import type { Rule } from './rules.ts';
import type { Signs } from './wildcards.ts';
import { characters, matchesWhole } from './wildcards.ts';

export interface SyncListAnswer {
  /**
   * A folder is in as well when a rule from the root leads through it. One that a rule for anywhere could only include something
   * in is out, unless that is there. A file leads nowhere.
   */
  readonly answer: 'in' | 'out';
  /** An inclusion names the item with its dot. */
  readonly isNamed: boolean;
}

/** How far a rule goes for one path: it covers it, names something below it, or leads through it with a `*`. */
type Reach = 'covers' | 'named below' | 'leads through' | 'nothing';

export function askSyncList(
  rules: readonly Rule[],
  path: readonly string[],
  kind: 'file' | 'folder',
): SyncListAnswer {
  const inclusions = rules.filter(({ type }) => type === 'include');
  const isNamed = inclusions.some((rule) => names(rule, path, kind));
  let isExcluded = false;
  let isIncluded = false;
  let leadsThrough = false;
  for (const rule of rules) {
    const reach = reachOf(rule, path);
    if (rule.type === 'exclude') {
      if (reach !== 'covers' && !takesFolderAlong(rule, path, inclusions)) continue;
      isExcluded = true;
      if (rule.place === 'anywhere') break;
    } else if (reach === 'covers') {
      isIncluded = true;
      if (rule.place === 'anywhere' || !rule.hasStar) break;
    } else if (reach === 'named below' && kind === 'folder') {
      leadsThrough = true;
      break;
    } else if (reach === 'leads through' && kind === 'folder') leadsThrough = true;
  }
  return { answer: !isExcluded && (isIncluded || leadsThrough) ? 'in' : 'out', isNamed };
}

function reachOf(rule: Rule, path: readonly string[]): Reach {
  if (rule.place === 'anywhere') return reachAnywhere(rule, path);
  if (rule.hasStar) return reachOfSegments(rule.segments, path);
  if (isPrefix(rule.segments, path)) return 'covers';
  return isPrefix(path, rule.segments) ? 'named below' : 'nothing';
}

const heeded: Signs = { star: 'any run', question: 'itself', case: 'heeded' };
const segmentSigns: Signs = { ...heeded, star: 'within a segment' };

/** Without `/*` behind it, where it may match anywhere. */
const textOf = ({ text, place }: Rule): string =>
  place === 'anywhere' && text.endsWith('/*') ? text.slice(0, -2) : text;

/** Somewhere in the path. An inclusion also reaches the folders that it begins with, from the root. */
function reachAnywhere(rule: Rule, path: readonly string[]): Reach {
  const text = textOf(rule);
  const whole = `/${path.join('/')}`;
  if (characters(whole).join('').includes(characters(text).join(''))) return 'covers';
  if (text.includes('*') && matchesWhole(`*${text}*`, whole, heeded)) return 'covers';
  if (rule.type === 'exclude') return 'nothing';
  return isPrefix(path, text.split('/')) ? 'named below' : 'nothing';
}

/** `*` is within one segment, `**` any number of them; what is below a match belongs to it. */
function reachOfSegments(rule: readonly string[], path: readonly string[]): Reach {
  const [first, ...others] = rule;
  if (first === undefined) return 'covers';
  if (first === '**') {
    const later = path.map((_, at) => reachOfSegments(others, path.slice(at)));
    if (others.length === 0) return path.length > 0 ? 'covers' : 'leads through';
    return later.includes('covers') ? 'covers' : 'leads through';
  }
  const [segment, ...rest] = path;
  if (segment === undefined) return 'leads through';
  return matchesWhole(first, segment, segmentSigns) ? reachOfSegments(others, rest) : 'nothing';
}

/** An exclusion of all in a folder takes the empty folder along, unless an inclusion of something in it is there. */
function takesFolderAlong(rule: Rule, path: readonly string[], inclusions: readonly Rule[]): boolean {
  const last = rule.segments.at(-1);
  if (rule.place !== 'root' || (last !== '*' && last !== '**')) return false;
  // `**` before it may stand for nothing.
  const folder = rule.segments.slice(
    0,
    rule.segments.slice(0, -1).findLastIndex((segment) => segment !== '**') + 1,
  );
  const isInFolder = (other: Rule): boolean =>
    other.place === 'root' && other.segments.length > folder.length && isPrefix(folder, other.segments);
  return reachOfSegments(folder, path) === 'covers' && !inclusions.some(isInFolder);
}

/** Whether the dot of an item is the dot of a segment of the rule: of one that covers it, or of one on the way to that. */
function names(rule: Rule, path: readonly string[], kind: 'file' | 'folder'): boolean {
  const written = textOf(rule).split('/');
  return written.some((segment, at) => {
    if (!segment.startsWith('.')) return false;
    if (rule.place === 'anywhere') {
      const isWay = kind === 'folder' || at === written.length - 1;
      return isWay && matchesWhole(`*${written.slice(0, at + 1).join('/')}`, `/${path.join('/')}`, heeded);
    }
    const reach = reachOf(rule, path);
    const isReached = reach === 'covers' || (kind === 'folder' && reach !== 'nothing');
    return isReached && matchesWhole(segment, path.at(-1) ?? '', segmentSigns);
  });
}

const isPrefix = (short: readonly string[], long: readonly string[]): boolean =>
  short.length <= long.length && short.every((segment, at) => isSame(segment, long[at]));

const isSame = (a: string, b: string | undefined): boolean =>
  b !== undefined && a.normalize('NFC') === b.normalize('NFC');
