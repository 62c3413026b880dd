import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTemporaryDisk, scanned } from './testing/temporary-disk.ts';

/** So many folders in each other, each with a name of 200 bytes. */
const nested = (depth: number): string => Array.from({ length: depth }, () => 'n'.repeat(200)).join('/');

test('a path longer than the system takes is scanned like any other, and stops nothing', async () => {
  await using disk = await createTemporaryDisk();
  const [outer, inner] = [join(disk.root, 'outer', nested(14)), join(disk.root, 'inner')];
  mkdirSync(outer, { recursive: true });
  mkdirSync(join(inner, nested(10)), { recursive: true });
  writeFileSync(join(inner, nested(10), 'deep'), '');
  // No call takes the whole path, but a folder can be moved until it has one.
  renameSync(inner, join(outer, 'inner'));
  const { rows, unreadable } = await scanned(disk.disk);
  renameSync(join(outer, 'inner'), inner);
  expect(rows.map((row) => row.name)).toContain('deep');
  expect(unreadable).toEqual([]);
});

test('folders and files arrive at a path longer than the system takes, which is gone through name by name', async () => {
  await using disk = await createTemporaryDisk();
  mkdirSync(join(disk.root, nested(14)), { recursive: true });
  writeFileSync(join(disk.root, 'file'), 'x');
  const file = await disk.disk.stat('file');
  if (file === null) throw new Error('The file is there');
  for (let depth = 15; depth <= 24; depth++) await disk.disk.createFolder(nested(depth));
  const moved = await disk.disk.move('file', `${nested(24)}/file`, file);
  expect(await disk.disk.stat(`${nested(24)}/file`)).toEqual(moved);
});
