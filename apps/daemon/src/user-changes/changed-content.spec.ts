/** Changes of a user where a plugin changes content: the drive holds other bytes than the disk, and each time others. */
import { Readable } from 'node:stream';
import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { definePlugin } from '@tidemark/plugin-sdk';
import { expect, test } from 'vitest';
import { bytes, createWorld } from './spec-world.ts';

let made = 0;
/** The time in the header is a number of its own, so that the same content has other bytes each time. */
const gzip = definePlugin({
  name: 'gzip',
  content: {
    format: 'gzip',
    up: async function* (given) {
      const all: Uint8Array[] = [];
      for await (const chunk of given) all.push(Uint8Array.from(chunk));
      const packed = gzipSync(Buffer.concat(all));
      packed.writeUInt32LE((made += 1), 4);
      yield packed;
    },
    down: (given) => Readable.fromWeb(given as never).compose(createGunzip()),
  },
});
const packed = (text: string): Uint8Array => new Uint8Array(gzipSync(text));
const unpacked = (read: Uint8Array | null): string => gunzipSync(read ?? '').toString();

test('an undo takes an earlier content out of the versions on the drive, through the plugin', async () => {
  const world = await createWorld('business', {}, [gzip]);
  const { disk, drive } = world;
  disk.user.write('a.txt', bytes('the first'), 1_500_000_000);
  await world.sync();
  disk.user.write('a.txt', bytes('the second, and longer'), 1_600_000_000);
  await world.sync();
  const { plan, end } = await world.undo();
  expect([plan.refused, end.failed]).toEqual([[], []]);
  expect(Buffer.from(disk.user.read('a.txt') ?? '').toString()).toBe('the first');
  expect(unpacked(drive.user.read('a.txt'))).toBe('the first');
});

test('a copy of a conflict that has become equal is dropped, though its bytes on the drive are others', async () => {
  const world = await createWorld('business', {}, [gzip]);
  const { disk, drive } = world;
  const copy = 'a-host-safeBackup-0001.txt';
  drive.user.write('a.txt', packed('agreed'), 1_500_000_000);
  await world.sync();
  disk.user.write('a.txt', bytes('of the disk'), 1_600_000_000);
  drive.user.write('a.txt', packed('of the drive'), 1_700_000_000);
  await world.sync();
  disk.user.write(copy, bytes('of the drive'), 1_800_000_000);
  await world.sync();
  expect(drive.user.read(copy)).not.toEqual(drive.user.read('a.txt'));
  expect(await world.dropEqual()).toEqual([expect.stringMatching(/^Dropped an equal copy: "a-host/)]);
  await world.sync();
  expect([...disk.user.tree().keys()]).toEqual(['a.txt']);
  expect([...drive.user.tree().keys()]).toEqual(['a.txt']);
});
