/**
 * sync_list: whether a path is synced, by rules from top to bottom.
 *
 * Three classes of rule, from the contract: A is anchored without wildcard, B matches anywhere, C is anchored with
 * wildcards. An include of class A or B ends the search; so does an exclude of class B. At the end a path that any
 * rule marked as excluded is out, whatever included it.
 */
import { composed } from './normal-form.ts';
import type { SyncListRule } from './sync-list-rules.ts';
import { compileWildcard, type Matcher } from './wildcard.ts';

export type SyncListVerdict =
  | { readonly type: 'included'; readonly rule: SyncListRule; readonly match: Match }
  | {
      readonly type: 'excluded';
      /** The rule that excluded it; absent when no rule included it. */
      readonly rule?: SyncListRule;
      /** Whether a rule could include something below, should the path be a directory. */
      readonly below: 'nothing' | 'maybe something';
    };

/** `here`: the rule covers the path. `container`: the path only leads to what the rule covers. */
export type Match = 'here' | 'container';

/** A folder may lead to what a rule covers; a file leads nowhere. */
export type SyncListQuestion<Answer> = (path: string, kind: 'file' | 'folder') => Answer;
export type SyncListTest = SyncListQuestion<SyncListVerdict>;

/** @param rules at least one; without rules there is no filter. */
export function compileSyncList(rules: readonly SyncListRule[]): SyncListTest {
  const compiled = rules.map((rule, index) => ({
    rule,
    match: matcherOf(rule, rules),
    hasAnywhereIncludeBefore: rules.slice(0, index).some(includesAnywhere),
  }));
  const hasAnywhereInclude = rules.some(includesAnywhere);

  return (given, kind) => {
    const path = composed(given);
    const segments = path.split('/');
    let includedBy: { readonly rule: SyncListRule; readonly match: Match } | undefined;
    let excludedBy: (typeof compiled)[number] | undefined;
    for (const candidate of compiled) {
      const { rule } = candidate;
      const found = candidate.match(path, segments, kind);
      if (found === undefined) continue;
      if (rule.effect === 'include') includedBy ??= { rule, match: found };
      else excludedBy ??= candidate;
      if (endsSearch(rule)) break;
    }
    if (excludedBy !== undefined) {
      const below = excludedBy.hasAnywhereIncludeBefore ? 'maybe something' : 'nothing';
      return { type: 'excluded', rule: excludedBy.rule, below };
    }
    if (includedBy !== undefined) return { type: 'included', ...includedBy };
    return { type: 'excluded', below: hasAnywhereInclude ? 'maybe something' : 'nothing' };
  };
}

/** Whether an include writes the name of the path with its dot: where it covers the path, or on the way there. */
export function compileDotfilesNamed(rules: readonly SyncListRule[]): SyncListQuestion<boolean> {
  const naming = rules
    .filter(({ effect, pattern }) => effect === 'include' && `/${pattern}`.includes('/.'))
    .map((rule) => (rule.anchor === 'root' ? namesFromRoot(rule, rules) : namesAnywhere(rule)));
  return (given, kind) => {
    const path = composed(given);
    return naming.some((isNamed) => isNamed(path, kind));
  };
}

function namesFromRoot(rule: SyncListRule, rules: readonly SyncListRule[]): SyncListQuestion<boolean> {
  const match = matcherOf(rule, rules);
  const dotted = rule.pattern.split('/').filter(isDotted).map(wildcard);
  return (path, kind) => {
    const segments = path.split('/');
    const name = segments.at(-1) ?? '';
    return dotted.some((isName) => isName(name)) && match(path, segments, kind) !== undefined;
  };
}

function namesAnywhere(rule: SyncListRule): SyncListQuestion<boolean> {
  const segments = anywhereText(rule).split('/');
  const ways = segments.flatMap((segment, index) =>
    isDotted(segment)
      ? [
          {
            leadsTo: wildcard(`*${segments.slice(0, index + 1).join('/')}`),
            isAll: index === segments.length - 1,
          },
        ]
      : [],
  );
  return (path, kind) =>
    ways.some(({ leadsTo, isAll }) => (isAll || kind === 'folder') && leadsTo(`/${path}`));
}

const isDotted = (segment: string): boolean => segment.startsWith('.');

const endsSearch = (rule: SyncListRule): boolean =>
  rule.anchor === 'anywhere' || (rule.effect === 'include' && !rule.hasWildcard);

/** Such a rule may match below any directory, unless an exclusion that comes first ended the search. */
const includesAnywhere = (rule: SyncListRule): boolean =>
  rule.effect === 'include' && rule.anchor === 'anywhere';

type RuleMatcher = (path: string, segments: readonly string[]) => Match | undefined;

function matcherOf(
  rule: SyncListRule,
  rules: readonly SyncListRule[],
): (path: string, segments: readonly string[], kind: 'file' | 'folder') => Match | undefined {
  const match = folderMatcherOf(rule, rules);
  return (path, segments, kind) => {
    const found = match(path, segments);
    return found === 'container' && kind === 'file' ? undefined : found;
  };
}

function folderMatcherOf(rule: SyncListRule, rules: readonly SyncListRule[]): RuleMatcher {
  if (rule.anchor === 'anywhere') return anywhereMatcher(rule);
  return rule.hasWildcard ? patternMatcher(rule, rules) : literalMatcher(rule);
}

/** Class A. Compared by segment, so that `/Projects/Code` says nothing about `/Projects/Codecs`. */
function literalMatcher(rule: SyncListRule): RuleMatcher {
  return (path) => {
    if (isSameOrBelow(path, rule.pattern)) return 'here';
    return rule.effect === 'include' && isSameOrBelow(rule.pattern, path) ? 'container' : undefined;
  };
}

/** Class B. The text of the rule may lie anywhere in the path, also inside a name; that is what the peer does. */
function anywhereMatcher(rule: SyncListRule): RuleMatcher {
  const text = anywhereText(rule);
  const matches = wildcard(`*${text}*`);
  const segmentCount = text.split('/').length;
  return (path) => {
    if (matches(`/${path}`)) return 'here';
    const isContainer = segmentCount > 1 && isSameOrBelow(text, path);
    return rule.effect === 'include' && isContainer ? 'container' : undefined;
  };
}

const anywhereText = ({ pattern }: SyncListRule): string => pattern.replace(/\/\*$/, '');

/** Class C. */
function patternMatcher(rule: SyncListRule, rules: readonly SyncListRule[]): RuleMatcher {
  // `X/**` and `X/*` say the same, because a rule covers everything below what it matches.
  const pattern = rule.pattern
    .replace(/\/\*\*$/, '/*')
    .split('/')
    .map(compileSegment);
  const container = pattern.slice(0, -1);
  const keepsContainer = rule.effect === 'include' || hasIncludeBelow(rule, rules);
  const isForChildren = /\/\*\*?$/.test(rule.pattern);
  return (_path, segments) => {
    const reach = matchSegments(pattern, segments);
    if (reach === 'covered') return 'here';
    if (rule.effect === 'include') return reach === 'leads there' ? 'container' : undefined;
    // An exclusion of all children takes the empty directory with them, unless something in it is wanted.
    const isContainer = isForChildren && matchSegments(container, segments) === 'covered';
    return isContainer && !keepsContainer ? 'here' : undefined;
  };
}

function hasIncludeBelow(rule: SyncListRule, rules: readonly SyncListRule[]): boolean {
  const container = rule.pattern.replace(/(\/\*\*)*\/[^/]*$/, '');
  return rules.some(
    (other) =>
      other.effect === 'include' && other.anchor === 'root' && other.pattern.startsWith(`${container}/`),
  );
}

type Segment = { readonly type: 'any number' } | { readonly type: 'one'; readonly matches: Matcher };

function compileSegment(text: string): Segment {
  return text === '**' ? { type: 'any number' } : { type: 'one', matches: wildcard(text) };
}

/**
 * `covered`: the pattern fits the path or something above it. `leads there`: the path is used up before the pattern.
 * The set of positions moves along the path, so it takes pattern × path steps.
 */
function matchSegments(
  pattern: readonly Segment[],
  path: readonly string[],
): 'covered' | 'leads there' | 'no match' {
  let positions = new Set([0]);
  for (const name of path) {
    const next = new Set<number>();
    for (const position of withSkipped(pattern, positions)) {
      const segment = pattern[position];
      if (segment === undefined) return 'covered';
      if (segment.type === 'any number') next.add(position);
      else if (segment.matches(name)) next.add(position + 1);
    }
    positions = next;
  }
  if (withSkipped(pattern, positions).has(pattern.length)) return 'covered';
  return positions.size > 0 ? 'leads there' : 'no match';
}

/** `**` may stand for no segment at all. */
function withSkipped(pattern: readonly Segment[], positions: ReadonlySet<number>): ReadonlySet<number> {
  const reached = new Set(positions);
  for (const position of reached) {
    if (pattern[position]?.type === 'any number') reached.add(position + 1);
  }
  return reached;
}

const isSameOrBelow = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(`${directory}/`);

const wildcard = (text: string): Matcher => compileWildcard(text, 'sync_list');
