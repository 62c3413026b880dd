import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Counters } from '@tidemark/graph-simulator';
import { expect, it, onTestFinished } from 'vitest';
import { requireCommand, type RunResult } from '../namespace.ts';
import { mutations, transfers } from '../requests.ts';
import { binaryPath } from '../run-binary.ts';
import { summaryOfDrive, summaryOfFolder } from './local-tree.ts';
import { openNamespacedService, type NamespacedService } from './service.ts';

/** More of them show the same, and take longer: `MIGRATED_FILES=1000`. */
const fileCount = Number(process.env['MIGRATED_FILES'] ?? 40);
const modifiedAt = '2024-05-06T07:08:09Z';

interface Profile {
  readonly service: NamespacedService;
  readonly configFolder: string;
  readonly syncFolder: string;
  /** One run of Debian's client, in the words of its version. */
  readonly peer: (...more: string[]) => Promise<RunResult>;
  readonly tidemark: (...args: string[]) => Promise<RunResult>;
  /** What was asked of the drive meanwhile. */
  readonly counted: (work: () => Promise<unknown>) => Promise<Counters>;
  readonly expectEqual: () => Promise<void>;
}

async function openProfile(): Promise<Profile> {
  requireCommand('onedrive', 'onedrive');
  const service = await openNamespacedService('personal');
  onTestFinished(service.close);
  const configFolder = join(service.folder, 'config');
  const syncFolder = join(service.folder, 'sync');
  await mkdir(configFolder, { mode: 0o700 });
  await mkdir(syncFolder);
  const { refreshToken } = await service.control.about();
  await writeFile(join(configFolder, 'refresh_token'), refreshToken, { mode: 0o600 });
  const config = [`sync_dir = "${syncFolder}"`, '# by hand', 'skip_file = "~*|.~*|*.tmp"'];
  await writeFile(join(configFolder, 'config'), `${config.join('\n')}\n`);
  const run = (command: string, args: readonly string[]): Promise<RunResult> =>
    service.namespace.run(command, args, { environment: { HOME: service.folder } });
  return {
    ...{ service, configFolder, syncFolder },
    peer: async (...more) => {
      const ended = await run('onedrive', ['--confdir', configFolder, '--synchronize', ...more]);
      expect(ended.status, `${ended.stdout}\n${ended.stderr}`).toBe(0);
      return ended;
    },
    tidemark: (...args) => run(binaryPath('tidemark'), [...args, '--confdir', configFolder]),
    counted: async (work) => {
      await service.control.resetCounters();
      await work();
      return service.control.counters();
    },
    expectEqual: async () => {
      expect(await summaryOfFolder(syncFolder)).toEqual(summaryOfDrive(await service.control.tree()));
    },
  };
}

/** Name → digest, of what the client keeps beside the login. */
async function peerFiles(configFolder: string): Promise<Record<string, string>> {
  const names = (await readdir(configFolder)).filter((name) => /^(items|config$)/.test(name));
  const digests = names.map(async (name) => {
    const content = await readFile(join(configFolder, name));
    return [name, createHash('sha256').update(content).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}

it(
  'takes over what Debian’s onedrive synced without a transfer, and gives it back the same way',
  { timeout: 600_000 },
  async () => {
    const { service, configFolder, syncFolder, peer, tidemark, counted, expectEqual } = await openProfile();
    const { control } = service;
    await control.seed(
      Array.from({ length: fileCount }, (_, index) => ({
        ...{ path: `/folder ${index % 10}/file ${index}.txt`, content: `content ${index}`, modifiedAt },
      })),
    );
    await peer();
    await expectEqual();
    const left = await peerFiles(configFolder);
    expect(Object.keys(left)).toEqual(['config', 'items.sqlite3']);

    const shown = await tidemark('migrate', '--dry-run');
    expect(shown.stderr).toBe('');
    expect(shown.stdout).toContain(`database     ${fileCount} files and 10 folders: hints, not believed`);
    expect(shown.stdout).toContain(`${fileCount + 10} items the same on both sides: nothing is transferred`);
    expect(existsSync(join(configFolder, 'tidemark'))).toBe(false);
    const unasked = await tidemark('migrate');
    expect([unasked.status, unasked.stderr]).toEqual([7, expect.stringContaining('needs --yes')]);

    const takeOver = await counted(async () => {
      const ended = await tidemark('migrate', '--yes');
      expect(ended.status, ended.stderr).toBe(0);
      expect(ended.stdout).toContain(
        `Taken over: ${fileCount + 10} items without a transfer, 0 changes made`,
      );
    });
    expect([transfers(takeOver), mutations(takeOver)]).toEqual([0, 0]);
    expect(await peerFiles(configFolder)).toEqual(left);

    await writeFile(join(syncFolder, 'folder 0/file 0.txt'), 'edited here');
    await writeFile(join(syncFolder, 'new here.txt'), 'new here');
    await rm(join(syncFolder, 'folder 1/file 1.txt'));
    await rename(join(syncFolder, 'folder 2/file 2.txt'), join(syncFolder, 'folder 3/moved here.txt'));
    await control.post('/modify', { path: '/folder 4/file 4.txt', content: 'edited there' });
    await control.post('/remove', { path: '/folder 5/file 5.txt' });
    await control.post('/rename', { path: '/folder 6/file 6.txt', name: 'renamed there.txt' });
    const ours = await counted(async () => expect(await tidemark('sync')).toMatchObject({ status: 0 }));
    expect(ours.byKind).toMatchObject({ contentDownload: 1, simpleUpload: 2, delete: 1 });
    await expectEqual();

    const told = await tidemark('migrate', 'back');
    expect([told.status, told.stderr]).toEqual([0, '']);
    expect(told.stdout).toContain('onedrive --synchronize --resync');
    expect(await peerFiles(configFolder)).toEqual(left);
    const tree = summaryOfDrive(await control.tree());
    const back = await counted(() => peer('--resync', '--resync-auth'));
    expect([transfers(back), mutations(back)]).toEqual([0, 0]);
    await expectEqual();
    expect(summaryOfDrive(await control.tree())).toEqual(tree);
    const again = await counted(() => peer());
    expect([transfers(again), mutations(again)]).toEqual([0, 0]);
  },
);

it('says what the client had not carried over, and keeps both programs from running at once', async () => {
  const { service, configFolder, syncFolder, peer, tidemark, expectEqual } = await openProfile();
  await service.control.seed([
    { path: '/same.txt', content: 'same', modifiedAt },
    { path: '/edited.txt', content: 'before', modifiedAt },
    { path: '/deleted.txt', content: 'deleted', modifiedAt },
  ]);
  await peer();
  await writeFile(join(syncFolder, 'edited.txt'), 'after');
  await rm(join(syncFolder, 'deleted.txt'));

  const shown = JSON.parse((await tidemark('migrate', '--dry-run', '--json')).stdout) as Record<
    string,
    unknown
  >;
  expect(shown).toMatchObject({
    type: 'migration',
    believed: { files: 3, folders: 0, changed: ['edited.txt'], missing: ['deleted.txt'] },
    same: 1,
    // Both versions of the one stay, the other comes back.
    plan: {
      commands: [
        { type: 'DownloadFile', path: 'deleted.txt', keepAs: null },
        { type: 'KeepRemoteCopy', path: 'edited.txt' },
        { type: 'UploadFile', path: 'edited.txt' },
        { type: 'UploadFile', path: expect.stringMatching(/^edited-.*safeBackup-0001\.txt$/) as string },
      ],
    },
  });

  const monitor = service.namespace.start('onedrive', ['--confdir', configFolder, '--monitor', '--verbose'], {
    environment: { HOME: service.folder },
  });
  await until(monitor.stdout, /Sync with OneDrive is complete/);
  for (const args of [['migrate', '--yes'], ['sync']]) {
    const refused = await tidemark(...args);
    expect(refused.status).toBe(6);
    expect(refused.stderr).toContain("ERROR: The 'onedrive' application is already running");
    expect(refused.stderr).toMatch(
      /It is the onedrive client itself: it has ".*items.sqlite3" open \(process \d+\)/,
    );
  }
  monitor.kill();
  await once(monitor, 'exit');
  await expectEqual();

  // The other way round.
  const ours = service.namespace.start(binaryPath('tidemark'), ['monitor', '--confdir', configFolder], {
    environment: { HOME: service.folder },
  });
  await until(ours.stdout, /Sync with Microsoft OneDrive is complete/);
  const refused = await service.namespace.run('onedrive', ['--confdir', configFolder, '--synchronize'], {
    environment: { HOME: service.folder },
  });
  expect(refused.status).not.toBe(0);
  expect(`${refused.stdout}${refused.stderr}`).toContain('already running');
  ours.kill();
  await once(ours, 'exit');
});

/** The stream goes on afterwards: a program whose output nobody reads any more would end. */
function until(stream: Readable | null, pattern: RegExp): Promise<void> {
  let text = '';
  return new Promise((resolve, reject) => {
    stream?.on('data', (piece: Buffer) => {
      text += piece.toString();
      if (pattern.test(text)) resolve();
    });
    stream?.once('end', () => reject(new Error(`It ended without ${pattern}: ${text}`)));
  });
}
