/** Conflicts over the simulated ports: how they are known, and what is left once they are settled. */
import type { Keep } from '@tidemark/engine';
import { settle } from '@tidemark/engine';
import { expect, test } from 'vitest';
import { bytes, createWorld, type World } from './spec-world.ts';

/** Both sides changed `a.txt`: the version of the drive has the name, that of the disk is kept beside it. */
async function inConflict(onDrive = 'of the drive'): Promise<World> {
  const world = await createWorld('business');
  world.drive.user.write('a.txt', bytes('agreed'), 1_500_000_000);
  await world.sync();
  world.disk.user.write('a.txt', bytes('of the disk'), 1_600_000_000);
  world.drive.user.write('a.txt', bytes(onDrive), 1_700_000_000);
  await world.sync();
  return world;
}

const copy = 'a-host-safeBackup-0001.txt';

test('a conflict is told with both versions until it is settled', async () => {
  const world = await inConflict();
  expect(world.tree()).toEqual({ 'a.txt': 'of the drive', [copy]: 'of the disk' });
  expect(await world.conflicts()).toMatchObject([
    {
      named: { path: 'a.txt', from: 'drive', sizeBytes: 12, modifiedAt: 1_700_000_000 },
      kept: { path: copy, from: 'disk', sizeBytes: 11, modifiedAt: 1_600_000_000 },
      isEqual: false,
    },
  ]);
});

test.each<[Keep, string]>([
  ['local', 'of the disk'],
  ['remote', 'of the drive'],
  ['newest', 'of the drive'],
])(
  'keeping %s leaves that version on both sides, no other file, and the other version in the trash',
  async (keep, content) => {
    const world = await inConflict();
    const [conflict] = await world.conflicts();
    const changes = conflict === undefined ? '' : settle(conflict, keep);
    if (typeof changes === 'string') throw new Error(changes);
    expect(await world.make({ asked: `keep ${keep}`, changes })).toMatchObject({
      end: { failed: [] },
      cause: 'finished',
    });
    expect(world.tree()).toEqual({ 'a.txt': content });
    expect(await world.conflicts()).toEqual([]);
    const other = content === 'of the disk' ? 'of the drive' : 'of the disk';
    expect(
      [...world.disk.user.trashContents().values()].map((held) => Buffer.from(held).toString()),
    ).toContain(other);
  },
);

test('keeping both leaves both, and no conflict', async () => {
  const world = await inConflict();
  const settled = (await world.conflicts()).map(({ keptId }) => keptId);
  await world.make({ asked: 'keep both', changes: [], settled });
  expect(world.tree()).toEqual({ 'a.txt': 'of the drive', [copy]: 'of the disk' });
  expect(await world.conflicts()).toEqual([]);
});

test('a copy that a user removes by hand is no conflict any more', async () => {
  const world = await inConflict();
  world.disk.user.remove(copy);
  await world.sync();
  expect(await world.conflicts()).toEqual([]);
});

test('a version that a user saves before it is settled stays', async () => {
  const world = await inConflict();
  const [conflict] = await world.conflicts();
  world.disk.user.write('a.txt', bytes('saved later'), 1_800_000_000);
  const changes = conflict === undefined ? '' : settle(conflict, 'local');
  if (typeof changes === 'string') throw new Error(changes);
  const { end } = await world.make({ asked: 'keep local', changes });
  expect(end.failed).toMatchObject([{ failure: { code: 'changedMeanwhile' } }]);
  expect(world.tree()).toEqual({ 'a.txt': 'saved later', [copy]: 'of the disk' });
});

test('two versions that a user made equal are told so, and the copy goes whichever is kept', async () => {
  const world = await inConflict();
  world.disk.user.write(copy, bytes('of the drive'), 1_800_000_000);
  await world.sync();
  const [conflict] = await world.conflicts();
  expect(conflict?.isEqual).toBe(true);
  const changes = conflict === undefined ? '' : settle(conflict, 'local');
  if (typeof changes === 'string') throw new Error(changes);
  await world.make({ asked: 'keep local', changes });
  expect(world.tree()).toEqual({ 'a.txt': 'of the drive' });
});
