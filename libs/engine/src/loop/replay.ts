/**
 * Replay: the same two functions, fed from a log. At every point where the live engine planned, the plan is derived again
 * and compared with the recorded one; folding then goes on from what was recorded.
 */
import type { Command, RecordedEvent, Seq } from '@tidemark/contracts';
import type { RulesFor } from '../fold/evolve.ts';
import { evolve } from '../fold/evolve.ts';
import { plan } from '../plan/plan.ts';
import type { State } from '../fold/state.ts';
import { initialState } from '../fold/state.ts';

export interface Divergence {
  readonly seq: Seq;
  readonly recorded: readonly Command[];
  readonly derived: readonly Command[];
}

export interface ReplayReport {
  readonly state: State;
  readonly events: number;
  readonly plans: number;
  readonly divergences: readonly Divergence[];
}

export interface ReplayOptions {
  readonly batches: AsyncIterable<readonly RecordedEvent[]>;
  readonly rulesFor: RulesFor;
  /** Fold only, without deriving plans. */
  readonly check?: boolean;
  /** Called with every event before it is folded. What it returns is called when that is done. */
  readonly watch?: (recorded: RecordedEvent, state: State) => (() => void) | undefined;
  readonly from?: State;
}

/** Throws what reading the log throws (`logDamaged`). */
export async function replay({
  batches,
  rulesFor,
  check = true,
  watch,
  from,
}: ReplayOptions): Promise<ReplayReport> {
  const state = from ?? initialState();
  const divergences: Divergence[] = [];
  let events = 0;
  let plans = 0;
  const compare = (seq: Seq, recorded: readonly Command[]): void => {
    if (!check) return;
    const derived = plan(state, seq);
    if (JSON.stringify(recorded) !== JSON.stringify(derived)) divergences.push({ seq, recorded, derived });
  };
  for await (const batch of batches) {
    for (const recorded of batch) {
      const { event, seq } = recorded;
      if (event.type === 'Planned') {
        plans++;
        compare(seq, event.commands);
      }
      const folded = watch?.(recorded, state);
      evolve(state, recorded, rulesFor);
      folded?.();
      events++;
    }
    const last = batch.at(-1);
    if (last !== undefined && last.event.type !== 'Planned') compare((last.seq + 1) as Seq, []);
  }
  return { state, events, plans, divergences };
}
