/** The part of the disk's conformance suite about looking into named folders and being told of changes. */
import { describe, expect, test } from 'vitest';
import type { Disk, LocalRow, ScanEnd } from '@tidemark/contracts';
import type { DiskUser } from '../disk/simulated-user.ts';
import { asNew, bytes, codeOf, rowAt, scanned, stagedWith, type WithDisk } from './disk-harness.ts';

export function diskWatching(withDisk: WithDisk): void {
  describe('looking into named folders', () => {
    test('gives what is directly inside, in the order asked for, with the rows of a scan', () =>
      withDisk(async (disk, user) => {
        for (const folder of ['a', 'a/b', 'a/b/c', 'empty']) user.makeFolder(folder);
        for (const file of ['top', 'a/x', 'a/b/y', 'a/b/c/z']) user.write(file, bytes(file));
        const whole = await scanned(disk);
        const seen = await listed(disk, ['a/b', 'empty', '', 'a/b']);
        const ids = [(await rowAt(disk, 'a/b')).id, (await rowAt(disk, 'empty')).id, whole.folders[0]?.id];
        expect(seen.folders.map(({ id }) => id)).toEqual(ids);
        for (const { id, rows } of seen.folders)
          expect(sorted(rows)).toEqual(sorted(whole.folders.find((folder) => folder.id === id)?.rows ?? []));
        expect(seen.end).toEqual({ unreadable: [], oddities: [] });
      }));

    test('leaves out what is no folder there, whatever the path says', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('real');
        user.makeFolder('real/inside');
        user.write('file', bytes('x'));
        user.symlink('link', 'real');
        const hostile = [
          'gone',
          'gone/too',
          'file',
          'link',
          'link/inside',
          '..',
          'real/../real',
          '/',
          'real/',
        ];
        const seen = await listed(disk, [...hostile, 'nul\0', '\ud800', '.tidemark-root', 'real']);
        expect(seen.folders.map(({ rows }) => rows.map(({ name }) => name))).toEqual([['inside']]);
        expect(seen.end.unreadable).toEqual([]);
      }));

    test('reports what cannot be synced directly inside', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('a');
        user.symlink('a/link', 'x');
        expect((await listed(disk, ['a'])).end.oddities).toMatchObject([{ path: 'a/link', code: 'symlink' }]);
      }));

    test('ends an aborted look without an end', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('a');
        const parts = [];
        for await (const part of disk.list(['a'], { signal: AbortSignal.abort() })) parts.push(part);
        expect(parts.filter((part) => 'unreadable' in part)).toEqual([]);
      }));
  });

  describe('watching', () => {
    test('says how many folders it watches', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('a');
        user.makeFolder('a/b');
        const stopping = new AbortController();
        const report = await disk.watch(() => {}, { signal: stopping.signal });
        expect(report).toEqual({ folders: 3, limit: null });
        stopping.abort();
      }));

    const changes: Readonly<Record<string, readonly [(user: DiskUser) => void, readonly string[]]>> = {
      'a file is created': [(user) => user.write('a/new', bytes('x')), ['a']],
      'a file is written in place': [(user) => user.write('a/x', bytes('new')), ['a']],
      'a file is replaced by a rename': [(user) => user.replace('a/x', bytes('new')), ['a']],
      'a file is removed': [(user) => user.remove('a/x'), ['a']],
      'a time is set': [(user) => user.setModifiedAt('a/x', 99), ['a']],
      'a file moves': [(user) => user.rename('a/x', 'a/b/x'), ['a', 'a/b']],
      'a hard link is made': [(user) => user.link('a/x', 'y'), ['']],
      'a symbolic link is made': [(user) => user.symlink('a/link', 'x'), ['a']],
      'something at the top changes': [(user) => user.write('top', bytes('x')), ['']],
      'a folder is made': [(user) => user.makeFolder('a/new'), ['a', 'a/new']],
      'a folder with content is renamed': [(user) => user.rename('a/b', 'c'), ['a', '', 'c', 'c/d']],
      'a folder is removed with its content': [(user) => user.remove('a/b'), ['a']],
      'content follows its new folder at once': [
        (user) => {
          user.makeFolder('new');
          user.makeFolder('new/inner');
          user.write('new/inner/x', bytes('x'));
        },
        ['', 'new', 'new/inner'],
      ],
    };
    for (const [what, [change, folders]] of Object.entries(changes))
      test(`tells where: ${what}`, () =>
        withDisk(async (disk, user) => {
          for (const folder of ['a', 'a/b', 'a/b/d']) user.makeFolder(folder);
          user.write('a/x', bytes('old'));
          user.write('a/b/d/z', bytes('z'));
          await telling(disk, folders, () => change(user));
        }));

    test('tells of our own changes as well, all but files that we placed: what is no news is found out by looking', () =>
      withDisk(async (disk) => {
        const staged = await stagedWith(disk, 'key', 'content');
        await staged.place('x', asNew);
        await telling(disk, ['', 'a'], async () => void (await disk.createFolder('a')));
        const file = await rowAt(disk, 'x');
        await telling(disk, ['', 'a'], async () => void (await disk.move('x', 'a/x', file)));
        const moved = await rowAt(disk, 'a/x');
        await telling(disk, ['a'], async () => void (await disk.remove('a/x', 'file', moved)));
      }));

    test('tells what a user makes of a file at the very moment that we placed it', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('a');
        const staged = await stagedWith(disk, 'key', 'content');
        await telling(disk, ['a'], async () => {
          await staged.place('a/x', asNew);
          user.replace('a/x', bytes('theirs'));
        });
        await telling(disk, ['a'], () => user.write('a/x', bytes('once more')));
      }));

    test('is quiet about our own marker and about looking', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('a');
        const told: (readonly string[] | null)[] = [];
        const stopping = new AbortController();
        await disk.watch((folders) => told.push(folders), { signal: stopping.signal });
        await disk.root({ mark: true });
        await scanned(disk);
        await listed(disk, ['a']);
        // Whatever the looks above could have caused would be told before this.
        await telling(disk, ['a'], () => user.write('a/x', bytes('x')));
        expect(new Set(told.flat())).toEqual(new Set(['a']));
        stopping.abort();
      }));

    test('tells nothing after it was stopped', () =>
      withDisk(async (disk, user) => {
        const told: unknown[] = [];
        const stopping = new AbortController();
        await disk.watch((folders) => told.push(folders), { signal: stopping.signal });
        stopping.abort();
        await telling(disk, [''], () => user.write('x', bytes('x')));
        expect(told).toEqual([]);
      }));

    test('needs the sync folder only while it watches', () =>
      withDisk(async (disk) => {
        const report = await disk.watch(() => {}, { signal: AbortSignal.abort() });
        expect(report.folders).toBe(0);
        expect(await codeOf(disk.root({ mark: false }))).toBe('ok');
      }));
  });
}

/** Watches, makes the change and waits until all these folders were told. A hint of "anywhere" does not count. */
async function telling(
  disk: Disk,
  folders: readonly string[],
  change: () => void | Promise<void>,
): Promise<void> {
  const stopping = new AbortController();
  const missing = new Set(folders);
  const all = Promise.withResolvers<void>();
  await disk.watch(
    (told) => {
      for (const folder of told ?? []) missing.delete(folder);
      if (missing.size === 0) all.resolve();
    },
    { signal: stopping.signal },
  );
  await change();
  await all.promise;
  stopping.abort();
}

async function listed(disk: Disk, paths: readonly string[]) {
  const folders: { readonly id: LocalRow['id']; readonly rows: readonly LocalRow[] }[] = [];
  let end: ScanEnd | null = null;
  for await (const part of disk.list(paths)) {
    if ('folders' in part) folders.push(...part.folders);
    else end = part;
  }
  if (end === null) throw new Error('the look did not end');
  return { folders, end };
}

const sorted = (rows: readonly LocalRow[]): readonly LocalRow[] =>
  rows.toSorted((one, other) => (one.name < other.name ? -1 : 1));
