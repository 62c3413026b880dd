/** An answer, or BusError `timeout`. */
import type { Clock } from '@tidemark/contracts';
import { BusError } from './bus-error.ts';

export async function withTimeout<Answer>(
  answer: Promise<Answer>,
  subject: string,
  timeoutMs: number,
  clock: Pick<Clock, 'sleep'> = realTime,
): Promise<Answer> {
  const settled = new AbortController();
  const late = clock.sleep(timeoutMs, settled.signal).then(() => {
    throw new BusError('timeout', `No answer on "${subject}" within ${timeoutMs} ms`);
  });
  // Once the answer is there, nothing waits for the timeout any more.
  late.catch(() => {});
  return Promise.race([answer, late]).finally(() => settled.abort());
}

const realTime: Pick<Clock, 'sleep'> = {
  sleep: (delayMs, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};
