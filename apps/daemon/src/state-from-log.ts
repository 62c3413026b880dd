/** The state a log stands for: the newest snapshot that can be used, and the events after it. */
import type { EventLog, Seq, Started, StartedPlugin } from '@tidemark/contracts';
import { seq, SnapshotUnusable } from '@tidemark/contracts';
import type { RulesFor, State } from '@tidemark/engine';
import { deserialise, evolve, initialState } from '@tidemark/engine';
import { tuneGc } from './gc-tuning.ts';
import { type UnfinishedChanges, UnfinishedTracker } from './user-changes/unfinished.ts';

export interface Folded {
  readonly state: State;
  /** Events folded after the snapshot: how much a new snapshot would save. */
  readonly tail: number;
  /** Changes of a user that were left open since the snapshot. */
  readonly unfinished: UnfinishedChanges | null;
  /** Plugins whose rules decided in these events, and were not asked again: what was agreed may not hold. */
  readonly unheard: readonly string[];
}

export interface Reading {
  /** The last event to fold; absent: the last one of the log. */
  readonly to?: Seq;
  /** So many of the events behind the snapshot are folded. */
  readonly onRead?: (events: number, of: number) => void;
  /** The rules of that plugin are asked, as the run asked them. Absent: they are. */
  readonly hears?: (plugin: StartedPlugin) => boolean;
  /** Reading ends between two batches with what the signal says. */
  readonly signal?: AbortSignal;
}

/** Throws Failure `logDamaged` at the first break of the chain, and when the events that are left do not give a state. */
export async function stateFromLog(
  log: EventLog,
  rulesFor: RulesFor,
  { to = log.head, onRead, signal, hears = () => true }: Reading = {},
): Promise<Folded> {
  const state = (await stateFromSnapshots(log, rulesFor, { to, signal })) ?? initialState();
  tuneGc(state.trees.items.size);
  const events = to - state.seq;
  let tail = 0;
  const changes = new UnfinishedTracker();
  const unheard = new Set<string>();
  const listen = ({ plugins, forget }: Pick<Started, 'plugins' | 'forget'>): void => {
    // Nothing of before counts from there on.
    if (forget !== null) unheard.clear();
    for (const plugin of plugins) if (plugin.rules === true && !hears(plugin)) unheard.add(plugin.name);
  };
  if (state.started !== null && events > 0) listen(state.started);
  onRead?.(tail, events);
  for await (const batch of log.read({ from: seq(state.seq + 1), to })) {
    signal?.throwIfAborted();
    for (const recorded of batch) {
      evolve(state, recorded, rulesFor);
      if (recorded.event.type === 'Started') listen(recorded.event);
      changes.take(recorded.event);
      tail++;
    }
    tuneGc(state.trees.items.size);
    onRead?.(tail, events);
  }
  return { state, tail, unfinished: changes.unfinished, unheard: [...unheard] };
}

/**
 * Of the newest snapshot that can be used, of an event up to `to`. Null when there is none: the events give the same state, as long as none of them was
 * removed.
 */
export async function stateFromSnapshots(
  log: Pick<EventLog, 'latestSnapshot'>,
  rulesFor: RulesFor,
  { to: last, signal }: { readonly to?: Seq; readonly signal?: AbortSignal | undefined } = {},
): Promise<State | null> {
  for (let to = last; ;) {
    const snapshot = await log.latestSnapshot(to);
    if (snapshot === null) return null;
    try {
      const state = await deserialise(until(signal, snapshot.chunks), rulesFor);
      if (state !== null) return state;
    } catch (error) {
      if (!(error instanceof SnapshotUnusable)) throw error;
    }
    to = seq(snapshot.seq - 1);
  }
}

/** Of the oldest snapshot that can be used: from there on the log can be told when its first events were removed. */
export async function oldestState(
  log: Pick<EventLog, 'latestSnapshot'>,
  rulesFor: RulesFor,
): Promise<State | null> {
  let oldest: State | null = null;
  for (let to: Seq | undefined; ;) {
    const older = await stateFromSnapshots(log, rulesFor, to === undefined ? {} : { to });
    if (older === null) return oldest;
    oldest = older;
    to = seq(older.seq - 1);
  }
}

async function* until(
  signal: AbortSignal | undefined,
  chunks: AsyncIterable<string>,
): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    yield chunk;
  }
}
