/** What every disk must do, whatever it is made of. */
import { expect, test, describe } from 'vitest';
import { quickXorHash } from '@tidemark/quickxor';
import { diskChanging } from './disk-changing.ts';
import {
  type DiskHarness,
  diskRunner,
  asNew,
  bytes,
  collect,
  drained,
  fails,
  paths,
  rowAt,
  scanned,
  stagedWith,
  text,
} from './disk-harness.ts';
import { diskLinks } from './disk-links.ts';
import { diskMounts } from './disk-mounts.ts';
import { diskPlacing } from './disk-placing.ts';
import { diskTrash } from './disk-trash.ts';
import { diskWatching } from './disk-watching.ts';

export type { DiskHarness, DiskUnderTest } from './disk-harness.ts';

export function diskConformance({ name, create }: DiskHarness): void {
  const withDisk = diskRunner(create);

  describe(`disk: ${name}`, () => {
    test('knows the root again by its mark, and puts nothing into it', () =>
      withDisk(async (disk, user) => {
        const first = await disk.root({ mark: true });
        expect(first.marker).toMatch(/^[0-9a-f]{32}$/);
        user.write('x', bytes('x'));
        user.remove('x');
        for (const mark of [false, true]) expect(await disk.root({ mark })).toEqual(first);
        expect((await scanned(disk)).rows).toEqual([]);
        expect([...user.tree()]).toEqual([]);
      }));

    test('lists every folder once, parents first, with everything directly inside', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('a');
        user.makeFolder('a/b');
        user.makeFolder('empty');
        user.write('a/b/deep', bytes('deep'), 1_500_000_000);
        user.write('top', bytes('top!'));
        const { rows, folders, unreadable, oddities } = await scanned(disk);
        expect(paths(rows, folders[0]?.id)).toEqual(['a', 'a/b', 'a/b/deep', 'empty', 'top']);
        expect(folders).toHaveLength(4);
        expect(folders[0]?.id).toBe((await disk.root({ mark: false })).id);
        const turn = new Map(folders.map((folder, index) => [folder.id, index]));
        for (const [index, folder] of folders.entries())
          for (const row of folder.rows)
            if (row.kind === 'folder') expect(turn.get(row.id)).toBeGreaterThan(index);
        expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
        const deep = rows.find((row) => row.name === 'deep');
        expect(deep).toMatchObject({ kind: 'file', sizeBytes: 4, modifiedAt: 1_500_000_000, hash: null });
        expect(rows.find((row) => row.name === 'a')).toMatchObject({
          kind: 'folder',
          sizeBytes: 0,
          stamp: '',
        });
        expect([unreadable, oddities]).toEqual([[], []]);
      }));

    test('gives a file the same row in a scan and alone', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('a');
        user.write('a/x', bytes('x'));
        const { rows } = await scanned(disk);
        for (const row of rows) expect(await disk.stat(row.name === 'x' ? 'a/x' : 'a')).toEqual(row);
      }));

    test('knows a file again after a rename and a write in place, and another file under its name not', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('a');
        user.write('a/x', bytes('one'));
        const before = await rowAt(disk, 'a/x');
        user.rename('a', 'b');
        user.rename('b/x', 'y');
        user.write('y', bytes('two'));
        const after = await rowAt(disk, 'y');
        expect(after.id).toBe(before.id);
        expect(after.stamp).not.toBe(before.stamp);
        user.replace('y', bytes('two'));
        expect((await rowAt(disk, 'y')).id).not.toBe(before.id);
      }));

    test('gives two hard links of one file two identities', () =>
      withDisk(async (disk, user) => {
        user.write('x', bytes('shared'));
        user.link('x', 'y');
        const { rows } = await scanned(disk);
        expect(new Set(rows.map((row) => row.id)).size).toBe(2);
        expect(await rowAt(disk, 'x')).toEqual(rows.find((row) => row.name === 'x'));
      }));

    test('reports a symbolic link to what is in the sync folder and does not look through it', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('real');
        user.write('real/x', bytes('x'));
        user.symlink('link', 'real');
        const { rows, oddities } = await scanned(disk);
        expect(rows.map((row) => row.name).sort()).toEqual(['real', 'x']);
        expect(oddities).toMatchObject([{ path: 'link', code: 'unfollowed' }]);
        expect(await disk.stat('link/x')).toBeNull();
        await fails(disk.stat('link'), 'diskDenied');
        await fails(disk.createFolder('link/new'), 'changedMeanwhile');
        const staged = await stagedWith(disk, 'k', 'evil');
        await fails(staged.place('link/x', asNew), 'changedMeanwhile');
        await fails(staged.place('link', asNew), 'nameTaken');
        expect(text(user.read('real/x'))).toBe('x');
      }));

    test('says that nothing is there where nothing is there', () =>
      withDisk(async (disk, user) => {
        user.write('file', bytes(''));
        expect(await disk.stat('x')).toBeNull();
        expect(await disk.stat('no/where')).toBeNull();
        expect(await disk.stat('file/inside')).toBeNull();
      }));

    test('ends an aborted scan without an end', () =>
      withDisk(async (disk, user) => {
        user.write('x', bytes(''));
        const controller = new AbortController();
        controller.abort();
        const seen = [];
        for await (const part of disk.scan({ signal: controller.signal }))
          if ('unreadable' in part) seen.push(part);
        expect(seen).toEqual([]);
      }));

    describe('reading', () => {
      test('reads one version from any offset and hashes it', () =>
        withDisk(async (disk, user) => {
          user.write('x', bytes('0123456789'));
          const row = await rowAt(disk, 'x');
          const source = await disk.read('x', row);
          expect(source.sizeBytes).toBe(10);
          for (const offset of [0, 3, 10])
            expect(await collect(source.open(offset))).toBe('0123456789'.slice(offset));
          await source.finish();
          expect(await disk.hash('x', row)).toEqual({ ...row, hash: quickXorHash(bytes('0123456789')) });
        }));

      test('refuses a version that changed before, while or after it was read', () =>
        withDisk(async (disk, user) => {
          user.write('x', bytes('before'));
          const row = await rowAt(disk, 'x');
          const source = await disk.read('x', row);
          const reader = source.open(0)[Symbol.asyncIterator]();
          await reader.next();
          user.write('x', bytes('after!'));
          await fails(drained(reader), 'changedMeanwhile');
          await fails(source.finish(), 'changedMeanwhile');
          await fails(disk.read('x', row), 'changedMeanwhile');
          await fails(disk.hash('x', row), 'changedMeanwhile');
          user.replace('x', bytes('other'));
          await fails(source.finish(), 'changedMeanwhile');
          user.remove('x');
          await fails(source.finish(), 'localGone');
        }));
    });

    test('takes names as they are, and lets none lead elsewhere (F61)', () =>
      withDisk(async (disk) => {
        const fine = [
          'a\nb',
          '\u001b[31m',
          '\u202etxt',
          '\\',
          'CON',
          'dot.',
          ' ',
          '💾',
          'e\u0301',
          'é',
          'x'.repeat(255),
        ];
        for (const name of fine) expect((await disk.createFolder(name)).name).toBe(name);
        expect((await scanned(disk)).rows.map((row) => row.name).sort()).toEqual([...fine].sort());
        const hostile = [
          '',
          '.',
          '..',
          '/',
          'a/../b',
          '../x',
          'a//b',
          '/etc',
          'a/',
          'nul\0',
          '\ud800',
          '.tidemark-root',
        ];
        const expected = await rowAt(disk, 'CON');
        const staged = await stagedWith(disk, 'key', 'x');
        for (const path of hostile) {
          await fails(disk.createFolder(path), 'invalidName');
          await fails(disk.read(path, expected), 'invalidName');
          await fails(disk.move('CON', path, expected), 'invalidName');
          await fails(disk.remove(path, 'folder', expected), 'invalidName');
          await fails(staged.place(path, asNew), 'invalidName');
        }
        await fails(disk.createFolder('é'.repeat(128)), 'nameTooLong');
      }));

    test('knows a file again however an editor saves it, or shows the new one with the last content (F51)', () =>
      withDisk(async (disk, user) => {
        const saves: Readonly<Record<string, (path: string) => void>> = {
          'in place': (path) => user.write(path, bytes('saved')),
          'truncate, then write': (path) => (user.write(path, bytes('')), user.write(path, bytes('saved'))),
          'rename over': (path) => user.replace(path, bytes('saved')),
          'backup, then create': (path) => (user.rename(path, `${path}~`), user.write(path, bytes('saved'))),
          'unlink, then create': (path) => (user.remove(path), user.write(path, bytes('saved'))),
          'twice at once': (path) => (user.replace(path, bytes('first')), user.replace(path, bytes('saved'))),
        };
        for (const [how, save] of Object.entries(saves)) {
          user.write(how, bytes('older'));
          const expected = await rowAt(disk, how);
          save(how);
          const row = await rowAt(disk, how);
          expect(`${row.id} ${row.stamp}`, how).not.toBe(`${expected.id} ${expected.stamp}`);
          expect((await disk.hash(how, row)).hash, how).toBe(quickXorHash(bytes('saved')));
          const staged = await stagedWith(disk, how, 'remote');
          await fails(staged.place(how, { expected, keepAs: null, modifiedAt: 5 }), 'changedMeanwhile');
          expect(text(user.read(how)), how).toBe('saved');
        }
      }));

    diskPlacing(withDisk);
    diskChanging(withDisk);
    diskLinks(withDisk);
    diskMounts(withDisk);
    diskTrash(withDisk);
    diskWatching(withDisk);
  });
}
