import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compareSides, readFolder } from './sides.ts';

it('tells what is only here, only there, and different, and nothing else', () => {
  const local = new Map([
    ['both', 'A'],
    ['here', 'A'],
    ['changed', 'A'],
    ['kind', 'folder'],
  ]);
  const remote = new Map([
    ['both', 'A'],
    ['there', 'A'],
    ['changed', 'B'],
    ['kind', 'A'],
  ]);
  expect(compareSides(local, remote)).toEqual([
    'different: "changed" (in the folder A, on the drive B)',
    'only in the folder: "here"',
    'different: "kind" (in the folder folder, on the drive A)',
    'only on the drive: "there"',
  ]);
  expect(compareSides(local, local)).toEqual([]);
});

it('reads every file and folder of a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sides-'));
  try {
    mkdirSync(join(folder, 'a/empty'), { recursive: true });
    writeFileSync(join(folder, 'a/#1.txt'), 'hello');
    expect([...readFolder(folder)].toSorted()).toEqual([
      ['a', 'folder'],
      ['a/#1.txt', 'aCgDG9jwBgAAAAAABQAAAAAAAAA='],
      ['a/empty', 'folder'],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
