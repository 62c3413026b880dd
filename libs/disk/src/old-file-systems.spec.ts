/** What file systems cannot do: on real ones, each made in a file and mounted. */
import { mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inodeOf, isWeakId, isYoungStamp, settledStamp } from '@tidemark/contracts';
import { describe, expect, test } from 'vitest';
import { createImage, whyNot } from './testing/loop-device.ts';
import {
  asNew,
  codeOf,
  createTemporaryDisk,
  rowAt,
  stagedWith,
  type TemporaryDisk,
} from './testing/temporary-disk.ts';

const reason = whyNot('ext4 with small inodes');

/** A disk on such a file system; its clock moves only when something sleeps. */
async function withDisk(work: (disk: TemporaryDisk, slept: () => number) => Promise<void>): Promise<void> {
  using image = createImage('ext4 with small inodes');
  let sleptMs = 0;
  const clock = {
    now: () => Date.now() + sleptMs,
    monotonic: () => performance.now(),
    sleep: async (delayMs: number) => void (sleptMs += delayMs),
  };
  const root = join(image.folder, 'root');
  await using disk = await createTemporaryDisk({ root, stateFolder: join(image.folder, 'state'), clock });
  await work(disk, () => sleptMs);
}

// Not every machine lets a test mount a file: the name then says why.
describe.skipIf(reason !== null)(`ext4 with small inodes ${reason ?? ''}`, () => {
  test('has weak identities: a deleted folder and a new one may have the same inode', () =>
    withDisk(async ({ disk, root }) => {
      mkdirSync(join(root, 'old'));
      const old = await rowAt(disk, 'old');
      rmSync(join(root, 'old'), { recursive: true });
      mkdirSync(join(root, 'new'));
      const { id } = await rowAt(disk, 'new');
      expect(inodeOf(id)).toBe(inodeOf(old.id));
      expect(id).not.toBe(old.id);
      expect(isWeakId(old.id)).toBe(true);
    }));

  test('calls a stamp young as long as another save could get it, and reads after that', () =>
    withDisk(async ({ disk, root }, slept) => {
      writeFileSync(join(root, 'x'), 'one');
      const young = await rowAt(disk, 'x');
      expect(isYoungStamp(young.stamp)).toBe(true);
      writeFileSync(join(root, 'x'), 'two');
      expect(settledStamp((await rowAt(disk, 'x')).stamp)).toBe(settledStamp(young.stamp));
      const read = await disk.hash('x', young);
      expect(slept()).toBeGreaterThan(1000);
      expect(read.stamp).toBe(settledStamp(young.stamp));
      expect(await rowAt(disk, 'x')).toMatchObject({ stamp: read.stamp });
    }));

  test('replaces, removes and dates nothing whose stamp was young', () =>
    withDisk(async ({ disk, root }) => {
      writeFileSync(join(root, 'x'), 'one');
      const young = await rowAt(disk, 'x');
      const staged = await stagedWith(disk, 'key', 'from the drive');
      const options = { ...asNew, expected: young };
      expect(await codeOf(staged.place('x', options))).toBe('changedMeanwhile');
      expect(await codeOf(disk.remove('x', 'file', young))).toBe('changedMeanwhile');
      expect(await codeOf(disk.setModifiedAt('x', young, 5))).toBe('changedMeanwhile');
      const settled = await disk.hash('x', young);
      expect((await staged.place('x', { ...options, expected: settled })).row.sizeBytes).toBe(14);
    }));

  test('knows what is old: nothing waits for it', () =>
    withDisk(async ({ disk, root }, slept) => {
      writeFileSync(join(root, 'x'), 'one');
      utimesSync(join(root, 'x'), 1_500_000_000, 1_500_000_000);
      const row = await rowAt(disk, 'x');
      expect(isYoungStamp(row.stamp)).toBe(false);
      await disk.hash('x', row);
      expect(slept()).toBe(0);
    }));

  test('shows the nearest date it can hold, and what was placed is known by its hash all the same', () =>
    withDisk(async ({ disk, root }) => {
      const staged = await stagedWith(disk, 'key', 'far ahead');
      const { row } = await staged.place('x', { ...asNew, modifiedAt: 253_402_300_799 });
      expect(row).toMatchObject({ modifiedAt: 2 ** 31 - 1 });
      expect(row.hash).not.toBeNull();
      expect((await disk.setModifiedAt('x', row, 5_000_000_000)).modifiedAt).toBe(2 ** 31 - 1);
      renameSync(join(root, 'x'), join(root, 'y'));
      expect(statSync(join(root, 'y')).mtimeMs).toBe((2 ** 31 - 1) * 1000);
    }));
});
