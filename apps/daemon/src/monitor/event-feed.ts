/** The log of a daemon for those who follow it, across its runs. */
import type { EventLog, RecordedEvent } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import type { EventFeed } from '@tidemark/control';

export interface LiveFeed extends EventFeed {
  /** Events were made durable, the log was opened, or everything ends. */
  wake(): void;
}

/** One reading takes as many events as touch so many items, if there are as many; a batch is never divided. */
const touchedMin = 4_096;

/** `log`: the one that is open; null when none is. */
export function createEventFeed(log: () => Pick<EventLog, 'head' | 'first' | 'read'> | null): LiveFeed {
  const waiting = new Set<() => void>();
  return {
    range() {
      const open = log();
      return open === null ? null : { first: open.first, head: open.head };
    },
    async behind(last) {
      const open = log();
      if (open === null || open.head <= last) return [];
      const events: RecordedEvent[] = [];
      let touched = 0;
      // Nothing is left open behind it: a reader may take as long as it likes for what it was given.
      for await (const batch of open.read({ from: seq(last + 1) })) {
        for (const recorded of batch) {
          events.push(recorded);
          touched += Math.max(1, recorded.items.length);
        }
        if (touched >= touchedMin) break;
      }
      return events;
    },
    appended: (limitMs, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(done, limitMs);
        function done(): void {
          clearTimeout(timer);
          waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        }
        waiting.add(done);
        signal.addEventListener('abort', done, { once: true });
        if (signal.aborted) done();
      }),
    wake() {
      for (const done of waiting) done();
    },
  };
}
