/** Single events and pages of events of the log, a few of which stay at hand. */
import type { EventLog, RecordedEvent } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';

export interface Events {
  /** Consecutive ones; those that are there. */
  page(from: number, to: number): Promise<readonly RecordedEvent[]>;
  /** Null: the log has no such event. */
  at(seq: number): Promise<RecordedEvent | null>;
}

const atHandMax = 4000;

export function createEvents(log: () => EventLog): Events {
  const atHand = new Map<number, RecordedEvent>();

  function remember(recorded: RecordedEvent): void {
    atHand.delete(recorded.seq);
    atHand.set(recorded.seq, recorded);
    if (atHand.size <= atHandMax) return;
    for (const oldest of atHand.keys()) {
      atHand.delete(oldest);
      break;
    }
  }

  async function page(from: number, to: number): Promise<readonly RecordedEvent[]> {
    const { first, head } = log();
    const begin = Math.max(from, first);
    const end = Math.min(to, head);
    if (end < begin) return [];
    const found: RecordedEvent[] = [];
    for (let at = begin; at <= end; at += 1) {
      const known = atHand.get(at);
      if (known === undefined) break;
      found.push(known);
    }
    if (found.length === end - begin + 1) return found;
    found.length = 0;
    for await (const batch of log().read({ from: seq(begin), to: seq(end) }))
      for (const recorded of batch) {
        found.push(recorded);
        remember(recorded);
      }
    return found;
  }

  return { page, at: async (at) => (await page(at, at))[0] ?? null };
}
