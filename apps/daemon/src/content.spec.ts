/** Content that a plugin changes on its way, in whole runs over the simulated ports. */
import { Readable } from 'node:stream';
import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { missingContent, noRules, replay } from '@tidemark/engine';
import { definePlugin, type Plugin } from '@tidemark/plugin-sdk';
import { describe, expect, test } from 'vitest';
import { createWorld as createWorldWith } from './spec-world.ts';

/** Each time other bytes: the time in the header is that of the call. */
const gzip = (format = 'gzip'): Plugin =>
  definePlugin({
    name: 'gzip',
    content: {
      format,
      applies: ({ name }) => !name.endsWith('.gz'),
      up: (bytes) => bytes.pipeThrough(new CompressionStream('gzip')),
      down: (bytes) => Readable.fromWeb(bytes as never).compose(createGunzip()),
    },
  });

const createWorld = () => createWorldWith(() => [gzip()]);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : new TextDecoder().decode(bytes);

describe('a plugin that compresses', () => {
  test('goes between both sides: what is on disk is compressed on the drive, and the other way round', async () => {
    const { disk, drive, moved, spool, sync } = await createWorld();
    disk.write('up.txt', bytesOf('up '.repeat(100)));
    drive.write('down.txt', new Uint8Array(gzipSync('down '.repeat(100))));
    disk.write('as-it-is.gz', bytesOf('raw'));
    await sync();
    expect(textOf(gunzipSync(drive.read('up.txt') ?? ''))).toBe('up '.repeat(100));
    expect(textOf(disk.read('down.txt'))).toBe('down '.repeat(100));
    expect(textOf(drive.read('as-it-is.gz'))).toBe('raw');
    expect(moved.toSorted()).toEqual(['as it is', 'gzip', 'gzip']);
    expect(spool.keys()).toEqual([]);
    await sync();
    expect(moved).toEqual([]);
  });

  test('changes on either side follow, and a rename is a rename', async () => {
    const { disk, drive, moved, sync } = await createWorld();
    disk.write('a.txt', bytesOf('one'));
    disk.write('b.txt', bytesOf('two'));
    await sync();
    disk.write('a.txt', bytesOf('one more'));
    drive.write('b.txt', new Uint8Array(gzipSync('two more')));
    await sync();
    expect(textOf(gunzipSync(drive.read('a.txt') ?? ''))).toBe('one more');
    expect(textOf(disk.read('b.txt'))).toBe('two more');
    disk.rename('a.txt', 'c.txt');
    drive.move('b.txt', 'd.txt');
    await sync();
    expect(moved).toEqual([]);
    expect([...disk.tree().keys()].toSorted()).toEqual(['c.txt', 'd.txt']);
    expect([...drive.tree().keys()].toSorted()).toEqual(['c.txt', 'd.txt']);
  });

  test('a resync transfers nothing, though disk and drive hold other bytes', async () => {
    const { disk, drive, moved, sync } = await createWorld();
    disk.write('up.txt', bytesOf('up '.repeat(100)));
    drive.write('down.txt', new Uint8Array(gzipSync('down')));
    await sync();
    await sync({ forget: 'the user asked for it' });
    expect(moved).toEqual([]);
    await sync();
    expect(moved).toEqual([]);
    expect([...disk.tree().keys()].toSorted()).toEqual(['down.txt', 'up.txt']);
  });

  test('an edit before a resync is kept beside the version of the drive, though it has the size that was agreed', async () => {
    const { disk, drive, sync } = await createWorld();
    disk.write('a.txt', bytesOf('one'));
    await sync();
    disk.write('a.txt', bytesOf('two'));
    await sync({ forget: 'the user asked for it' });
    await sync();
    const onDisk = [...disk.tree().keys()].map((path) => textOf(disk.read(path)));
    const onDrive = [...drive.tree().keys()].map((path) => textOf(gunzipSync(drive.read(path) ?? '')));
    expect(onDisk.toSorted()).toEqual(['one', 'two']);
    expect(onDrive.toSorted()).toEqual(['one', 'two']);
  });

  test('an upload whose answer is lost is known again by what the drive shows, without a transfer', async () => {
    const { disk, drive, moved, sync } = await createWorld();
    disk.write('a.txt', bytesOf('one'));
    await sync({ losesAnswer: true });
    expect(moved).toEqual([]);
    expect([...disk.tree().keys()]).toEqual(['a.txt']);
    expect([...drive.tree().keys()]).toEqual(['a.txt']);
  });

  test('a file that is there on both sides already is compared by what the plugin makes of it, and stays one', async () => {
    const { disk, drive, sync } = await createWorld();
    disk.write('a.txt', bytesOf('the same'));
    drive.write('a.txt', new Uint8Array(gzipSync('the same')));
    await sync();
    await sync();
    expect([...disk.tree().keys()]).toEqual(['a.txt']);
    expect([...drive.tree().keys()]).toEqual(['a.txt']);
  });

  test('what it did not make fails by name: nothing changes on either side, and the rest goes on', async () => {
    const { disk, drive, log, sync } = await createWorld();
    disk.write('a.txt', bytesOf('mine'));
    await sync();
    drive.write('a.txt', bytesOf('not compressed at all'));
    drive.write('b.txt', new Uint8Array(gzipSync('two')));
    await sync();
    expect(textOf(disk.read('a.txt'))).toBe('mine');
    expect(textOf(drive.read('a.txt'))).toBe('not compressed at all');
    expect(textOf(disk.read('b.txt'))).toBe('two');
    expect([...disk.trashContents()]).toEqual([]);
    const failures = log
      .flat()
      .flatMap(({ event }) => (event.type === 'CommandFailed' ? [event.failure] : []));
    expect(failures).toMatchObject([
      { code: 'contentFailed', detail: expect.stringContaining('"a.txt": plugin "gzip"') },
    ]);
  });

  test('a run without it, or with another format of it, is told; one that forgets is not', async () => {
    const { disk, sync } = await createWorld();
    disk.write('a.txt', bytesOf('one'));
    const state = await sync();
    const used = (content?: string) => [
      { name: 'gzip', version: '1', ...(content !== undefined && { content }) },
    ];
    expect(missingContent(state, used('gzip'))).toBeNull();
    expect(missingContent(state, [])).toEqual({ plugin: 'gzip', format: 'gzip', now: null });
    expect(missingContent(state, used())).toEqual({ plugin: 'gzip', format: 'gzip', now: null });
    expect(missingContent(state, used('other key'))).toMatchObject({ now: 'other key' });
    await sync({ plugins: [], forget: 'the user asked for it' });
    expect(missingContent(state, [])).toBeNull();
  });

  test('a replay of the log decides the same', async () => {
    const { disk, drive, log, sync } = await createWorld();
    disk.write('up.txt', bytesOf('up'));
    drive.write('down.txt', new Uint8Array(gzipSync('down')));
    await sync();
    await sync({ forget: 'the user asked for it' });
    const report = await replay({ batches: Readable.from(log), rulesFor: () => noRules });
    expect(report.divergences).toEqual([]);
  });
});
