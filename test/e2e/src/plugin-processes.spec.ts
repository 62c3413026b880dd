import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { complete, launchDaemon } from './daemon.ts';
import { openPluginProcesses } from './plugin-processes.ts';
import { expectEqualSides } from './profile.ts';

it('the uploader and the downloader run in processes of their own, and files go both ways', async () => {
  const { profile, startPlugin } = await openPluginProcesses(['uploader', 'downloader'], {
    tree: [{ path: '/folder/theirs.txt', content: 'theirs' }],
  });
  await profile.write('mine.txt', 'mine');
  const plugins = ['uploader', 'downloader'].map((name) => startPlugin(name));
  const daemon = launchDaemon(profile, ['--monitor', '--verbose']);
  for (const plugin of plugins) await plugin.says(/^Plugin \w+ 0\.1\.0 works for drive .* over nats:/);
  await daemon.says(complete);
  await daemon.atRest();
  await expectEqualSides(profile);
  expect(await profile.read('folder/theirs.txt')).toBe('theirs');
  expect(Object.keys(profile.remote())).toContain('/mine.txt');
  // Each counts what it does, and tells it with its next hello.
  await expect
    .poll(async () => (await profile.tidemark(['plugin', 'why', 'downloader'])).stdout)
    .toMatch(
      /^ {2}granted .*\bdisk\b.*\n(?:.*\n)* {2}handled {3}DownloadFile: 1 done, 0 failed, [\d.]+ ms on average$/m,
    );
});

it('a plugin that changes content works in the processes that carry it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'content-plugin-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'gzip.ts');
  await writeFile(
    path,
    `export default {
      name: 'gzip',
      content: {
        format: 'gzip',
        up: (bytes) => bytes.pipeThrough(new CompressionStream('gzip')),
        down: (bytes) => bytes.pipeThrough(new DecompressionStream('gzip')),
      },
    };\n`,
    { mode: 0o600 },
  );
  const { profile, startPlugin } = await openPluginProcesses(['uploader', 'downloader'], {
    tree: [{ path: '/theirs.txt', content: Uint8Array.from(gzipSync('theirs')) }],
    tidemarkConfig: { plugins: path },
  });
  await profile.write('mine.txt', 'mine');
  for (const name of ['uploader', 'downloader']) startPlugin(name);
  const daemon = launchDaemon(profile, ['--monitor', '--verbose']);
  await daemon.says(complete);
  await daemon.atRest();
  expect(await profile.read('theirs.txt')).toBe('theirs');
  expect(gunzipSync(profile.drive.read('/mine.txt')).toString()).toBe('mine');
});

it('the service’s own channel is listened to in a process without login and folder, and changes arrive at once', async () => {
  const { profile, startPlugin } = await openPluginProcesses(['socketio'], {
    tree: [{ path: '/a.txt', content: 'a' }],
    settings: { notificationDelayMs: 0 },
  });
  const plugin = startPlugin('socketio');
  const daemon = launchDaemon(profile, ['--monitor', '--verbose']);
  await plugin.says(/^Plugin socketio 0\.1\.0 works for drive /);
  const enabled = (): number => daemon.text().match(/Enabled WebSocket support/g)?.length ?? 0;
  await daemon.says(complete);
  await expect.poll(enabled).toBe(1);
  expect(profile.simulator.listeners()).toBe(1);
  profile.drive.create('/told.txt', 'told');
  await daemon.says(/Downloading file: told\.txt .* done/);

  // Its process ends without a word, and another takes its place.
  plugin.signal('SIGKILL');
  await plugin.ended;
  const next = startPlugin('socketio');
  await next.says(/^Plugin socketio 0\.1\.0 works for drive /);
  await expect.poll(enabled).toBe(2);
  profile.drive.create('/told again.txt', 'told again');
  await daemon.says(/Downloading file: told again\.txt .* done/);
  expect((await next.stop()).exitCode).toBe(0);
  expect((await daemon.stop()).exitCode, daemon.text()).toBe(0);
  await expectEqualSides(profile);
});

it('a login that the service rotates is renewed by each process that has it, and none logs another out', async () => {
  const names = ['delta', 'uploader', 'downloader'] as const;
  const { profile, startPlugin } = await openPluginProcesses(names, {
    settings: { refreshRotation: 'revokesOld', notificationDelayMs: 0 },
  });
  const { simulator, drive } = profile;
  const tokenNow = (): Promise<string> => readFile(join(profile.configFolder, 'refresh_token'), 'utf8');
  const processes = names.map((name) => startPlugin(name));
  const daemon = launchDaemon(profile, ['--monitor', '--verbose']);
  await daemon.says(complete);
  simulator.resetCounters();
  const tokens = new Set<string>();
  for (let round = 1; round <= 3; round += 1) {
    // All of them find at the same time that they have to renew it.
    simulator.expireAccessTokens();
    drive.create(`/theirs ${round}.txt`, `theirs ${round}`);
    await profile.write(`mine ${round}.txt`, `mine ${round}`);
    await expect.poll(() => profile.read(`theirs ${round}.txt`).catch(() => '')).toBe(`theirs ${round}`);
    await expect.poll(() => drive.stat(`/mine ${round}.txt`)?.path).toBeDefined();
    tokens.add(await tokenNow());
  }
  await daemon.atRest();
  await expectEqualSides(profile);
  expect(tokens.size).toBe(3);
  const renewals = simulator.requestLog().filter(({ kind }) => kind === 'token');
  expect(renewals.length).toBeGreaterThanOrEqual(3 * names.length);
  expect(renewals.filter(({ status }) => status !== 200)).toEqual([]);
  const token = await tokenNow();
  for (const one of [daemon, ...processes]) {
    expect((await one.stop()).exitCode, one.text()).toBe(0);
    expect(one.text()).not.toContain(token);
  }
  // The file holds the last one: every other is void.
  const quota = await profile.onedrive(['--display-quota']);
  expect(quota.exitCode, quota.text).toBe(0);
});
