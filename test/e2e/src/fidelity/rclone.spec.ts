import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generatedContent, wholeContent } from '@tidemark/graph-simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireCommand, type RunResult } from '../namespace.ts';
import { summaryOfDrive, summaryOfFolder } from './local-tree.ts';
import { openNamespacedService, type NamespacedService } from './service.ts';

const driveTypes = { business: 'business', personal: 'personal', library: 'documentLibrary' } as const;

/** rclone 1.60 is the second client that was written against the live service and not by us. */
describe.each(['business', 'personal', 'library'] as const)('rclone on a %s drive', (flavour) => {
  let service: NamespacedService;
  let configFile: string;
  let folder: string;

  beforeEach(async () => {
    requireCommand('rclone', 'rclone');
    service = await openNamespacedService(flavour);
    // rclone 1.60 sends its bearer token to upload URLs too; the live service lets that pass.
    await service.control.set({ authorizationOnLinks: 'tolerated' });
    const { refreshToken, driveId } = await service.control.about();
    // The access token has long expired: rclone has to sign in with the refresh token first.
    const token = JSON.stringify({
      access_token: 'expired',
      token_type: 'Bearer',
      refresh_token: refreshToken,
      expiry: '2020-01-01T00:00:00Z',
    });
    configFile = join(service.folder, 'rclone.conf');
    const lines = ['[drive]', 'type = onedrive', `token = ${token}`, `drive_id = ${driveId}`];
    await writeFile(configFile, [...lines, `drive_type = ${driveTypes[flavour]}`, ''].join('\n'), {
      mode: 0o600,
    });
    folder = join(service.folder, 'local');
    const files: Readonly<Record<string, Buffer>> = {
      'a.txt': Buffer.from('hello'),
      'deep/er/b #1 (50%).txt': Buffer.from('b'),
      'deep/zero.bin': Buffer.alloc(0),
      'large.bin': wholeContent(generatedContent(11_000_000, 4)),
    };
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    }
  });

  afterEach(async () => {
    await service.close();
  });

  async function rclone(...args: readonly string[]): Promise<RunResult> {
    const all = ['--config', configFile, '--retries', '1', '--low-level-retries', '2', ...args];
    const result = await service.namespace.run('rclone', all, { environment: { HOME: service.folder } });
    if (result.status !== 0)
      throw new Error(`rclone ended with ${result.status}:\n${result.stdout}\n${result.stderr}`);
    return result;
  }

  it('copies a tree up and down, and finds nothing to do the second time', async () => {
    await rclone('copy', folder, 'drive:backup');
    const online = await service.control.tree();
    const below = online.filter(({ path }) => path.startsWith('/backup/'));
    const expected = await summaryOfFolder(folder);
    expect(
      summaryOfDrive(below.map((item) => ({ ...item, path: item.path.slice('/backup'.length) }))),
    ).toEqual(expected);

    await rclone('check', '--download', folder, 'drive:backup');
    await service.control.resetCounters();
    await rclone('copy', folder, 'drive:backup');
    const { byKind } = await service.control.counters();
    expect(byKind).toMatchObject({
      contentDownload: 0,
      simpleUpload: 0,
      sessionCreate: 0,
      fragment: 0,
      patch: 0,
    });

    const back = join(service.folder, 'back');
    await rclone('copy', 'drive:backup', back);
    expect(await summaryOfFolder(back)).toEqual(expected);
  });

  it('synchronises removals, renames on the server and lists folders over pages', async () => {
    await rclone('sync', folder, 'drive:backup');
    await rm(join(folder, 'deep'), { recursive: true });
    await writeFile(join(folder, 'a.txt'), 'hello again');
    await rclone('sync', folder, 'drive:backup');
    await rclone('moveto', 'drive:backup/large.bin', 'drive:moved/larger.bin');
    await rclone('copyto', 'drive:backup/a.txt', 'drive:copy of a.txt');
    const paths = (await service.control.tree())
      .filter(({ kind }) => kind === 'file')
      .map(({ path }) => path);
    expect(paths.toSorted()).toEqual(['/backup/a.txt', '/copy of a.txt', '/moved/larger.bin']);

    await service.control.set({ childrenPageSize: 7 });
    await service.control.seed(
      Array.from({ length: 30 }, (_, index) => ({ path: `/many/${index}`, content: 'x' })),
    );
    const listed = await rclone('lsf', '--onedrive-list-chunk', '7', 'drive:many');
    expect(listed.stdout.trim().split('\n')).toHaveLength(30);
  });
});
