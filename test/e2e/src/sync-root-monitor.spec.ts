import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import { complete, launchDaemon, startDaemon, type Daemon } from './daemon.ts';
import { mount, unmountInUse } from './mount.ts';
import { openProfile, type TestProfile } from './profile.ts';
import { mutations } from './requests.ts';

const tree = Array.from({ length: 6 }, (_, index) => ({
  path: `/folder ${index % 2}/file ${index}.txt`,
  content: `content ${index}`,
}));
const back = /The sync folder is back/;
const gone = /Nothing is changed on either side until it is back/;

const copy = (from: string, to: string): void => {
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
};

async function untilUploaded(daemon: Daemon, profile: TestProfile, path: string): Promise<void> {
  await profile.write(path, 'new');
  await daemon.says(new RegExp(`Uploading.*${path}.*done`));
  expect(profile.remote()).toHaveProperty([`/${path}`]);
}

async function begun() {
  const profile = await openProfile({ tree });
  const daemon = await startDaemon(profile);
  await daemon.atRest();
  profile.simulator.resetCounters();
  return { profile, daemon, before: profile.remote() };
}

it('a sync folder that is renamed away and back: suspended, and then nothing has happened', async () => {
  const { profile, daemon, before } = await begun();
  const { syncFolder } = profile;
  await rename(syncFolder, `${syncFolder}-away`);
  await daemon.says(gone);
  const status = await daemon.status();
  expect(status).toMatchObject({ state: 'suspended', inSync: false, halted: null });
  profile.drive.create('/from the drive.txt', 'from the drive');
  await rename(`${syncFolder}-away`, syncFolder);
  await daemon.says(back);
  await untilUploaded(daemon, profile, 'after.txt');
  expect(profile.remote()).toMatchObject(before);
  expect(profile.simulator.counters().byKind.delete).toBe(0);
  expect((await daemon.stop()).exitCode).toBe(0);
});

it.each([50, 500, 3_000])(
  'a sync folder that is removed, and put back as a copy after %d ms, is taken over',
  async (pauseMs) => {
    const { profile, daemon, before } = await begun();
    const { syncFolder } = profile;
    copy(syncFolder, `${syncFolder}-copy`);
    await rm(syncFolder, { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    copy(`${syncFolder}-copy`, syncFolder);
    await daemon.says(/is a copy of the one that was synced before/);
    await daemon.says(complete);
    expect(profile.remote()).toEqual(before);
    expect(mutations(profile.simulator.counters())).toBe(0);
    await untilUploaded(daemon, profile, 'after.txt');
    expect((await daemon.stop()).exitCode).toBe(0);
  },
);

it.each([50, 500, 3_000])(
  'everything in it that is removed, and put back after %d ms, is not gone for good',
  async (pauseMs) => {
    const { profile, daemon } = await begun();
    const { syncFolder } = profile;
    copy(syncFolder, `${syncFolder}-copy`);
    for (const name of ['folder 0', 'folder 1']) await rm(profile.at(name), { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    for (const name of ['folder 0', 'folder 1']) copy(`${syncFolder}-copy/${name}`, syncFolder);
    await untilUploaded(daemon, profile, 'after.txt');
    await daemon.atRest();
    expect(Object.keys(profile.remote())).toEqual(expect.arrayContaining(tree.map(({ path }) => path)));
    expect(await profile.local()).toEqual(profile.remote());
    expect((await daemon.stop()).exitCode).toBe(0);
  },
);

it('a folder whose only file is saved by delete and create has its next version', async () => {
  const profile = await openProfile({ tree: [{ path: '/only.txt', content: 'old' }] });
  const daemon = await startDaemon(profile);
  await daemon.atRest();
  let stretched = 0;
  for (let save = 1; save <= 5; save++) {
    const beganMs = performance.now();
    rmSync(profile.at('only.txt'));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    writeFileSync(profile.at('only.txt'), `version ${save}`);
    // The daemon waits for a second. Only a busy machine makes a longer pause: that is a deletion and a new file.
    if (performance.now() - beganMs > 900) stretched += 1;
    await daemon.says(/Uploading.*only\.txt.*done/);
  }
  expect(profile.simulator.counters().byKind.delete).toBeLessThanOrEqual(stretched);
  expect(await profile.local()).toEqual(profile.remote());
  expect((await daemon.stop()).exitCode).toBe(0);
});

it('a sync folder that is not there at the start is waited for', async () => {
  const profile = await openProfile({ tree });
  await profile.sync();
  const { syncFolder } = profile;
  await rename(syncFolder, `${syncFolder}-away`);
  await mkdir(syncFolder);
  const daemon = launchDaemon(profile, ['--monitor', '--verbose']);
  await daemon.says(gone);
  expect(await daemon.status()).toMatchObject({ state: 'suspended', inSync: false });
  await rm(syncFolder, { recursive: true });
  await rename(`${syncFolder}-away`, syncFolder);
  await daemon.says(back);
  await daemon.says(complete);
  expect(daemon.text().match(new RegExp(gone, 'g'))).toHaveLength(1);
  expect((await daemon.stop()).exitCode).toBe(0);
});

it('an empty file system over it is not it, while it runs as well', async () => {
  const { profile, daemon, before } = await begun();
  mount(profile.syncFolder, ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs'], onTestFinished);
  await daemon.says(gone);
  await unmountInUse(profile.syncFolder);
  await daemon.says(back);
  await untilUploaded(daemon, profile, 'after.txt');
  expect(profile.remote()).toMatchObject(before);
  expect((await daemon.stop()).exitCode).toBe(0);
});
