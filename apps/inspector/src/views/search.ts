/** What a person typed into the search: the number of an event, a pattern of events, or a part of a path. */
import type { EventLog, ItemId } from '@tidemark/contracts';
import { itemId, rootItem } from '@tidemark/contracts';
import type { EventPattern, State } from '@tidemark/engine';
import { parsePattern, patternForms } from '@tidemark/engine';
import { isEventType } from '@tidemark/event-log';
import { shownPath } from '@tidemark/trees';
import type { EventIndex } from '../log/event-index.ts';
import { marks } from '../log/event-index.ts';
import type { ItemName, Matches } from '../protocol.ts';
import { BadQuestion } from '../server/serve.ts';

export interface Search {
  /** Items whose path, now or before they were gone, has the text in it. */
  itemsNamed(text: string, most: number): readonly ItemName[];
  /** The numbers of the events of a pattern, or of `item:N`; those nearest to `around` when they are many. Throws BadQuestion. */
  matches(text: string, around: number): Promise<Matches>;
  /** The numbers of all events that touched the item. */
  history(item: ItemId): Promise<readonly number[]>;
}

const matchesMax = 5000;
const pathItemsMax = 300;

export function createSearch(index: EventIndex, head: State, log: () => EventLog): Search {
  let known: { readonly item: ItemId; readonly last: number; readonly seqs: readonly number[] } | null = null;

  function* paths(): Iterable<ItemName> {
    for (const item of head.trees.items.values())
      if (item.id !== rootItem) yield { item: item.id, path: shownPath(head.trees, item) };
    for (const [path, item] of index.formerPaths) yield { item, path };
  }

  function itemsNamed(text: string, most: number): readonly ItemName[] {
    const wanted = text.toLowerCase();
    return distinct(paths(), ({ path }) => path.toLowerCase().includes(wanted), most);
  }

  async function history(item: ItemId): Promise<readonly number[]> {
    if (known?.item === item && known.last === index.last) return known.seqs;
    const seqs: number[] = [];
    for await (const { seq } of log().history(item)) if (seq >= index.first) seqs.push(seq);
    known = { item, last: index.last, seqs };
    return seqs;
  }

  async function seqsOf(pattern: EventPattern): Promise<readonly number[]> {
    if (pattern.type !== 'path') return seqsWhere(index, rowTest(index, pattern));
    const items = distinct(paths(), ({ path }) => pattern.matches.test(path), pathItemsMax);
    const all = new Set<number>();
    for (const { item } of items) for (const seq of await history(itemId(item))) all.add(seq);
    return [...all].sort((one, other) => one - other);
  }

  return {
    itemsNamed,
    history,
    async matches(text, around) {
      const item = /^item:(\d{1,15})$/.exec(text)?.[1];
      const pattern = item === undefined ? parsePattern(text, isEventType) : null;
      if (item === undefined && pattern === null)
        throw new BadQuestion(`Events can be listed by ${patternForms}, not by ${JSON.stringify(text)}`);
      const seqs = pattern === null ? await history(itemId(Number(item))) : await seqsOf(pattern);
      return { total: seqs.length, seqs: nearestTo(around, seqs) };
    },
  };
}

function distinct(
  names: Iterable<ItemName>,
  isWanted: (name: ItemName) => boolean,
  most: number,
): readonly ItemName[] {
  const found = new Map<number, ItemName>();
  for (const name of names) {
    if (found.size >= most) break;
    if (!found.has(name.item) && isWanted(name)) found.set(name.item, name);
  }
  return [...found.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
}

function rowTest(
  index: EventIndex,
  pattern: Exclude<EventPattern, { type: 'path' }>,
): (row: number) => boolean {
  switch (pattern.type) {
    case 'deletion':
      return (row) => (index.marks(row) & marks.deletes) !== 0;
    case 'conflict':
      return (row) => (index.marks(row) & marks.conflict) !== 0;
    case 'plugin':
      return (row) => index.sources.name(index.source(row)) === pattern.name;
    case 'event':
      return (row) => index.typeName(row) === pattern.name;
  }
}

function seqsWhere(index: EventIndex, isWanted: (row: number) => boolean): readonly number[] {
  const seqs: number[] = [];
  for (let row = 0; row < index.length; row += 1) if (isWanted(row)) seqs.push(index.first + row);
  return seqs;
}

function nearestTo(around: number, seqs: readonly number[]): readonly number[] {
  if (seqs.length <= matchesMax) return seqs;
  const place = seqs.findIndex((seq) => seq >= around);
  const center = place === -1 ? seqs.length : place;
  const from = Math.min(Math.max(center - matchesMax / 2, 0), seqs.length - matchesMax);
  return seqs.slice(from, from + matchesMax);
}
