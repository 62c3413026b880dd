import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '@tidemark/contracts';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { logFolder, type Profile } from './profile.ts';
import { awaitStateFolder, noteStatePlace } from './state-place.ts';

let directory: string;
let state: string;
/** On another file system than the configuration. */
let elsewhere: string;
let profile: Parameters<typeof awaitStateFolder>[0];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'state-place-'));
  elsewhere = mkdtempSync('/dev/shm/state-place-');
  onTestFinished(() => {
    for (const folder of [directory, elsewhere]) rmSync(folder, { recursive: true, force: true });
  });
  if (statSync(directory).dev === statSync(elsewhere).dev)
    throw new Error(`This test needs two file systems, at ${directory} and ${elsewhere}`);
  state = join(directory, 'tidemark');
  profile = {
    locations: { directory, state } as Profile['locations'],
    settings: { drive_id: '' } as Profile['settings'],
  };
});

const away = { code: 'diskFault' };

test('a state that was elsewhere and is not there is waited for, and is back by itself', async () => {
  symlinkSync(elsewhere, state);
  await awaitStateFolder(profile);
  noteStatePlace(profile);
  renameSync(elsewhere, `${elsewhere}-gone`);
  await expect(awaitStateFolder(profile)).rejects.toMatchObject(away);

  const told: unknown[] = [];
  await awaitStateFolder(profile, {
    async outwaitFailure(error) {
      told.push(error);
      renameSync(`${elsewhere}-gone`, elsewhere);
      return true;
    },
    over: () => void told.push('over'),
  });
  expect(told).toEqual([expect.any(Failure), 'over']);
});

test('an empty folder in its place is not it', async () => {
  symlinkSync(elsewhere, state);
  noteStatePlace(profile);
  rmSync(state);
  mkdirSync(state);
  await expect(awaitStateFolder(profile)).rejects.toMatchObject(away);
});

test('a state that was moved back beside the configuration is taken, and is waited for no more', async () => {
  symlinkSync(elsewhere, state);
  noteStatePlace(profile);
  rmSync(state);
  mkdirSync(logFolder(profile), { recursive: true });
  writeFileSync(join(logFolder(profile), 'head'), '');
  await awaitStateFolder(profile);
  noteStatePlace(profile);
  rmSync(state, { recursive: true });
  await awaitStateFolder(profile);
});

test('a profile whose state was always beside the configuration begins anew without it', async () => {
  mkdirSync(state);
  noteStatePlace(profile);
  rmSync(state, { recursive: true });
  await awaitStateFolder(profile);
});
