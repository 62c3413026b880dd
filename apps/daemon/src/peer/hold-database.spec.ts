import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Profile } from '../profile.ts';
import { holdPeerDatabase, peerDatabasePath } from './hold-database.ts';

function profileWith(make: (path: string) => void): Pick<Profile, 'locations'> {
  const directory = mkdtempSync(join(tmpdir(), 'peer-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const profile = { locations: { directory } as Profile['locations'] };
  make(peerDatabasePath(profile));
  return profile;
}

/** As the client makes it. */
function makeDatabase(path: string): void {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE item (id TEXT); PRAGMA user_version = 10');
  database.close();
}

/** What another process is told that does what the client does first. Empty: it could. */
function startedBeside(path: string): string {
  const script = `const { DatabaseSync } = require('node:sqlite');
    new DatabaseSync(${JSON.stringify(path)}).exec('PRAGMA locking_mode = EXCLUSIVE; SELECT * FROM item');`;
  const { stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  return /database is locked/.exec(stderr)?.[0] ?? stderr;
}

it('keeps another process out until it is released, and leaves the file as it is', async () => {
  const profile = profileWith(makeDatabase);
  const path = peerDatabasePath(profile);
  const before = readFileSync(path);
  const peer = await holdPeerDatabase(profile);
  if (peer.type !== 'held') throw new Error(`The database is ${peer.type}`);
  expect(startedBeside(path)).toBe('database is locked');
  peer.release();
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(readdirSync(profile.locations.directory)).toEqual(['items.sqlite3']);
  expect(startedBeside(path)).toBe('');
});

it('says who runs while the client has it open', async () => {
  const profile = profileWith(makeDatabase);
  const client = new DatabaseSync(peerDatabasePath(profile));
  onTestFinished(() => client.close());
  client.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  await expect(holdPeerDatabase(profile)).rejects.toMatchObject({
    name: 'PeerRuns',
    message: expect.stringMatching(/^it has ".*\/items\.sqlite3" open \(process \d+\)$/) as string,
  });
});

it('holds nothing where there is nothing, and says of a damaged one why', async () => {
  expect(await holdPeerDatabase(profileWith(() => {}))).toEqual({ type: 'none' });
  const damaged = await holdPeerDatabase(profileWith((path) => writeFileSync(path, 'x'.repeat(5000))));
  expect(damaged).toEqual({ type: 'unusable', why: expect.stringContaining('not a database') as string });
});
