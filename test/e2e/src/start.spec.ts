import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { launchDaemon } from './daemon.ts';
import { openProfile, type TestProfile } from './profile.ts';

/** What only a run that goes on needs, each by a text of its code. */
const marks = {
  chokidar: 'awaitWriteFinish',
  'webhook plugin': 'validationToken',
  'Socket.IO plugin': 'EIO=4',
  listener: 'connectionsCheckingInterval',
  'control API': '/v1/metrics',
  'prom-client': 'process_resident_memory_bytes',
} as const;

/** The texts of all files of the build that a run loaded, as Node's own coverage tells. */
async function loadedBy(
  profile: TestProfile,
  run: (environment: Record<string, string>) => Promise<unknown>,
): Promise<string> {
  const coverage = join(profile.folder, 'coverage');
  await mkdir(coverage);
  await run({ NODE_V8_COVERAGE: coverage });
  const files = new Set<string>();
  for (const name of await readdir(coverage)) {
    const { result } = JSON.parse(await readFile(join(coverage, name), 'utf8')) as {
      result: { url: string }[];
    };
    for (const { url } of result) if (/\/dist\/[^/]+\.mjs$/.test(url)) files.add(fileURLToPath(url));
  }
  expect(files.size).toBeGreaterThan(3);
  return (await Promise.all([...files].map((file) => readFile(file, 'utf8')))).join('\n');
}

const present = (code: string): string[] =>
  Object.entries(marks).flatMap(([name, mark]) => (code.includes(mark) ? [name] : []));

it('a sync loads nothing that only monitoring needs', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  const code = await loadedBy(profile, async (environment) => {
    expect((await profile.onedrive(['--sync'], { environment })).exitCode).toBe(0);
  });
  expect(present(code)).toEqual([]);
});

it('monitoring loads it when it is wanted', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  const code = await loadedBy(profile, async (environment) => {
    const daemon = launchDaemon(profile, ['--monitor'], { environment });
    await daemon.says('Enabled WebSocket support');
    await daemon.says('Sync with Microsoft OneDrive is complete');
    await daemon.ask('GET', '/v1/metrics');
    expect((await daemon.stop()).exitCode).toBe(0);
  });
  const wanted = ['chokidar', 'Socket.IO plugin', 'listener', 'control API', 'prom-client'];
  expect(present(code)).toEqual(expect.arrayContaining(wanted));
});
