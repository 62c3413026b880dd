import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTemporaryDisk, rowAt, scanned, type TemporaryDisk } from './testing/temporary-disk.ts';

type Told = readonly string[] | null;

/** Watches, and waits for what is wanted of all that was told since. */
async function watching(temporary: TemporaryDisk) {
  const stopping = new AbortController();
  let all: Told[] = [];
  let look: () => void = () => undefined;
  const report = await temporary.disk.watch(
    (told) => {
      all.push(told);
      look();
    },
    { signal: stopping.signal },
  );
  return {
    report,
    stop: () => stopping.abort(),
    told: () => all,
    async until(isEnough: (told: readonly Told[]) => boolean, change: () => void): Promise<readonly Told[]> {
      all = [];
      const enough = new Promise<void>((resolve) => {
        look = () => {
          if (isEnough(all)) resolve();
        };
      });
      change();
      await enough;
      return all;
    },
  };
}

const names =
  (...folders: readonly string[]) =>
  (all: readonly Told[]): boolean =>
    folders.every((folder) => all.some((told) => told?.includes(folder)));

test('whatever is ours is not told: mark, workspace inside, staged bytes', async () => {
  await using temporary = await createTemporaryDisk();
  const { root } = temporary;
  // A state folder on another file system leaves only the place inside the root, or the one beside it.
  const disk = await temporary.again({ stateFolder: '/dev/shm/tidemark-none', staging: join(root, 'no') });
  await disk.root({ mark: true });
  mkdirSync(join(root, '.tidemark-staging'), { recursive: true });
  const watched = await watching({ ...temporary, disk });
  const told = await watched.until(names('a'), () => {
    writeFileSync(join(root, '.tidemark-staging', 'x'), 'x');
    mkdirSync(join(root, 'a'));
  });
  expect(new Set(told.flat())).toEqual(new Set(['', 'a']));
  const quiet = await watched.until(names('a'), () => {
    writeFileSync(join(root, '.tidemark-staging', 'y'), 'y');
    writeFileSync(join(root, 'a', 'x'), 'x');
  });
  expect(new Set(quiet.flat())).toEqual(new Set(['a']));
  watched.stop();
});

test('symbolic links are not followed before a look has found them, but the root may be one', async () => {
  await using temporary = await createTemporaryDisk();
  const { root, parent } = temporary;
  mkdirSync(join(parent, 'outside', 'deep'), { recursive: true });
  mkdirSync(join(root, 'a'));
  symlinkSync(join(parent, 'outside'), join(root, 'link'));
  symlinkSync(root, join(parent, 'linked'));
  const disk = await temporary.again({ root: join(parent, 'linked') });
  await disk.root({ mark: false });
  const watched = await watching({ ...temporary, disk });
  expect(watched.report).toEqual({ folders: 2, limit: null });
  const told = await watched.until(names('a'), () => {
    writeFileSync(join(parent, 'outside', 'deep', 'x'), 'x');
    writeFileSync(join(root, 'a', 'x'), 'x');
  });
  expect(new Set(told.flat())).toEqual(new Set(['a']));
  watched.stop();
});

test('what a followed link leads to is watched, under the name of the link', async () => {
  await using temporary = await createTemporaryDisk();
  const { root, parent } = temporary;
  const [outside, other] = [join(parent, 'outside'), join(parent, 'other')];
  mkdirSync(join(outside, 'deep'), { recursive: true });
  mkdirSync(join(root, 'in'));
  mkdirSync(other);
  writeFileSync(join(other, 'letter'), 'dear');
  symlinkSync(outside, join(root, 'in', 'link'));
  symlinkSync(join(other, 'letter'), join(root, 'in', 'letter'));
  const watched = await watching(temporary);
  const isAnywhere = (all: readonly Told[]): boolean => all.includes(null);
  const write = (path: string, text: string) => (): void => writeFileSync(path, text);
  // Until it is watched anew each change may be told as anywhere, and from then on by name.
  const isWatchedAnew = async (): Promise<void> => {
    for (let told: readonly Told[] = [null]; told.includes(null);)
      told = await watched.until((all) => all.length > 0, write(join(outside, 'deep', 'x'), 'x'));
    expect(watched.told()).toEqual([['in/link/deep']]);
  };
  await watched.until(isAnywhere, () => void scanned(temporary.disk));
  await isWatchedAnew();
  await watched.until(names('in/link'), write(join(outside, 'y'), 'y'));
  await watched.until(names('in'), write(join(other, 'letter'), 'dear you'));
  await watched.until(names('in'), () => {
    writeFileSync(join(other, 'new'), 'dear me');
    renameSync(join(other, 'new'), join(other, 'letter'));
  });
  await watched.until(names('in'), write(join(other, 'letter'), 'dear you again'));
  const away = join(parent, 'away');
  await watched.until(isAnywhere, () => {
    renameSync(outside, away);
    renameSync(away, outside);
  });
  await isWatchedAnew();
  await watched.until(
    (all) => all.filter((told) => told === null).length > 1,
    () => renameSync(outside, away),
  );
  await watched.until(isAnywhere, () => renameSync(away, outside));
  await isWatchedAnew();
  watched.stop();
});

test('folders that do not matter are not watched, in the sync folder and behind links', async () => {
  await using temporary = await createTemporaryDisk();
  const { root, parent } = temporary;
  for (const path of ['root/a/b', 'root/out/x/y', 'outside/deep', 'outside/out/z', 'other/deep'])
    mkdirSync(join(parent, path.replace(/^root/, root.slice(parent.length + 1))), { recursive: true });
  symlinkSync(join(parent, 'outside'), join(root, 'link'));
  symlinkSync(join(parent, 'other'), join(root, 'a', 'out'));
  const asked: string[] = [];
  const isWatched = (path: string): boolean => {
    asked.push(path);
    return !path.split('/').includes('out');
  };
  const disk = await temporary.again({ isWatched });
  await disk.root({ mark: false });
  await scanned(disk);
  const watched = await watching({ ...temporary, disk });
  // The root, a, a/b, link and link/deep.
  expect(watched.report).toEqual({ folders: 5, limit: null });
  expect(asked).not.toContain('out/x');
  const told = await watched.until(names('a/b/late'), () => {
    writeFileSync(join(root, 'out', 'x', 'file'), 'x');
    mkdirSync(join(root, 'a', 'b', 'late', 'out', 'deeper'), { recursive: true });
    writeFileSync(join(root, 'a', 'b', 'late', 'file'), 'x');
  });
  expect(told.flat().filter((path) => path?.split('/').includes('out'))).toEqual([]);
  // Under another name it matters.
  await watched.until(names('kept/x'), () => renameSync(join(root, 'out'), join(root, 'kept')));
  await watched.until(names('kept/x/y'), () => writeFileSync(join(root, 'kept', 'x', 'y', 'file'), 'x'));
  watched.stop();
});

test('a burst that overflows the queue of the kernel is told as anywhere (F17)', async () => {
  await using temporary = await createTemporaryDisk();
  const { root } = temporary;
  mkdirSync(join(root, 'a'));
  for (const name of ['f0', 'f1']) writeFileSync(join(root, 'a', name), 'x');
  const watched = await watching(temporary);
  await watched.until(
    (all) => all.includes(null),
    () => {
      // While this runs nothing is fetched. The kernel merges only equal neighbours.
      for (let index = 0; index < 20_000; index++) utimesSync(join(root, 'a', `f${index % 2}`), index, index);
    },
  );
  watched.stop();
});

test('folders that come with content, move and go are told wherever they are', async () => {
  await using temporary = await createTemporaryDisk();
  const { root, parent } = temporary;
  mkdirSync(join(parent, 'tree', 'b', 'c'), { recursive: true });
  writeFileSync(join(parent, 'tree', 'b', 'c', 'x'), 'x');
  const watched = await watching(temporary);
  await watched.until(names('', 'tree', 'tree/b', 'tree/b/c'), () =>
    renameSync(join(parent, 'tree'), join(root, 'tree')),
  );
  await watched.until(names('tree/b/c'), () => writeFileSync(join(root, 'tree', 'b', 'c', 'y'), 'y'));
  await watched.until(names('', 'moved', 'moved/b/c'), () =>
    renameSync(join(root, 'tree'), join(root, 'moved')),
  );
  await watched.until(names('moved/b/c'), () => writeFileSync(join(root, 'moved', 'b', 'c', 'z'), 'z'));
  await watched.until(names('moved'), () => rmSync(join(root, 'moved', 'b'), { recursive: true }));
  watched.stop();
});

test('the end of the root, even of an empty one, is told as anywhere, and the scan says what is wrong', async () => {
  await using temporary = await createTemporaryDisk();
  const watched = await watching(temporary);
  await watched.until(
    (all) => all.includes(null),
    () => rmSync(temporary.root, { recursive: true }),
  );
  const look = temporary.disk.list([''])[Symbol.asyncIterator]();
  await expect(look.next()).rejects.toMatchObject({ code: 'rootSuspended' });
  watched.stop();
});

test('closing the disk ends watching', async () => {
  await using temporary = await createTemporaryDisk();
  const { root } = temporary;
  const first = await watching(temporary);
  await temporary.disk.close();
  const disk = await temporary.again();
  await disk.root({ mark: false });
  const second = await watching({ ...temporary, disk });
  await second.until(names(''), () => writeFileSync(join(root, 'x'), 'x'));
  expect(first.told()).toEqual([]);
  second.stop();
});

test('a file that stays while its folder is named has the row of a scan', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  mkdirSync(join(root, 'a'));
  writeFileSync(join(root, 'a', 'x'), 'x');
  const rows = [];
  for await (const part of disk.list(['a']))
    if ('folders' in part) rows.push(...part.folders.flatMap((each) => each.rows));
  expect(rows).toEqual([await rowAt(disk, 'a/x')]);
});

test('what cannot be watched is said in words, and the rest is watched', () => {
  // A user namespace may lower its own limit: fifteen watches for twenty folders.
  const script = new URL('testing/watch-limited.ts', import.meta.url).pathname;
  const said = execFileSync(
    'unshare',
    [
      '--user',
      '--map-root-user',
      'sh',
      '-c',
      'echo 15 > /proc/sys/user/max_inotify_watches && exec "$0" "$1"',
      process.execPath,
      script,
    ],
    { encoding: 'utf8' },
  );
  const { report, toldInside, toldLater, limitLater } = JSON.parse(said) as {
    readonly report: { readonly folders: number; readonly limit: string };
    readonly toldInside: boolean;
    readonly toldLater: boolean;
    readonly limitLater: string;
  };
  expect(report.folders).toBeGreaterThan(5);
  expect(report.folders).toBeLessThan(16);
  expect(report.limit).toMatch(
    /^\d+ folders cannot be watched: the user limit on the total number of inotify watches has been reached/,
  );
  expect([toldInside, toldLater]).toEqual([true, true]);
  const unwatched = (limit: string): number => parseInt(limit, 10);
  expect(unwatched(limitLater)).toBe(unwatched(report.limit) + 1);
});
