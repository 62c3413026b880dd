/** Conflicts over the simulated ports: how they are known, and what is left once they are settled. */
import type { Keep } from '@tidemark/engine';
import { settle } from '@tidemark/engine';
import { seq } from '@tidemark/contracts';
import { describe, expect, test } from 'vitest';
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

describe('a copy that has become equal', () => {
  /** A user took the version of the drive for the copy as well. */
  async function equal(): Promise<World> {
    const world = await inConflict();
    world.disk.user.write(copy, bytes('of the drive'), 1_800_000_000);
    await world.sync();
    return world;
  }

  test('is dropped before the next run, to the trash, on both sides', async () => {
    const world = await equal();
    expect(await world.dropEqual()).toEqual([
      `Dropped an equal copy: "${copy}" is the copy that a conflict kept, and has the same content as "a.txt" by now, on both sides: it goes to the trash and, on the drive, to the recycle bin`,
    ]);
    expect(await world.sync()).toBe('finished');
    expect(world.tree()).toEqual({ 'a.txt': 'of the drive' });
    expect(world.trashed()).toContain('of the drive');
    expect(await world.conflicts()).toEqual([]);
  });

  test('comes back by an undo, and then stays', async () => {
    const world = await equal();
    await world.dropEqual();
    await world.sync();
    const { plan, end } = await world.undo();
    expect([plan.refused, end.failed]).toEqual([[], []]);
    expect(world.tree()).toEqual({ 'a.txt': 'of the drive', [copy]: 'of the drive' });
    expect(await world.dropEqual()).toEqual([]);
  });

  test('is only named by a dry run', async () => {
    const world = await equal();
    const { head } = world.log;
    expect(await world.dropEqual({ mode: 'rehearse' })).toEqual([
      expect.stringMatching(/^Would drop an equal copy: "a-host/),
    ]);
    expect(world.log.head).toBe(head);
    expect(world.disk.user.tree().has(copy)).toBe(true);
  });

  test.each<[string, Parameters<World['dropEqual']>[0]]>([
    ['only the drive is followed', { settings: { download_only: true, upload_only: false } }],
    ['only the disk is followed', { settings: { download_only: false, upload_only: true } }],
    ['one folder alone is synced', { commandLine: { singleDirectory: 'a' } }],
    ['what was agreed is to be forgotten', { forget: 'a resync was asked for' }],
  ])('stays when %s', async (_, how) => {
    const world = await equal();
    expect(await world.dropEqual(how)).toEqual([]);
    expect(world.disk.user.tree().has(copy)).toBe(true);
  });

  test.each<[string, (world: World) => void]>([
    ['it was saved again', ({ disk }) => disk.user.write(copy, bytes('later'), 1_900_000_000)],
    ['the file was saved again', ({ disk }) => disk.user.write('a.txt', bytes('later'), 1_900_000_000)],
    ['it was saved online', ({ drive }) => drive.user.write(copy, bytes('later'), 1_900_000_000)],
    ['the file was saved online', ({ drive }) => drive.user.write('a.txt', bytes('later'), 1_900_000_000)],
    ['the file is gone online', ({ drive }) => drive.user.remove('a.txt')],
    ['the file is gone on disk', ({ disk }) => disk.user.remove('a.txt')],
  ])('stays when %s since the last run', async (_, happens) => {
    const world = await equal();
    happens(world);
    expect(await world.dropEqual()).toEqual([expect.stringMatching(/^WARNING: Cannot /)]);
    expect(world.disk.user.tree().has(copy)).toBe(true);
    expect(world.drive.user.tree().has(copy)).toBe(true);
  });

  test('stays while the two sides do not agree on it yet', async () => {
    const world = await inConflict();
    world.disk.user.write(copy, bytes('of the drive'), 1_800_000_000);
    expect(await world.dropEqual()).toEqual([]);
  });

  test('stays when a user decided to keep both', async () => {
    const world = await equal();
    const settled = (await world.conflicts()).map(({ keptId }) => keptId);
    await world.make({ asked: 'keep both', changes: [], settled });
    expect(await world.dropEqual()).toEqual([]);
  });

  test('and has another name now, or was never ours, is a plain file', async () => {
    const world = await equal();
    world.disk.user.rename(copy, 'mine.txt');
    world.disk.user.write('b.txt', bytes('b'), 1_500_000_000);
    world.disk.user.write('b-host-safeBackup-0001.txt', bytes('b'), 1_500_000_000);
    await world.sync();
    expect(await world.dropEqual()).toEqual([]);
  });

  test('waits while changes of a user are open', async () => {
    const world = await equal();
    await world.log.append([
      {
        ...{ seq: seq(world.log.head + 1), at: world.now(), source: 'undo', items: [] },
        event: { type: 'UserChangesPlanned', asked: 'undo', changes: [] },
      },
    ]);
    expect(await world.dropEqual()).toEqual([]);
  });

  test('that a crash left half dropped is finished at the next start', async () => {
    const world = await equal();
    await expect(world.dropEqual({ killAt: 0 })).rejects.toThrow('kill -9');
    expect(await world.dropEqual()).toHaveLength(1);
    await world.sync();
    expect(world.tree()).toEqual({ 'a.txt': 'of the drive' });
    expect(await world.dropEqual()).toEqual([]);
  });

  test('waits at the gate when it is one of so many', async () => {
    const world = await createWorld('business', { massDeleteMax: 2 });
    const names = ['a', 'b', 'c'];
    for (const name of names) world.drive.user.write(`${name}.txt`, bytes('agreed'), 1_500_000_000);
    await world.sync();
    for (const name of names) {
      world.disk.user.write(`${name}.txt`, bytes('of the disk'), 1_600_000_000);
      world.drive.user.write(`${name}.txt`, bytes('of the drive'), 1_700_000_000);
    }
    await world.sync();
    for (const name of names)
      world.disk.user.write(`${name}-host-safeBackup-0001.txt`, bytes('of the drive'), 1_800_000_000);
    await world.sync();
    expect(await world.dropEqual()).toHaveLength(3);
    await world.sync();
    expect([...world.drive.user.tree().keys()]).toHaveLength(6);
    await world.sync('whatIsHeld');
    expect(Object.keys(world.tree())).toEqual(names.map((name) => `${name}.txt`));
  });
});
