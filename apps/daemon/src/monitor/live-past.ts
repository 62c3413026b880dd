/** The past of a log for as long as a daemon runs: read once by little and little, and then told of what is appended. */
import type { EventLog, RecordedEvent } from '@tidemark/contracts';
import { Failure, seq } from '@tidemark/contracts';
import type { State } from '@tidemark/engine';
import { LogFacts, nothingPast, type PastFacts } from '../log-facts.ts';
import { breathe } from './breathe.ts';

export interface LivePast {
  /** The log was opened. Reads it, unless it was read before; a log that cannot be read is the run's concern. */
  opened(): Promise<void>;
  /** Were made durable. */
  appended(events: readonly RecordedEvent[]): void;
  facts(state: State): PastFacts;
}

/** More would keep the processor busy for long, beside the first look. */
const eventsMax = 1_000_000;

export function createLivePast(log: () => EventLog | null): LivePast {
  let facts = new LogFacts();
  let isWhole = false;
  /** The last event that was taken. */
  let last = 0;
  let reading: Promise<void> | null = null;

  function take(recorded: RecordedEvent): void {
    if (recorded.seq !== last + 1) return;
    facts.take(recorded);
    last = recorded.seq;
  }

  async function read(): Promise<void> {
    const open = log();
    if (open === null) return;
    const begin = Math.max(open.first, open.head - eventsMax + 1);
    if (last === 0 || open.head < last || begin > last + 1) {
      facts = new LogFacts();
      last = begin - 1;
      isWhole = begin === 1;
    }
    // What is appended meanwhile is read as well.
    while (log() === open && open.head > last)
      for await (const batch of open.read({ from: seq(last + 1) })) {
        for (const recorded of batch) take(recorded);
        await breathe();
      }
  }

  return {
    opened: () =>
      (reading ??= read()
        .catch((error: unknown) => {
          if (!(error instanceof Failure)) throw error;
        })
        .finally(() => (reading = null))),
    appended(events) {
      for (const recorded of events) take(recorded);
    },
    facts(state) {
      if (last === 0) return nothingPast;
      const isKnown = isWhole && last >= (log()?.head ?? 0);
      return {
        lastChangeAt: facts.lastChangeAt,
        conflicts: isKnown ? facts.conflictsIn(state).length : null,
      };
    },
  };
}
