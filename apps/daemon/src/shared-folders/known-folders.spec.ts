import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { driveItemId, Failure } from '@tidemark/contracts';
import { afterEach, expect, it } from 'vitest';
import type { Profile } from '../profile.ts';
import {
  forgetAgreed,
  keyOfPlace,
  keysApart,
  type KnownFolder,
  noteReached,
  readKnownFolders,
  readKnownPlaces,
  writeKnownFiles,
  writeKnownFolders,
} from './known-folders.ts';

const state = mkdtempSync(join(tmpdir(), 'tidemark-shared-'));
afterEach(() => rmSync(join(state, 'shared'), { recursive: true, force: true }));
const profile = { locations: { state } } as unknown as Profile;

const folder: KnownFolder = {
  ...{ shortcut: driveItemId('s'), target: { driveId: 'd', itemId: 'i' }, path: 'Team', shownAt: 'Team' },
  ...{ folder: 'a1.b2', standing: 'synced', isNew: true },
};

it('what is noted is read again, and none is noted before the first', () => {
  expect(readKnownFolders(profile)).toEqual([]);
  writeKnownFolders(profile, [folder, { ...folder, path: 'Left', standing: 'left', isNew: false }]);
  expect(readKnownFolders(profile)).toEqual([
    folder,
    { ...folder, path: 'Left', standing: 'left', isNew: false },
  ]);
});

it('the keys follow the note, left folders included', () => {
  const keys = keysApart(profile);
  expect([...keys()]).toEqual([]);
  writeKnownFolders(profile, [{ ...folder, standing: 'left' }]);
  expect([...keys()]).toEqual(['a1.b2']);
  // A shared folder in another one is apart there as well.
  const inside = { locations: { state: '/elsewhere' }, sharedFolder: { at: 'Team', state } };
  expect([...keysApart(inside as unknown as Profile)()]).toEqual(['a1.b2']);
});

it.each([
  '',
  '{}',
  '{"version":1,"folders":[{}]}',
  '{"version":2,"folders":[]}',
  '{"version":1,"folders":[],"files":{}}',
])('a note that says %j is damaged, and nothing is synced on its word', (text) => {
  mkdirSync(join(state, 'shared'));
  writeFileSync(join(state, 'shared', 'folders.json'), text);
  expect(() => readKnownFolders(profile)).toThrow(Failure);
  expect(() => keysApart(profile)()).toThrow('is damaged. Restore it');
});

it('the folder of single files is a place beside the others, apart as they are, and begins anew with them', () => {
  writeKnownFolders(profile, [{ ...folder, isNew: false }]);
  writeKnownFiles(profile, { path: 'Files', folder: 'f1.f2', isNew: true });
  writeKnownFolders(profile, [folder]);
  expect(readKnownPlaces(profile).map(({ path }) => path)).toEqual(['Team', 'Files']);
  expect([...keysApart(profile)()]).toEqual(['a1.b2', 'f1.f2']);
  for (const place of readKnownPlaces(profile)) noteReached(profile, keyOfPlace(place), true);
  expect(readKnownPlaces(profile).map(({ isNew }) => isNew)).toEqual([false, false]);
  noteReached(profile, 'files', false);
  expect(readKnownPlaces(profile).map(({ isAway = false }) => isAway)).toEqual([false, true]);
  forgetAgreed(profile);
  expect(readKnownPlaces(profile).map(({ isNew }) => isNew)).toEqual([true, true]);
});
