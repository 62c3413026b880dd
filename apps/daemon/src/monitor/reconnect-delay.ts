/** What a daemon waits for instead of ending: a service or a bus that cannot be reached is back one day. */
import type { Clock, FailureCode } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';

export interface ReconnectDelay {
  /** How long to wait before the next attempt, in milliseconds; null when no waiting helps. */
  after(error: unknown): number | null;
  /** An attempt went well. */
  reset(): void;
}

const firstWaitMs = 5_000;
const longestWaitMs = 60_000;

const passing: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'offline',
  'timedOut',
  'serviceUnavailable',
  'throttled',
]);

export function createReconnectDelay(): ReconnectDelay {
  let attempts = 0;
  return {
    after(error) {
      if (!(error instanceof Failure) || !passing.has(error.code)) return null;
      const own = Math.min(firstWaitMs * 2 ** attempts, longestWaitMs);
      attempts += 1;
      return Math.max(own, error.details.afterMs ?? 0);
    },
    reset() {
      attempts = 0;
    },
  };
}

/** Resolves with the value, or with null as soon as the signal is aborted; what comes later is given to `late`. */
export async function unlessAborted<Value>(
  work: Promise<Value>,
  signal: AbortSignal,
  late: (value: Value) => void,
): Promise<Value | null> {
  let isLate = false;
  const aborted = Promise.withResolvers<null>();
  const abort = (): void => {
    isLate = true;
    aborted.resolve(null);
  };
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  work.then(
    (value) => isLate && late(value),
    () => undefined,
  );
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Waits, and goes on at once when `wake` is called. */
export function createWait(clock: Clock): { wait(delayMs: number): Promise<void>; wake(): void } {
  let waiting: AbortController | null = null;
  return {
    async wait(delayMs) {
      waiting = new AbortController();
      await clock.sleep(delayMs, waiting.signal);
      waiting = null;
    },
    wake: () => waiting?.abort(),
  };
}
