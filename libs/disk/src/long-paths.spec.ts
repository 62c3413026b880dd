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
