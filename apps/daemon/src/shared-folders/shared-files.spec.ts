import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DriveInfo, driveItemId, type RemoteRow } from '@tidemark/contracts';
import { folderKey } from '@tidemark/disk';
import { initialState } from '@tidemark/engine';
import { loadSettings, parseCommandLine } from '@tidemark/settings';
import { afterAll, beforeEach, expect, it } from 'vitest';
import type { Profile } from '../profile.ts';
import { keysApart, readKnownFiles } from './known-folders.ts';
import { filesFolder, prepareSharedFiles, sharedFilesToSync } from './shared-files.ts';

const top = mkdtempSync(join(tmpdir(), 'tidemark-files-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));
const root = join(top, 'sync');
const place = join(root, filesFolder);
const info: DriveInfo = { id: 'own', kind: 'business', rootId: driveItemId('root') };
let warned: string[];

beforeEach(() => {
  rmSync(top, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  warned = [];
});

const prepare = (
  profile: Profile,
  online: RemoteRow | null = null,
  kind = info.kind,
  mode: 'real' | 'rehearse' = 'real',
) =>
  prepareSharedFiles(
    {
      ...{ profile, info: { ...info, kind }, state: initialState(), say: () => undefined },
      drive: { child: async () => online },
      warn: (line) => void warned.push(line),
    },
    mode,
  );

it('the folder is made where it is asked for, and is to be synced as long as it is there', async () => {
  const profile = profileWith('--sync-shared-files');
  await prepare(profile);
  expect(sharedFilesToSync({ profile, info })).toMatchObject({ path: filesFolder, isNew: true });
  expect(sharedFilesToSync({ profile: profileWith(), info })).toBeNull();
  renameSync(place, join(root, 'Elsewhere'));
  expect(sharedFilesToSync({ profile, info })).toBeNull();
  await prepare(profile);
  expect(sharedFilesToSync({ profile, info })).toMatchObject({ path: 'Elsewhere' });
  rmSync(join(root, 'Elsewhere'), { recursive: true });
  await prepare(profile);
  expect(sharedFilesToSync({ profile, info })).toMatchObject({ path: filesFolder, isNew: true });
  expect(warned).toEqual([]);
});

it('one that is there is left to it although no file is asked for, and none is made', async () => {
  const profile = profileWith();
  await prepare(profile);
  expect(existsSync(place)).toBe(false);
  mkdirSync(place);
  await prepare(profile);
  expect(readKnownFiles(profile)?.folder).toBe(folderKey(place));
});

it('a rehearsal tells where it would be, and neither makes nor notes it', async () => {
  const profile = profileWith('--sync-shared-files');
  const files = await prepare(profile, null, 'business', 'rehearse');
  expect(sharedFilesToSync({ profile, info }, files)).toMatchObject({ path: filesFolder, isNew: true });
  expect([existsSync(place), readKnownFiles(profile)]).toEqual([false, null]);
  // As the peer left it: it would be left to the files of others.
  mkdirSync(place);
  const there = await prepare(profileWith(), null, 'business', 'rehearse');
  expect(there?.folder).toBe(folderKey(place));
  const keys = keysApart({ ...profile, rehearsedApart: new Set([there?.folder ?? '']) })();
  expect([...keys]).toEqual([folderKey(place)]);
  expect(readKnownFiles(profile)).toBeNull();
});

it('it takes no name from the own drive, and no file on disk', async () => {
  const profile = profileWith('--sync-shared-files');
  await prepare(profile, { name: filesFolder } as RemoteRow);
  expect(warned).toEqual([expect.stringContaining('your own drive has something of the name')]);
  writeFileSync(place, 'a file');
  await prepare(profile);
  expect(warned).toHaveLength(2);
  expect(readKnownFiles(profile)).toBeNull();
  rmSync(place);
  mkdirSync(place);
  await prepare(profileWith(), { name: filesFolder } as RemoteRow);
  expect([warned.length, readKnownFiles(profile)]).toEqual([2, null]);
});

it.each(['personal', 'documentLibrary'] as const)(
  'the own drive has none where it is a %s one',
  async (kind) => {
    await prepare(profileWith('--sync-shared-files'), null, kind);
    expect(warned).toEqual([expect.stringContaining("'--sync-shared-files' has no effect here")]);
    expect(existsSync(place)).toBe(false);
  },
);

function profileWith(...args: readonly string[]): Profile {
  const parsed = parseCommandLine(['--sync', '--syncdir', root, ...args], 'onedrive');
  if (parsed.type === 'refused') throw new Error(parsed.lines.join('\n'));
  const { commandLine } = parsed;
  const config = {
    path: join(top, 'config'),
    origin: 'user',
    text: 'sync_business_shared_items = "true"\n',
  } as const;
  const loaded = loadSettings({
    ...{ commandLine, files: { config } },
    environment: { home: '/home/me', version: 'v0' },
  });
  if (!loaded.ok) throw new Error(loaded.lines.join('\n'));
  const { settings } = loaded;
  const locations = { state: join(top, 'state') };
  return { settings, commandLine, syncListText: null, locations, version: 'spec' } as unknown as Profile;
}
