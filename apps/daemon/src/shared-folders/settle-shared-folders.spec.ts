import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { driveItemId } from '@tidemark/contracts';
import { folderKey } from '@tidemark/disk';
import type { State } from '@tidemark/engine';
import { loadSettings, parseCommandLine } from '@tidemark/settings';
import { afterAll, beforeEach, expect, it } from 'vitest';
import type { Profile } from '../profile.ts';
import { createWorld } from '../spec-world.ts';
import { readKnownFolders, writeKnownFolders } from './known-folders.ts';
import { settleSharedFolders } from './settle-shared-folders.ts';

const top = mkdtempSync(join(tmpdir(), 'tidemark-settle-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));
const root = join(top, 'sync');
const profile = profileIn(root);
const target = { driveId: 'sam', itemId: 'team' };
let removed: string[];
let toldOf: string[];

beforeEach(() => {
  rmSync(top, { recursive: true, force: true });
  mkdirSync(join(root, 'Stick/Team'), { recursive: true });
  [removed, toldOf] = [[], []];
});

/** A sync folder with something mounted in it, where a shared folder lies; only its shortcut is known to the own drive. */
async function createStick() {
  const world = await createWorld(() => []);
  world.disk.makeFolder('Stick');
  world.disk.mount('Stick', 'stick');
  world.disk.write('Stick/mine.txt', new Uint8Array([1]));
  await world.sync();
  world.drive.makeNotebook('Stick/Team');
  const state = await world.sync();
  const shortcut = [...state.trees.items.values()].find(({ remote }) => remote?.kind === 'opaque')?.remote;
  const folder = folderKey(join(root, 'Stick/Team')) ?? '';
  writeKnownFolders(profile, [
    {
      ...{ shortcut: shortcut?.id ?? driveItemId('none'), target, path: 'Stick/Team', shownAt: 'Stick/Team' },
      ...{ folder, standing: 'synced', isNew: false },
    },
  ]);
  return world;
}

const settle = (
  state: State,
  mode: 'real' | 'rehearse' = 'real',
  said: string[] = [],
  isForgotten = false,
  kind: 'folder' | 'file' = 'folder',
) =>
  settleSharedFolders(
    {
      ...{ profile, state, asked: new Map(), isForgotten, disk: { isRootThere: () => true } },
      info: { id: 'own', kind: 'personal', rootId: driveItemId('root') },
      drive: {
        item: async (id) => ({ ...rowOf(state, id), id }),
        delete: async (id) => ({ requestIds: [`${removed.push(id)}`] }),
        account: { shortcut: async () => ({ kind, ...target }) },
        move: async () => expect.fail('nothing moves'),
      },
      say: (line) => void said.push(line),
      tell: async ({ path, told }) => void toldOf.push(`${path} ${told}`),
      warn: (line) => expect.fail(line),
    },
    mode,
  );

it('a shortcut goes with the folder that a user removed', async () => {
  const { state } = await createStick();
  expect(await settle(state)).toMatchObject([{ path: 'Stick/Team' }]);
  rmSync(join(root, 'Stick/Team'), { recursive: true });
  expect(await settle(state)).toEqual([]);
  expect(removed).toHaveLength(1);
  expect(toldOf).toEqual(['Stick/Team shortcutRemoved']);
  expect(readKnownFolders(profile)).toEqual([]);
});

it('a rehearsal says what would be moved, removed and added, and does none of it', async () => {
  const { state } = await createStick();
  const noted = readKnownFolders(profile);
  const said: string[] = [];
  const rehearse = () => settle(state, 'rehearse', said);
  renameSync(join(root, 'Stick/Team'), join(root, 'Team'));
  expect(await rehearse()).toMatchObject([{ path: 'Team', isNew: false }]);
  rmSync(join(root, 'Team'), { recursive: true });
  expect(await rehearse()).toEqual([]);
  // A resync brings back what it does not find.
  expect(await settle(state, 'rehearse', [], true)).toMatchObject([{ path: 'Stick/Team', isNew: true }]);
  expect(readKnownFolders(profile)).toEqual(noted);
  writeKnownFolders(profile, []);
  expect(await rehearse()).toMatchObject([{ path: 'Stick/Team', isNew: true }]);
  expect(said).toEqual([
    'DRY-RUN: Would move the shortcut of the shared folder Stick/Team to Team',
    expect.stringContaining('DRY-RUN: Would remove the shortcut of the shared folder Stick/Team online'),
    'DRY-RUN: Would add the shared folder: Stick/Team',
  ]);
  expect([removed, toldOf, readKnownFolders(profile)]).toEqual([[], [], []]);
});

it('a shortcut that leads to a file is left alone, which is told once', async () => {
  const { state } = await createStick();
  writeKnownFolders(profile, []);
  const said: string[] = [];
  for (let run = 0; run < 2; run += 1) expect(await settle(state, 'real', said, false, 'file')).toEqual([]);
  expect(toldOf).toEqual(['Stick/Team leadsToFile']);
  expect(said).toEqual([expect.stringContaining('"Stick/Team" leads to a single file')]);
  // A note that is damaged is made anew.
  writeFileSync(join(top, 'state/shared/file-pointers.json'), '{');
  await settle(state, 'real', said, false, 'file');
  expect([said.length, removed]).toEqual([2, []]);
});

it('a shortcut stays when what its folder lies on is not mounted', async () => {
  const { disk, sync } = await createStick();
  disk.unmount('Stick');
  renameSync(join(root, 'Stick'), join(top, 'unmounted'));
  mkdirSync(join(root, 'Stick'));
  expect(await settle(await sync())).toEqual([]);
  expect(removed).toEqual([]);
  expect(readKnownFolders(profile)).toHaveLength(1);
});

function rowOf({ trees }: State, id: string) {
  const remote = [...trees.items.values()].find((item) => item.remote?.id === id)?.remote;
  if (!remote) throw new Error(`nothing has the id ${id}`);
  return { ...remote, parentId: driveItemId('root') };
}

function profileIn(folder: string): Profile {
  const parsed = parseCommandLine(['--sync', '--syncdir', folder], 'onedrive');
  if (parsed.type === 'refused') throw new Error(parsed.lines.join('\n'));
  const { commandLine } = parsed;
  const loaded = loadSettings({ commandLine, files: {}, environment: { home: '/home/me', version: 'v0' } });
  if (!loaded.ok) throw new Error(loaded.lines.join('\n'));
  const { settings } = loaded;
  const locations = { state: join(top, 'state') };
  return { settings, commandLine, syncListText: null, locations, version: 'spec' } as unknown as Profile;
}
