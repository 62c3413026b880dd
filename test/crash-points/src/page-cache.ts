/**
 * What a power cut may leave of a recorded work: a model of the page cache.
 *
 * A change of the file system is pending until a flush covers it. Bytes of a file are covered by a flush of the file, names by a
 * flush of a folder that they are in. Of what is pending at the cut each change is there or not, independently of the others,
 * except that a change needs the earlier changes of the same name, of the same file, and of the folder it happens in: this is what
 * journaling file systems promise, and less than each of them does. A rename happens as a whole or not at all.
 */

/** `link`: a symbolic one. */
export type Kind = 'file' | 'folder' | 'link';

export interface Node {
  readonly kind: Kind;
  /** What is durable of a file before the recording; of a link its target, which comes with its name. */
  readonly content: Buffer;
  /** What is durable of a folder before the recording. */
  readonly names: ReadonlyMap<string, Node>;
}

/** One name in one folder. */
export interface Entry {
  readonly folder: Node;
  readonly name: string;
}

export type Change =
  | { readonly type: 'link'; readonly to: Entry; readonly node: Node }
  | { readonly type: 'unlink'; readonly from: Entry; readonly node: Node }
  | { readonly type: 'rename'; readonly from: Entry; readonly to: Entry; readonly node: Node }
  | {
      readonly type: 'exchange';
      readonly from: Entry;
      readonly to: Entry;
      readonly node: Node;
      readonly other: Node;
    }
  | { readonly type: 'write'; readonly node: Node; readonly at: number; readonly bytes: Buffer }
  | { readonly type: 'truncate'; readonly node: Node; readonly size: number };

export type NameChange = Exclude<Change, { readonly type: 'write' | 'truncate' }>;

export type Step<Fact> =
  | Change
  /** Everything done to the node before the step numbered `covers` is durable. */
  | { readonly type: 'flush'; readonly node: Node; readonly covers: number }
  /** What was written and not flushed by then may be lost for good: a later flush says nothing of it (F05). */
  | { readonly type: 'failedFlush'; readonly node: Node }
  | { readonly type: 'fact'; readonly fact: Fact };

export const isNameChange = (step: Step<unknown>): step is NameChange =>
  step.type === 'link' || step.type === 'unlink' || step.type === 'rename' || step.type === 'exchange';

/** What became of bytes that were written and not flushed. */
export const pendingBytes = ['kept', 'lost', 'empty', 'torn', 'zeros'] as const;
export type PendingBytes = (typeof pendingBytes)[number];

const extremeBytes: readonly PendingBytes[] = ['kept', 'lost', 'zeros'];

/** The file system after a cut: the folder that was recorded, with what is below it. */
export interface Seen {
  readonly kind: Kind;
  /** The same for two names of one file. */
  readonly node: Node;
  readonly content: Buffer;
  readonly names: ReadonlyMap<string, Seen>;
}

/** `extremes`: of the pending changes of names all are there, or none, and no bytes are torn. */
export type Combinations = 'all' | 'extremes';

/** More pending changes of names than this are not combined in every way. */
const allWaysMax = 5;

/** Each different thing that a cut may leave once `count` steps were done. */
export function* statesAfter(
  top: Node,
  steps: readonly Step<unknown>[],
  count: number,
  combinations: Combinations = 'all',
): Generator<{ readonly seen: Seen; readonly digest: string }> {
  const done = steps.slice(0, count);
  const names = done.map((step, index) => ({ step, index })).filter(isOfNames);
  const needs = needsOf(names.map(({ step }) => step));
  const certain = closed(
    needs,
    names.map(({ step, index }) => isFlushed(step, index, done)),
  );
  const known = new Set<string>();
  for (const there of subsetsOf(needs, certain, combinations))
    for (const bytes of combinations === 'all' ? pendingBytes : extremeBytes) {
      const seen = seenWith(
        top,
        names.map(({ step }) => step).filter((_step, index) => there[index]),
        done,
        bytes,
      );
      const digest = digestOf(seen);
      if (known.has(digest)) continue;
      known.add(digest);
      yield { seen, digest };
    }
}

const isOfNames = (one: {
  readonly step: Step<unknown>;
  readonly index: number;
}): one is { readonly step: NameChange; readonly index: number } => isNameChange(one.step);

const entriesOf = (change: NameChange): Entry[] =>
  change.type === 'link' ? [change.to] : change.type === 'unlink' ? [change.from] : [change.from, change.to];

const nodesOf = (change: NameChange): Node[] =>
  change.type === 'exchange' ? [change.node, change.other] : [change.node];

function isFlushed(change: NameChange, index: number, done: readonly Step<unknown>[]): boolean {
  const folders = entriesOf(change).map(({ folder }) => folder);
  return done.some((step) => step.type === 'flush' && index < step.covers && folders.includes(step.node));
}

/** For each change the earlier ones without which it cannot be. */
function needsOf(changes: readonly NameChange[]): number[][] {
  return changes.map((change, index) =>
    changes.slice(0, index).flatMap((earlier, at) => (isNeeded(earlier, change) ? [at] : [])),
  );
}

function isNeeded(earlier: NameChange, change: NameChange): boolean {
  const [before, now] = [entriesOf(earlier), entriesOf(change)];
  const sameName = now.some(({ folder, name }) =>
    before.some((entry) => entry.folder === folder && entry.name === name),
  );
  const sameNode = nodesOf(change).some((node) => nodesOf(earlier).includes(node));
  const inside = now.some(({ folder }) => nodesOf(earlier).includes(folder));
  // A folder is removed when nothing is in it.
  const emptied = change.type === 'unlink' && before.some(({ folder }) => folder === change.node);
  return sameName || sameNode || inside || emptied;
}

/** With everything that the chosen ones need. */
function closed(needs: readonly number[][], chosen: readonly boolean[]): boolean[] {
  const all = [...chosen];
  for (let index = all.length - 1; index >= 0; index--)
    if (all[index] === true) for (const need of needs[index] ?? []) all[need] = true;
  return all;
}

/** Without everything that needs a dropped one. */
function without(needs: readonly number[][], dropped: number): boolean[] {
  const all = needs.map(() => true);
  for (let index = dropped; index < all.length; index++)
    if (index === dropped || (needs[index] ?? []).some((need) => all[need] === false)) all[index] = false;
  return all;
}

function* subsetsOf(
  needs: readonly number[][],
  certain: readonly boolean[],
  combinations: Combinations,
): Generator<boolean[]> {
  const pending = certain.flatMap((is, index) => (is ? [] : [index]));
  const withCertain = (some: readonly boolean[]): boolean[] =>
    closed(
      needs,
      some.map((is, index) => is || certain[index] === true),
    );
  if (combinations === 'extremes') {
    yield [...certain];
    if (pending.length > 0) yield certain.map(() => true);
    return;
  }
  if (pending.length <= allWaysMax) {
    for (let ways = 0; ways < 2 ** pending.length; ways++) {
      const chosen = [...certain];
      pending.forEach((index, bit) => (chosen[index] = (ways & (1 << bit)) !== 0));
      yield withCertain(chosen);
    }
    return;
  }
  for (let prefix = 0; prefix <= pending.length; prefix++) {
    const first = new Set(pending.slice(0, prefix));
    yield withCertain(certain.map((_is, index) => first.has(index)));
  }
  for (const index of pending) {
    yield withCertain(certain.map((_is, at) => at === index));
    yield withCertain(without(needs, index));
  }
}

function seenWith(
  top: Node,
  changes: readonly NameChange[],
  done: readonly Step<unknown>[],
  bytes: PendingBytes,
): Seen {
  const folders = new Map<Node, Map<string, Node>>();
  const namesOf = (folder: Node): Map<string, Node> => {
    const known = folders.get(folder) ?? new Map(folder.names);
    folders.set(folder, known);
    return known;
  };
  const put = ({ folder, name }: Entry, node: Node): void => void namesOf(folder).set(name, node);
  const drop = ({ folder, name }: Entry): void => void namesOf(folder).delete(name);
  for (const change of changes) {
    if (change.type !== 'link') drop(change.from);
    if (change.type !== 'unlink') put(change.to, change.node);
    if (change.type === 'exchange') put(change.from, change.other);
  }
  const look = (node: Node): Seen => ({
    kind: node.kind,
    node,
    content: node.kind === 'file' ? contentOf(node, done, bytes) : node.content,
    names: new Map(
      node.kind === 'folder' ? [...namesOf(node)].map(([name, child]) => [name, look(child)]) : [],
    ),
  });
  return look(top);
}

function contentOf(node: Node, done: readonly Step<unknown>[], bytes: PendingBytes): Buffer {
  const flushes = done.flatMap((step, index) =>
    (step.type === 'flush' || step.type === 'failedFlush') && step.node === node ? [{ step, index }] : [],
  );
  /** The first flush behind it tells of it. */
  const isDurable = (index: number): boolean => {
    const next = flushes.find(
      ({ step, index: at }) => at > index && (step.type === 'failedFlush' || step.covers > index),
    );
    return next?.step.type === 'flush';
  };
  let content = node.content;
  for (const [index, step] of done.entries()) {
    if ((step.type !== 'write' && step.type !== 'truncate') || step.node !== node) continue;
    const fate = isDurable(index) ? 'kept' : bytes;
    if (fate === 'lost') continue;
    if (step.type === 'truncate') content = resized(content, step.size);
    else if (fate !== 'empty') content = written(content, step.at, survivorsOf(step.bytes, fate));
  }
  return content;
}

function survivorsOf(bytes: Buffer, fate: PendingBytes): Buffer {
  if (fate === 'torn') return bytes.subarray(0, bytes.length >> 1);
  return fate === 'zeros' ? Buffer.alloc(bytes.length) : bytes;
}

function resized(content: Buffer, size: number): Buffer {
  const next = Buffer.alloc(size);
  content.copy(next, 0, 0, size);
  return next;
}

function written(content: Buffer, at: number, bytes: Buffer): Buffer {
  const next = resized(content, Math.max(content.length, at + bytes.length));
  bytes.copy(next, at);
  return next;
}

/** The same for what nobody can tell apart. */
function digestOf(seen: Seen): string {
  const numbers = new Map<Node, number>();
  const text = (one: Seen): string => {
    if (one.kind === 'folder')
      return `{${[...one.names]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, child]) => `${JSON.stringify(name)}:${text(child)}`)
        .join()}}`;
    const number = numbers.get(one.node) ?? numbers.size;
    numbers.set(one.node, number);
    return `${number}${one.kind === 'link' ? '->' : '='}${one.content.toString('latin1')}`;
  };
  return text(seen);
}
