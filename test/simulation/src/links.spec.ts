/** A known name is held by a link, or by something else that is not synced: what was there is unknown, not gone. */
import { describe, expect, it } from 'vitest';
import { createCalmWorld, syncOnce } from './calm.ts';
import type { World } from './world.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** A folder with thirty files, and a file beside it, in sync. */
async function agreedWorld(): Promise<World> {
  const world = createCalmWorld();
  world.disk.user.makeFolder('photos');
  world.disk.user.makeFolder('photos/2020');
  for (let file = 0; file < 30; file++) world.disk.user.write(`photos/2020/${file}`, text(`picture ${file}`));
  world.disk.user.write('list', text('a list'));
  await syncOnce(world);
  return world;
}

const onDrive = (world: World): number => world.drive.user.tree().size;

describe('a link in the place of what was synced', () => {
  it.each(['photos', 'photos/2020', 'list'])('takes nothing away from the drive: %s', async (path) => {
    const world = await agreedWorld();
    const before = onDrive(world);
    world.disk.user.remove(path);
    world.disk.user.symlink(path, '/mnt/bigger-disk');
    for (let run = 0; run < 2; run++) {
      const { changes, state } = await syncOnce(world);
      expect(changes).toBe(0);
      expect(onDrive(world)).toBe(before);
      expect(state?.local.oddities).toMatchObject([{ path, code: 'symlink' }]);
    }
  });

  it('is a deletion once the link is gone as well', async () => {
    const world = await agreedWorld();
    world.disk.user.remove('photos/2020');
    world.disk.user.symlink('photos/2020', '/mnt/bigger-disk');
    await syncOnce(world);
    world.disk.user.remove('photos/2020');
    await syncOnce(world);
    expect([...world.drive.user.tree().keys()].toSorted()).toEqual(['list', 'photos']);
  });

  it('leaves the move of a folder a move, when the link leads to where it is now', async () => {
    const world = await agreedWorld();
    world.disk.user.rename('photos', 'archive');
    world.disk.user.symlink('photos', 'archive');
    expect((await syncOnce(world)).changes).toBe(1);
    expect([...world.drive.user.tree().keys()]).toContain('archive/2020/7');
  });

  it('is what it was when the folder is back', async () => {
    const world = await agreedWorld();
    world.disk.user.rename('photos', 'aside');
    world.disk.user.symlink('photos', 'aside');
    world.disk.user.remove('photos');
    world.disk.user.rename('aside', 'photos');
    expect((await syncOnce(world)).changes).toBe(0);
  });

  it('keeps a change of the drive from the disk, and both as they are', async () => {
    const world = await agreedWorld();
    world.disk.user.remove('list');
    world.disk.user.symlink('list', '/etc/hosts');
    world.drive.user.write('list', text('a longer list'));
    await syncOnce(world);
    expect(world.drive.user.read('list')).toEqual(text('a longer list'));
    expect(world.disk.user.tree().get('list')?.kind).toBe('symlink');
  });
});

it('a device in the place of a file takes nothing away from the drive', async () => {
  const world = await agreedWorld();
  world.disk.user.remove('list');
  world.disk.user.special('list');
  expect((await syncOnce(world)).changes).toBe(0);
  expect(world.drive.user.read('list')).toEqual(text('a list'));
});
