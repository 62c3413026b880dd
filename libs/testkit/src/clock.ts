/** A clock that moves only when told to. */
import type { AbortSignalLike, Clock } from '@tidemark/contracts';

export interface ManualClock extends Clock {
  /** Moves time forward, waking sleepers in the order of their deadlines and letting each run before the next. */
  advance(byMs: number): Promise<void>;
  /** Lets the wall clock jump; sleepers do not notice. */
  jump(byMs: number): void;
  /** Deadlines of everyone asleep, in milliseconds from now, soonest first. */
  readonly sleeping: readonly number[];
}

type Sleeper = { readonly at: number; readonly wake: () => void };

/** @example const clock = createManualClock(); const nap = clock.sleep(1000); await clock.advance(1000); await nap; */
export function createManualClock(startAtMs = 1_700_000_000_000): ManualClock {
  let elapsedMs = 0;
  let jumpedMs = 0;
  let sleepers: Sleeper[] = [];
  return {
    now: () => startAtMs + elapsedMs + jumpedMs,
    monotonic: () => elapsedMs,
    sleep: (delayMs: number, signal?: AbortSignalLike) =>
      new Promise<void>((resolve) => {
        if (delayMs <= 0 || signal?.aborted === true) {
          resolve();
          return;
        }
        const wake = (): void => {
          signal?.removeEventListener('abort', wake);
          sleepers = sleepers.filter((other) => other !== sleeper);
          resolve();
        };
        const sleeper: Sleeper = { at: elapsedMs + delayMs, wake };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', wake, { once: true });
      }),
    advance: async (byMs) => {
      const until = elapsedMs + byMs;
      await settle();
      for (let next = soonest(sleepers, until); next !== undefined; next = soonest(sleepers, until)) {
        elapsedMs = next.at;
        next.wake();
        await settle();
      }
      elapsedMs = until;
    },
    jump: (byMs) => {
      jumpedMs += byMs;
    },
    get sleeping() {
      return sleepers.map((sleeper) => sleeper.at - elapsedMs).toSorted((a, b) => a - b);
    },
  };
}

function soonest(sleepers: readonly Sleeper[], until: number): Sleeper | undefined {
  let found: Sleeper | undefined;
  for (const sleeper of sleepers) {
    if (sleeper.at <= until && (found === undefined || sleeper.at < found.at)) found = sleeper;
  }
  return found;
}

/** Everything that is ready runs: promises first, and what they lead to. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}
