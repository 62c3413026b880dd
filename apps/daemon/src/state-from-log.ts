/** The state a log stands for: the newest snapshot that can be used, and the events after it. */
import type { EventLog } from '@tidemark/contracts';
import { seq, SnapshotUnusable } from '@tidemark/contracts';
import type { RulesFor, State } from '@tidemark/engine';
import { deserialise, evolve, initialState } from '@tidemark/engine';
import { tuneGc } from './gc-tuning.ts';

export interface Folded {
  readonly state: State;
  /** Events folded after the snapshot: how much a new snapshot would save. */
  readonly tail: number;
}

export interface Reading {
  /** So many of the events behind the snapshot are folded. */
  readonly onRead?: (events: number, of: number) => void;
  /** Reading ends between two batches with what the signal says. */
  readonly signal?: AbortSignal;
}

/** Throws Failure `logDamaged` at the first break of the chain. */
export async function stateFromLog(
  log: EventLog,
  rulesFor: RulesFor,
  { onRead, signal }: Reading = {},
): Promise<Folded> {
  const state = (await stateFromSnapshot(log, rulesFor, signal)) ?? initialState();
  tuneGc(state.trees.items.size);
  const events = log.head - state.seq;
  let tail = 0;
  onRead?.(tail, events);
  for await (const batch of log.read({ from: seq(state.seq + 1) })) {
    signal?.throwIfAborted();
    for (const recorded of batch) {
      evolve(state, recorded, rulesFor);
      tail++;
    }
    tuneGc(state.trees.items.size);
    onRead?.(tail, events);
  }
  return { state, tail };
}

/** Null when there is none that can be used: it is a cache, and the events give the same state. */
async function stateFromSnapshot(
  log: EventLog,
  rulesFor: RulesFor,
  signal: AbortSignal | undefined,
): Promise<State | null> {
  const snapshot = await log.latestSnapshot();
  if (snapshot === null) return null;
  try {
    return await deserialise(until(signal, snapshot.chunks), rulesFor);
  } catch (error) {
    if (error instanceof SnapshotUnusable) return null;
    throw error;
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
