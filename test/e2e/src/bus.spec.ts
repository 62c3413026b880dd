import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, type onTestFinished } from 'vitest';
import { startNatsServer, type NatsServer } from './nats-server.ts';
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
  'plugins that talk over a NATS server do what they do in one process',
  async ({ onTestFinished: onFinished }) => {
    const server = await openServer(onFinished);
    const near = await story(await openProfile({ tree: files }, onFinished));
    const overNats = { tree: files, tidemarkConfig: { bus: server.address } };
    const far = await story(await openProfile(overNats, onFinished));
    expect(far).toEqual(near);
  },
);

it.concurrent(
  'without the server the sync says what it cannot reach, and does nothing',
  async ({ onTestFinished: onFinished }) => {
    const server = await startNatsServer();
    await server.close();
    const options = { tree: files.slice(0, 3), tidemarkConfig: { bus: server.address } };
    const profile = await openProfile(options, onFinished);
    const { exitCode, stderr } = await profile.onedrive(['--sync']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`Cannot reach the bus at ${server.address}`);
    expect(Object.keys(await profile.local())).toEqual([]);
  },
);

it.concurrent(
  'a server that dies in the middle of a run ends it with a message, and the next run finishes',
  async ({ onTestFinished: onFinished }) => {
    const server = await openServer(onFinished);
    const profile = await openProfile({ tree: files, tidemarkConfig: { bus: server.address } }, onFinished);
    let downloads = 0;
    profile.simulator.onRequest(({ kind }) => {
      if (kind === 'contentDownload' && ++downloads === 100) server.kill();
    });
    const { exitCode, stderr } = await profile.onedrive(['--sync']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/ERROR: Cannot go on without the bus/);

    const other = await openServer(onFinished);
    const conf = join(profile.configFolder, 'tidemark.conf');
    await writeFile(conf, (await readFile(conf, 'utf8')).replace(server.address, other.address));
    await profile.sync();
    await expectEqualSides(profile);
  },
);
