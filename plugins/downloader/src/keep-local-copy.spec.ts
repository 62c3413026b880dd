import type { CommandOf, ExpectedLocal } from '@tidemark/plugin-sdk';
import { createSimulatedDisk } from '@tidemark/testkit';
import { expect, it } from 'vitest';
import type { Context } from './config.ts';
import { keepLocalCopy } from './keep-local-copy.ts';

const text = new TextEncoder().encode('mine');
const keepAs = { prefix: 'a-host-safeBackup-', suffix: '.txt', from: 1 };
const random = { bytes: (count: number) => new Uint8Array(count), uuid: () => '', fraction: () => 0 };

it('copies a file beside itself, with its time, and refuses another version', async () => {
  const { disk, user } = createSimulatedDisk({ random });
  await disk.root({ mark: true });
  user.write('a.txt', text);
  const row = await disk.stat('a.txt');
  if (row === null) throw new Error('it was just written');
  const { id, stamp, sizeBytes, modifiedAt } = row;
  const copy = (expected: ExpectedLocal) =>
    keepLocalCopy(
      { path: 'a.txt', folder: '', expected, sizeBytes, modifiedAt, keepAs } as CommandOf<'KeepLocalCopy'>,
      { disk, signal: new AbortController().signal } as unknown as Context,
    );
  expect(await copy({ id, stamp })).toMatchObject({
    kept: { name: 'a-host-safeBackup-0001.txt', modifiedAt },
  });
  await expect(copy({ id, stamp: 'another' })).rejects.toMatchObject({ code: 'changedMeanwhile' });
  const files = Object.fromEntries([...user.tree()].map(([path, { bytes }]) => [path, bytes]));
  expect(files).toEqual({ 'a.txt': text, 'a-host-safeBackup-0001.txt': text });
});
