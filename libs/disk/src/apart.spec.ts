import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderKey } from './apart.ts';
import { codeOf, createTemporaryDisk, rowAt, scanned } from './testing/temporary-disk.ts';

/** `Team` is synced on its own, with a file in it; `Docs` is not. */
async function shared() {
  const keys = new Set<string>();
  const temporary = await createTemporaryDisk({ apart: () => keys });
  const { root } = temporary;
  mkdirSync(join(root, 'Team', 'notes'), { recursive: true });
  mkdirSync(join(root, 'Docs'));
  writeFileSync(join(root, 'Team', 'plan.txt'), 'plan');
  writeFileSync(join(root, 'Team', 'notes', 'a.txt'), 'a');
  const apart = (): void => void keys.add(folderKey(join(root, 'Team')) ?? 'none');
  return {
    ...temporary,
    apart,
    async [Symbol.asyncDispose]() {
      await temporary.dispose();
    },
  };
}

const namesIn = async (disk: Parameters<typeof scanned>[0]): Promise<string[]> =>
  (await scanned(disk)).rows.map(({ name }) => name).sort();

test('a folder that is synced on its own is not told, wherever it is moved to', async () => {
  await using world = await shared();
  const { disk, root, apart } = world;
  expect(await namesIn(disk)).toEqual(['Docs', 'Team', 'a.txt', 'notes', 'plan.txt']);
  apart();
  expect(await namesIn(disk)).toEqual(['Docs']);
  renameSync(join(root, 'Team'), join(root, 'Docs', 'Ours'));
  expect(await namesIn(disk)).toEqual(['Docs']);
  mkdirSync(join(root, 'Team'));
  expect(await namesIn(disk)).toEqual(['Docs', 'Team']);
});

test('a look into folders does not lead through it', async () => {
  await using world = await shared();
  const docs = await rowAt(world.disk, 'Docs');
  world.apart();
  const looked: string[] = [];
  for await (const part of world.disk.list(['Team', 'Team/notes', 'Docs']))
    if ('folders' in part) looked.push(...part.folders.map(({ id }) => id));
    else expect(part.unreadable).toEqual([]);
  expect(looked).toEqual([docs.id]);
});

test('nothing in it is changed, and its name is not taken over', async () => {
  await using world = await shared();
  const { disk, root, apart } = world;
  const expected = await rowAt(disk, 'Team/plan.txt');
  apart();
  expect(await codeOf(disk.createFolder('Team'))).toBe('diskDenied');
  expect(await codeOf(disk.createFolder('Team/new'))).toBe('diskDenied');
  expect(await codeOf(disk.remove('Team/plan.txt', 'file', expected))).toBe('diskDenied');
  expect(readFileSync(join(root, 'Team', 'plan.txt'), 'utf8')).toBe('plan');
  expect(readdirSync(join(root, 'Team')).sort()).toEqual(['notes', 'plan.txt']);
});
