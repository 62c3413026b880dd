import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { isSameRoot } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import type { FolderDisk } from './index.ts';
import { asNew, codeOf, createTemporaryDisk, rowAt, scanned, stagedWith } from './testing/temporary-disk.ts';

/** Everything that touches the folder, as refused by a suspended root. */
async function allCodes(disk: FolderDisk): Promise<string[]> {
  const expected = { id: 'x' as never, stamp: '' };
  const watch = disk.watch(() => {}, { signal: new AbortController().signal });
  return Promise.all(
    [
      scanned(disk),
      watch,
      disk.stat('x'),
      disk.createFolder('x'),
      disk.stage('k', 1),
      disk.hash('x', expected),
      disk.remove('x', 'file', expected),
    ].map(codeOf),
  );
}

const onlySuspended = new Set(['rootSuspended']);

test('[I-10] a missing root suspends everything, and comes back as it was', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  const before = await disk.root({ mark: false });
  renameSync(root, `${root}-elsewhere`);
  expect(await codeOf(disk.root({ mark: true }))).toBe('rootSuspended');
  expect(new Set(await allCodes(disk))).toEqual(onlySuspended);
  renameSync(`${root}-elsewhere`, root);
  expect(await codeOf(scanned(disk))).toBe('ok');
  expect(await disk.root({ mark: false })).toEqual(before);
});

test('[I-10] another folder in its place suspends everything until the root is looked at anew, and is not the same', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  const before = await disk.root({ mark: false });
  renameSync(root, `${root}-elsewhere`);
  mkdirSync(root);
  expect(new Set(await allCodes(disk))).toEqual(onlySuspended);
  expect(await codeOf(disk.root({ mark: true }))).toBe('rootSuspended');
  const found = await disk.root({ mark: false });
  expect(found.marker).toBeNull();
  expect(isSameRoot(before, found)).toBe(false);
  rmSync(root, { recursive: true });
  writeFileSync(root, 'a file');
  expect(await codeOf(disk.root({ mark: false }))).toBe('rootSuspended');
});

test('[I-10] a file of ours is never in the root, and the root that was emptied is the same', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  const before = await disk.root({ mark: false });
  await (await stagedWith(disk, 'k', 'x')).place('x', asNew);
  expect(readdirSync(root)).toEqual(['x']);
  rmSync(join(root, 'x'));
  expect((await scanned(disk)).rows).toEqual([]);
  const later = await temporary.again();
  expect(isSameRoot(before, await later.root({ mark: false }))).toBe(true);
});

test.each(['auto', 'never'] as const)(
  '[I-10] a copy is another root, with its attributes as well (marks: %s)',
  async (rootMarks) => {
    await using temporary = await createTemporaryDisk({ rootMarks });
    const { disk, root, parent } = temporary;
    const before = await disk.root({ mark: false });
    expect(before.marker).toEqual(rootMarks === 'never' ? null : expect.stringMatching(/^[0-9a-f]{32}$/));
    execFileSync('cp', ['-a', root, join(parent, 'copy')]);
    const copy = await temporary.again({ root: join(parent, 'copy') });
    const found = await copy.root({ mark: false });
    expect(found.marker).toBeNull();
    expect(isSameRoot(before, found)).toBe(false);
    const marked = await copy.root({ mark: true });
    expect(isSameRoot(marked, await copy.root({ mark: false }))).toBe(true);
    const later = await temporary.again();
    expect(isSameRoot(before, await later.root({ mark: false }))).toBe(true);
  },
);

test('the marker file of an earlier version is recognised once and removed; a copy of it counts for nothing', async () => {
  await using temporary = await createTemporaryDisk({ rootMarks: 'never' });
  const { root, parent } = temporary;
  const file = join(root, '.tidemark-root');
  writeFileSync(file, '');
  const { birthtimeNs } = statSync(file, { bigint: true });
  const marker = '0123456789abcdef0123456789abcdef';
  const text = `Tidemark marks its sync folder with this file. Do not remove or copy it.\n${marker} ${birthtimeNs}\n`;
  writeFileSync(file, text);
  cpSync(root, join(parent, 'copy'), { recursive: true, preserveTimestamps: true });
  const disk = await temporary.again({ rootMarks: 'auto' });
  const earlier = { id: 'inode' as never, marker };
  expect((await scanned(disk)).rows).toEqual([]);
  expect(isSameRoot(earlier, await disk.root({ mark: false }))).toBe(true);
  expect(isSameRoot(earlier, await disk.root({ mark: true }))).toBe(true);
  expect(existsSync(file)).toBe(false);
  expect(isSameRoot(earlier, await disk.root({ mark: false }))).toBe(true);
  const copy = await temporary.again({ root: join(parent, 'copy') });
  expect(isSameRoot(earlier, await copy.root({ mark: false }))).toBe(false);
  await copy.root({ mark: true });
  expect(readdirSync(join(parent, 'copy'))).toEqual([]);
});

test('something else under the name of the earlier marker is left alone', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  writeFileSync(join(root, '.tidemark-root'), 'my own notes');
  await disk.root({ mark: true });
  expect(readFileSync(join(root, '.tidemark-root'), 'utf8')).toBe('my own notes');
});

test('a root may be reached through a symbolic link', async () => {
  await using temporary = await createTemporaryDisk();
  const link = join(temporary.parent, 'link');
  symlinkSync(temporary.root, link);
  const disk = await temporary.again({ root: link });
  await (await stagedWith(disk, 'k', 'x')).place('x', asNew);
  expect(await rowAt(temporary.disk, 'x')).toEqual(await rowAt(disk, 'x'));
});

test('on a nested file system files are replaced and removed with the same care', async () => {
  if (process.geteuid?.() !== 0) throw new Error('This test mounts a file system: run it as root');
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  const mount = join(root, 'mount');
  mkdirSync(mount);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount]);
  try {
    await disk.createFolder('mount/inner');
    const { row } = await (await stagedWith(disk, 'k1', 'one')).place('mount/inner/x', asNew);
    const second = await stagedWith(disk, 'k2', 'two');
    expect(await codeOf(second.place('mount/inner/x', asNew))).toBe('nameTaken');
    const replaced = await second.place('mount/inner/x', { ...asNew, expected: row });
    expect(replaced.row).toEqual({ ...(await rowAt(disk, 'mount/inner/x')), hash: replaced.row.hash });
    expect((await scanned(disk)).rows.map((each) => each.name)).toEqual(['mount', 'inner', 'x']);
    const { trash } = await disk.remove('mount/inner/x', 'file', replaced.row);
    expect(readFileSync(resolve(disk.trashFolder(), trash ?? ''), 'utf8')).toBe('two');
    await disk.createFolder('elsewhere');
    const inner = await rowAt(disk, 'mount/inner');
    expect(await codeOf(disk.move('mount/inner', 'elsewhere/inner', inner))).toBe('mountBoundary');
    expect(await codeOf(disk.createFolder('mount/.tidemark-staging/x'))).toBe('invalidName');
    await disk.close();
  } finally {
    execFileSync('umount', ['--lazy', mount]);
  }
});
