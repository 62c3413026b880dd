/** Several processes in one folder: what one of them knows, the others have to know as well. Each disk here stands for a process. */
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NestedMount } from '@tidemark/contracts';
import { localId } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import { asNew, codeOf, createTemporaryDisk, rowAt, scanned, stagedWith } from './testing/temporary-disk.ts';

const looking = { shared: { looks: true, places: false } };
const placing = { shared: { looks: false, places: true } };
const reading = { shared: { looks: false, places: false } };

test('what lies behind a link can be read once another process has looked, and not before', async () => {
  await using temporary = await createTemporaryDisk(reading);
  const { disk, root, parent } = temporary;
  mkdirSync(join(parent, 'elsewhere'));
  writeFileSync(join(parent, 'elsewhere/a.txt'), 'a');
  symlinkSync(join(parent, 'elsewhere'), join(root, 'link'));
  expect(await disk.stat('link/a.txt')).toBeNull();
  await scanned(await temporary.again(looking));
  const row = await rowAt(disk, 'link/a.txt');
  expect(await disk.hash('link/a.txt', row)).toMatchObject({ name: 'a.txt', sizeBytes: 1 });
});

test('nothing is written into a folder over which the process that looks expects something mounted', async () => {
  await using temporary = await createTemporaryDisk(placing);
  const { disk, root } = temporary;
  mkdirSync(join(root, 'usb'));
  const staged = await stagedWith(disk, 'key', 'content');
  const mounts: readonly NestedMount[] = [{ path: 'usb', id: localId('of another disk'), fileSystem: 'usb' }];
  const other = await temporary.again(looking);
  for await (const _ of other.scan({ mounts }));
  expect(await codeOf(staged.place('usb/a.txt', asNew))).toBe('diskDenied');
  expect(readdirSync(join(root, 'usb'))).toEqual([]);
});

test('what a power cut left of the last look counts as none, until the next one', async () => {
  await using temporary = await createTemporaryDisk(reading);
  const { disk, root, parent, state } = temporary;
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, 'looked'), '');
  mkdirSync(join(parent, 'elsewhere'));
  writeFileSync(join(parent, 'elsewhere/a.txt'), 'a');
  symlinkSync(join(parent, 'elsewhere'), join(root, 'link'));
  expect(await disk.stat('link/a.txt')).toBeNull();
  await scanned(await temporary.again(looking));
  expect(await disk.stat('link/a.txt')).toMatchObject({ name: 'a.txt' });
});

test('a look knows a file that another process has placed since the look before', async () => {
  await using temporary = await createTemporaryDisk(placing);
  const other = await temporary.again(looking);
  await scanned(other);
  await (await stagedWith(temporary.disk, 'of the drive', 'content')).place('a.txt', asNew);
  const { rows } = await scanned(other);
  expect(rows).toMatchObject([{ name: 'a.txt', stagedAs: 'of the drive' }]);
});

test('only the process that places clears away what was left in the middle of that', async () => {
  await using temporary = await createTemporaryDisk(placing);
  await (await stagedWith(temporary.disk, 'key', 'content')).place('a.txt', asNew);
  const incoming = readdirSync(join(temporary.state, 'staging'))
    .map((name) => join(temporary.state, 'staging', name, 'incoming'))
    .find((path) => existsSync(path));
  const left = join(incoming ?? '', 'something.kept');
  writeFileSync(left, 'half a file');
  const other = await temporary.again(reading);
  other.trashFolder();
  expect(existsSync(left)).toBe(true);
  const next = await temporary.again(placing);
  next.trashFolder();
  expect(existsSync(left)).toBe(false);
});
