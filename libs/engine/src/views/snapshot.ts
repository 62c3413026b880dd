/**
 * Snapshots: the state as text chunks, so that a start need not fold the whole log. A snapshot is a cache of the fold; the
 * agenda is left out, since it holds no information.
 */
import type { ItemId, Policy, RemoteRow } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import { createAgenda, needsNothing, orderOf } from '@tidemark/planner';
import type { StoredItem } from '@tidemark/trees';
import { isAtRest, restoreItem } from '@tidemark/trees';
import type { RulesFor } from '../fold/evolve.ts';
import type { State } from '../fold/state.ts';
import { initialState, setRules } from '../fold/state.ts';

/** Another format reads as no snapshot at all. */
const format = 35;

interface Head {
  readonly format: number;
  readonly nextItem: number;
  readonly orphans: readonly RemoteRow[];
  readonly state: Partial<State>;
}

/** The first chunk is the head, every other one holds items in the order of their ids. Equal folds give equal text. */
export function* serialise(state: State): Iterable<string> {
  const { trees, agenda: _agenda, rules: _rules, touched: _touched, lookedFor: _lookedFor, ...facts } = state;
  const { items, gone, nextItem, orphans } = trees;
  const head: Head = { format, nextItem, orphans: orphans.rows(), state: facts };
  yield JSON.stringify(head, written);
  const ids = [...items.keys()].sort((a, b) => a - b);
  const storedItem = (id: ItemId): StoredItem | undefined =>
    items.get(id)?.stored({ remote: gone.remote.last(id), local: gone.local.last(id) });
  for (let from = 0; from < ids.length; from += itemsPerChunk)
    yield JSON.stringify(ids.slice(from, from + itemsPerChunk).map(storedItem));
}

/** Null when the chunks are not of this format. */
export async function deserialise(
  chunks: AsyncIterable<string> | Iterable<string>,
  rulesFor: RulesFor,
): Promise<State | null> {
  const state = initialState();
  const { trees } = state;
  let policy: Policy | null = null;
  let isBegun = false;
  for await (const chunk of chunks) {
    if (!isBegun) {
      const head = JSON.parse(chunk, read) as Head;
      if (head.format !== format) return null;
      isBegun = true;
      Object.assign(state, head.state);
      trees.nextItem = head.nextItem;
      for (const row of head.orphans) trees.orphans.hold(row);
      if (state.started === null) continue;
      ({ policy } = state.started);
      setRules(state, rulesFor);
      state.agenda = createAgenda(orderOf(policy, trees));
    } else
      for (const stored of JSON.parse(chunk) as StoredItem[]) {
        const item = restoreItem(trees, stored);
        const isDone = policy === null ? isAtRest(item) : needsNothing(policy, item);
        if (item.id !== rootItem && !isDone) state.agenda.touch(item.id);
      }
  }
  // What is told by a snapshot has been judged before it was taken.
  trees.rescoped.clear();
  return isBegun ? state : null;
}

const itemsPerChunk = 200;

type Key = number | string;
const inOrder = (a: Key, b: Key): number => (a < b ? -1 : a > b ? 1 : 0);

/** JSON has no maps and sets. */
function written(_key: string, value: unknown): unknown {
  if (value instanceof Set) return { Set: [...(value as Set<Key>)].sort(inOrder) };
  if (value instanceof Map) return { Map: sorted(value) };
  // The settings of a plugin may have such keys.
  return isNamedLikeOurs(value) ? { Plain: Object.entries(value) } : value;
}

const isNamedLikeOurs = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  ['Set', 'Map', 'Plain'].some((key) => Object.hasOwn(value, key));

function read(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('Set' in value) return new Set(value.Set as unknown[]);
  if ('Map' in value) return new Map(value.Map as [unknown, unknown][]);
  return 'Plain' in value ? Object.fromEntries(value.Plain as [string, unknown][]) : value;
}

/** By key. What times or event numbers were noted of keeps their order; in which order one event touched it is no information. */
function sorted(map: ReadonlyMap<Key, unknown>): [Key, unknown][] {
  const ranks = new Map<unknown, number>();
  for (const value of map.values())
    if (typeof value === 'number' && !ranks.has(value)) ranks.set(value, ranks.size);
  const rankOf = ([, value]: [Key, unknown]): number => ranks.get(value) ?? 0;
  return [...map].sort((one, other) => rankOf(one) - rankOf(other) || inOrder(one[0], other[0]));
}
