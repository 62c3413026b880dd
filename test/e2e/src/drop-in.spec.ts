import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generatedContent, wholeContent } from '@tidemark/graph-simulator';
import { expect, it, onTestFinished } from 'vitest';
import { summaryOfDrive, summaryOfFolder } from './fidelity/local-tree.ts';
import { openNamespacedService, type NamespacedService } from './fidelity/service.ts';
import { requireCommand, type RunResult } from './namespace.ts';
import { mutations, transfers } from './requests.ts';
import { binaryPath } from './run-binary.ts';

/** A config directory as the peer leaves it after a login: `config` and `refresh_token`, nothing else. */
type Household = {
  readonly service: NamespacedService;
  readonly configFolder: string;
  readonly syncFolder: string;
  /** Runs our command under the peer's name, with the peer's arguments. */
  readonly sync: () => Promise<RunResult>;
  readonly expectEqual: () => Promise<void>;
};

async function openHousehold(flavour: 'personal' | 'business' | 'library'): Promise<Household> {
  const service = await openNamespacedService(flavour);
  onTestFinished(service.close);
  const { refreshToken, driveId } = await service.control.about();
  const configFolder = join(service.folder, 'config');
  const syncFolder = join(service.folder, 'somewhere else');
  await mkdir(configFolder, { mode: 0o700 });
  const config = [
    '# As written by hand for the peer',
    'skip_file = "~*|.~*|*.tmp|*.swp|*.partial"',
    'monitor_interval = "300"',
    ...(flavour === 'library' ? [`drive_id = "${driveId}"`] : []),
  ];
  await writeFile(join(configFolder, 'config'), `${config.join('\n')}\n`);
  await writeFile(join(configFolder, 'refresh_token'), refreshToken, { mode: 0o600 });
  const args = ['--sync', '--confdir', configFolder, '--syncdir', syncFolder];
  return {
    service,
    configFolder,
    syncFolder,
    sync: async () => {
      // The namespace hands on none of NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and SSL_CERT_DIR: only the system's store counts.
      const ended = await service.namespace.run(binaryPath('onedrive'), args, {
        environment: { HOME: service.folder },
      });
      expect(ended.status, `${ended.stdout}\n${ended.stderr}`).toBe(0);
      return ended;
    },
    expectEqual: async () => {
      expect(await summaryOfFolder(syncFolder)).toEqual(summaryOfDrive(await service.control.tree()));
    },
  };
}

const bytes = (sizeBytes: number, seed: number): Buffer => wholeContent(generatedContent(sizeBytes, seed));

it.each(['business', 'personal', 'library'] as const)(
  'takes the peer’s place on a %s drive, under the service’s real names, trusting only the system’s certificates',
  async (flavour) => {
    const { service, configFolder, syncFolder, sync, expectEqual } = await openHousehold(flavour);
    await service.control.seed([
      { path: '/Documents/letter.txt', content: 'Dear reader' },
      { path: '/Documents/Empty' },
      { path: '/Documents/Deep/er/note #1 (50%) + more.md', content: '# note' },
      { path: '/Größe ✓.bin', content: { sizeBytes: 5_000_000, seed: 3 } },
    ]);
    const { stdout } = await sync();
    expect(stdout).toContain('Sync with Microsoft OneDrive is complete');
    await expectEqual();

    await mkdir(join(syncFolder, 'New'));
    await writeFile(join(syncFolder, 'New', 'small.txt'), 'small');
    await writeFile(join(syncFolder, 'New', 'large.bin'), bytes(12_000_000, 6));
    await writeFile(join(syncFolder, 'New', 'draft.tmp'), 'not this one');
    await rm(join(syncFolder, 'Documents/letter.txt'));
    await sync();
    await rm(join(syncFolder, 'New', 'draft.tmp'));
    await expectEqual();
    expect((await service.control.content('/New/large.bin')).equals(bytes(12_000_000, 6))).toBe(true);

    const names = await readdir(configFolder);
    expect(names.filter((name) => !name.startsWith('.config.')).toSorted()).toEqual([
      '.refresh_token.lock',
      'config',
      'refresh_token',
      'tidemark',
    ]);
    expect((await stat(join(configFolder, 'refresh_token'))).mode & 0o777).toBe(0o600);
  },
);

it('takes over from the peer without a transfer, and the peer can have its profile back', async () => {
  requireCommand('onedrive', 'onedrive');
  const { service, configFolder, syncFolder, sync, expectEqual } = await openHousehold('business');
  const modifiedAt = '2024-05-06T07:08:09Z';
  await service.control.seed([
    { path: '/a.txt', content: 'a', modifiedAt },
    { path: '/folder/b.txt', content: 'b', modifiedAt },
    { path: '/folder/empty' },
  ]);
  const peer = async (): Promise<void> => {
    const args = ['--synchronize', '--confdir', configFolder, '--syncdir', syncFolder];
    const ended = await service.namespace.run('onedrive', args, { environment: { HOME: service.folder } });
    expect(ended.status, `${ended.stdout}\n${ended.stderr}`).toBe(0);
  };
  await mkdir(syncFolder);
  await peer();

  await service.control.resetCounters();
  const { stdout } = await sync();
  expect(stdout).toContain('The onedrive client synced with this profile (4 items)');
  const { byKind, ...counters } = await service.control.counters();
  expect(transfers({ byKind, ...counters })).toBe(0);
  expect(mutations({ byKind, ...counters })).toBe(0);
  await expectEqual();

  await writeFile(join(syncFolder, 'ours.txt'), 'ours');
  await sync();
  const token = await readFile(join(configFolder, 'refresh_token'), 'utf8');
  expect(token.trim()).toBe(token);
  await rm(join(configFolder, 'tidemark'), { recursive: true });
  await writeFile(join(syncFolder, 'theirs.txt'), 'theirs');
  await peer();
  const tree = summaryOfDrive(await service.control.tree());
  expect(Object.keys(tree)).toEqual(expect.arrayContaining(['/ours.txt', '/theirs.txt', '/folder/b.txt']));

  // Nothing of ours is in the folder for the peer to upload.
  expect(Object.keys(tree).filter((path) => path.includes('tidemark'))).toEqual([]);
  await service.control.resetCounters();
  await sync();
  const back = await service.control.counters();
  expect(back.byKind.delete + transfers(back)).toBe(0);
  await sync();
  expect(Object.keys(summaryOfDrive(await service.control.tree()))).toEqual(Object.keys(tree));
});
