import { stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { launchDaemon, startDaemon, type Daemon } from './daemon.ts';
import { openMemoryLimit } from './memory-limit.ts';
import { startNatsServer, withoutKeys } from './nats-server.ts';
import { expectEqualSides, hashOf, openProfile } from './profile.ts';

const limitMebibytes = 320;

/** Hashes as it should, and keeps 64 MiB each time. */
const leaky = (syncFolder: string): string => `
import { statSync } from 'node:fs';
import { definePlugin } from '@tidemark/plugin-sdk';
const folder = statSync(${JSON.stringify(syncFolder)}, { bigint: true });
const kept = [];
export default definePlugin({
  name: 'leaky',
  needs: { output: true },
  handle: {
    HashFile: async ({ path, expected }, { output }) => {
      kept.push(Buffer.alloc(64 * 2 ** 20, 1));
      output.line('keeps ' + kept.length);
      const { size, mtimeMs } = statSync(${JSON.stringify(syncFolder)} + '/' + path);
      return { local: {
        ...expected, name: path, kind: 'file', sizeBytes: size, modifiedAt: Math.floor(mtimeMs / 1000),
        parentId: folder.ino.toString(36) + '.' + folder.birthtimeNs.toString(36),
        hash: '${hashOf('touched')}',
      } };
    },
  },
});
`;

it('a plugin that leaks is ended by the limit of its own process, named, started again, and delays its own items alone', async ({
  skip,
}) => {
  const limit = openMemoryLimit(onTestFinished);
  // Not root, or in a container that makes no control groups: the reason is what the kernel said.
  if (typeof limit === 'string') return skip(limit);
  limit.set(limitMebibytes);
  const server = await startNatsServer();
  onTestFinished(server.close);
  const bus = server.address;
  const profile = await openProfile({
    tree: [{ path: '/touched.txt', content: 'touched' }],
    tidemarkConfig: { ...withoutKeys, bus, remote_plugins: 'leaky:HashFile' },
    settings: { notificationDelayMs: 0 },
  });
  const path = join(profile.folder, 'leaky.ts');
  const start = (): Daemon =>
    launchDaemon(profile, ['plugin', 'run', path, '--bus', bus, '--drive', profile.drive.driveId], {
      ...{ name: 'tidemark', before: limit.before },
    });
  const daemon = await startDaemon(profile);
  await writeFile(path, leaky(profile.syncFolder));
  const first = start();
  await daemon.says('Plugin leaky 0.0.0 works in another process');

  // Each time its bytes have to be read, to know that they are the same.
  const touch = async (): Promise<void> => {
    const { mtimeMs } = await stat(profile.at('touched.txt'));
    await utimes(profile.at('touched.txt'), new Date(), new Date(mtimeMs + 60_000));
  };
  let isOver = false;
  void first.ended.then(() => (isOver = true));
  for (let kept = 1; !isOver; kept += 1) {
    await touch();
    await Promise.race([first.says(`keeps ${kept}`), first.ended]);
    if (!isOver) await daemon.atRest();
  }
  // As its unit would be killed: nobody asks it to end.
  expect((await first.ended).exitCode).toBeNull();
  expect(limit.kills()).toBe(1);

  profile.drive.create('/theirs.txt', 'theirs');
  await profile.write('mine.txt', 'mine');
  await daemon.says(/Downloading file: theirs\.txt .* done/);
  await expect.poll(() => profile.whereIs('mine')).toContain('drive:/mine.txt');
  const { notAtRest } = await daemon.status();
  expect(notAtRest.map((one) => one.path)).toEqual(['touched.txt']);

  // In place of the service manager.
  const next = start();
  await daemon.says(/WARNING: Plugin leaky .* is not there: /);
  await daemon.says('Plugin leaky 0.0.0 works in another process');
  await next.says('keeps 1');
  await daemon.atRest();
  await expectEqualSides(profile);
  expect((await daemon.stop()).exitCode).toBe(0);
});
