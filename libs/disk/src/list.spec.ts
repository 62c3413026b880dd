/** Looking into named folders where the system makes it hard. Needs root: one test changes its user. */
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalRow, ScanEnd } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import type { FolderDisk } from './index.ts';
import { createTemporaryDisk, rowAt } from './testing/temporary-disk.ts';

const nobody = 65534;

/** @param between called after each batch */
async function listed(disk: FolderDisk, paths: readonly string[], between: () => void = () => {}) {
  const folders = new Map<string, readonly LocalRow[]>();
  let end: ScanEnd | null = null;
  for await (const part of disk.list(paths)) {
    if ('folders' in part) for (const { id, rows } of part.folders) folders.set(id, rows);
    else end = part;
    between();
  }
  if (end === null) throw new Error('the look did not end');
  return { folders, rows: [...folders.values()].flat(), ...end };
}

test('what may not be read is unknown, and so is what lies on a way that is barred (F09)', async () => {
  await using temporary = await createTemporaryDisk();
  const { root, parent } = temporary;
  for (const folder of ['locked/inner', 'barred/inner', 'open'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const path of [parent, root]) chmodSync(path, 0o755);
  const idOf = async (path: string) => (await rowAt(temporary.disk, path)).id;
  const [locked, barred] = [await idOf('locked'), await idOf('barred')];
  chmodSync(join(root, 'locked'), 0o700);
  chmodSync(join(root, 'barred'), 0o744);
  process.seteuid?.(nobody);
  try {
    const disk = await temporary.again();
    const seen = await listed(disk, ['locked', 'locked/inner', 'barred', 'barred/inner', 'open']);
    expect([...seen.unreadable].sort()).toEqual([locked, barred].sort());
    expect([...seen.folders.keys()]).toEqual([await idOf('open')]);
    expect(seen.oddities).toMatchObject([
      { path: 'locked', code: 'unreadable', detail: 'EACCES' },
      { path: 'barred', code: 'unreadable', detail: 'EACCES' },
    ]);
    await disk.close();
  } finally {
    process.seteuid?.(0);
  }
});

test('what moves from a folder not yet read into one already read is not missed', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  for (const folder of ['a', 'b', 'big']) mkdirSync(join(root, folder));
  for (let index = 0; index < 2_100; index++) writeFileSync(join(root, 'big', `f${index}`), '');
  writeFileSync(join(root, 'b', 'x'), 'x');
  const { id } = await rowAt(disk, 'b/x');
  let isMoved = false;
  const { rows, unreadable } = await listed(disk, ['a', 'big', 'b'], () => {
    if (!isMoved) renameSync(join(root, 'b', 'x'), join(root, 'a', 'x'));
    isMoved = true;
  });
  expect(rows.filter((row) => row.id === id).map((row) => row.name)).toEqual(['x']);
  expect(unreadable).toEqual([]);
});

test('a folder that goes during the look is left out or reported as it was, never as unreadable', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  for (const folder of ['a', 'b', 'big']) mkdirSync(join(root, folder));
  for (let index = 0; index < 2_100; index++) writeFileSync(join(root, 'big', `f${index}`), '');
  let isGone = false;
  const seen = await listed(disk, ['a', 'big', 'b'], () => {
    if (!isGone)
      for (const folder of ['a', 'b']) renameSync(join(root, folder), join(temporary.parent, folder));
    isGone = true;
  });
  expect(seen.unreadable).toEqual([]);
  expect(seen.folders.size).toBe(2);
});
