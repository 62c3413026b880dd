import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localId } from '@tidemark/contracts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openPlacements, placementsMax } from './placements.ts';

let folder = '';
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'placements-')), 'placed');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const file = localId('abc.1');

it('knows a placed file after a restart', () => {
  openPlacements(folder).note(file, '01ABC!7 a/b+c=');
  const again = openPlacements(folder);
  expect(again.keyOf(file)).toBe('01ABC!7 a/b+c=');
  expect(again.keyOf(localId('abc.2'))).toBeUndefined();
});

it('keeps one note of a file: the last', () => {
  const placements = openPlacements(folder);
  placements.note(file, 'D1 one');
  placements.note(file, 'D1 two');
  placements.note(file, 'D1 two');
  expect(readdirSync(folder)).toHaveLength(1);
  expect(openPlacements(folder).keyOf(file)).toBe('D1 two');
});

it('makes nothing before the first note, and none of a weak identity', () => {
  const placements = openPlacements(folder);
  placements.note(localId('abc~of/name'), 'D1 one');
  expect(placements.keyOf(file)).toBeUndefined();
  expect(readdirSync(join(folder, '..'))).toEqual([]);
});

it('forgets the oldest beyond its bound, those of an earlier process as well', () => {
  openPlacements(folder).note(file, 'D1 one');
  const placements = openPlacements(folder);
  for (let number = 0; number < placementsMax; number++)
    placements.note(localId(`f.${number}`), `D${number} h`);
  expect(placements.keyOf(file)).toBeUndefined();
  expect(readdirSync(folder)).toHaveLength(placementsMax);
  expect(openPlacements(folder).keyOf(localId('f.0'))).toBe('D0 h');
});

it('takes no other file in its folder for a note', () => {
  mkdirSync(folder);
  for (const name of ['.nfs0001', 'one two three', '%zz %zz']) writeFileSync(join(folder, name), '');
  const placements = openPlacements(folder);
  placements.note(file, 'D1 one');
  expect(placements.keyOf(localId('.nfs0001'))).toBeUndefined();
  expect(placements.keyOf(localId('one two three'))).toBeUndefined();
  expect(placements.keyOf(file)).toBe('D1 one');
});

it('goes without a note where its name would be too long', () => {
  const placements = openPlacements(folder);
  const long = localId('f'.repeat(300));
  placements.note(long, 'D1 one');
  placements.note(file, 'D'.repeat(5000));
  expect(placements.keyOf(long)).toBeUndefined();
  expect(placements.keyOf(file)).toBeUndefined();
});

it('knows of each file that another process places as soon as it is asked when', () => {
  const [placing, watching] = [openPlacements(folder), openPlacements(folder, { notedBy: 'elsewhere' })];
  // They come faster than a look at all notes is repeated.
  for (let number = 0; number < 20; number += 1) {
    const placed = localId(`f.${number}`);
    expect(watching.notedAt(placed)).toBeNull();
    placing.note(placed, `D${number} h`);
    expect(watching.notedAt(placed), `${number}`).toBeTypeOf('number');
  }
  expect(watching.notedAt(file)).toBeNull();
});

it('is no folder that cannot be listed when the notes cannot be read: the scan says which it is', async () => {
  const { createTemporaryDisk, scanned } = await import('./testing/temporary-disk.ts');
  const temporary = await createTemporaryDisk({});
  try {
    mkdirSync(temporary.state);
    writeFileSync(join(temporary.state, 'placed'), 'no folder');
    writeFileSync(join(temporary.root, 'a.txt'), 'a');
    await expect(scanned(temporary.disk)).rejects.toThrow(/Cannot read what was placed, in ".*placed"/);
  } finally {
    await temporary.dispose();
  }
});
