/** Where links are followed on a real file system, beside what the conformance suite asks of every disk. */
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { NestedMount, ScanEnd } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import { asNew, codeOf, createTemporaryDisk, rowAt, scanned, stagedWith } from './testing/temporary-disk.ts';
import type { TemporaryDisk } from './testing/temporary-disk.ts';

async function looked({ disk }: Pick<TemporaryDisk, 'disk'>, mounts: readonly NestedMount[] = []) {
  const names: string[] = [];
  let end: ScanEnd | null = null;
  for await (const part of disk.scan({ mounts }))
    if ('folders' in part) for (const { rows } of part.folders) names.push(...rows.map(({ name }) => name));
    else end = part;
  return { names: [...new Set(names)].sort(), ...(end ?? { unreadable: [], oddities: [] }) };
}

async function onOtherDisk(folder: string, work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) throw new Error('This test mounts a file system: run it as root');
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder]);
  try {
    await work();
  } finally {
    execFileSync('umount', ['--lazy', folder]);
  }
}

test('[C5] a link to `/`, or to what holds the sync folder or our own files, is not followed', async () => {
  await using temporary = await createTemporaryDisk();
  const { root, parent, state } = temporary;
  mkdirSync(state, { recursive: true });
  mkdirSync(join(parent, 'secrets'));
  const targets = {
    all: '/',
    parent,
    ours: state,
    secret: join(parent, 'secrets', 'token'),
    device: '/dev/null',
  };
  writeFileSync(targets.secret, 'token');
  for (const [name, target] of Object.entries(targets)) symlinkSync(target, join(root, name));
  const disk = await temporary.again({ own: [join(parent, 'secrets')] });
  const { names, oddities } = await looked({ disk });
  expect(names).toEqual([]);
  expect(Object.fromEntries(oddities.map(({ path, code, detail }) => [path, `${code}: ${detail}`]))).toEqual({
    all: expect.stringMatching(
      /^unfollowed: the link leads to "\/", which the sync folder is in; what is online/,
    ),
    parent: expect.stringMatching(/^unfollowed: .*, which the sync folder is in;/),
    ours: expect.stringMatching(/^unfollowed: .*, where Tidemark keeps files of its own;/),
    secret: expect.stringMatching(/^unfollowed: .*, where Tidemark keeps files of its own;/),
    device: expect.stringMatching(
      /^symlink: the link leads to "\/dev\/null", which is neither a file nor a folder;/,
    ),
  });
});

test('of two links to one folder another process follows the older one as well', async () => {
  await using temporary = await createTemporaryDisk();
  const { root, parent } = temporary;
  mkdirSync(join(parent, 'outside'));
  symlinkSync(join(parent, 'outside'), join(root, 'z'));
  const born = (name: string): bigint => lstatSync(join(root, name), { bigint: true }).birthtimeNs;
  // Links that were made within one tick of the file system are equally old.
  do {
    rmSync(join(root, 'a'), { force: true });
    symlinkSync(join(parent, 'outside'), join(root, 'a'));
  } while (born('a') === born('z'));
  for (let process = 0; process < 2; process++)
    expect((await looked({ disk: await temporary.again() })).names).toEqual(['z']);
});

test('links that are skipped hold their name', async () => {
  await using temporary = await createTemporaryDisk({ symbolicLinks: 'skip' });
  const { root, parent } = temporary;
  mkdirSync(join(parent, 'outside'));
  symlinkSync(join(parent, 'outside'), join(root, 'link'));
  const { names, oddities } = await looked(temporary);
  expect(names).toEqual([]);
  expect(oddities).toMatchObject([{ path: 'link', code: 'symlink', holds: { name: 'link' } }]);
  expect(await codeOf(temporary.disk.createFolder('link/new'))).toBe('changedMeanwhile');
  expect(readdirSync(join(parent, 'outside'))).toEqual([]);
});

test('what a link leads to on another file system is synced, and unknown while that is not mounted', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root, parent } = temporary;
  const other = join(parent, 'other');
  mkdirSync(other);
  symlinkSync(other, join(root, 'link'));
  let mounts: readonly NestedMount[] = [];
  await onOtherDisk(other, async () => {
    writeFileSync(join(other, 'x'), 'x');
    const first = await looked(temporary);
    expect([first.names, first.mounts]).toMatchObject([[], [{ path: 'link', target: other }]]);
    mounts = first.mounts ?? [];
    const second = await looked(temporary, mounts);
    expect(second).toEqual({ names: ['link', 'x'], unreadable: [], oddities: [] });
    const staged = await stagedWith(disk, 'key', 'y');
    await staged.place('link/y', asNew);
    await disk.remove('link/x', 'file', await rowAt(disk, 'link/x'));
    expect(readFileSync(join(other, 'y'), 'utf8')).toBe('y');
  });
  const without = await looked(temporary, mounts);
  expect(without.names).toEqual(['link']);
  expect(without.unreadable).toEqual([mounts[0]?.id]);
  expect(without.oddities).toMatchObject([{ path: 'link', code: 'unreadable' }]);
  expect(await codeOf(disk.createFolder('link/new'))).toBe('changedMeanwhile');
  expect(readdirSync(other)).toEqual([]);
  rmSync(join(root, 'link'));
  expect(await looked(temporary, mounts), 'a link that was removed').toMatchObject({
    names: [],
    unreadable: [],
  });
});

test('a link to another file system in the place of a synced folder is not followed', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root, parent } = temporary;
  mkdirSync(join(root, 'photos'));
  const { id } = await rowAt(disk, 'photos');
  rmSync(join(root, 'photos'), { recursive: true });
  const other = join(parent, 'other');
  mkdirSync(other);
  symlinkSync(other, join(root, 'photos'));
  await onOtherDisk(other, async () => {
    // What the engine makes of a mount over a folder with agreed content.
    const seen = await looked(temporary, [{ path: 'photos', id, fileSystem: null }]);
    expect([seen.names, seen.unreadable]).toEqual([['photos'], [id]]);
    expect(seen.oddities).toMatchObject([
      { path: 'photos', detail: expect.stringContaining('has taken the place') },
    ]);
  });
});

test('a file on another file system is read through its link, and never replaced', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root, parent } = temporary;
  const other = join(parent, 'other');
  mkdirSync(other);
  await onOtherDisk(other, async () => {
    writeFileSync(join(other, 'x'), 'mine');
    symlinkSync(join(other, 'x'), join(root, 'x'));
    expect((await scanned(disk)).rows).toEqual([await rowAt(disk, 'x')]);
    const staged = await stagedWith(disk, 'key', 'theirs');
    const expected = await rowAt(disk, 'x');
    expect((await disk.hash('x', expected)).sizeBytes).toBe(4);
    expect(await codeOf(staged.place('x', { expected, keepAs: null, modifiedAt: 1 }))).toBe('diskDenied');
    expect(readFileSync(join(other, 'x'), 'utf8')).toBe('mine');
    expect(readlinkSync(join(root, 'x'))).toBe(join(other, 'x'));
  });
});

test('a mount inside of what a link leads to is known like one in the sync folder', async () => {
  await using temporary = await createTemporaryDisk();
  const { root, parent } = temporary;
  const inside = join(parent, 'outside', 'disk');
  mkdirSync(inside, { recursive: true });
  symlinkSync(join(parent, 'outside'), join(root, 'link'));
  await onOtherDisk(inside, async () => {
    writeFileSync(join(inside, 'x'), 'x');
    expect(await looked(temporary)).toMatchObject({ names: ['link'], mounts: [{ path: 'link/disk' }] });
  });
});
