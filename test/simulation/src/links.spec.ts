/**
 * Symbolic links are followed: what one leads to is synced as if it stood there. Where that cannot be, the name is unknown, not gone.
 * Paths that begin with `/` are outside the sync folder.
 */
import { describe, expect, it } from 'vitest';
import { createCalmWorld, syncOnce } from './calm.ts';
import { changesOn } from './checks.ts';
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

const onDrive = (world: World): string[] => [...world.drive.user.tree().keys()].toSorted();

describe('a link in the place of what was synced', () => {
  it.each(['photos', 'photos/2020', 'list'])(
    'that leads to it, moved away, changes nothing: %s',
    async (path) => {
      const world = await agreedWorld();
      world.disk.user.rename(path, '/moved');
      world.disk.user.symlink(path, '/moved');
      for (let run = 0; run < 2; run++) {
        const { changes, state } = await syncOnce(world);
        expect([changes, state?.local.oddities]).toEqual([0, []]);
      }
    },
  );

  it.each([
    ['photos', '/gone', 'symlink'],
    ['photos/2020', '/gone', 'symlink'],
    ['list', '/gone', 'symlink'],
    ['photos', '.', 'unfollowed'],
    ['photos/2020', '..', 'unfollowed'],
    ['list', 'photos', 'unfollowed'],
    ['list', '..', 'unfollowed'],
  ])('takes nothing away from the drive when it cannot be followed: %s to %s', async (path, target, code) => {
    const world = await agreedWorld();
    const before = onDrive(world);
    world.disk.user.remove(path);
    world.disk.user.symlink(path, target);
    for (let run = 0; run < 2; run++) {
      const { changes, state } = await syncOnce(world);
      expect(changes).toBe(0);
      expect(onDrive(world)).toEqual(before);
      expect(state?.local.oddities).toMatchObject([{ path, code }]);
    }
  });

  it('is a deletion once the link is gone as well', async () => {
    const world = await agreedWorld();
    world.disk.user.remove('photos/2020');
    world.disk.user.symlink('photos/2020', '/gone');
    await syncOnce(world);
    world.disk.user.remove('photos/2020');
    await syncOnce(world);
    expect(onDrive(world)).toEqual(['list', 'photos']);
  });

  it('leaves the move of a folder a move, when the link leads to where it is now', async () => {
    const world = await agreedWorld();
    world.disk.user.rename('photos', 'archive');
    world.disk.user.symlink('photos', 'archive');
    expect((await syncOnce(world)).changes).toBe(1);
    expect(onDrive(world)).toContain('archive/2020/7');
  });

  it('is what it was when the folder is back', async () => {
    const world = await agreedWorld();
    world.disk.user.rename('photos', '/aside');
    world.disk.user.symlink('photos', '/aside');
    await syncOnce(world);
    world.disk.user.remove('photos');
    world.disk.user.rename('/aside', 'photos');
    expect((await syncOnce(world)).changes).toBe(0);
  });

  it('keeps a change of the drive from the disk when it leads nowhere, and both as they are', async () => {
    const world = await agreedWorld();
    world.disk.user.remove('list');
    world.disk.user.symlink('list', '/gone');
    world.drive.user.write('list', text('a longer list'));
    await syncOnce(world);
    expect(world.drive.user.read('list')).toEqual(text('a longer list'));
    expect(world.disk.user.tree().get('list')?.kind).toBe('symlink');
  });

  it('takes the content of a copy for what it was', async () => {
    const world = await agreedWorld();
    const before = changesOn('drive', world);
    world.disk.user.makeFolder('/copy');
    for (let file = 0; file < 30; file++) world.disk.user.write(`/copy/${file}`, text(`picture ${file}`));
    world.disk.user.remove('photos/2020');
    world.disk.user.symlink('photos/2020', '/copy');
    await syncOnce(world);
    expect([changesOn('drive', world) - before, world.drive.user.recycledContents()]).toEqual([0, []]);
  });
});

describe('what a link leads to', () => {
  async function linkedWorld(): Promise<World> {
    const world = createCalmWorld();
    world.disk.user.makeFolder('/pictures');
    world.disk.user.write('/pictures/a', text('a'));
    world.disk.user.write('/letter', text('dear'));
    world.disk.user.symlink('photos', '/pictures');
    world.disk.user.symlink('letter', '/letter');
    await syncOnce(world);
    return world;
  }

  it('is synced as if it stood there, once', async () => {
    const world = await linkedWorld();
    expect(onDrive(world)).toEqual(['letter', 'photos', 'photos/a']);
    world.disk.user.symlink('again', '/pictures');
    const { changes, state } = await syncOnce(world);
    expect(changes).toBe(0);
    expect(state?.local.oddities).toMatchObject([{ path: 'again', code: 'unfollowed' }]);
  });

  it('gets what changes online, and the links stay links', async () => {
    const world = await linkedWorld();
    world.drive.user.write('letter', text('dear you'));
    world.drive.user.write('photos/b', text('b'));
    world.drive.user.makeFolder('photos/2021');
    world.drive.user.remove('photos/a');
    await syncOnce(world);
    expect(world.disk.user.read('/letter')).toEqual(text('dear you'));
    expect(world.disk.user.read('/pictures/b')).toEqual(text('b'));
    expect(world.disk.user.read('/pictures/a')).toBeNull();
    expect([...world.disk.user.trashContents().values()]).toContainEqual(text('a'));
    expect(world.disk.user.tree().get('letter')?.kind).toBe('symlink');
    expect((await syncOnce(world)).changes).toBe(0);
  });

  it('is moved by moving the link', async () => {
    const world = await linkedWorld();
    world.drive.user.makeFolder('in');
    world.drive.user.move('photos', 'in/pictures');
    world.drive.user.move('letter', 'in/letter');
    await syncOnce(world);
    expect(world.disk.user.tree().get('in/pictures')?.kind).toBe('symlink');
    expect(world.disk.user.read('/pictures/a')).toEqual(text('a'));
    expect((await syncOnce(world)).changes).toBe(0);
  });

  it('stays where it is when the linked file is deleted online: the link goes', async () => {
    const world = await linkedWorld();
    world.drive.user.remove('letter');
    await syncOnce(world);
    expect(world.disk.user.tree().has('letter')).toBe(false);
    expect(world.disk.user.read('/letter')).toEqual(text('dear'));
    expect((await syncOnce(world)).changes).toBe(0);
  });

  it('stays where it is when the linked folder is deleted online: the link goes', async () => {
    const world = await linkedWorld();
    world.disk.user.makeFolder('/pictures/2020');
    world.disk.user.write('/pictures/2020/b', text('b'));
    await syncOnce(world);
    world.drive.user.remove('photos');
    const { state } = await syncOnce(world);
    expect(world.disk.user.tree().has('photos')).toBe(false);
    expect([...(state?.trees.items.values() ?? [])].map(({ local }) => local?.name)).toEqual(['', 'letter']);
    expect(['/pictures/a', '/pictures/2020/b'].map((path) => world.disk.user.read(path))).toEqual([
      text('a'),
      text('b'),
    ]);
    expect((await syncOnce(world)).changes).toBe(0);
    expect(onDrive(world)).toEqual(['letter']);
  });

  it('is deleted online when the user removes the link', async () => {
    const world = await linkedWorld();
    world.disk.user.remove('photos');
    await syncOnce(world);
    expect(onDrive(world)).toEqual(['letter']);
    expect(world.disk.user.read('/pictures/a')).toEqual(text('a'));
  });
});

it('a device in the place of a file takes nothing away from the drive', async () => {
  const world = await agreedWorld();
  world.disk.user.remove('list');
  world.disk.user.special('list');
  expect((await syncOnce(world)).changes).toBe(0);
  expect(world.drive.user.read('list')).toEqual(text('a list'));
});
