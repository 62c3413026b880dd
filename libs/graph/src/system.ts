/** The machine's own time and chance. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { AbortSignalLike, Clock, Random } from '@tidemark/contracts';

/** Longest delay of one timer; longer ones fire at once. */
const timerMaxMs = 2 ** 31 - 1;

export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (delayMs: number, signal?: AbortSignalLike) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted === true) {
          resolve();
          return;
        }
        const finish = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', finish);
          resolve();
        };
        const timer = setTimeout(finish, Math.min(timerMaxMs, Math.max(0, delayMs)));
        signal?.addEventListener('abort', finish, { once: true });
      }),
  };
}

export function createSystemRandom(): Random {
  return {
    bytes: (count) => randomBytes(count),
    uuid: () => randomUUID(),
    fraction: () => Math.random(),
  };
}
