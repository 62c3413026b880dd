import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DriveInfo, Event } from '@tidemark/contracts';
import { localId, plainPolicy, seq } from '@tidemark/contracts';
import { openEventLog } from '@tidemark/event-log';
import { configLocations, loadSettings, parseCommandLine } from '@tidemark/settings';
import { createManualClock, createSeededRandom, createSimulatedDrive } from '@tidemark/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { openAccount } from './account.ts';
import { openRun, type OpenedRun } from './open-run.ts';
import { logFolder, type Profile } from './profile.ts';

const clock = createManualClock();
const random = createSeededRandom(1);

function profileIn(folder: string): Profile {
  const parsed = parseCommandLine(['--sync', '--confdir', join(folder, 'conf')], 'onedrive');
  if (parsed.type === 'refused') throw new Error(parsed.lines.join('\n'));
  const { commandLine } = parsed;
  const loaded = loadSettings({
    commandLine,
    files: { config: { path: '', origin: 'user', text: `sync_dir = "${join(folder, 'sync')}"` } },
    environment: { home: folder, version: 'v0' },
  });
  if (!loaded.ok) throw new Error(loaded.lines.join('\n'));
  const locations = configLocations(commandLine, { HOME: folder });
  return {
    ...{ commandLine, locations, settings: loaded.settings },
    given: new Set(),
    configText: null,
    files: { config: '', syncList: '' },
    syncListText: null,
    version: '0',
  };
}

/** With a log that tells of another drive than the account has now. */
async function profileOfAnotherDrive(): Promise<Profile> {
  const folder = mkdtempSync(join(tmpdir(), 'open-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'sync'));
  const profile = profileIn(folder);
  const log = await openEventLog({ folder: logFolder(profile), clock });
  const drive: DriveInfo = { ...(await accountOf(profile).drive.info()), id: 'b!former' };
  const root = { id: localId('1'), marker: null };
  const event = {
    type: 'Started',
    version: '0',
    policy: plainPolicy,
    drive,
    root,
    plugins: [],
    forget: null,
  } satisfies Event;
  await log.append([{ seq: seq(1), at: 0, source: '', items: [], event }]);
  await log.close();
  return profile;
}

function accountOf(profile: Profile) {
  const account = openAccount({ profile, clock, random, rotation: 'kept', environment: {} });
  const { drive } = createSimulatedDrive({ random: random.fork('drive'), clock });
  return { ...account, drive: { ...account.drive, info: () => drive.info() } };
}

async function open(profile: Profile, mode: 'real' | 'rehearse'): Promise<OpenedRun> {
  const account = accountOf(profile);
  onTestFinished(() => account.close());
  const opened = await openRun({ profile, account, clock, random, resync: false, mode });
  onTestFinished(() => opened.close());
  return opened;
}

test('the log of the drive used before is kept beside the new one', async () => {
  const profile = await profileOfAnotherDrive();
  const opened = await open(profile, 'real');
  expect(opened).toMatchObject({ forget: 'the account has another drive now', log: { head: 0 } });
  expect(opened.notices).toEqual([
    expect.stringMatching(/^The log of the drive used before was kept at .*log-b-former-/),
  ]);
});

test('a rehearsal begins anew too, and leaves the log where it is', async () => {
  const profile = await profileOfAnotherDrive();
  const files = (): readonly string[] =>
    readdirSync(profile.locations.state, { recursive: true }).map(String).toSorted();
  const before = files();
  const opened = await open(profile, 'rehearse');
  expect(opened).toMatchObject({
    forget: 'the account has another drive now',
    state: { seq: 0 },
    notices: [],
  });
  expect(files()).toEqual(before);
});
