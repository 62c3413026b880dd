/** Where the file system refuses links, a local version is kept by a copy: by an injected refusal, and on FAT itself. */
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DiskOptions } from './options.ts';
import { createImage, whyNot } from './testing/loop-device.ts';
import { codeOf, createTemporaryDisk, filesBelow, rowAt, stagedWith } from './testing/temporary-disk.ts';

const keepAs = { prefix: 'x-kept-', suffix: '', from: 1 };

test('keeps both versions by a copy with the bytes, time and mode of the original', async () => {
  await using temporary = await createTemporaryDisk({ links: 'never' });
  const { disk, root, state } = temporary;
  writeFileSync(join(root, 'x'), 'local', { mode: 0o640 });
  utimesSync(join(root, 'x'), 1_500_000_000, 1_500_000_000);
  writeFileSync(join(root, 'x-kept-0001'), 'another');
  const expected = await rowAt(disk, 'x');
  const staged = await stagedWith(disk, 'key', 'remote');
  const { kept } = await staged.place('x', { expected, keepAs, modifiedAt: 5 });
  expect(kept).toEqual(await rowAt(disk, 'x-kept-0002'));
  expect(Object.fromEntries(filesBelow(root))).toEqual({
    x: 'remote',
    'x-kept-0001': 'another',
    'x-kept-0002': 'local',
  });
  expect(kept).toMatchObject({ modifiedAt: 1_500_000_000 });
  expect(statSync(join(root, 'x-kept-0002')).mode & 0o777).toBe(0o640);
  // The original is never unlinked: an editor that holds it open goes on writing into it.
  expect([...filesBelow(join(state, 'trash')).values()]).toEqual(['local']);
  expect(incoming(state)).toEqual([]);
});

test('copies nothing when a file with the same bytes is there', async () => {
  await using temporary = await createTemporaryDisk({ links: 'never' });
  const { disk, root } = temporary;
  writeFileSync(join(root, 'x'), 'local');
  writeFileSync(join(root, 'x-kept-0001'), 'local');
  const expected = await rowAt(disk, 'x');
  const there = await rowAt(disk, 'x-kept-0001');
  const staged = await stagedWith(disk, 'key', 'remote');
  expect(await staged.place('x', { expected, keepAs, modifiedAt: 5 })).toMatchObject({
    ...{ kept: there, reused: true },
  });
  expect(readdirSync(root).toSorted()).toEqual(['x', 'x-kept-0001']);
});

test('takes no file of the same size for the same bytes', async () => {
  await using temporary = await createTemporaryDisk({ links: 'never' });
  const { disk, root } = temporary;
  writeFileSync(join(root, 'x'), 'local');
  writeFileSync(join(root, 'x-kept-0001'), 'other');
  const expected = await rowAt(disk, 'x');
  const staged = await stagedWith(disk, 'key', 'remote');
  await staged.place('x', { expected, keepAs, modifiedAt: 5 });
  expect(filesBelow(root).get('x-kept-0002')).toBe('local');
});

test('replaces nothing that a user saved while it was copied, and leaves no copy behind', async () => {
  await using temporary = await createTemporaryDisk({ links: 'never' });
  const { disk, root, state } = temporary;
  writeFileSync(join(root, 'x'), 'o'.repeat(3 << 20));
  const expected = await rowAt(disk, 'x');
  const staged = await stagedWith(disk, 'key', 'remote');
  let isOver = false;
  const placing = codeOf(staged.place('x', { expected, keepAs, modifiedAt: 5 })).finally(
    () => (isOver = true),
  );
  const copies = (): string[] => incoming(state).filter((name) => name.endsWith('.kept'));
  while (copies().length === 0 && !isOver) await new Promise(setImmediate);
  writeFileSync(join(root, 'x'), 'saved meanwhile');
  expect(await placing).toBe('changedMeanwhile');
  expect(Object.fromEntries(filesBelow(root))).toEqual({ x: 'saved meanwhile' });
  expect(copies()).toEqual([]);
});

test('writes nothing where nothing but a replacing rename exists', async () => {
  await using temporary = await createTemporaryDisk({ links: 'never', exchange: 'never' });
  const { disk, root } = temporary;
  writeFileSync(join(root, 'x'), 'local');
  const expected = await rowAt(disk, 'x');
  const staged = await stagedWith(disk, 'key', 'remote');
  expect(await codeOf(staged.place('x', { expected, keepAs, modifiedAt: 5 }))).toBe('diskDenied');
  expect(Object.fromEntries(filesBelow(root))).toEqual({ x: 'local' });
});

const reason = whyNot('FAT');

// Not every machine lets a test mount a file: the name then says why.
describe.skipIf(reason !== null)(`FAT ${reason ?? ''}`, () => {
  test('keeps both versions of a conflict', async () => {
    using image = createImage('FAT');
    const options: Partial<DiskOptions> = {
      root: join(image.folder, 'root'),
      stateFolder: join(image.folder, 'state'),
      rootMarks: 'never',
    };
    await using temporary = await createTemporaryDisk(options);
    const { disk, root } = temporary;
    writeFileSync(join(root, 'x'), 'local');
    utimesSync(join(root, 'x'), 1_500_000_000, 1_500_000_000);
    const expected = await rowAt(disk, 'x');
    const staged = await stagedWith(disk, 'key', 'remote');
    await staged.place('x', { expected, keepAs, modifiedAt: 1_600_000_000 });
    expect(Object.fromEntries(filesBelow(root))).toEqual({ x: 'remote', 'x-kept-0001': 'local' });
  });
});

const incoming = (state: string): string[] =>
  [...filesBelow(join(state, 'staging')).keys()].filter(
    (path) => path.includes('/incoming/') && !path.endsWith('/boot'),
  );
