/** What becomes of files whose hash a plugin tells wrong, in whole runs over the simulated ports. */
import { definePlugin, type Plugin } from '@tidemark/plugin-sdk';
import { quickXorHash } from '@tidemark/quickxor';
import { expect, test } from 'vitest';
import { createWorld } from './spec-world.ts';

/** Well-formed, and not that of the file. */
const telling = (hash: string): Plugin =>
  definePlugin({
    name: 'liar',
    needs: { disk: 'read' },
    handle: {
      HashFile: async ({ path, expected }, { disk, signal }) => ({
        local: { ...(await disk.hash(path, expected, { signal })), hash },
      }),
    },
  });
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | null): string | null => bytes && new TextDecoder().decode(bytes);

test('equal files of which a plugin says that they differ: the transfer compares bytes, and there is one file still', async () => {
  const { disk, drive, log, sync } = await createWorld(() => [telling(quickXorHash(bytesOf('other')))]);
  disk.write('a.txt', bytesOf('same'));
  drive.write('a.txt', bytesOf('same'));
  await sync();
  expect(log.flat().flatMap(({ event }) => (event.type === 'Planned' ? event.commands : []))).toContainEqual(
    expect.objectContaining({
      type: 'DownloadFile',
      reason: expect.objectContaining({ rule: 'conflict-remote-keeps-name' }),
    }),
  );
  expect([...disk.tree().keys()]).toEqual(['a.txt']);
  expect([...drive.tree().keys()]).toEqual(['a.txt']);
  expect(disk.trashContents().size).toBe(0);
});

test('files that differ and of which a plugin says that they are equal: nothing is transferred, and the next change loses neither', async () => {
  const { disk, drive, moved, sync } = await createWorld(() => [telling(quickXorHash(bytesOf('abcd')))]);
  disk.write('a.txt', bytesOf('1234'));
  drive.write('a.txt', bytesOf('abcd'));
  await sync();
  expect(textOf(disk.read('a.txt'))).toBe('1234');
  expect(textOf(drive.read('a.txt'))).toBe('abcd');
  expect(moved).toEqual([]);

  drive.write('a.txt', bytesOf('changed'));
  await sync();
  expect(textOf(disk.read('a.txt'))).toBe('changed');
  expect([...disk.trashContents().values()].map(textOf)).toEqual(['1234']);
});
