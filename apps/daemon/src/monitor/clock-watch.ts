/**
 * Notices that the clock jumped: the machine slept, or a user set the time. Deadlines are on the clock people read, timers on one
 * that stands still during sleep, so neither says so by itself.
 */
import type { Clock } from '@tidemark/contracts';

export interface ClockWatch {
  /** Milliseconds the clock jumped since the last call, backwards below zero; 0 for what is no jump. */
  jumpedMs(): number;
}

/** Time servers correct by less in ordinary life. */
const jumpMinMs = 30_000;

export function createClockWatch(clock: Pick<Clock, 'now' | 'monotonic'>): ClockWatch {
  let now = clock.now();
  let monotonic = clock.monotonic();
  return {
    jumpedMs() {
      const jumpedMs = clock.now() - now - (clock.monotonic() - monotonic);
      now = clock.now();
      monotonic = clock.monotonic();
      return Math.abs(jumpedMs) < jumpMinMs ? 0 : jumpedMs;
    },
  };
}
