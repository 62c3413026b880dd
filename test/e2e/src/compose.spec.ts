/**
 * The compose file, read as compose reads it, and each of its command lines run as it stands, with the files that it mounts and no
 * others: as processes, since building an image needs more than a test may take.
 */
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { complete, webhookSettings } from './daemon.ts';
import { listenTo, type Talking } from './listen-to.ts';
import { openPluginProcesses } from './plugin-processes.ts';
import { expectEqualSides, type TestProfile } from './profile.ts';
import { startBinary } from './run-binary.ts';

const file = fileURLToPath(new URL('../../../apps/daemon/packaging/compose.yaml', import.meta.url));

/** What it uses of compose; a misspelt key is none of it. */
const composeShape = z.strictObject({
  'x-tidemark': z.unknown(),
  services: z.record(
    z.string(),
    z.strictObject({
      image: z.string(),
      restart: z.enum(['always', 'on-failure']),
      command: z.array(z.string()),
      entrypoint: z.tuple([z.literal('tidemark')]).optional(),
      user: z
        .string()
        .regex(/^\d+:\d+$/)
        .optional(),
      read_only: z.literal(true).optional(),
      tmpfs: z.array(z.string().startsWith('/')).optional(),
      cap_drop: z.tuple([z.literal('ALL')]).optional(),
      security_opt: z.tuple([z.literal('no-new-privileges:true')]).optional(),
      networks: z.array(z.string()),
      depends_on: z.array(z.string()).optional(),
      volumes: z.array(z.string().regex(/^\.\/[^:]+:\/[^:]+(?::ro)?$/)),
      ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/)).optional(),
    }),
  ),
  networks: z.record(z.string(), z.strictObject({ internal: z.literal(true).optional() })),
});
type Service = z.output<typeof composeShape>['services'][string];

const { services, networks } = composeShape.parse(parse(await readFile(file, 'utf8'), { merge: true }));
const ours = Object.entries(services).filter(([name]) => name !== 'bus');
const plugins = ours.map(([name]) => name).filter((name) => name !== 'engine');

it('names networks and services that it has, and only what it starts of ours is without rights', () => {
  for (const [name, service] of Object.entries(services)) {
    for (const network of service.networks) expect(Object.keys(networks), name).toContain(network);
    for (const other of service.depends_on ?? []) expect(Object.keys(services), name).toContain(other);
  }
  for (const [name, service] of ours)
    expect(service, name).toMatchObject({ entrypoint: ['tidemark'], read_only: true, cap_drop: ['ALL'] });
});

it('starts the client with its command lines, each plugin with what it mounts alone', async () => {
  const { profile } = await openPluginProcesses(plugins, {
    config: await webhookSettings(),
    settings: { notificationDelayMs: 0 },
    tree: [{ path: '/theirs.txt', content: 'theirs' }],
  });
  await profile.write('mine.txt', 'mine');
  const running = new Map<string, Talking>();
  for (const [name, service] of ours) {
    const folder = await mounted(profile, name, service);
    const words = service.command.map((word) =>
      word === '${TIDEMARK_DRIVE}' ? profile.drive.driveId : word.replace('/onedrive/conf', folder),
    );
    const one = listenTo(startBinary('tidemark', words, { home: profile.folder }));
    onTestFinished(() => void one.child.kill('SIGKILL'));
    running.set(name, one);
  }
  for (const name of plugins) await running.get(name)?.said(/^Plugin \w+ \S+ works for drive /m);
  await running.get('reporter')?.said(new RegExp(complete));
  await expect.poll(() => profile.whereIs('mine')).toContain('drive:/mine.txt');
  await expectEqualSides(profile);
  for (const [name, { child, ended }] of running) {
    child.kill('SIGTERM');
    const { exitCode, text } = await ended;
    expect(exitCode, `${name}: ${text}`).toBe(0);
  }
});

/** The configuration directory as the service sees it. Files are copied; folders, in which both sides work, are the same ones. */
async function mounted(profile: TestProfile, name: string, { volumes }: Service): Promise<string> {
  const mounts = volumes.map((volume) => volume.split(':'));
  if (mounts.some(([, inside]) => inside === '/onedrive/conf')) return profile.configFolder;
  const folder = join(profile.folder, 'services', name);
  const hasFiles = mounts.some(([, inside]) => inside === '/onedrive/data');
  for (const [outside = '', inside = ''] of mounts) {
    const [source, place] = [outside, inside].map((path) => path.replace(/^\.?\/(?:onedrive\/)?conf\//, ''));
    if (source === undefined || place === undefined || inside === '/onedrive/data') continue;
    const [from, to] = [join(profile.configFolder, source), join(folder, place)];
    await mkdir(dirname(to), { recursive: true });
    if (source.includes('.') || source === 'config') await copy(profile, from, to, hasFiles);
    else {
      await mkdir(from, { recursive: true });
      await symlink(from, to);
    }
  }
  return folder;
}

/** Who has no files is told of a sync folder that is not there. */
async function copy(profile: TestProfile, from: string, to: string, hasFiles: boolean): Promise<void> {
  // The server of the test has no certificate.
  if (from.endsWith('bus-ca.pem')) return;
  await copyFile(from, to);
  if (from.endsWith('/config') && !hasFiles)
    await writeFile(to, (await readFile(to, 'utf8')).replaceAll(profile.syncFolder, join(to, 'no files')));
}
