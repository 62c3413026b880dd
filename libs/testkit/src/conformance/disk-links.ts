/** What every disk must do about symbolic links. Paths that begin with `/` are outside the sync folder. */
import type { Disk, LocalRow, ScanEnd } from '@tidemark/contracts';
import { describe, expect, test } from 'vitest';
import type { DiskUser } from '../disk/simulated-user.ts';
import {
  asNew,
  bytes,
  collect,
  fails,
  keep,
  paths,
  rowAt,
  scanned,
  stagedWith,
  text,
} from './disk-harness.ts';
import type { WithDisk } from './disk-harness.ts';

export function diskLinks(withDisk: WithDisk): void {
  describe('symbolic links', () => {
    test('to what is outside the sync folder show it as if it stood there', () =>
      withDisk(async (disk, user) => {
        outside(user);
        user.symlink('letter', '/letter');
        user.symlink('photos', '/photos');
        const { rows, oddities, unreadable, folders } = await scanned(disk);
        expect(paths(distinct(rows), folders[0]?.id)).toEqual(['letter', 'photos', 'photos/a', 'photos/b']);
        expect([oddities, unreadable]).toEqual([[], []]);
        for (const path of ['letter', 'photos', 'photos/a'])
          expect(await disk.stat(path)).toEqual(distinct(rows).find(({ name }) => path.endsWith(name)));
        const letter = await rowAt(disk, 'letter');
        expect(await collect((await disk.read('letter', letter)).open(0))).toBe('dear');
        expect((await disk.hash('letter', letter)).hash).toBe(
          (await disk.hash('photos/a', await rowAt(disk, 'photos/a'))).hash,
        );
        expect(await look(disk, ['photos'])).toMatchObject({ names: ['a', 'b'] });
      }));

    test('keep the identity of what was moved out of the sync folder and linked', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('photos');
        user.write('photos/a', bytes('a'));
        user.write('letter', bytes('dear'));
        const before = (await scanned(disk)).rows;
        for (const name of ['photos', 'letter']) {
          user.rename(name, `/${name}`);
          user.symlink(name, `/${name}`);
        }
        const after = distinct((await scanned(disk)).rows);
        expect(ids(after)).toEqual(ids(before));
      }));

    test.each([
      ['the sync folder', '.'],
      ['the folder that holds it', '..'],
      ['something in it', 'inside'],
      ['itself', 'link'],
      ['nothing', 'gone'],
      ['nothing outside', '/gone'],
    ])('to %s are not followed, and hold their name', (_what, target) =>
      withDisk(async (disk, user) => {
        user.makeFolder('inside');
        user.symlink('link', target);
        const seen = await scanned(disk);
        expect(seen.rows.map(({ name }) => name)).toEqual(['inside']);
        expect(seen.oddities).toMatchObject([{ path: 'link', holds: { name: 'link' } }]);
        await fails(disk.createFolder('link/new'), 'changedMeanwhile');
        await fails(disk.createFolder('link'), 'nameTaken');
      }),
    );

    test.each([
      ['the same folder', '/photos', '/photos'],
      ['a folder and a folder in it', '/photos', '/photos/deep'],
      ['a folder in a folder and that folder', '/photos/deep', '/photos'],
      ['a file and its folder', '/photos/a', '/photos'],
    ])('to %s are followed once, and that is not changed by a new link', (_what, target, other) =>
      withDisk(async (disk, user) => {
        outside(user);
        user.makeFolder('/photos/deep');
        user.symlink('z', target);
        await scanned(disk);
        user.symlink('a', other);
        for (let time = 0; time < 2; time++) {
          const { rows, oddities } = await scanned(disk);
          const tops = distinct(rows).filter(({ parentId }) => !rows.some(({ id }) => id === parentId));
          expect(tops.map(({ name }) => name)).toEqual(['z']);
          expect(oddities).toMatchObject([{ path: 'a', code: 'unfollowed' }]);
        }
      }),
    );

    test('in a linked folder lead on, but never in a circle', () =>
      withDisk(async (disk, user) => {
        outside(user);
        user.symlink('/photos/up', '/photos');
        user.symlink('/photos/more', '/more');
        user.makeFolder('/more');
        user.write('/more/x', bytes('x'));
        user.symlink('/more/back', '/photos');
        user.symlink('link', '/photos');
        const { rows, oddities, folders } = await scanned(disk);
        expect(paths(distinct(rows), folders[0]?.id)).toEqual([
          'link',
          'link/a',
          'link/b',
          'link/more',
          'link/more/x',
        ]);
        expect(oddities.map(({ path }) => path).sort()).toEqual(['link/more/back', 'link/up']);
      }));

    test('are not changed by what is written through them', () =>
      withDisk(async (disk, user) => {
        outside(user);
        user.symlink('letter', '/letter');
        user.symlink('photos', '/photos');
        await scanned(disk);
        const staged = await stagedWith(disk, 'one', 'dear you');
        const place = { keepAs: null, modifiedAt: 7 };
        const { row } = await staged.place('letter', { ...place, expected: await rowAt(disk, 'letter') });
        expect(text(user.read('/letter'))).toBe('dear you');
        expect({ ...row, hash: null }).toEqual(await rowAt(disk, 'letter'));
        await (await stagedWith(disk, 'two', 'c')).place('photos/c', asNew);
        await disk.createFolder('photos/folder');
        await disk.createFolder('photos');
        expect(text(user.read('/photos/c'))).toBe('c');
        const timed = await disk.setModifiedAt('letter', await rowAt(disk, 'letter'), 1_500_000_000);
        expect(timed).toEqual(await rowAt(disk, 'letter'));
        const tree = user.tree();
        expect([tree.get('letter')?.kind, tree.get('photos')?.kind]).toEqual(['symlink', 'symlink']);
      }));

    test('keep the version that is replaced beside the link', () =>
      withDisk(async (disk, user) => {
        outside(user);
        user.makeFolder('in');
        user.symlink('in/letter', '/letter');
        await scanned(disk);
        const staged = await stagedWith(disk, 'one', 'dear you');
        const expected = await rowAt(disk, 'in/letter');
        const { kept } = await staged.place('in/letter', { keepAs: keep, modifiedAt: 7, expected });
        expect(text(user.read('/letter'))).toBe('dear you');
        expect(text(user.read(`in/${kept?.name ?? ''}`))).toBe('dear');
        expect(user.tree().get('in/letter')?.kind).toBe('symlink');
      }));

    test('go to the trash when what they lead to is deleted, which stays where it is', () =>
      withDisk(async (disk, user) => {
        outside(user);
        user.symlink('letter', '/letter');
        user.symlink('photos', '/photos');
        await scanned(disk);
        await disk.remove('letter', 'file', await rowAt(disk, 'letter'));
        await disk.remove('photos', 'folder', await rowAt(disk, 'photos'));
        expect([...user.tree().keys()]).toEqual([]);
        expect([text(user.read('/letter')), text(user.read('/photos/a'))]).toEqual(['dear', 'dear']);
        expect((await scanned(disk)).rows).toEqual([]);
      }));

    test.each(['/photos', '../outside/photos'])('are moved themselves: %s', (target) =>
      withDisk(async (disk, user) => {
        outside(user);
        user.makeFolder('in');
        user.symlink('photos', target);
        await scanned(disk);
        const before = await rowAt(disk, 'photos');
        const moved = await disk.move('photos', 'in/pictures', before);
        expect(moved).toEqual({ ...before, parentId: (await rowAt(disk, 'in')).id, name: 'pictures' });
        expect(await rowAt(disk, 'in/pictures')).toEqual(moved);
        await disk.createFolder('in/pictures/new');
        await disk.move('in', 'away', await rowAt(disk, 'in'));
        await disk.createFolder('away/pictures/newer');
        const { rows, oddities, folders } = await scanned(disk);
        expect(paths(distinct(rows), folders[0]?.id)).toEqual(
          ['', '/a', '/b', '/new', '/newer'].map((path) => `away/pictures${path}`).toSpliced(0, 0, 'away'),
        );
        expect(oddities).toEqual([]);
        expect(text(user.read('/photos/a'))).toBe('dear');
      }),
    );

    test('[I-23] lead nowhere before a look has found them, or once they lead elsewhere', () =>
      withDisk(async (disk, user) => {
        outside(user);
        user.makeFolder('/elsewhere');
        user.write('/elsewhere/letter', bytes('mine'));
        user.symlink('photos', '/photos');
        user.symlink('letter', '/letter');
        await fails(disk.createFolder('photos/new'), 'changedMeanwhile');
        await scanned(disk);
        const [letter, photo] = [await rowAt(disk, 'letter'), await rowAt(disk, 'photos/a')];
        for (const name of ['photos', 'letter']) {
          user.remove(name);
          user.symlink(name, name === 'photos' ? '/elsewhere' : '/elsewhere/letter');
        }
        const place = { keepAs: null, modifiedAt: 7 };
        const staged = await stagedWith(disk, 'one', 'theirs');
        await fails(disk.createFolder('photos/new'), 'changedMeanwhile');
        await fails(staged.place('photos/x', asNew), 'changedMeanwhile');
        await fails(disk.remove('photos/a', 'file', photo), 'changedMeanwhile');
        expect(await refused(staged.place('letter', { ...place, expected: letter }))).toBe(true);
        expect(await refused(disk.setModifiedAt('letter', letter, 7))).toBe(true);
        expect(await refused(disk.remove('letter', 'file', letter))).toBe(true);
        expect(user.read('/elsewhere/x')).toBeNull();
        expect(text(user.read('/elsewhere/letter'))).toBe('mine');
        expect(text(user.read('/letter'))).toBe('dear');
      }));

    test('that are new are followed by a look into their folder', () =>
      withDisk(async (disk, user) => {
        outside(user);
        user.makeFolder('in');
        await scanned(disk);
        user.symlink('in/photos', '/photos');
        expect((await look(disk, ['in'])).names).toEqual(['photos']);
        expect((await look(disk, ['in/photos'])).names).toEqual(['a', 'b']);
        user.symlink('again', '/photos');
        expect((await look(disk, [''])).oddities).toMatchObject([{ path: 'again', code: 'unfollowed' }]);
        expect((await scanned(disk)).oddities).toMatchObject([{ path: 'again' }]);
      }));
  });
}

function outside(user: DiskUser): void {
  user.write('/letter', bytes('dear'));
  user.makeFolder('/photos');
  for (const name of ['a', 'b']) user.write(`/photos/${name}`, bytes('dear'));
}

/** A folder with links in it is listed twice. */
const distinct = (rows: readonly LocalRow[]): LocalRow[] => [
  ...new Map(rows.map((row) => [row.id, row])).values(),
];

const ids = (rows: readonly LocalRow[]): string[] => rows.map(({ id, name }) => `${name} ${id}`).sort();

async function refused(attempt: Promise<unknown>): Promise<boolean> {
  return attempt.then(
    () => false,
    () => true,
  );
}

async function look(disk: Disk, folders: readonly string[]) {
  const rows: LocalRow[] = [];
  let end: ScanEnd | null = null;
  for await (const part of disk.list(folders))
    if ('folders' in part) for (const folder of part.folders) rows.push(...folder.rows);
    else end = part;
  return {
    ...end,
    names: distinct(rows)
      .map(({ name }) => name)
      .sort(),
  };
}
