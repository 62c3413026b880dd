/**
 * Snapshots: the state as text chunks, so that a start need not fold the whole log. A snapshot is a cache of the fold; the
 * agenda is left out, since it holds no information.
 */
import type { HeldKind } from '@tidemark/planner';
import { createAgenda, heldKinds, orderOf } from '@tidemark/planner';
import type {
  Command,
  DriveItemId,
  FailureCode,
  ItemId,
  LocalId,
  RemoteRow,
  Seq,
  Started,
} from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { ItemActivity } from '@tidemark/machines';
import { addItem, isAtRest, restoreBase, setLocal, setRemote } from '@tidemark/trees';
import { restoredItem, storedItem, type StoredItem } from './stored-item.ts';
import type { RulesFor } from '../fold/evolve.ts';
import { countAtGate } from '../fold/gate.ts';
import type { ScopeExit } from '../fold/scope.ts';
import type { State } from '../fold/state.ts';
import { initialState } from '../fold/state.ts';

/** Another format reads as no snapshot at all. */
const format = 15;

interface Head {
  readonly format: number;
  readonly seq: Seq;
  readonly started: Started | null;
  readonly nextItem: number;
  readonly orphans: readonly RemoteRow[];
  readonly remote: Omit<State['remote'], 'goneFolders' | 'unseen' | 'goneMeanwhile' | 'readAgain'> & {
    readonly goneFolders: readonly (readonly [ItemId, Seq])[];
    readonly unseen: readonly DriveItemId[];
    readonly goneMeanwhile: readonly DriveItemId[];
    readonly readAgain: readonly (readonly [DriveItemId, string])[];
  };
  readonly local: Omit<State['local'], 'unseen'> & { readonly unseen: readonly LocalId[] };
  readonly subscription: State['subscription'];
  readonly phase: State['phase'];
  readonly uncompared: readonly ItemId[];
  readonly inFlight: readonly Command[];
  readonly activities: readonly (readonly [ItemId, ItemActivity])[];
  readonly passed: readonly (readonly [ItemId, readonly string[]])[];
  readonly refusedBefore: readonly (readonly [ItemId, FailureCode])[];
  readonly unanswered: {
    readonly remote: readonly (readonly [ItemId, Seq])[];
    readonly local: readonly (readonly [ItemId, Seq])[];
  };
  readonly scopeExits: readonly (readonly [ItemId, ScopeExit])[];
  readonly provisional: readonly (readonly [ItemId, 'remote' | 'local'])[];
  readonly gate: readonly {
    readonly kind: HeldKind;
    readonly recent: readonly (readonly [ItemId, number])[];
    readonly disguised: readonly ItemId[];
    readonly confirmed: readonly ItemId[];
  }[];
  readonly halted: State['halted'];
}

/** The first chunk is the head, every other one holds rows of items in the order of their ids. Equal states give equal text. */
export function* serialise(state: State): Iterable<string> {
  const byId = <Value>(map: ReadonlyMap<ItemId, Value>): [ItemId, Value][] =>
    [...map].sort(([a], [b]) => a - b);
  const head: Head = {
    format,
    seq: state.seq,
    started: state.started,
    nextItem: state.trees.nextItem,
    orphans: state.trees.orphans.rows(),
    remote: {
      ...state.remote,
      goneFolders: byId(state.remote.goneFolders),
      unseen: [...state.remote.unseen],
      goneMeanwhile: [...state.remote.goneMeanwhile].sort(),
      readAgain: [...state.remote.readAgain],
    },
    local: { ...state.local, unseen: [...state.local.unseen].sort() },
    subscription: state.subscription,
    phase: state.phase,
    uncompared: [...state.uncompared].sort((a, b) => a - b),
    inFlight: byId(state.inFlight).map(([, command]) => command),
    activities: byId(state.activities),
    passed: byId(state.passed),
    refusedBefore: byId(state.refusedBefore),
    unanswered: { remote: byId(state.unanswered.remote), local: byId(state.unanswered.local) },
    scopeExits: byId(state.scopeExits),
    provisional: byId(state.provisional),
    gate: heldKinds.map((kind) => {
      const { recent, disguised, confirmed } = state.gate[kind];
      const sorted = (ids: Iterable<ItemId>): ItemId[] => [...ids].sort((a, b) => a - b);
      return { kind, recent: recentById(recent), disguised: sorted(disguised), confirmed: sorted(confirmed) };
    }),
    halted: state.halted,
  };
  yield JSON.stringify(head);
  let rows: StoredItem[] = [];
  for (const id of [...state.trees.items.keys()].sort((a, b) => a - b)) {
    const item = state.trees.items.get(id);
    if (item !== undefined) rows.push(storedItem(item, state.trees.gone.last(id)));
    if (rows.length === rowsPerChunk) {
      yield JSON.stringify(rows);
      rows = [];
    }
  }
  if (rows.length > 0) yield JSON.stringify(rows);
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
    for (const row of JSON.parse(chunk) as StoredItem[]) restoreItem(state, restoredItem(row));
  }
  // What is told by a snapshot has been judged before it was taken.
  state.trees.rescoped.clear();
  return head === null ? null : state;
}

/** In the order of their times; of one time by id, since in which order one event touched them is no information. */
function recentById(recent: ReadonlyMap<ItemId, number>): [ItemId, number][] {
  const runs: [ItemId, number][][] = [];
  for (const entry of recent) {
    const run = runs.at(-1);
    if (run?.[0]?.[1] === entry[1]) run.push(entry);
    else runs.push([entry]);
  }
  return runs.flatMap((run) => run.sort(([a], [b]) => a - b));
}

const rowsPerChunk = 200;

function restoreHead(state: State, head: Head, rulesFor: RulesFor): void {
  state.seq = head.seq;
  state.started = head.started;
  if (head.started !== null) {
    state.rules = rulesFor(head.started.policy);
    state.agenda = createAgenda(orderOf(head.started.policy, state.trees));
  }
  state.trees.nextItem = head.nextItem;
  for (const row of head.orphans) state.trees.orphans.hold(row);
  Object.assign(state.remote, {
    ...head.remote,
    goneFolders: new Map(head.remote.goneFolders),
    unseen: new Set(head.remote.unseen),
    goneMeanwhile: new Set(head.remote.goneMeanwhile),
    readAgain: new Map(head.remote.readAgain),
  });
  Object.assign(state.local, { ...head.local, unseen: new Set(head.local.unseen) });
  Object.assign(state.subscription, head.subscription);
  state.phase = head.phase;
  for (const id of head.uncompared) state.uncompared.add(id);
  for (const command of head.inFlight) state.inFlight.set(command.item, command);
  for (const [item, activity] of head.activities) state.activities.set(item, activity);
  for (const [item, standings] of head.passed) state.passed.set(item, standings);
  for (const [item, code] of head.refusedBefore) state.refusedBefore.set(item, code);
  for (const side of ['remote', 'local'] as const)
    for (const [item, at] of head.unanswered[side]) state.unanswered[side].set(item, at);
  for (const [item, exit] of head.scopeExits) state.scopeExits.set(item, exit);
  for (const [item, side] of head.provisional) state.provisional.set(item, side);
  for (const { kind, recent, disguised, confirmed } of head.gate) {
    for (const item of disguised) state.gate[kind].disguised.add(item);
    for (const [item, at] of recent) state.gate[kind].recent.set(item, at);
    for (const item of confirmed) state.gate[kind].confirmed.add(item);
  }
  state.halted = head.halted;
}

function restoreItem(state: State, row: ReturnType<typeof restoredItem>): void {
  const { trees } = state;
  if (row.id === rootItem) {
    const root = trees.items.get(rootItem);
    if (root === undefined) return;
    root.remote = row.remote;
    root.local = row.local;
    restoreBase(root, row.synced);
    if (row.remote !== null) trees.byRemoteId.set(row.remote.id, rootItem);
    if (row.local !== null) trees.byLocalId.set(row.local.id, rootItem);
    return;
  }
  const item = addItem(trees, row.id);
  restoreBase(item, row.synced);
  if (row.remote !== null) setRemote(trees, item, row.remote);
  if (row.local !== null) setLocal(trees, item, row.local);
  if (row.last !== null) trees.gone.note(item.id, row.last);
  countAtGate(state, item.id, item, 0);
  item.rest();
  if (!isAtRest(item)) state.agenda.touch(item.id);
}
