import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
