/** The state a log stands for: the newest snapshot that can be used, and the events after it. */
import type { EventLog } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import type { RulesFor, State } from '@tidemark/engine';
import { deserialise, evolve, initialState } from '@tidemark/engine';
import { paceHeap } from './heap-pace.ts';

export interface Folded {
  readonly state: State;
  /** Events folded after the snapshot: how much a new snapshot would save. */
  readonly tail: number;
}

/** Throws Failure `logDamaged` at the first break of the chain. */
export async function stateFromLog(log: EventLog, rulesFor: RulesFor): Promise<Folded> {
  const snapshot = await log.latestSnapshot();
  const restored = snapshot === null ? null : await deserialise(snapshot.chunks, rulesFor);
  const state = restored ?? initialState();
  paceHeap(state.trees.items.size);
  let tail = 0;
  for await (const batch of log.read({ from: seq(state.seq + 1) })) {
    for (const recorded of batch) {
      evolve(state, recorded, rulesFor);
      tail++;
    }
  }
  return { state, tail };
}
