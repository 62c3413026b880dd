import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { asLines, everythingIn, expectEqualSides, openProfile, type TestProfile } from './profile.ts';
import { mount, unmount } from './mount.ts';
import { mutations } from './requests.ts';

/** What every refusal has to be: said in a sentence with a remedy, under both faces' exit codes, harmless. */
async function expectRefusal(
  profile: TestProfile,
  { says, exitCode }: { readonly says: readonly RegExp[]; readonly exitCode: number },
): Promise<void> {
  const files = existsSync(profile.syncFolder) ? await everythingIn(profile.syncFolder) : {};
  const drive = profile.remote();
  for (const [name, expected] of [
    ['onedrive', 1],
    ['tidemark', exitCode],
  ] as const) {
    // Only `plan` and its like have the finer codes; `--sync` keeps the peer's under both names.
    const args = name === 'onedrive' ? ['--sync'] : ['plan'];
    const ended = await profile[name](args);
    for (const words of says) expect(ended.text, `${name} ${args.join(' ')}`).toMatch(words);
    expect(ended.exitCode, `${name} ${args.join(' ')}:\n${ended.text}`).toBe(expected);
    expect(mutations(ended.counters)).toBe(0);
    expect(ended.text, 'what the run did not wait for is not lost').not.toContain('was lost');
  }
  expect(existsSync(profile.syncFolder) ? await everythingIn(profile.syncFolder) : {}).toEqual(files);
  expect(profile.remote()).toEqual(drive);
}

const tree = [
  { path: '/a.txt', content: 'a' },
  { path: '/folder/b.txt', content: 'b' },
];

/** A profile that has synced before and whose next run has something to do in both directions. */
async function syncedProfile(): Promise<TestProfile> {
  const profile = await openProfile({ tree });
  await profile.sync();
  await profile.write('mine.txt', 'mine');
  profile.drive.create('/theirs.txt', 'theirs');
  return profile;
}

const overwrite = (profile: TestProfile, name: string, text: string): Promise<void> =>
  writeFile(join(profile.configFolder, name), text);

/** The part of `tidemark.conf` that says where the service is, changed. */
const address = (profile: TestProfile, change: Readonly<Record<string, string>>): Promise<void> =>
  overwrite(
    profile,
    'tidemark.conf',
    asLines({
      graph_endpoint: profile.simulator.graphUrl,
      login_endpoint: profile.simulator.loginUrl,
      ca_file: profile.simulator.caFile,
      ...change,
    }),
  );

describe('configuration', () => {
  it('an unknown key is named, and nothing is run', async () => {
    const profile = await syncedProfile();
    await profile.setConfig({ sync_dri: '/tmp' });
    await expectRefusal(profile, {
      says: [
        /Unknown key in config file: sync_dri/,
        /Configuration file has errors - please check your configuration/,
      ],
      exitCode: 3,
    });
  });

  it('a config that cannot be read is named with the reason', async () => {
    const profile = await syncedProfile();
    await rm(join(profile.configFolder, 'config'));
    await mkdir(join(profile.configFolder, 'config'));
    await expectRefusal(profile, {
      says: [/ERROR: Unable to access .*\/config: it is a directory/],
      exitCode: 3,
    });
  });

  it('a config of another user is named with the reason', async () => {
    const profile = await openProfile({ tree });
    const nobody = 65_534;
    for (const path of [profile.folder, profile.configFolder]) await chown(path, nobody, nobody);
    spawnSync('chmod', ['o+x', join(profile.folder, '..')]);
    await chmod(join(profile.configFolder, 'config'), 0o600);
    const { exitCode, stderr } = await profile.onedrive(['--sync'], { uid: nobody });
    expect(stderr).toMatch(/ERROR: Unable to access .*\/config: permission denied/);
    expect(exitCode).toBe(1);
    expect(existsSync(profile.syncFolder)).toBe(false);
  });

  it('a wrong drive id is said to be one', async () => {
    const profile = await syncedProfile();
    await profile.setConfig({ drive_id: 'b!nonsense' });
    await expectRefusal(profile, { says: [/drive/i, /Check drive_id in the config file/], exitCode: 3 });
  });
});

describe('login and network', () => {
  it('a refresh token that is no good asks for a new login, and stays where it is', async () => {
    const profile = await syncedProfile();
    await overwrite(profile, 'refresh_token', 'nonsense');
    await expectRefusal(profile, {
      says: [/^ERROR: .*(login|refresh|sign)/im, /Log in: tidemark auth/],
      exitCode: 4,
    });
  });

  it('a sign-in that was revoked asks for a new login', async () => {
    const profile = await syncedProfile();
    profile.simulator.revokeSignIn();
    await expectRefusal(profile, { says: [/Log in: tidemark auth/], exitCode: 4 });
  });

  it('an address where nobody listens is told as a network problem', async () => {
    const profile = await syncedProfile();
    const closed = `https://127.0.0.1:${await closedPort()}`;
    await address(profile, { graph_endpoint: `${closed}/v1.0`, login_endpoint: closed });
    await expectRefusal(profile, {
      says: [
        /Unable to reach the Microsoft OneDrive API service|[Cc]annot reach|could not be reached|ECONNREFUSED/,
        /Check the network connection/,
      ],
      exitCode: 5,
    });
  });

  it('certificate authorities that cannot be read are named', async () => {
    const profile = await syncedProfile();
    await address(profile, { ca_file: '/nowhere/ca.pem' });
    await expectRefusal(profile, { says: [/Cannot read ca_file: ENOENT.*nowhere.ca\.pem/], exitCode: 5 });
  });

  it('a certificate that nobody vouches for is refused, and the remedy is not to look away', async () => {
    const profile = await syncedProfile();
    await overwrite(
      profile,
      'tidemark.conf',
      asLines({ graph_endpoint: profile.simulator.graphUrl, login_endpoint: profile.simulator.loginUrl }),
    );
    await expectRefusal(profile, {
      says: [/certificate/i, /Install the certificate authority in the system store/],
      exitCode: 5,
    });
  });
});

describe('the sync folder', () => {
  it('that is gone although items were in it is not a deletion of everything', async () => {
    const profile = await syncedProfile();
    await rm(profile.syncFolder, { recursive: true });
    await expectRefusal(profile, {
      says: [/does not exist, but \d+ items were in it/, /Mount or restore it/],
      exitCode: 7,
    });
    expect(existsSync(profile.syncFolder), 'it is not made anew').toBe(false);
  });

  it('that its user emptied is the same folder: ordinary deletions, which can be undone online', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    for (const name of ['a.txt', 'folder']) await rm(profile.at(name), { recursive: true });
    await profile.sync();
    expect(profile.remote()).toEqual({});
    expect(await profile.whereIs('a')).toEqual(['recycle bin:/a.txt']);
  });

  it('that is another folder than before is not believed', async () => {
    const profile = await syncedProfile();
    await rename(profile.syncFolder, `${profile.syncFolder}-before`);
    await mkdir(profile.syncFolder);
    await expectRefusal(profile, {
      says: [/another folder than the one that was synced before: 0 of \d+ items/, /--resync/],
      exitCode: 7,
    });
  });

  it('that is a file is refused', async () => {
    const profile = await openProfile({ tree });
    await writeFile(profile.syncFolder, 'a file');
    const { exitCode, stderr } = await profile.onedrive(['--sync']);
    expect(stderr).toMatch(/it is not a folder/);
    expect(exitCode).toBe(1);
  });

  it('on a file system that became read-only keeps everything as it is; the uploads go on', async () => {
    const profile = await syncedProfile();
    mount(profile.syncFolder, ['--bind', profile.syncFolder], onTestFinished);
    mount(profile.syncFolder, ['-o', 'remount,ro,bind'], onTestFinished);
    const before = await everythingIn(profile.syncFolder);
    const { exitCode, text } = await profile.onedrive(['--sync']);
    expect(exitCode, text).toBe(1);
    expect(text).toMatch(/read-only/i);
    expect(text).toMatch(/Remount it writable/);
    expect(await everythingIn(profile.syncFolder)).toEqual(before);
    unmount(profile.syncFolder);
    await profile.sync();
    await expectEqualSides(profile);
  });
});

it('a drive that may not be read is no agreement', async () => {
  const profile = await syncedProfile();
  profile.simulator.addFault({ kind: 'deltaRead', effect: { type: 'status', status: 403 } });
  await expectRefusal(profile, {
    says: [/Cannot read the changes of the drive: the service answered 403/, /Check your permissions/],
    exitCode: 1,
  });
  const { stdout } = await profile.tidemark(['status']);
  expect(stdout).toContain('The last run could not look at the drive: Cannot read the changes of the drive');
});

it('a second instance on the same profile says so at once, and harms neither; a plan may be asked for beside it', async () => {
  const profile = await openProfile({ tree });
  profile.simulator.addFault({ kind: 'deltaRead', times: 1, effect: { type: 'latency', delayMs: 8_000 } });
  const reading = new Promise<void>((resolve) => {
    profile.simulator.onRequest(({ kind }) => {
      if (kind === 'deltaRead') resolve();
    });
  });
  const first = profile.start('onedrive', ['--sync']);
  await reading;
  const [second, plan] = await Promise.all([
    profile.start('onedrive', ['--sync']).ended,
    profile.start('tidemark', ['plan']).ended,
  ]);
  expect(second.exitCode).toBe(1);
  expect(second.stderr).toMatch(
    /ERROR: The 'onedrive' application is already running - please check system process list for active application instances\n - Use 'sudo ps aufxw \| grep onedrive' to potentially determine active running process/,
  );
  expect(plan.exitCode, plan.text).toBe(0);
  expect((await first.ended).exitCode).toBe(0);
  await expectEqualSides(profile);
});

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
