/** Waiting that a signal or a call ends early. */
import type { Clock } from '@tidemark/contracts';

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
