/**
 * Snapshots: the state as text chunks, so that a start need not fold the whole log. A snapshot is a cache of the fold; the
 * agenda is left out, since it holds no information.
 */
import type { ItemId, RemoteRow } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import { createAgenda, orderOf } from '@tidemark/planner';
import type { StoredItem } from '@tidemark/trees';
import { isAtRest, restoreItem } from '@tidemark/trees';
import type { RulesFor } from '../fold/evolve.ts';
import type { State } from '../fold/state.ts';
import { initialState } from '../fold/state.ts';

/** Another format reads as no snapshot at all. */
const format = 24;

/** Maps and sets are written as lists. */
interface Head {
  readonly format: number;
  readonly nextItem: number;
  readonly orphans: readonly RemoteRow[];
  readonly state: unknown;
}

/** The first chunk is the head, every other one holds items in the order of their ids. Equal folds give equal text. */
export function* serialise(state: State): Iterable<string> {
  const { trees } = state;
  const head: Head = {
    ...{ format, nextItem: trees.nextItem, orphans: trees.orphans.rows() },
    state: {
      ...state,
      ...{ trees: undefined, agenda: undefined, rules: undefined, touched: undefined, lookedFor: undefined },
    },
  };
  yield JSON.stringify(head, (_key, value: unknown) => {
    if (value instanceof Set) return [...(value as Set<Key>)].sort(inOrder);
    return value instanceof Map ? sorted(value) : value;
  });
  const ids = [...trees.items.keys()].sort((a, b) => a - b);
  for (let from = 0; from < ids.length; from += itemsPerChunk)
    yield JSON.stringify(ids.slice(from, from + itemsPerChunk).map((id) => storedItem(trees, id)));
}

/** Null when the chunks are not of this format. */
export async function deserialise(
  chunks: AsyncIterable<string> | Iterable<string>,
  rulesFor: RulesFor,
): Promise<State | null> {
  const state = initialState();
  let head: Head | null = null;
  for await (const chunk of chunks) {
    if (head === null) {
      head = JSON.parse(chunk) as Head;
      if (head.format !== format) return null;
      restoreHead(state, head, rulesFor);
      continue;
    }
    for (const stored of JSON.parse(chunk) as StoredItem[]) {
      const item = restoreItem(state.trees, stored);
      if (item.id !== rootItem && !isAtRest(item)) state.agenda.touch(item.id);
    }
  }
  // What is told by a snapshot has been judged before it was taken.
  state.trees.rescoped.clear();
  return head === null ? null : state;
}

const itemsPerChunk = 200;

type Key = number | string;
const inOrder = (a: Key, b: Key): number => (a < b ? -1 : a > b ? 1 : 0);

/** By key. What times or event numbers were noted of keeps their order; in which order one event touched it is no information. */
function sorted(map: ReadonlyMap<Key, unknown>): [Key, unknown][] {
  const runs: [Key, unknown][][] = [];
  for (const entry of map) {
    const run = runs.at(-1);
    const last = run?.[0]?.[1];
    if (run !== undefined && (typeof last !== 'number' || last === entry[1])) run.push(entry);
    else runs.push([entry]);
  }
  return runs.flatMap((run) => run.sort(([a], [b]) => inOrder(a, b)));
}

function storedItem({ items, gone }: State['trees'], id: ItemId): StoredItem | undefined {
  return items.get(id)?.stored({ remote: gone.remote.last(id), local: gone.local.last(id) });
}

function restoreHead(state: State, head: Head, rulesFor: RulesFor): void {
  Object.assign(state, restored<object>(state, head.state));
  state.trees.nextItem = head.nextItem;
  for (const row of head.orphans) state.trees.orphans.hold(row);
  if (state.started === null) return;
  state.rules = rulesFor(state.started.policy);
  state.agenda = createAgenda(orderOf(state.started.policy, state.trees));
}

/** The stored value with maps and sets where the pattern has them. */
function restored<Value>(pattern: Value, stored: unknown): Value;
function restored(pattern: unknown, stored: unknown): unknown {
  if (pattern instanceof Map) return new Map(stored as [unknown, unknown][]);
  if (pattern instanceof Set) return new Set(stored as unknown[]);
  if (!isRecord(pattern) || !isRecord(stored)) return stored;
  const fields = Object.entries(stored).map(([name, field]) => [name, restored(pattern[name], field)]);
  return Object.fromEntries(fields);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
