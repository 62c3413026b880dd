/** Undo over the simulated ports: whole runs, what users do between them, and the way back. */
import { replay } from '@tidemark/engine';
import { describe, expect, test } from 'vitest';
import { createRulesFor } from '../rules-for.ts';
import { bytes, createWorld, Killed, type World } from './spec-world.ts';

/** So many folders with ten files each, made on the drive, synced. */
async function fill({ drive, sync }: World, folders: number): Promise<void> {
  for (const side of ['d', 'l'])
    for (let folder = 0; folder < folders; folder++) {
      drive.user.makeFolder(`${side}${folder}`);
      for (let file = 0; file < 10; file++)
        drive.user.write(`${side}${folder}/${file}.txt`, bytes(`${side} ${folder} ${file}`), 1_500_000_000);
    }
  expect(await sync()).toBe('finished');
}

/** In each folder: two files deleted, two replaced, two renamed, two moved, one made; a folder renamed, one deleted. */
function change({ drive, disk }: World, folders: number): void {
  for (const [side, user, rename] of [
    ['d', drive.user, (path: string, to: string) => drive.user.move(path, to)],
    ['l', disk.user, (path: string, to: string) => disk.user.rename(path, to)],
  ] as const) {
    user.makeFolder(`${side}-moved`);
    for (let folder = 0; folder < folders; folder++) {
      const at = `${side}${folder}`;
      for (const file of [0, 1]) user.remove(`${at}/${file}.txt`);
      for (const file of [2, 3])
        user.write(`${at}/${file}.txt`, bytes(`new ${side} ${folder} ${file}`), 1_600_000_000);
      for (const file of [4, 5]) rename(`${at}/${file}.txt`, `${at}/renamed ${file}.txt`);
      for (const file of [6, 7]) rename(`${at}/${file}.txt`, `${side}-moved/${folder}-${file}.txt`);
      user.write(`${at}/made.txt`, bytes(`made ${side} ${folder}`), 1_600_000_000);
    }
    rename(`${side}0`, `${side}-renamed`);
    user.remove(`${side}1`);
  }
}

describe('undo', () => {
  test('of a deletion that came from the drive puts the file back, and a second one deletes it again', async () => {
    const world = await createWorld();
    world.drive.user.write('a.txt', bytes('mine'), 1_500_000_000);
    await world.sync();
    world.drive.user.remove('a.txt');
    await world.sync();
    expect(world.tree()).toEqual({});
    await world.undo();
    expect(world.tree()).toEqual({ 'a.txt': 'mine' });
    await world.undo();
    expect(world.tree()).toEqual({});
  });

  test('of a version that was uploaded brings back the one before, and the later one stays in the trash', async () => {
    const world = await createWorld('business');
    world.drive.user.write('a.txt', bytes('first'), 1_500_000_000);
    await world.sync();
    world.disk.user.write('a.txt', bytes('second'), 1_600_000_000);
    await world.sync();
    await world.undo();
    expect(world.tree()).toEqual({ 'a.txt': 'first' });
    expect([...world.disk.user.trashContents().values()].map(String)).toContain(String(bytes('second')));
    await world.undo();
    expect(world.tree()).toEqual({ 'a.txt': 'second' });
  });

  test('says of a deletion on a business drive where it can be restored, and does the rest', async () => {
    const world = await createWorld('business');
    for (const name of ['a', 'b']) world.drive.user.write(name, bytes(name), 1_500_000_000);
    await world.sync();
    world.disk.user.remove('a');
    world.disk.user.rename('b', 'c');
    await world.sync();
    const { plan } = await world.undo();
    expect(plan.refused).toEqual([
      { path: 'a', why: expect.stringContaining('on the web page of the drive') },
    ]);
    expect(world.tree()).toEqual({ b: 'b' });
  });

  test('in a shared folder leaves the recycle bin to its owner, and puts back what the trash here holds', async () => {
    const world = await createWorld('personal');
    for (const name of ['a', 'b']) world.drive.user.write(name, bytes(name), 1_500_000_000);
    await world.sync();
    world.disk.user.remove('a');
    world.drive.user.remove('b');
    await world.sync();
    const plan = await world.planFor({ by: 'run', run: 'last' }, 'shared');
    expect(plan.refused).toEqual([{ path: 'a', why: 'ask the owner, in whose recycle bin it is' }]);
    expect(plan.changes).toMatchObject([{ type: 'PutBack', path: 'b', sources: [{ in: 'trash' }] }]);
  });

  test('in a shared folder takes away only what this client put there', async () => {
    const world = await createWorld();
    world.drive.user.makeFolder('theirs');
    world.drive.user.write('theirs/a', bytes('a'), 1_500_000_000);
    await world.sync();
    for (const folder of ['new', 'both']) world.disk.user.makeFolder(folder);
    for (const name of ['theirs/ours', 'new/ours', 'both/ours'])
      world.disk.user.write(name, bytes('b'), 1_500_000_000);
    await world.sync();
    world.drive.user.write('both/theirs', bytes('a'), 1_500_000_000);
    await world.sync();
    const plan = await world.planFor({ by: 'since', at: 0 }, 'shared');
    expect(plan.refused.map(({ path, why }) => `${path}: ${why}`).toSorted()).toEqual([
      'both/theirs: another person made it, and undo leaves it there',
      'both: something else is in it',
      'theirs/a: another person made it, and undo leaves it there',
      'theirs: another person made it, and undo leaves it there',
    ]);
    expect(plan.changes.map(({ type, path }) => `${type} ${path}`).toSorted()).toEqual([
      'Remove both/ours',
      'Remove new',
      'Remove new/ours',
      'Remove theirs/ours',
    ]);
  });

  test('leaves alone what has changed since', async () => {
    const world = await createWorld();
    for (const name of ['a', 'b']) world.drive.user.write(name, bytes('first'), 1_500_000_000);
    await world.sync();
    for (const name of ['a', 'b']) world.disk.user.write(name, bytes('second'), 1_600_000_000);
    await world.sync();
    world.disk.user.write('a', bytes('third'), 1_700_000_000);
    await world.sync();
    const { plan } = await world.undo({ by: 'path', path: 'b' });
    expect(plan.refused).toEqual([{ path: 'a', why: 'it has changed since' }]);
    expect(world.tree()).toEqual({ a: 'third', b: 'first' });
  });

  test('does not touch a file that a user saved after the last run', async () => {
    const world = await createWorld();
    world.drive.user.write('a', bytes('first'), 1_500_000_000);
    await world.sync();
    world.drive.user.write('a', bytes('second'), 1_600_000_000);
    await world.sync();
    world.disk.user.write('a', bytes('third'), 1_700_000_000);
    const { end } = await world.undo();
    expect(end.failed).toMatchObject([{ failure: { code: 'changedMeanwhile' } }]);
    expect(world.tree()).toEqual({ a: 'third' });
  });

  test('gives two files that swapped their names, and two folders that went into each other, their places back', async () => {
    const world = await createWorld();
    for (const name of ['x', 'y']) world.drive.user.write(name, bytes(name), 1_500_000_000);
    world.drive.user.makeFolder('a');
    world.drive.user.makeFolder('a/b');
    await world.sync();
    const { user } = world.disk;
    for (const [from, to] of [
      ['x', 't'],
      ['y', 'x'],
      ['t', 'y'],
      ['a/b', 'b'],
      ['a', 'b/a'],
    ] as const)
      user.rename(from, to);
    await world.sync();
    expect(world.tree()).toEqual({ b: null, 'b/a': null, x: 'y', y: 'x' });
    await world.undo();
    expect(world.tree()).toEqual({ a: null, 'a/b': null, x: 'x', y: 'y' });
  });

  test('of a run that made all there is needs no second consent, though so many deletions would wait at the gate', async () => {
    const world = await createWorld();
    for (let file = 0; file < 120; file++)
      world.drive.user.write(`${file}.txt`, bytes(`${file}`), 1_500_000_000);
    await world.sync();
    const { cause } = await world.undo();
    expect(cause).toBe('finished');
    expect(world.tree()).toEqual({});
  });

  test('of one decision leaves the others of its run', async () => {
    const world = await createWorld();
    for (const name of ['a', 'b']) world.drive.user.write(name, bytes('first'), 1_500_000_000);
    await world.sync();
    for (const name of ['a', 'b']) world.drive.user.write(name, bytes('second'), 1_600_000_000);
    await world.sync();
    const [outcome] = await world.eventsOf(
      'CommandSucceeded',
      ({ local }) => local !== undefined && 'name' in local && local.name === 'a' && local.sizeBytes === 6,
    );
    await world.undo({ by: 'seq', seq: outcome ?? 0 });
    expect(world.tree()).toEqual({ a: 'first', b: 'second' });
  });

  test('of everything since a time takes several runs together', async () => {
    const world = await createWorld();
    world.drive.user.write('a', bytes('first'), 1_500_000_000);
    await world.sync();
    const since = world.now();
    world.drive.user.write('a', bytes('second'), 1_600_000_000);
    await world.sync();
    world.disk.user.rename('a', 'b');
    world.disk.user.write('c', bytes('new'), 1_600_000_000);
    await world.sync();
    world.drive.user.remove('b');
    await world.sync();
    await world.undo({ by: 'since', at: since });
    expect(world.tree()).toEqual({ a: 'first' });
  });

  test('is no decision of the planner: the log replays as it was recorded', async () => {
    const world = await createWorld();
    await fill(world, 2);
    change(world, 2);
    await world.sync('whatIsHeld');
    await world.undo();
    const report = await replay({ batches: world.log.read(), rulesFor: createRulesFor() });
    expect(report.plans).toBeGreaterThan(3);
    expect(report.divergences).toEqual([]);
  });

  test('of a run that deleted, replaced, renamed and moved 500 items brings both sides back; a second one undoes that', async () => {
    const world = await createWorld();
    await fill(world, 28);
    const before = world.tree();
    change(world, 28);
    expect(await world.sync('whatIsHeld')).toBe('finished');
    const after = world.tree();
    const first = await world.undo();
    expect(first.plan.refused).toEqual([]);
    expect(first.end.failed).toEqual([]);
    expect(first.plan.changes.length).toBeGreaterThan(500);
    expect(first.cause).toBe('finished');
    expect(world.tree()).toEqual(before);
    const second = await world.undo();
    expect(second.plan.refused).toEqual([]);
    expect(second.cause).toBe('finished');
    expect(world.tree()).toEqual(after);
  }, 240_000);

  test('that is killed anywhere goes on at the next call and ends the same', async () => {
    for (let killAt = 0; ; killAt += 6) {
      const world = await createWorld();
      await fill(world, 2);
      const before = world.tree();
      change(world, 2);
      await world.sync('whatIsHeld');
      const isKilled = await world.undo({ by: 'run', run: 'last' }, killAt).then(
        () => false,
        (error: unknown) => error instanceof Killed,
      );
      // As when a daemon is started first: that must not make the rest impossible.
      if (killAt % 4 === 2) await world.sync('whatIsHeld');
      const finished = await world.finish();
      expect(finished === null).toBe(!isKilled);
      expect(finished?.end.failed ?? []).toEqual([]);
      expect(world.tree()).toEqual(before);
      expect(await world.finish()).toBeNull();
      if (!isKilled) break;
    }
  }, 240_000);
});
