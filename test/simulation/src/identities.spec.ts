/** File systems whose inode numbers prove little: the whole client, and what it changes on the drive. */
import type { SimulatedFileSystem } from '@tidemark/testkit';
import { describe, expect, it } from 'vitest';
import { createCalmWorld, syncOnce } from './calm.ts';
import { checkConvergence } from './checks.ts';
import type { World } from './world.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const withoutBirthTimes: SimulatedFileSystem = { birthTimes: false };

/** Six folders with ten files each, in sync. */
async function agreedTree(fileSystem = withoutBirthTimes): Promise<World> {
  const world = createCalmWorld(fileSystem);
  for (let folder = 0; folder < 6; folder++) {
    world.disk.user.makeFolder(`d${folder}`);
    for (let file = 0; file < 10; file++)
      world.disk.user.write(`d${folder}/f${file}`, text(`${folder}.${file}`));
  }
  await synced(world);
  return world;
}

async function synced(world: World): Promise<number> {
  const { cause, changes } = await syncOnce(world);
  expect(cause).toBe('finished');
  checkConvergence(world);
  return changes;
}

async function idAt({ drive: { drive } }: World, path: string): Promise<string> {
  let id = (await drive.info()).rootId;
  for (const name of path.split('/')) {
    const child = await drive.child(id, name);
    if (child === null) return 'nothing';
    id = child.id;
  }
  return id;
}

describe('inode numbers without birth times', () => {
  it('cost no change when a remount permutes them', async () => {
    const world = await agreedTree();
    world.disk.user.renumber();
    expect(await synced(world)).toBe(0);
    expect(await synced(world)).toBe(0);
  });

  it('cost no content either', async () => {
    const world = await agreedTree();
    const hashed = world.disk.counts.get('hash') ?? 0;
    world.disk.user.renumber();
    await synced(world);
    expect(world.disk.counts.get('hash') ?? 0).toBe(hashed);
  });

  it('let a change in a renumbered tree be that change alone', async () => {
    const world = await agreedTree();
    const id = await idAt(world, 'd3/f3');
    world.disk.user.renumber();
    world.disk.user.write('d3/f3', text('written anew'));
    world.disk.user.remove('d0/f0');
    expect(await synced(world)).toBe(2);
    expect(await idAt(world, 'd3/f3')).toBe(id);
  });

  it('change within each file system: a mount in the sync folder stays the one it was', async () => {
    const world = await agreedTree();
    const { user } = world.disk;
    user.makeFolder('mounted');
    user.mount('mounted', 'another disk');
    user.write('mounted/new', text('on the other disk'));
    await synced(world);
    user.renumber();
    user.write('mounted/new', text('written anew'));
    expect(await synced(world)).toBe(1);
  });

  it.each(['file', 'folder'] as const)('never give a new %s the id of a deleted one', async (kind) => {
    const world = await agreedTree();
    const ids = [];
    for (const path of world.drive.user.tree().keys()) ids.push(await idAt(world, path));
    if (kind === 'file') {
      world.disk.user.remove('d1/f1');
      world.disk.user.write('d5/new', text('a stranger'));
    } else {
      world.disk.user.remove('d1');
      world.disk.user.makeFolder('new');
      world.disk.user.write('new/f1', text('a stranger'));
    }
    await synced(world);
    expect(ids).not.toContain(await idAt(world, kind === 'file' ? 'd5/new' : 'new'));
  });

  it('let a file that was renamed be the one it was', async () => {
    const world = await agreedTree();
    const id = await idAt(world, 'd2/f2');
    world.disk.user.rename('d2/f2', 'd4/other');
    expect(await synced(world)).toBe(1);
    expect(await idAt(world, 'd4/other')).toBe(id);
  });

  it('let a folder that was renamed be the one it was, with all that is in it', async () => {
    const world = await agreedTree();
    const id = await idAt(world, 'd2');
    world.disk.user.makeFolder('above');
    world.disk.user.rename('d2', 'above/other');
    expect(await synced(world)).toBe(2);
    expect(await idAt(world, 'above/other')).toBe(id);
  });

  it('let an empty folder that was renamed be a new one: nothing else tells that it is the same', async () => {
    const world = createCalmWorld(withoutBirthTimes);
    world.disk.user.makeFolder('a');
    await synced(world);
    world.disk.user.rename('a', 'b');
    expect(await synced(world)).toBe(2);
    expect(world.witness.broken).toBeNull();
  });

  it('leave an empty folder to its name, even when two of them change names unseen', async () => {
    const world = createCalmWorld(withoutBirthTimes);
    for (const name of ['a', 'b']) world.disk.user.makeFolder(name);
    await synced(world);
    world.disk.user.rename('a', 'spare');
    world.disk.user.rename('b', 'a');
    world.disk.user.rename('spare', 'b');
    world.disk.user.renumber();
    world.drive.user.remove('b');
    expect(await synced(world)).toBe(1);
    expect(world.witness.broken).toBeNull();
  });

  it('do not hand the id of a folder to a new one that merely holds a file of it', async () => {
    const world = await agreedTree();
    const id = await idAt(world, 'd2');
    world.disk.user.makeFolder('private');
    world.disk.user.rename('d2/f2', 'private/f2');
    world.disk.user.remove('d2');
    await synced(world);
    expect(await idAt(world, 'private')).not.toBe(id);
  });

  it('keep two files apart that changed names', async () => {
    const world = await agreedTree();
    world.disk.user.rename('d2/f2', 'spare');
    world.disk.user.rename('d2/f3', 'd2/f2');
    world.disk.user.rename('spare', 'd2/f3');
    await synced(world);
    expect(await synced(world)).toBe(0);
  });
});

describe('inode numbers that two files have at once, as in a pool of disks', () => {
  const pool = { birthTimes: false, sharesNumbers: true };

  it('cost nothing, and leave each file what it is', async () => {
    const world = await agreedTree(pool);
    expect(await synced(world)).toBe(0);
    world.disk.user.write('d3/f3', text('written anew'));
    world.disk.user.remove('d0');
    expect(await synced(world)).toBe(2);
  });

  it('prove no deletion in a folder that cannot be read', async () => {
    const world = await agreedTree({ ...pool, renumbers: true });
    world.disk.user.setUnreadable('d2', true);
    for (let run = 0; run < 4; run++) expect((await syncOnce(world)).changes).toBe(0);
    expect(await idAt(world, 'd2/f2')).not.toBe('nothing');
  });
});

describe('files with several names', () => {
  /** As `cp -al tree ../backup` leaves them. */
  const backUp = ({ disk: { user } }: World): void => {
    for (const [path, { kind }] of user.tree()) if (kind === 'file') user.linkOutside(path);
  };

  it('are moved once when they move after they got a second name', async () => {
    const world = await agreedTree({ birthTimes: true });
    const id = await idAt(world, 'd2/f2');
    backUp(world);
    world.disk.user.rename('d2/f2', 'd4/other');
    world.disk.user.rename('d3', 'd9');
    expect(await synced(world)).toBe(2);
    expect(await idAt(world, 'd4/other')).toBe(id);
  });

  it('are moved once when they move after a run has seen the second name', async () => {
    const world = await agreedTree({ birthTimes: true });
    const id = await idAt(world, 'd2/f2');
    backUp(world);
    expect(await synced(world)).toBe(0);
    world.disk.user.rename('d2/f2', 'd4/other');
    expect(await synced(world)).toBe(1);
    expect(await idAt(world, 'd4/other')).toBe(id);
  });
});
