import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { expect, it, type onTestFinished } from 'vitest';
import { startNatsServer, withoutKeys, type NatsServer } from './nats-server.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';

const files = Array.from({ length: 600 }, (_, index) => ({
  path: `/folder ${index % 30}/a file with a name of some length, so that pages are large ${index}.txt`,
  content: `${index}`,
}));

type OnFinished = typeof onTestFinished;

async function openServer(onFinished: OnFinished): Promise<NatsServer> {
  const server = await startNatsServer();
  onFinished(server.close);
  return server;
}

/** The same story, told over any bus: what the drive holds in the end. */
async function story(profile: TestProfile): Promise<Readonly<Record<string, string>>> {
  await profile.write('mine.txt', 'mine');
  await profile.sync();
  await expectEqualSides(profile);
  await profile.write('folder 1/new.txt', 'new');
  await rename(profile.at('folder 2'), profile.at('second folder'));
  await rm(profile.at('folder 3'), { recursive: true });
  profile.drive.remove('/folder 4');
  profile.drive.create('/theirs.txt', 'theirs');
  await profile.sync();
  await expectEqualSides(profile);
  const replayed = await profile.tidemark(['replay']);
  expect(replayed.stdout).toMatch(/ 0 divergences; hash chain intact/);
  return profile.remote();
}

it.concurrent(
  'with a NATS server beside it a sync does what it does alone',
  async ({ onTestFinished: onFinished }) => {
    const server = await openServer(onFinished);
    const near = await story(await openProfile({ tree: files }, onFinished));
    const overNats = { tree: files, tidemarkConfig: { ...withoutKeys, bus: server.address } };
    const far = await story(await openProfile(overNats, onFinished));
    expect(far).toEqual(near);
  },
);

it.concurrent(
  'without the server the sync says what it cannot reach, and does nothing',
  async ({ onTestFinished: onFinished }) => {
    const server = await startNatsServer();
    await server.close();
    const options = { tree: files.slice(0, 3), tidemarkConfig: { ...withoutKeys, bus: server.address } };
    const profile = await openProfile(options, onFinished);
    const { exitCode, stderr } = await profile.onedrive(['--sync']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`Cannot reach the bus at ${server.address}`);
    expect(Object.keys(await profile.local())).toEqual([]);
  },
);

it.concurrent(
  'a server that dies in the middle of a run takes nothing with it',
  async ({ onTestFinished: onFinished }) => {
    const server = await openServer(onFinished);
    const profile = await openProfile(
      { tree: files, tidemarkConfig: { ...withoutKeys, bus: server.address } },
      onFinished,
    );
    let downloads = 0;
    profile.simulator.onRequest(({ kind }) => {
      if (kind === 'contentDownload' && ++downloads === 100) server.kill();
    });
    const { exitCode, stderr } = await profile.onedrive(['--sync']);
    expect(exitCode, stderr).toBe(0);
    expect(downloads).toBeGreaterThanOrEqual(files.length);
    expect(stderr).toContain('WARNING: The bus at nats://127.0.0.1:');
    await expectEqualSides(profile);
  },
);

it.concurrent(
  'folders and changes that are larger than a message of the server are synced',
  async ({ onTestFinished: onFinished }) => {
    const server = await openServer(onFinished);
    const profile = await openProfile(
      { tidemarkConfig: { ...withoutKeys, bus: server.address } },
      onFinished,
    );
    // One listing of this folder has 1.4 MiB. Nothing of it is to go anywhere.
    const name = 'n'.repeat(200);
    await mkdir(profile.at('big'), { recursive: true });
    for (let count = 0; count < 3_000; count += 1) await writeFile(profile.at(`big/${name}${count}.x`), '');
    await profile.sync('--skip-file', '*.x');
    expect(Object.keys(profile.remote())).toEqual(['/big']);
    const { stdout } = await profile.tidemark(['log', '--json', '--type', 'LocalSeen']);
    expect(stdout.length).toBeGreaterThan(1 << 20);
  },
);
