import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createContentSpool } from './content-spool.ts';

const base = await mkdtemp(join(tmpdir(), 'spool-'));
afterAll(() => rm(base, { recursive: true }));
let folder = '';
let count = 0;
beforeEach(() => void (folder = join(base, `${count++}`)));

const spoolOf = (reservedBytes = 0) => createContentSpool({ folder, reservedBytes });
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const namesIn = async (): Promise<string[]> => (await readdir(folder)).toSorted();

async function textOf(
  file: { open(offset: number): AsyncIterable<Uint8Array> },
  offset = 0,
): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of file.open(offset)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function written(key: string, text: string) {
  const writer = await spoolOf().create(key, 'a.txt');
  await writer.write(bytesOf(text.slice(0, 2)));
  await writer.write(bytesOf(text.slice(2)));
  return writer.finish('the note');
}

test('what is complete is found under its key by another process, with its note, from any offset on', async () => {
  const file = await written('key', 'content');
  expect(file.sizeBytes).toBe(7);
  const found = await spoolOf().find('key');
  expect(found).toMatchObject({ sizeBytes: 7, note: 'the note' });
  expect(found && (await textOf(found))).toBe('content');
  expect(found && (await textOf(found, 3))).toBe('tent');
  expect(found && (await textOf(found, 7))).toBe('');
  expect(await spoolOf().find('other')).toBeNull();
});

test('no other user can read it', async () => {
  await written('key', 'content');
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  for (const name of await namesIn()) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
});

test('what was discarded leaves nothing, complete or not', async () => {
  await (await written('key', 'content')).discard();
  const writer = await spoolOf().create('other', 'a.txt');
  await writer.write(bytesOf('half'));
  await writer.discard();
  expect(await namesIn()).toEqual([]);
});

test('what an earlier process left incomplete, or a week ago, goes with the first file of the next one', async () => {
  const half = await spoolOf().create('half', 'a.txt');
  await half.write(bytesOf('half'));
  await written('fresh', 'fresh');
  await written('old', 'old');
  const before = Date.now() / 1000 - 8 * 86_400;
  const old = (await namesIn()).filter((name) => !name.endsWith('.note'));
  for (const name of old) {
    const path = join(folder, name);
    if ((await stat(path)).size === 3) await utimes(path, before, before);
  }
  await writeFile(join(folder, 'stray.note'), '');
  const spool = spoolOf();
  await (await spool.create('new', 'a.txt')).finish('');
  expect(await spool.find('half')).toBeNull();
  expect(await spool.find('old')).toBeNull();
  expect(await spool.find('fresh')).not.toBeNull();
  expect(await namesIn()).toHaveLength(4);
  await half.discard();
});

test('what could not be tidied is tried again with the next file', async () => {
  const spool = spoolOf();
  await mkdir(folder);
  const endless = join(folder, 'endless');
  await symlink('endless', endless);
  await writeFile(`${endless}.note`, '');
  await expect(spool.create('key', 'a.txt')).rejects.toMatchObject({ name: 'Failure' });
  await rm(endless);
  expect(await (await spool.create('key', 'a.txt')).finish('')).toMatchObject({ sizeBytes: 0 });
});

test('when nothing waits, what an earlier process left goes, and what is in use stays', async () => {
  await spoolOf().clear();
  await written('left', 'left');
  const spool = spoolOf();
  const writer = await spool.create('used', 'a.txt');
  await writer.write(bytesOf('us'));
  await spool.clear();
  expect(await spool.find('left')).toBeNull();
  await writer.write(bytesOf('ed'));
  expect(await textOf(await writer.finish(''))).toBe('used');
});

test('without the space that is reserved nothing is written, and the failure says where', async () => {
  const writer = await spoolOf(Number.MAX_SAFE_INTEGER / 2).create('key', 'a.txt');
  await expect(writer.write(bytesOf('x'))).rejects.toMatchObject({
    code: 'diskFull',
    message: expect.stringMatching(new RegExp(`^Cannot upload "a\\.txt": .*${folder}`)),
  });
  await writer.discard();
  expect(await namesIn()).toEqual([]);
});
