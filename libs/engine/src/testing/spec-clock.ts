/** A clock that stands still until it is told to move. */
import type { Clock } from '@tidemark/contracts';

export interface SpecClock extends Clock {
  /** Wakes everyone whose deadline passes. */
  advance(byMs: number): void;
  readonly sleepers: number;
}

export function createSpecClock(startAt = 1_000_000): SpecClock {
  let now = startAt;
  let asleep: { readonly until: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    monotonic: () => now,
    sleep: (delayMs, signal) =>
      new Promise((resolve) => {
        const sleeper = { until: now + delayMs, wake: resolve };
        asleep.push(sleeper);
        signal?.addEventListener('abort', () => {
          asleep = asleep.filter((other) => other !== sleeper);
          resolve();
        });
      }),
    advance(byMs) {
      now += byMs;
      const due = asleep.filter(({ until }) => until <= now);
      asleep = asleep.filter(({ until }) => until > now);
      for (const { wake } of due) wake();
    },
    get sleepers() {
      return asleep.length;
    },
  };
}
