/** An attacker in a thread of its own: a folder of the tree turns into a symbolic link to the outside and back, as fast as it goes. */
import { openSync, symlinkSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { join } from 'node:path';
import { findRenames } from '../renames.ts';

const { root, name, outside, flag } = workerData as {
  readonly root: string;
  readonly name: string;
  readonly outside: string;
  readonly flag: SharedArrayBuffer;
};
const stop = new Int32Array(flag);
const fd = openSync(root, 'r');
const renames = findRenames();
const link = `${name}.link`;
symlinkSync(outside, join(root, link));
let swaps = 0;
while (Atomics.load(stop, 0) === 0) {
  renames.exchange({ fd, name: link }, { fd, name });
  swaps++;
  if (swaps % 64 === 0) Atomics.wait(stop, 0, 0, 1);
}
parentPort?.postMessage({ swaps });
