/** The state before a part of the log, from the last snapshot in front of it. */
import type { EventLog, Seq } from '@tidemark/contracts';
import { Failure, seq } from '@tidemark/contracts';
import type { RulesFor, State } from '@tidemark/engine';
import { evolve, initialState } from '@tidemark/engine';
import { stateFromSnapshots } from '../state-from-log.ts';

/** After the event with that number. Throws Failure `logDamaged`, also when the events in front of it were removed. */
export async function stateBefore(log: EventLog, after: Seq, rulesFor: RulesFor): Promise<State> {
  const latestSnapshot: EventLog['latestSnapshot'] = (to) =>
    log.latestSnapshot(to === undefined || to > after ? after : to);
  const state = (await stateFromSnapshots({ latestSnapshot }, rulesFor)) ?? initialState();
  if (state.seq + 1 < log.first)
    throw new Failure({
      code: 'logDamaged',
      detail: `Cannot tell how things were: events before ${log.first} are not in the log any more`,
    });
  if (state.seq < after)
    for await (const batch of log.read({ from: seq(state.seq + 1), to: after }))
      for (const recorded of batch) if (recorded.seq <= after) evolve(state, recorded, rulesFor);
  return state;
}
