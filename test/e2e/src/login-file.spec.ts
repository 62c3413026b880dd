/** A `refresh_token` that others can read, as profiles of the peer and containers have it. */
import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startDaemon } from './daemon.ts';
import { openProfile, type TestProfile } from './profile.ts';

const modeOf = async ({ configFolder }: TestProfile): Promise<number> =>
  (await stat(join(configFolder, 'refresh_token'))).mode & 0o777;

async function withOpenLogin(): Promise<TestProfile> {
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  await chmod(join(profile.configFolder, 'refresh_token'), 0o664);
  return profile;
}

it('a sync mends its mode, says so once, and goes on', async () => {
  const profile = await withOpenLogin();
  const ended = await profile.sync();
  expect(
    ended.stderr.match(/WARNING: Others could read the login in ".*refresh_token" \(mode 0664\)/g),
  ).toHaveLength(1);
  expect(ended.stderr).toContain('only its owner can now (mode 0600)');
  expect(await modeOf(profile)).toBe(0o600);
  expect(await profile.read('a.txt')).toBe('a');
  expect((await profile.sync()).stderr).not.toContain('Others could read');
});

it('so does a monitor', async () => {
  const profile = await withOpenLogin();
  const daemon = await startDaemon(profile);
  expect(await modeOf(profile)).toBe(0o600);
  await daemon.stop();
  expect(daemon.text()).toContain('only its owner can now (mode 0600)');
});

it('a dry run, which changes nothing, says how to mend it', async () => {
  const profile = await withOpenLogin();
  const { exitCode, text } = await profile.onedrive(['--sync', '--dry-run']);
  expect(exitCode, text).toBe(0);
  expect(text).toMatch(/Others could read the login in .*; run: chmod 600 "/);
  expect(await modeOf(profile)).toBe(0o664);
});
