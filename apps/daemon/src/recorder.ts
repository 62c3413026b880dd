/** Events of a run beside the engine's loop: its end, and what handlers finish after it. */
import type { Clock, Event, EventLog, RecordedEvent } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import type { Inbox, RulesFor, State } from '@tidemark/engine';
import { evolve, serialise } from '@tidemark/engine';

export interface Recorder {
  /** Folds them, makes them durable, tells of them. */
  record(events: readonly Event[]): Promise<void>;
  /** Outcomes that arrive while handlers wind down are folded and logged, without planning anything new. */
  settleLate(windDown: () => Promise<void>, inbox: Inbox): Promise<void>;
  /** Reading a few hundred events costs no more than reading a snapshot. */
  saveSnapshotIfWorthwhile(): Promise<void>;
}

export interface RecorderOptions {
  readonly state: State;
  /** null: nothing is to be kept. */
  readonly log: EventLog | null;
  readonly clock: Clock;
  readonly rulesFor: RulesFor;
  readonly publish: (events: readonly RecordedEvent[]) => void;
}

const snapshotEveryEvents = 500;

export function createRecorder({ state, log, clock, rulesFor, publish }: RecorderOptions): Recorder {
  async function record(events: readonly Event[]): Promise<void> {
    if (events.length === 0) return;
    const at = clock.now();
    const recorded = events.map((event) => {
      const next = { seq: seq(state.seq + 1), at, source: 'engine', event };
      return { ...next, items: evolve(state, next, rulesFor) };
    });
    await log?.append(recorded);
    publish(recorded);
  }

  return {
    record,
    async settleLate(windDown, inbox) {
      let over = false;
      const settled = windDown().finally(() => {
        over = true;
        inbox.nudge();
      });
      while (!over) {
        const batch = await inbox.take(null);
        await record(
          batch
            .map(({ observation }) => observation)
            .filter((observation) => observation.type === 'CommandSucceeded'),
        );
        inbox.settle();
      }
      await settled;
    },
    async saveSnapshotIfWorthwhile() {
      if (log === null) return;
      const latest = await log.latestSnapshot();
      if (state.seq - (latest?.seq ?? 0) > snapshotEveryEvents)
        await log.saveSnapshot(state.seq, serialise(state));
    },
  };
}
