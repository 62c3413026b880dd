import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { driveItemId, Failure } from '@tidemark/contracts';
import { afterEach, expect, it } from 'vitest';
import type { Profile } from '../profile.ts';
import { keysApart, type KnownFolder, readKnownFolders, writeKnownFolders } from './known-folders.ts';

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

it.each(['', '{}', '{"version":1,"folders":[{}]}', '{"version":2,"folders":[]}'])(
  'a note that says %j is damaged, and nothing is synced on its word',
  (text) => {
    mkdirSync(join(state, 'shared'));
    writeFileSync(join(state, 'shared', 'folders.json'), text);
    expect(() => readKnownFolders(profile)).toThrow(Failure);
    expect(() => keysApart(profile)()).toThrow('is damaged. Restore it');
  },
);
