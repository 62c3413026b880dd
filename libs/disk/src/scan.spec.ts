import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTemporaryDisk, scanned } from './testing/temporary-disk.ts';

const manyFiles = (folder: string, count: number): void => {
  mkdirSync(folder, { recursive: true });
  for (let index = 0; index < count; index++) writeFileSync(join(folder, `f${index}`), '');
};

test('names that are not UTF-8 are told and never listed under another name (F61)', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  mkdirSync(join(root, 'a'));
  writeFileSync(Buffer.concat([Buffer.from(`${root}/a/bad`), Buffer.from([0xff, 0x0a])]), '');
  mkdirSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xc3, 0x28])]));
  writeFileSync(join(root, 'a', 'grün\u2028'), '');
  const { rows, oddities } = await scanned(disk);
  expect(rows.map((row) => row.name).sort()).toEqual(['a', 'grün\u2028']);
  expect(oddities.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
    '\\xc3( notUtf8',
    'a/bad\\xff\\x0a notUtf8',
  ]);
});

test('FIFOs, sockets and devices are told and never opened (F62)', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  execFileSync('mkfifo', [join(root, 'fifo')]);
  symlinkSync('/', join(root, 'outside'));
  symlinkSync('nowhere', join(root, 'dang\u001bling'));
  const { rows, oddities } = await scanned(disk);
  expect(rows).toEqual([]);
  expect(oddities.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
    'dang\\u{1b}ling symlink',
    'fifo special',
    'outside unfollowed',
  ]);
});

test('batches are bounded, one folder is never split, and the event loop breathes', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  manyFiles(join(root, 'huge'), 2500);
  for (let folder = 0; folder < 60; folder++) manyFiles(join(root, `small${folder}`), 50);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const batches: number[] = [];
  let rows = 0;
  for await (const part of disk.scan())
    if ('folders' in part) {
      const size = part.folders.reduce((sum, folder) => sum + folder.rows.length, 0);
      batches.push(size);
      rows += size;
    }
  clearInterval(timer);
  expect(rows).toBe(2500 + 60 * 51 + 1);
  expect(batches.filter((size) => size > 2100)).toHaveLength(1);
  expect(batches.length).toBeGreaterThan(2);
  expect(ticks).toBeGreaterThan(2);
});

test('a file that is moved from a folder not yet read into one already read is not missed', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  manyFiles(join(root, 'a'), 2010);
  manyFiles(join(root, 'b'), 2010);
  mkdirSync(join(root, 'z', 'deep'), { recursive: true });
  for (const folder of ['a', 'b']) writeFileSync(join(root, folder, 'wanderer'), folder);
  writeFileSync(join(root, 'z', 'deep', 'x'), 'x');
  let moved = 0;
  const { rows, folders, unreadable } = await scanned(disk, () => {
    if (moved++ > 0) return;
    // One of the two was read by now, the other was not; so one of the moves goes the dangerous way.
    renameSync(join(root, 'a', 'wanderer'), join(root, 'b', 'from a'));
    renameSync(join(root, 'b', 'wanderer'), join(root, 'a', 'from b'));
    renameSync(join(root, 'z', 'deep'), join(root, 'a', 'moved'));
    renameSync(join(root, 'b', 'f0'), join(root, 'a', 'overtaken'));
  });
  expect(moved).toBeGreaterThan(1);
  expect(unreadable).toEqual([]);
  expect(rows.map((row) => row.name)).toEqual(
    expect.arrayContaining(['from a', 'from b', 'moved', 'overtaken', 'x']),
  );
  // The last listing of each folder is what is there now.
  for (const [id, listed] of folders) {
    const folder = rows.find((row) => row.id === id)?.name;
    if (folder === 'a' || folder === 'b')
      expect(listed.map((row) => row.name).sort()).toEqual(readdirSync(join(root, folder)).sort());
  }
});

test('a folder that never stands still is listed and said to be uncertain', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  manyFiles(join(root, 'busy'), 2010);
  let count = 0;
  const { rows, unreadable, oddities } = await scanned(disk, () =>
    writeFileSync(join(root, 'busy', `new${count++}`), ''),
  );
  expect(count).toBe(4);
  expect(unreadable).toEqual([rows.find((row) => row.name === 'busy')?.id]);
  expect(oddities).toEqual([]);
});

test('one folder under two names is listed once', async () => {
  if (process.geteuid?.() !== 0) throw new Error('This test mounts a folder: run it as root');
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  for (const folder of ['one', 'two']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'one', 'x'), 'x');
  execFileSync('mount', ['--bind', join(root, 'one'), join(root, 'two')]);
  try {
    const { folders, oddities, unreadable } = await scanned(disk);
    expect([...folders.values()].filter((rows) => rows.some((row) => row.name === 'x'))).toHaveLength(1);
    expect(oddities).toMatchObject([{ code: 'unreadable' }]);
    expect(unreadable).toHaveLength(1);
  } finally {
    execFileSync('umount', ['--lazy', join(root, 'two')]);
  }
});
