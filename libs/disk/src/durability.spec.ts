/** What has to be on the disk before the next step, and before anybody is told that it is done. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { refuseNextFlush, takeFlushed } from './testing/recorded-flushes.ts';
import type { TemporaryDisk } from './testing/temporary-disk.ts';

const { isInnerWorkspace, openInside } = await import('./workspace.ts');
const { asNew, codeOf, createTemporaryDisk, rowAt, stagedWith } = await import('./testing/temporary-disk.ts');

beforeEach(() => void takeFlushed());

/** Nothing but what the work flushes. */
async function flushedBy({ parent }: TemporaryDisk, work: () => Promise<unknown>): Promise<string[]> {
  takeFlushed();
  await work();
  return takeFlushed().map((path) => path.slice(parent.length + 1));
}

const stagedPath = expect.stringMatching(/^state\/staging\/.*\/[0-9a-f]{40}$/) as unknown;

test('the bytes of a new file are durable before it has its name, and the name is when that is told', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk } = temporary;
  const staged = await stagedWith(disk, 'key', 'content');
  expect(await flushedBy(temporary, () => staged.place('new', asNew))).toEqual([stagedPath, 'root']);
});

test('so are those of a file that replaces another one', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  writeFileSync(join(root, 'x'), 'the old version');
  const staged = await stagedWith(disk, 'key', 'content');
  const place = { ...asNew, expected: await rowAt(disk, 'x') };
  expect(await flushedBy(temporary, () => staged.place('x', place))).toEqual([stagedPath, 'root']);
});

test('a folder, a move and a deletion are durable when they are told', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  mkdirSync(join(root, 'from'));
  writeFileSync(join(root, 'from/x'), 'x');
  expect(await flushedBy(temporary, () => disk.createFolder('to'))).toEqual(['root']);
  const row = await rowAt(disk, 'from/x');
  const moved = await flushedBy(temporary, () => disk.move('from/x', 'to/x', row));
  expect(moved.toSorted()).toEqual(['root/from', 'root/to']);
  const there = await rowAt(disk, 'to/x');
  expect(await flushedBy(temporary, () => disk.remove('to/x', 'file', there))).toEqual(['root/to']);
});

test('what went up is durable when its reading ends, with its name and the folders above it', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  mkdirSync(join(root, 'new'));
  writeFileSync(join(root, 'new/x'), 'just saved');
  const row = await rowAt(disk, 'new/x');
  const source = await disk.read('new/x', row);
  const flushed = await flushedBy(temporary, () => source.finish());
  expect(flushed.toSorted()).toEqual(['root', 'root/new', 'root/new/x']);
});

test('a workspace inside the tree is known as ours before anything comes into it', async () => {
  await using temporary = await createTemporaryDisk();
  const { root } = temporary;
  const flushed = await flushedBy(temporary, async () => openInside({ base: `${root}/` }, root).close());
  expect(flushed).toEqual(['root/.tidemark-staging/owner', 'root/.tidemark-staging']);
  expect(isInnerWorkspace({ base: `${root}/` })).toBe(true);
});

test('what a failed flush may have lost is fetched again: the next flush would not tell (F05)', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk } = temporary;
  const staged = await stagedWith(disk, 'key', 'content');
  refuseNextFlush();
  expect(await codeOf(staged.place('new', asNew))).toBe('diskFault');
  expect(await disk.stat('new')).toBeNull();
  expect((await disk.stage('key', 7)).offset).toBe(0);
});
