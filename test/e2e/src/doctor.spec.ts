import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asLines, everythingIn, openProfile, type TestProfile } from './profile.ts';

/** `tidemark doctor`: everything that a sync rests on. The webhook has tests of its own in `webhook/`. */

type Finding = {
  readonly check: string;
  readonly verdict: string;
  readonly detail: string;
  readonly remedy?: string;
};

async function diagnose(profile: TestProfile): Promise<{
  readonly exitCode: number | null;
  readonly verdicts: Readonly<Record<string, string>>;
  readonly firstFailure: string | null;
  readonly text: string;
}> {
  const { exitCode, stdout, stderr } = await profile.tidemark(['doctor', '--json']);
  expect(stderr).toBe('');
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Finding & { readonly firstFailure?: string });
  const findings = lines.slice(0, -1);
  for (const { verdict, remedy } of findings) if (verdict === 'failed') expect(remedy).toBeTruthy();
  return {
    exitCode,
    verdicts: Object.fromEntries(findings.map(({ check, verdict }) => [check, verdict])),
    firstFailure: lines.at(-1)?.firstFailure ?? null,
    text: findings.map(({ check, detail, remedy = '' }) => `${check}: ${detail} -> ${remedy}`).join('\n'),
  };
}

async function synced(): Promise<TestProfile> {
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  await profile.sync();
  return profile;
}

it('finds nothing wrong after a sync, and changes nothing', async () => {
  const profile = await synced();
  const before = await everythingIn(profile.folder);
  const { exitCode, verdicts, firstFailure } = await diagnose(profile);
  expect([exitCode, firstFailure]).toEqual([0, null]);
  expect(verdicts).toEqual({
    ...{ clock: 'ok', login: 'ok', drive: 'ok', permissions: 'ok', sync_dir: 'ok', space: 'ok' },
    ...{ writing: 'ok', time_resolution: 'ok', letter_case: 'ok', inotify: 'ok', log: 'ok' },
  });
  const after = await everythingIn(profile.folder);
  const token = join(profile.configFolder, 'refresh_token');
  // The service may have given a new token, which has to be kept.
  expect({ ...after, [token]: '' }).toEqual({ ...before, [token]: '' });
});

it('finds a sync folder that holds the configuration', async () => {
  const profile = await openProfile({ tree: [] });
  await profile.setConfig({ sync_dir: profile.folder });
  const { verdicts, text } = await diagnose(profile);
  expect(verdicts).toMatchObject({ sync_dir: 'failed' });
  expect(text).toMatch(
    /sync_dir: .*: it holds the configuration \(".*"\) -> Nothing was synced\. Give sync_dir/,
  );
});

it('speaks in lines that people can read', async () => {
  const profile = await synced();
  await rm(join(profile.configFolder, 'refresh_token'));
  const { exitCode, stdout } = await profile.tidemark(['doctor']);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^ok {13}clock {12}Agrees with the clock of the service/m);
  expect(stdout).toMatch(/^FAILED {9}login {12}Nobody is logged in\n {32}-> tidemark auth$/m);
  expect(stdout).toMatch(/^could not try {2}drive /m);
  expect(stdout).toMatch(/\n\nMend first: login\n$/);
});

describe('names what is wrong', () => {
  it.each<[string, string, RegExp, (profile: TestProfile) => Promise<unknown> | void]>([
    [
      'a login that was revoked',
      'login',
      /Log in: tidemark auth/,
      ({ simulator }) => simulator.revokeSignIn(),
    ],
    [
      'a token that others can read',
      'permissions',
      /refresh_token \(mode 0644\) -> chmod 600/,
      ({ configFolder }) => chmod(join(configFolder, 'refresh_token'), 0o644),
    ],
    [
      'a sync folder that is gone',
      'sync_dir',
      /does not exist/,
      ({ syncFolder }) => rm(syncFolder, { recursive: true }),
    ],
    [
      'a sync folder that is another one',
      'sync_dir',
      /another folder than the one that was synced before/,
      async ({ syncFolder }) => {
        await rename(syncFolder, `${syncFolder}-before`);
        await mkdir(syncFolder);
      },
    ],
    ['a log that was changed', 'log', /./, ({ logFolder }) => flipBytes(logFolder)],
    [
      'a drive that does not exist',
      'drive',
      /drive_id/,
      ({ setConfig }) => setConfig({ drive_id: 'b!nothing' }),
    ],
  ])('%s', async (_name, check, why, spoil) => {
    const profile = await synced();
    await spoil(profile);
    const { exitCode, firstFailure, text } = await diagnose(profile);
    expect([exitCode, firstFailure]).toEqual([1, check]);
    expect(text.split('\n').find((line) => line.startsWith(`${check}: `))).toMatch(why);
  });

  it('a service that cannot be reached', async () => {
    const profile = await synced();
    const nobody = 'https://127.0.0.1:1';
    const lines = asLines({
      graph_endpoint: nobody,
      login_endpoint: nobody,
      ca_file: profile.simulator.caFile,
    });
    await writeFile(join(profile.configFolder, 'tidemark.conf'), lines);
    const { exitCode, firstFailure, verdicts } = await diagnose(profile);
    expect([exitCode, firstFailure]).toEqual([1, 'drive']);
    expect(verdicts).toMatchObject({ clock: 'couldNotTry', login: 'couldNotTry', log: 'ok' });
  });
});

it.each([
  [['doctor', 'network'], /Unknown topic 'network': use webhook, or none/],
  [['doctor', '--nginx'], /--nginx can only be used with 'doctor webhook'/],
  [['doctor', 'webhook', '--allow-list', 'x'], /--allow-list can only be used with --nginx/],
])('%j is refused', async (args, why) => {
  const profile = await openProfile();
  const { exitCode, stderr } = await profile.tidemark(args);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(why);
});

/** In the middle of the largest file of the log. */
async function flipBytes(logFolder: string): Promise<void> {
  const folder = join(logFolder, 'log');
  const names = (await readdir(folder)).filter((name) => /\.(?:log|ldb)$/.test(name));
  for (const name of names) {
    const bytes = await readFile(join(folder, name));
    if (bytes.length < 100) continue;
    bytes[Math.floor(bytes.length / 2)]! ^= 0xff;
    await writeFile(join(folder, name), bytes);
  }
}
