/** Runs a file of this folder in a thread, until the work of the test is done. */
import { Worker } from 'node:worker_threads';

export async function besideThread(
  file: 'saver.ts' | 'swapper.ts',
  data: Readonly<Record<string, string>>,
  work: () => Promise<void>,
): Promise<unknown> {
  const flag = new SharedArrayBuffer(4);
  const worker = new Worker(new URL(file, import.meta.url), { workerData: { ...data, flag } });
  const answer = new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await new Promise((resolve) => worker.once('online', resolve));
  try {
    await work();
  } finally {
    Atomics.store(new Int32Array(flag), 0, 1);
    Atomics.notify(new Int32Array(flag), 0);
  }
  const said = await answer;
  await worker.terminate();
  return said;
}
