import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generatedContent, wholeContent } from '@tidemark/graph-simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireCommand } from '../namespace.ts';
import { summaryOfDrive, summaryOfFolder } from './local-tree.ts';
import { openNamespacedService, type NamespacedService } from './service.ts';

/** The peer, Debian's onedrive 2.4.23, was written against the live service: what satisfies it, is close to it. */
describe.each(['business', 'personal', 'library'] as const)('the peer client on a %s drive', (flavour) => {
  let service: NamespacedService;
  let syncFolder: string;

  beforeEach(async () => {
    requireCommand('onedrive', 'onedrive');
    service = await openNamespacedService(flavour);
    syncFolder = join(service.folder, 'sync');
    const { refreshToken, driveId } = await service.control.about();
    const configFolder = join(service.folder, 'config');
    await mkdir(configFolder);
    await mkdir(syncFolder);
    await writeFile(join(configFolder, 'refresh_token'), refreshToken, { mode: 0o600 });
    const library = flavour === 'library' ? `drive_id = "${driveId}"\n` : '';
    await writeFile(join(configFolder, 'config'), `sync_dir = "${syncFolder}"\n${library}`);
  });

  afterEach(async () => {
    await service.close();
  });

  async function synchronize(): Promise<void> {
    const args = ['--confdir', join(service.folder, 'config'), '--synchronize', '--verbose'];
    const result = await service.namespace.run('onedrive', args, { environment: { HOME: service.folder } });
    if (result.status !== 0 || /error/i.test(result.stderr)) {
      throw new Error(`onedrive ended with ${result.status}:\n${result.stdout}\n${result.stderr}`);
    }
  }

  async function expectBothSidesEqual(): Promise<void> {
    expect(await summaryOfFolder(syncFolder)).toEqual(summaryOfDrive(await service.control.tree()));
  }

  const content = (sizeBytes: number, seed: number): Buffer =>
    wholeContent(generatedContent(sizeBytes, seed));

  it('signs in with a seeded token and carries changes both ways', async () => {
    await service.control.seed([
      // The client sees a local edit by its time alone, in whole seconds.
      { path: '/Documents/letter.txt', content: 'Dear reader', modifiedAt: '2024-05-06T07:08:09Z' },
      { path: '/Documents/Empty' },
      { path: '/Documents/nothing.txt', content: '' },
      { path: '/Documents/Deep/er/note #1 (50%).md', content: '# note' },
      { path: '/Größe ✓.bin', content: { sizeBytes: 5_000_000, seed: 3 } },
    ]);
    await synchronize();
    await expectBothSidesEqual();
    expect(Object.keys(await summaryOfFolder(syncFolder))).toHaveLength(8);

    await mkdir(join(syncFolder, 'New'));
    await writeFile(join(syncFolder, 'New', 'small.bin'), content(1000, 5));
    await writeFile(join(syncFolder, 'New', 'large.bin'), content(11_000_000, 6));
    await writeFile(join(syncFolder, 'New', 'zero.bin'), '');
    await writeFile(join(syncFolder, 'Documents', 'letter.txt'), 'Dear reader, this is longer than before');
    await rm(join(syncFolder, 'Größe ✓.bin'));
    await synchronize();
    await expectBothSidesEqual();
    const uploaded = await service.control.content('/New/large.bin');
    expect(uploaded.equals(content(11_000_000, 6))).toBe(true);

    const change = { content: 'changed on another device', modifiedAt: '2025-06-07T08:09:10Z' };
    await service.control.post('/modify', { path: '/New/small.bin', ...change });
    await service.control.post('/rename', { path: '/Documents/letter.txt', name: 'letter to all.txt' });
    await service.control.post('/move', { path: '/New/large.bin', to: '/Documents/Deep/large.bin' });
    await service.control.post('/remove', { path: '/New/zero.bin' });
    await service.control.seed([{ path: '/From afar/hello.txt', content: 'hello' }]);
    await synchronize();
    await expectBothSidesEqual();
  });

  it('has nothing to carry when it runs again', async () => {
    await service.control.seed([
      { path: '/a/b.txt', content: 'b' },
      { path: '/c.txt', content: 'c' },
    ]);
    await writeFile(join(syncFolder, 'mine.txt'), 'mine');
    await synchronize();
    await synchronize();
    await expectBothSidesEqual();

    await service.control.resetCounters();
    await synchronize();
    const { byKind } = await service.control.counters();
    expect(byKind).toMatchObject({ contentDownload: 0, simpleUpload: 0, fragment: 0, patch: 0, delete: 0 });
    expect(byKind.deltaRead).toBeGreaterThan(0);
  });

  it('downloads over pages and moves a local rename online', async () => {
    const files = Array.from({ length: 250 }, (_, index) => ({
      path: `/many/file ${index}.txt`,
      content: `${index}`,
    }));
    await service.control.set({ deltaPageSize: 40 });
    await service.control.seed(files);
    await synchronize();
    await expectBothSidesEqual();
    await rename(join(syncFolder, 'many', 'file 7.txt'), join(syncFolder, 'seven.txt'));
    await synchronize();
    await expectBothSidesEqual();
  });
});
