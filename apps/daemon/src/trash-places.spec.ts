import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Profile } from './profile.ts';
import { fileInTrash, trashFolders } from './trash-places.ts';

const place = '2026-11-30/0123456789abcdef0123456789abcdef/plan.txt';

/** A profile of which nothing is read but its places. */
function profileIn(folder: string): Profile {
  const settings = { sync_dir: join(folder, 'sync') };
  return { settings, locations: { state: join(folder, 'tidemark') } } as unknown as Profile;
}

function put(trash: string): string {
  const file = join(trash, place);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, 'kept');
  return file;
}

test('a file is found in whichever trash has it: beside the state, or inside a sync folder on a disk of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trash-places-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const profile = profileIn(folder);
  expect([trashFolders(profile), fileInTrash(profile, place)]).toEqual([[], null]);
  const inside = put(join(folder, 'sync/.tidemark-staging/trash'));
  expect(fileInTrash(profile, place)).toBe(inside);
  const beside = put(join(folder, 'tidemark/files/trash'));
  expect(fileInTrash(profile, place)).toBe(beside);
  expect(trashFolders(profile)).toHaveLength(2);
  rmSync(beside);
  expect(fileInTrash(profile, place)).toBe(inside);
});

test('the recycle bin of the desktop is named by an absolute path', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trash-places-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const binned = put(join(folder, 'bin/files'));
  expect(fileInTrash(profileIn(folder), binned)).toBe(binned);
  expect(fileInTrash(profileIn(folder), `${binned}.gone`)).toBeNull();
});
