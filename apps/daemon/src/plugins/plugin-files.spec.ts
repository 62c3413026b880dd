import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Files } from '@tidemark/plugin-sdk';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPluginFiles, type PluginFilesOptions } from './plugin-files.ts';

let base: string;
let folder: string;
beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-files-')));
  folder = join(base, 'kept');
  await mkdir(folder);
  await mkdir(join(base, 'sync/inner'), { recursive: true });
});
afterEach(() => rm(base, { recursive: true }));

const filesOf = (named = folder, options: Partial<PluginFilesOptions> = {}): Files =>
  createPluginFiles({
    ...{ home: base, reservedBytes: 0, places: [{ what: 'the sync folder', path: join(base, 'sync') }] },
    ...options,
  })('keeper', named);

async function* bytes(...pieces: readonly string[]): AsyncIterable<Uint8Array> {
  for (const piece of pieces) yield new TextEncoder().encode(piece);
}

async function* breaking(): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode('half');
  throw new Error('it changed');
}

it('keeps files that no other user can read, replaces them as a whole, and removes them with empty folders', async () => {
  const files = filesOf();
  await files.write('a/b/one.txt', bytes('he', 'llo'));
  await files.write('a/two.txt', bytes(''));
  expect((await files.list()).toSorted((one, other) => one.sizeBytes - other.sizeBytes)).toEqual([
    { path: 'a/two.txt', sizeBytes: 0 },
    { path: 'a/b/one.txt', sizeBytes: 5 },
  ]);
  expect((await stat(join(folder, 'a/b/one.txt'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'a/b'))).mode & 0o777).toBe(0o700);
  await expect(files.write('a/b/one.txt', breaking())).rejects.toThrow('it changed');
  expect(await readFile(join(folder, 'a/b/one.txt'), 'utf8')).toBe('hello');
  expect(await readdir(join(folder, 'a/b'))).toEqual(['one.txt']);
  await files.remove('a/b/one.txt');
  await files.remove('a/b/one.txt');
  expect(await readdir(join(folder, 'a'))).toEqual(['two.txt']);
});

it('removes what a run that was killed has left unfinished', async () => {
  await writeFile(join(folder, '.tidemark-unfinished-1-1'), 'half');
  expect(await filesOf().list()).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

it('lets two plugins write into one folder at once', async () => {
  const [one, other] = [filesOf(), filesOf()];
  let goOn = (): void => undefined;
  const waiting = new Promise<void>((resolve) => (goOn = resolve));
  async function* slow(): AsyncIterable<Uint8Array> {
    yield new TextEncoder().encode('slow');
    await waiting;
  }
  const writing = one.write('slow', slow());
  await other.write('quick', bytes('quick'));
  expect(await other.list()).toEqual([{ path: 'quick', sizeBytes: 5 }]);
  goOn();
  await writing;
  expect((await readdir(folder)).toSorted()).toEqual(['quick', 'slow']);
});

it('makes no folder anew that is gone, as when its disk is', async () => {
  const files = filesOf();
  await rm(folder, { recursive: true });
  await expect(files.write('a/b', bytes('x'))).rejects.toMatchObject({ code: 'diskDenied' });
  expect(await readdir(base)).toEqual(['sync']);
});

it.each(['../a', 'a/../../b', '/a', 'a//b', '', '.', 'a/', 'a\0b', '.tidemark-unfinished-1-1'])(
  'takes no path that leads elsewhere: %j',
  async (path) => {
    for (const attempt of [filesOf().write(path, bytes('x')), filesOf().remove(path)])
      await expect(attempt).rejects.toMatchObject({ code: 'invalidRequest' });
    expect(await readdir(base)).toEqual(['kept', 'sync']);
  },
);

it('follows no link', async () => {
  const files = filesOf();
  await writeFile(join(base, 'sync/mine'), 'mine');
  await symlink(join(base, 'sync'), join(folder, 'out'));
  await symlink(join(base, 'sync/mine'), join(folder, 'file'));
  expect(await files.list()).toEqual([]);
  await expect(files.write('out/mine', bytes('x'))).rejects.toMatchObject({ code: 'invalidRequest' });
  await expect(files.remove('out/mine')).rejects.toMatchObject({ code: 'invalidRequest' });
  await expect(files.write('out/new/mine', bytes('x'))).rejects.toMatchObject({ code: 'invalidRequest' });
  expect(await readdir(join(base, 'sync'))).toEqual(['inner', 'mine']);
  await files.write('file', bytes('x'));
  expect(await readFile(join(base, 'sync/mine'), 'utf8')).toBe('mine');
});

it('leaves the reserve of the disk free, and what is there as it is', async () => {
  const files = filesOf(folder, { reservedBytes: 2 ** 60 });
  await expect(files.write('a', bytes('x'))).rejects.toMatchObject({
    code: 'diskFull',
    message: expect.stringContaining('would be left free (space_reservation)'),
  });
  expect(await readdir(folder)).toEqual([]);
});

it.each([
  ['kept', /"keeper": it cannot keep files in "kept": that is no whole path/],
  ['/nowhere/at/all', /there is no such folder\. Make it, or mount the disk/],
  ['~/sync', /it lies in the sync folder \(.*\), or around it\. Name another folder/],
  ['~/sync/inner', /it lies in the sync folder/],
  ['~/', /or around it/],
])('is not granted in %s', (named, why) => {
  expect(() => filesOf(named)).toThrow(why);
});
