/** A user who saves over a file in the very moment in which the disk has placed it: the kernel then tells of both at once. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Called when the disk looks at what it has placed, before anything else can run. */
let look: () => void = () => undefined;
const { fstatSync, lstatSync } = fs;
Reflect.set(fs, 'fstatSync', (...all: Parameters<typeof fstatSync>) => {
  look();
  return fstatSync(...all);
});
Reflect.set(fs, 'lstatSync', (...all: Parameters<typeof lstatSync>) => {
  look();
  return lstatSync(...all);
});
syncBuiltinESMExports();
const { createTemporaryDisk } = await import('./testing/temporary-disk.ts');

test('a file that is saved over right after its placing is told', async () => {
  await using temporary = await createTemporaryDisk();
  const { root, parent, disk } = temporary;
  fs.mkdirSync(join(root, 'a'));
  const stopping = new AbortController();
  let told: (folders: readonly string[] | null) => void = () => undefined;
  await disk.watch((folders) => told(folders), { signal: stopping.signal });
  const isTold = (folder: string): Promise<void> =>
    new Promise((resolve) => {
      told = (folders) => {
        if (folders === null || folders.includes(folder)) resolve();
      };
    });
  const isWatching = isTold('');
  fs.renameSync(draft(), join(root, 'anything'));
  await isWatching;

  const target = join(root, 'a', 'x');
  let hasSaved = false;
  look = () => {
    if (hasSaved || !fs.existsSync(target)) return;
    hasSaved = true;
    fs.renameSync(draft(), target);
  };
  const staged = await disk.stage('key', 4);
  await staged.write(Buffer.from('ours'));
  await staged.finish();
  const isSaveTold = isTold('a');
  await staged.place('a/x', { expected: null, keepAs: null, modifiedAt: 1 });
  expect(hasSaved).toBe(true);
  await isSaveTold;
  stopping.abort();

  function draft(): string {
    const path = join(parent, 'draft');
    fs.writeFileSync(path, 'of the user');
    return path;
  }
});
