/** What every disk must do, whatever it is made of. */
import { describe, expect, test } from 'vitest';
import { type Disk, Failure, type FailureCode, type LocalOddity, type LocalRow } from '@tidemark/contracts';
import { quickXorHash } from '@tidemark/quickxor';
import type { DiskUser } from '../disk/simulated-user.ts';

export interface DiskUnderTest {
  readonly disk: Disk;
  readonly user: DiskUser;
  dispose(): Promise<void>;
}

export interface DiskHarness {
  readonly name: string;
  /** A disk over an empty sync folder that was marked. */
  readonly create: () => Promise<DiskUnderTest>;
}

export function diskConformance({ name, create }: DiskHarness): void {
  async function withDisk(run: (disk: Disk, user: DiskUser) => Promise<void>): Promise<void> {
    const { disk, user, dispose } = await create();
    try {
      await run(disk, user);
    } finally {
      await dispose();
    }
  }

  describe(`disk: ${name}`, () => {
    test('keeps the mark of the root and never lists it', () =>
      withDisk(async (disk) => {
        const first = await disk.root({ create: true });
        expect(first.marker).toMatch(/^[0-9a-f]{32}$/);
        expect(await disk.root({ create: false })).toEqual(first);
        expect((await scanned(disk)).rows).toEqual([]);
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
        expect(folders[0]?.id).toBe((await disk.root({ create: false })).id);
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

    test('reports symbolic links and does not look through them', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('real');
        user.write('real/x', bytes('x'));
        user.symlink('link', 'real');
        const { rows, oddities } = await scanned(disk);
        expect(rows.map((row) => row.name).sort()).toEqual(['real', 'x']);
        expect(oddities).toMatchObject([{ path: 'link', code: 'symlink' }]);
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

    describe('staging', () => {
      test('hashes all bytes and goes on where an earlier attempt stopped', () =>
        withDisk(async (disk) => {
          const first = await disk.stage('key', 8);
          expect(first.offset).toBe(0);
          await first.write(bytes('0123'));
          const second = await disk.stage('key', 8);
          expect(second.offset).toBe(4);
          await second.write(bytes('4567'));
          expect(await second.finish()).toEqual({ hash: quickXorHash(bytes('01234567')), sizeBytes: 8 });
          expect((await disk.stage('other', 8)).offset).toBe(0);
        }));

      test('forgets everything on a restart and when it is discarded', () =>
        withDisk(async (disk) => {
          const staged = await stagedWith(disk, 'key', 'wrong');
          await staged.restart();
          await staged.write(bytes('right'));
          expect(await staged.finish()).toEqual({ hash: quickXorHash(bytes('right')), sizeBytes: 5 });
          await staged.discard();
          expect((await disk.stage('key', 5)).offset).toBe(0);
        }));

      test('starts anew when there is more than there should be', () =>
        withDisk(async (disk) => {
          await stagedWith(disk, 'key', 'far too much');
          expect((await disk.stage('key', 3)).offset).toBe(0);
        }));

      test('never shows staged bytes in the tree', () =>
        withDisk(async (disk, user) => {
          await stagedWith(disk, 'key', 'hidden');
          expect([...user.tree().keys()]).toEqual([]);
          expect((await scanned(disk)).rows).toEqual([]);
        }));
    });

    describe('placing', () => {
      test('gives a free name to the bytes, with their time and hash', () =>
        withDisk(async (disk, user) => {
          await disk.createFolder('a');
          const staged = await stagedWith(disk, 'key', 'new');
          const { row, kept } = await staged.place('a/x', asNew);
          expect(kept).toBeNull();
          expect(row).toEqual({ ...(await rowAt(disk, 'a/x')), hash: quickXorHash(bytes('new')) });
          expect(row).toMatchObject({ sizeBytes: 3, modifiedAt: asNew.modifiedAt });
          expect(text(user.read('a/x'))).toBe('new');
          expect((await disk.stage('key', 3)).offset).toBe(0);
        }));

      test('never takes a name that somebody has, and keeps the staged bytes (F54)', () =>
        withDisk(async (disk, user) => {
          const staged = await stagedWith(disk, 'key', 'mine');
          user.write('x', bytes('yours'));
          user.makeFolder('folder');
          await fails(staged.place('x', asNew), 'nameTaken');
          await fails(staged.place('folder', asNew), 'nameTaken');
          await fails(staged.place('gone/x', asNew), 'localGone');
          await fails(staged.place('x/y', asNew), 'changedMeanwhile');
          expect(text(user.read('x'))).toBe('yours');
          await staged.place('y', asNew);
          expect(text(user.read('y'))).toBe('mine');
        }));

      test('replaces exactly the expected version and puts it into the trash', () =>
        withDisk(async (disk, user) => {
          user.write('x', bytes('old'));
          const expected = await rowAt(disk, 'x');
          const staged = await stagedWith(disk, 'key', 'new');
          const { row, kept } = await staged.place('x', { expected, keepAs: null, modifiedAt: 5 });
          expect(kept).toBeNull();
          expect(row).toEqual({ ...(await rowAt(disk, 'x')), hash: quickXorHash(bytes('new')) });
          expect(row.id).not.toBe(expected.id);
          expect(text(user.read('x'))).toBe('new');
          expect([...user.trashContents().values()].map(text)).toEqual(['old']);
        }));

      test('replaces nothing that is not the expected version', () =>
        withDisk(async (disk, user) => {
          const staged = await stagedWith(disk, 'key', 'new');
          const changes: readonly ((path: string) => void)[] = [
            (path) => user.write(path, bytes('edit')),
            (path) => user.replace(path, bytes('save')),
            (path) => user.setModifiedAt(path, 77),
            (path) => user.remove(path),
            (path) => (user.remove(path), user.makeFolder(path)),
          ];
          for (const [index, change] of changes.entries()) {
            const path = `x${index}`;
            user.write(path, bytes('base'));
            const expected = await rowAt(disk, path);
            change(path);
            const before = user.tree();
            const options = { expected, keepAs: keep, modifiedAt: 5 };
            await fails(staged.place(path, options), 'changedMeanwhile');
            await fails(staged.place(path, { ...options, keepAs: null }), 'changedMeanwhile');
            expect(user.tree()).toEqual(before);
          }
          expect(user.trashContents().size).toBe(0);
          await staged.place('free', asNew);
          expect(text(user.read('free'))).toBe('new');
        }));

      test('keeps the local version under the first free kept name', () =>
        withDisk(async (disk, user) => {
          user.write('x', bytes('local'));
          user.write('x-host-safeBackup-0001.txt', bytes('another'));
          const expected = await rowAt(disk, 'x');
          const staged = await stagedWith(disk, 'key', 'remote');
          const { row, kept } = await staged.place('x', { expected, keepAs: keep, modifiedAt: 5 });
          expect(row.hash).toBe(quickXorHash(bytes('remote')));
          expect(kept).toEqual(await rowAt(disk, 'x-host-safeBackup-0002.txt'));
          expect(kept?.id).toBe(expected.id);
          expect(contents(user)).toEqual({
            x: 'remote',
            'x-host-safeBackup-0001.txt': 'another',
            'x-host-safeBackup-0002.txt': 'local',
          });
        }));

      test('uses a kept version with the same bytes again', () =>
        withDisk(async (disk, user) => {
          user.write('x', bytes('local'));
          user.write('x-host-safeBackup-0001.txt', bytes('local'));
          const expected = await rowAt(disk, 'x');
          const there = await rowAt(disk, 'x-host-safeBackup-0001.txt');
          const staged = await stagedWith(disk, 'key', 'remote');
          const { kept } = await staged.place('x', { expected, keepAs: keep, modifiedAt: 5 });
          expect(kept).toEqual(there);
          expect(contents(user)).toEqual({ x: 'remote', 'x-host-safeBackup-0001.txt': 'local' });
        }));

      test('replaces nothing when all kept names are taken', () =>
        withDisk(async (disk, user) => {
          user.write('x', bytes('local'));
          user.write('x-host-safeBackup-1000.txt', bytes('another'));
          const expected = await rowAt(disk, 'x');
          const staged = await stagedWith(disk, 'key', 'remote');
          const keepAs = { ...keep, from: 1000 };
          await fails(staged.place('x', { expected, keepAs, modifiedAt: 5 }), 'preservationFailed');
          await fails(staged.placeAs('', keepAs, 5), 'preservationFailed');
          expect(await rowAt(disk, 'x')).toEqual(expected);
          const row = await staged.placeAs('', keep, 5);
          expect(row).toMatchObject({
            name: 'x-host-safeBackup-0001.txt',
            hash: quickXorHash(bytes('remote')),
          });
        }));
    });

    describe('changing', () => {
      test('creates folders, adopts those that exist, and refuses where it cannot', () =>
        withDisk(async (disk, user) => {
          const row = await disk.createFolder('a');
          expect(row).toMatchObject({ kind: 'folder', name: 'a', stamp: '' });
          expect(await disk.createFolder('a')).toEqual(row);
          user.write('file', bytes(''));
          await fails(disk.createFolder('file'), 'nameTaken');
          await fails(disk.createFolder('file/x'), 'changedMeanwhile');
          await fails(disk.createFolder('no/x'), 'localGone');
        }));

      test('moves files and folders with everything in them, and keeps identities', () =>
        withDisk(async (disk, user) => {
          user.makeFolder('a');
          user.makeFolder('b');
          user.write('a/x', bytes('content'), 99);
          const file = await rowAt(disk, 'a/x');
          const moved = await disk.move('a/x', 'b/y', file);
          expect(moved).toEqual(await rowAt(disk, 'b/y'));
          expect(moved).toMatchObject({ id: file.id, modifiedAt: 99 });
          const folder = await rowAt(disk, 'b');
          expect((await disk.move('b', 'a/c', folder)).id).toBe(folder.id);
          expect(contents(user)).toEqual({ a: null, 'a/c': null, 'a/c/y': 'content' });
        }));

      test('changes the case of a name', () =>
        withDisk(async (disk, user) => {
          user.write('Name', bytes('x'));
          user.makeFolder('Folder');
          expect((await disk.move('Name', 'name', await rowAt(disk, 'Name'))).name).toBe('name');
          expect((await disk.move('Folder', 'folder', await rowAt(disk, 'Folder'))).name).toBe('folder');
          expect(Object.keys(contents(user)).sort()).toEqual(['folder', 'name']);
        }));

      test('moves nothing onto anything and nothing into itself', () =>
        withDisk(async (disk, user) => {
          user.write('x', bytes('x'));
          user.write('y', bytes('y'));
          user.makeFolder('a');
          user.makeFolder('empty');
          await fails(disk.move('x', 'y', await rowAt(disk, 'x')), 'nameTaken');
          await fails(disk.move('x', 'empty', await rowAt(disk, 'x')), 'nameTaken');
          await fails(disk.move('a', 'empty', await rowAt(disk, 'a')), 'nameTaken');
          await fails(disk.move('a', 'a/b', await rowAt(disk, 'a')), 'invalidName');
          await fails(disk.move('x', 'no/x', await rowAt(disk, 'x')), 'localGone');
          const stale = await rowAt(disk, 'x');
          user.write('x', bytes('edited'));
          await fails(disk.move('x', 'z', stale), 'changedMeanwhile');
          expect(contents(user)).toEqual({ a: null, empty: null, x: 'edited', y: 'y' });
        }));

      test('removes files into the trash and folders only when they are empty', () =>
        withDisk(async (disk, user) => {
          user.makeFolder('a');
          user.write('a/x', bytes('bye'));
          const file = await rowAt(disk, 'a/x');
          const folder = await rowAt(disk, 'a');
          await fails(disk.remove('a', 'folder', folder), 'changedMeanwhile');
          await fails(disk.remove('a', 'file', folder), 'changedMeanwhile');
          await fails(disk.remove('a/x', 'folder', file), 'changedMeanwhile');
          const { trash } = await disk.remove('a/x', 'file', file);
          expect(text(user.trashContents().get(trash ?? '') ?? null)).toBe('bye');
          await fails(disk.remove('a/x', 'file', file), 'localGone');
          expect(await disk.remove('a', 'folder', folder)).toEqual({ trash: null });
          expect(contents(user)).toEqual({});
        }));

      test('removes nothing that changed', () =>
        withDisk(async (disk, user) => {
          user.write('x', bytes('old'));
          const expected = await rowAt(disk, 'x');
          user.write('x', bytes('new'));
          await fails(disk.remove('x', 'file', expected), 'changedMeanwhile');
          expect(contents(user)).toEqual({ x: 'new' });
        }));

      test('sets the modification time of what was expected', () =>
        withDisk(async (disk, user) => {
          user.write('x', bytes('x'));
          const before = await rowAt(disk, 'x');
          const after = await disk.setModifiedAt('x', before, 1_234_567_890);
          expect(after).toEqual(await rowAt(disk, 'x'));
          expect(after).toMatchObject({ id: before.id, modifiedAt: 1_234_567_890 });
          await fails(disk.setModifiedAt('x', before, 1), 'changedMeanwhile');
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
  });
}

const asNew = { expected: null, keepAs: null, modifiedAt: 1_600_000_000 } as const;
const keep = { prefix: 'x-host-safeBackup-', suffix: '.txt', from: 1 } as const;

export const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);
export const text = (content: Uint8Array | null): string | null =>
  content === null ? null : new TextDecoder().decode(content);

/** Text of each file by path, null for anything else. */
export const contents = (user: DiskUser): Record<string, string | null> =>
  Object.fromEntries(
    [...user.tree()].map(([path, { kind, bytes: content }]) => [
      path,
      kind === 'file' ? text(content) : null,
    ]),
  );

export async function rowAt(disk: Disk, path: string): Promise<LocalRow> {
  const row = await disk.stat(path);
  if (row === null) throw new Error(`nothing is at ${path}`);
  return row;
}

export async function stagedWith(disk: Disk, key: string, content: string) {
  const staged = await disk.stage(key, content.length);
  await staged.write(bytes(content));
  await staged.finish();
  return staged;
}

export async function scanned(disk: Disk) {
  const folders: { readonly id: LocalRow['id']; readonly rows: readonly LocalRow[] }[] = [];
  let end: { readonly unreadable: readonly string[]; readonly oddities: readonly LocalOddity[] } | null =
    null;
  for await (const part of disk.scan()) {
    if ('folders' in part) folders.push(...part.folders);
    else end = part;
  }
  if (end === null) throw new Error('the scan did not end');
  return { folders, rows: folders.flatMap((folder) => folder.rows), ...end };
}

export async function codeOf(attempt: Promise<unknown>): Promise<FailureCode | 'ok'> {
  try {
    await attempt;
    return 'ok';
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

export async function fails(attempt: Promise<unknown>, code: FailureCode): Promise<void> {
  expect(await codeOf(attempt)).toBe(code);
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let all = '';
  for await (const chunk of chunks) all += text(chunk) ?? '';
  return all;
}

async function drained(reader: AsyncIterator<Uint8Array>): Promise<void> {
  for (let next = await reader.next(); next.done !== true; next = await reader.next());
}

function paths(rows: readonly LocalRow[], root: LocalRow['id'] | undefined): string[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const pathOf = (row: LocalRow): string => {
    const parent = byId.get(row.parentId);
    if (parent === undefined && row.parentId !== root) throw new Error('a row without a listed parent');
    return parent === undefined ? row.name : `${pathOf(parent)}/${row.name}`;
  };
  return rows.map(pathOf).sort();
}
