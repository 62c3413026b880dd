import { expect, test } from 'vitest';
import { bytes, codeOf, contents, rowAt, scanned, stagedWith } from './conformance/disk-harness.ts';
import type { HintFate } from './disk/watchers.ts';
import { createSimulatedDisk, type SimulatedDiskFaults } from './simulated-disk.ts';

const random = { bytes: (count: number) => new Uint8Array(count), uuid: () => '', fraction: () => 0 };
const simulated = (faults: SimulatedDiskFaults = {}) => createSimulatedDisk({ random, faults });
const asNew = { expected: null, keepAs: null, modifiedAt: 5 };

test('the next operations that match fail and do nothing', async () => {
  const { disk, user, failNext, counts } = simulated();
  failNext(2, 'diskFull', (operation) => operation === 'createFolder');
  expect(await codeOf(disk.createFolder('a'))).toBe('diskFull');
  expect(await codeOf(disk.stat('a'))).toBe('ok');
  expect(await codeOf(disk.createFolder('a'))).toBe('diskFull');
  expect(contents(user)).toEqual({});
  expect(await codeOf(disk.createFolder('a'))).toBe('ok');
  expect(counts.get('createFolder')).toBe(3);
});

test('a failure after the operation leaves it done', async () => {
  let isBroken = true;
  const { disk, user } = simulated({
    failAfter: (operation) =>
      isBroken && operation === 'place' ? { code: 'diskFault', detail: 'after' } : null,
  });
  const staged = await stagedWith(disk, 'k', 'x');
  expect(await codeOf(staged.place('x', asNew))).toBe('diskFault');
  expect(contents(user)).toEqual({ x: 'x' });
  isBroken = false;
  expect((await disk.stage('k', 1)).offset).toBe(0);
});

test('the user may interfere before each operation', async () => {
  const { disk, user } = simulated({
    before: (operation, path, somebody) => {
      if (operation === 'place' || operation === 'remove') somebody.write(path, bytes('mine'));
    },
  });
  user.write('x', bytes('old'));
  const expected = await rowAt(disk, 'x');
  const staged = await stagedWith(disk, 'k', 'new');
  expect(await codeOf(staged.place('x', { ...asNew, expected }))).toBe('changedMeanwhile');
  expect(await codeOf(staged.place('y', asNew))).toBe('nameTaken');
  expect(await codeOf(disk.remove('x', 'file', await rowAt(disk, 'x')))).toBe('changedMeanwhile');
  expect(contents(user)).toEqual({ x: 'mine', y: 'mine' });
});

test('an unreadable folder is unknown, and special files are told', async () => {
  const { disk, user } = simulated();
  user.makeFolder('a');
  user.write('a/x', bytes('x'));
  user.special('fifo');
  const { id } = await rowAt(disk, 'a');
  user.setUnreadable('a', true);
  const seen = await scanned(disk);
  expect(seen.rows.map((row) => row.name)).toEqual(['a']);
  expect(seen.unreadable).toEqual([id]);
  expect(seen.oddities.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
    'a unreadable',
    'fifo special',
  ]);
});

test('[I-10] a root that is missing, or another folder, suspends everything, and comes back as it was', async () => {
  const { disk, user } = simulated();
  const before = await disk.root({ mark: true });
  user.write('x', bytes('x'));
  for (const state of ['missing', 'emptied', 'copied'] as const) {
    user.setRoot(state);
    expect(await codeOf(scanned(disk))).toBe('rootSuspended');
    expect(await codeOf(disk.createFolder('a'))).toBe('rootSuspended');
    expect(await codeOf(disk.root({ mark: true }))).toBe('rootSuspended');
    if (state !== 'copied') user.setRoot('present');
    else expect((await disk.root({ mark: false })).marker).toBeNull();
    expect((await scanned(disk)).rows).toHaveLength(1);
    if (state !== 'copied') expect(await disk.root({ mark: false })).toEqual(before);
  }
});

test('a copy of the root has the same content and times, and other identities', async () => {
  const { disk, user } = simulated();
  user.makeFolder('a');
  user.write('a/x', bytes('x'), 1_500_000_000);
  const before = await rowAt(disk, 'a/x');
  user.setRoot('copied');
  await disk.root({ mark: false });
  const after = await rowAt(disk, 'a/x');
  expect(after).toMatchObject({ sizeBytes: 1, modifiedAt: 1_500_000_000 });
  expect(after.id).not.toBe(before.id);
});

test('numbers of inodes are used again at once, and still nothing is taken for something else', async () => {
  const { disk, user } = simulated();
  user.write('x', bytes('old'));
  const before = await rowAt(disk, 'x');
  user.remove('x');
  user.write('x', bytes('new'));
  const after = await rowAt(disk, 'x');
  const inode = (id: string): string => id.split('.')[0] ?? '';
  expect(inode(after.id)).toBe(inode(before.id));
  expect(after.id).not.toBe(before.id);
});

test('what the user moves during a scan is not missed', async () => {
  const { disk, user } = simulated({
    before: (operation, path, somebody) => {
      if (operation === 'list' && path === 'b' && somebody.read('b/x') !== null)
        somebody.rename('b/x', 'c/x');
      if (operation === 'list' && path === 'c' && somebody.read('c/y') !== null)
        somebody.rename('c/y', 'b/y');
    },
  });
  for (const folder of ['b', 'c']) user.makeFolder(folder);
  user.write('b/x', bytes('x'));
  user.write('c/y', bytes('y'));
  const names = (await scanned(disk)).rows.map((row) => row.name);
  expect(names).toEqual(expect.arrayContaining(['x', 'y']));
});

test('hints can be lost, doubled, late or become "anywhere" (F17)', async () => {
  let fate: HintFate = 'tell';
  const { disk, user, tellHeld } = simulated({ hint: () => fate });
  user.makeFolder('a');
  const told: (readonly string[] | null)[] = [];
  const stopping = new AbortController();
  await disk.watch((folders) => told.push(folders), { signal: stopping.signal });
  const fates: readonly HintFate[] = ['tell', 'drop', 'twice', 'hold', 'overflow'];
  for (const [index, each] of fates.entries()) {
    fate = each;
    user.write(`a/${index}`, bytes('x'));
  }
  expect(told).toEqual([['a'], ['a'], ['a'], null]);
  tellHeld();
  expect(told.at(-1)).toEqual(['a']);
  stopping.abort();
  fate = 'tell';
  user.write('a/after', bytes('x'));
  tellHeld();
  expect(told).toHaveLength(5);
});

test('an unreadable folder that is looked into is unknown', async () => {
  const { disk, user } = simulated();
  user.makeFolder('a');
  user.makeFolder('a/b');
  const { id } = await rowAt(disk, 'a');
  user.setUnreadable('a', true);
  const parts = [];
  for await (const part of disk.list(['a', 'a/b'])) parts.push(part);
  expect(parts).toMatchObject([{ unreadable: [id] }]);
});
