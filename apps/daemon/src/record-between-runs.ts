/** An event that is made durable while no run is on. */
import type { Clock, Event, EventLog, RecordedEvent } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import type { State } from '@tidemark/engine';
import { evolve } from '@tidemark/engine';

export interface RecordOptions {
  readonly log: Pick<EventLog, 'append'>;
  readonly state: State;
  readonly clock: Pick<Clock, 'now'>;
  readonly source: string;
}

/** Resolves when it is durable. */
export function recordBetweenRuns({ log, state, clock, source }: RecordOptions, event: Event): Promise<void> {
  const next = { seq: seq(state.seq + 1), at: clock.now(), source, event };
  // No run begins with it: the rules of the last one stand.
  const recorded: RecordedEvent = { ...next, items: evolve(state, next, () => state.rules) };
  return log.append([recorded]);
}
