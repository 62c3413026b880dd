import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { FolderDisk } from './index.ts';
import { asNew, codeOf, createTemporaryDisk, rowAt, scanned, stagedWith } from './testing/temporary-disk.ts';

/** Everything that touches the folder, as refused by a suspended root. */
async function allCodes(disk: FolderDisk): Promise<string[]> {
  const expected = {
    id: (await disk.root({ create: false }).catch(() => ({ id: '' as never }))).id,
    stamp: '',
  };
  return Promise.all(
    [scanned(disk), disk.stat('x'), disk.createFolder('x'), disk.stage('k', 1), disk.hash('x', expected)].map(
      codeOf,
    ),
  );
}

test('[I-10] a missing root suspends everything', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  const before = await disk.root({ create: false });
  renameSync(root, `${root}-elsewhere`);
  expect(await codeOf(disk.root({ create: true }))).toBe('rootSuspended');
  expect(new Set(await allCodes(disk))).toEqual(new Set(['rootSuspended']));
  renameSync(`${root}-elsewhere`, root);
  expect(await disk.root({ create: false })).toEqual(before);
  expect(await codeOf(scanned(disk))).toBe('ok');
});

test('[I-10] another folder in its place suspends everything until it is looked at anew, and has no mark', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  renameSync(root, `${root}-elsewhere`);
  mkdirSync(root);
  expect(await codeOf(scanned(disk))).toBe('rootSuspended');
  expect(await codeOf(disk.createFolder('x'))).toBe('rootSuspended');
  expect((await disk.root({ create: false })).marker).toBeNull();
  rmSync(root, { recursive: true });
  writeFileSync(root, 'a file');
  expect(await codeOf(disk.root({ create: false }))).toBe('rootSuspended');
});

test('[I-10] an emptied root is not listed as empty', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  unlinkSync(join(root, '.tidemark-root'));
  expect(await codeOf(scanned(disk))).toBe('rootSuspended');
  expect((await disk.root({ create: false })).marker).toBeNull();
});

test('[I-10] the mark of a copied folder does not count, and neither does a torn one', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root, parent } = temporary;
  const { marker } = await disk.root({ create: false });
  cpSync(root, join(parent, 'copy'), { recursive: true, preserveTimestamps: true });
  const copy = await temporary.again({ root: join(parent, 'copy') });
  expect((await copy.root({ create: false })).marker).toBeNull();
  const fresh = (await copy.root({ create: true })).marker;
  expect(fresh).toMatch(/^[0-9a-f]{32}$/);
  expect(fresh).not.toBe(marker);
  for (const length of [110, 90, 20, 0]) {
    truncateSync(join(root, '.tidemark-root'), length);
    expect((await disk.root({ create: false })).marker).toBeNull();
    expect((await scanned(disk)).rows).toEqual([]);
  }
  expect((await disk.root({ create: true })).marker).toMatch(/^[0-9a-f]{32}$/);
});

test('something else under the reserved name is never overwritten', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  const marker = join(root, '.tidemark-root');
  unlinkSync(marker);
  writeFileSync(marker, 'my own notes');
  expect(await codeOf(disk.root({ create: true }))).toBe('rootSuspended');
  expect(readFileSync(marker, 'utf8')).toBe('my own notes');
  unlinkSync(marker);
  symlinkSync('/etc/passwd', marker);
  expect(await codeOf(disk.root({ create: true }))).toBe('rootSuspended');
});

test('a root may be reached through a symbolic link', async () => {
  await using temporary = await createTemporaryDisk();
  const link = join(temporary.parent, 'link');
  symlinkSync(temporary.root, link);
  const disk = await temporary.again({ root: link });
  await (await stagedWith(disk, 'k', 'x')).place('x', asNew);
  expect(await rowAt(temporary.disk, 'x')).toEqual(await rowAt(disk, 'x'));
});

test('[I-10] a nested file system that is gone is unknown, not empty', async () => {
  if (process.geteuid?.() !== 0) throw new Error('This test mounts a file system: run it as root');
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  const mount = join(root, 'folder', 'mount');
  mkdirSync(mount, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount]);
  let isMounted = true;
  try {
    mkdirSync(join(mount, 'inner'));
    writeFileSync(join(mount, 'inner', 'x'), 'x');
    const before = await scanned(disk);
    const mounted = before.rows.find((row) => row.name === 'mount');
    expect(before.rows.map((row) => row.name).sort()).toEqual(['folder', 'inner', 'mount', 'x']);
    expect(await rowAt(disk, 'folder/mount/inner/x')).toEqual(before.rows.find((row) => row.name === 'x'));
    execFileSync('umount', ['--lazy', mount]);
    isMounted = false;
    const after = await scanned(disk);
    expect(after.unreadable).toEqual([mounted?.id]);
    expect(after.rows.find((row) => row.name === 'mount')).toEqual(mounted);
    expect(after.oddities).toMatchObject([{ path: 'folder/mount', code: 'unreadable' }]);
  } finally {
    if (isMounted) execFileSync('umount', ['--lazy', mount]);
  }
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
    expect(await codeOf(disk.move('mount/inner', 'elsewhere/inner', inner))).toBe('diskDenied');
    expect(await codeOf(disk.createFolder('mount/.tidemark-staging/x'))).toBe('invalidName');
    await disk.close();
  } finally {
    execFileSync('umount', ['--lazy', mount]);
  }
});
