/**
 * A user in a thread of its own who saves one file over and over, each version once. Saves by exchanging names, so that it
 * knows which versions it replaced itself. Ends when the shared flag is raised and answers with what it did.
 */
import { openSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { findRenames } from '../renames.ts';

const { folder, name, flag } = workerData as {
  readonly folder: string;
  readonly name: string;
  readonly flag: SharedArrayBuffer;
};
const stop = new Int32Array(flag);
const fd = openSync(folder, 'r');
const renames = findRenames();
const saved: string[] = [];
const replaced: string[] = [];
const temporary = '.being-saved';

for (let version = 0; Atomics.load(stop, 0) === 0; version++) {
  const content = `user ${version}`;
  writeFileSync(join(folder, temporary), content);
  if (renames.exchange({ fd, name: temporary }, { fd, name })) {
    replaced.push(readFileSync(join(folder, temporary), 'utf8'));
    unlinkSync(join(folder, temporary));
    saved.push(content);
  } else if (renames.renameFree({ fd, name: temporary }, { fd, name })) {
    saved.push(content);
  }
  // Bursts, in which the other side loses its races, and rests, in which it wins some.
  if (version % 32 === 0) Atomics.wait(stop, 0, 0, 4);
}
parentPort?.postMessage({ saved, replaced });
