import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startDaemon } from './daemon.ts';
import { expectEqualSides, openProfile } from './profile.ts';

const complete = 'Sync with Microsoft OneDrive is complete';

it('what is renamed again while its first name is sent has the last one on both sides', async () => {
  const profile = await openProfile({
    tree: [
      { path: '/a.txt', content: 'a' },
      { path: '/folder/b.txt', content: 'b' },
    ],
  });
  const daemon = await startDaemon(profile);
  /** Acts when the drive is asked for a move, and before it answers. */
  const whileMoving = (act: () => void): void => {
    const effect = { type: 'latency', delayMs: 500 } as const;
    profile.simulator.addFault({ kind: 'patch', times: 1, effect });
    let isDone = false;
    profile.simulator.onRequest(({ kind }) => {
      if (kind !== 'patch' || isDone) return;
      isDone = true;
      act();
    });
  };

  whileMoving(() => renameSync(profile.at('renamed'), profile.at('folder')));
  await rename(profile.at('folder'), profile.at('renamed'));
  await daemon.says('Moving renamed to folder ... done');
  await daemon.says(complete);
  await expectEqualSides(profile);
  expect(await profile.read('folder/b.txt')).toBe('b');

  // As vim saves: the old file is the backup for a moment.
  const { id } = profile.drive.stat('/a.txt') ?? {};
  whileMoving(() => {
    writeFileSync(profile.at('a.txt'), 'saved');
    rmSync(profile.at('a.txt~'));
  });
  await rename(profile.at('a.txt'), profile.at('a.txt~'));
  await daemon.says('Uploading modified file: a.txt ... done');
  await daemon.says(complete);
  await expectEqualSides(profile);
  expect(await profile.read('a.txt')).toBe('saved');
  expect(profile.drive.stat('/a.txt')?.id).toBe(id);
  expect((await daemon.stop()).exitCode).toBe(0);
});

it('what is written beside and renamed over the old file is its next version, although it was met under its first name', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  const daemon = await startDaemon(profile);
  const { id, versions = 0 } = profile.drive.stat('/a.txt') ?? {};
  profile.simulator.addFault({ kind: 'fragment', times: 1, effect: { type: 'latency', delayMs: 500 } });
  let isDone = false;
  profile.simulator.onRequest(({ kind }) => {
    if (kind !== 'fragment' || isDone) return;
    isDone = true;
    renameSync(profile.at('a.txt.new'), profile.at('a.txt'));
  });
  writeFileSync(profile.at('a.txt.new'), 'saved');
  await daemon.says('Uploading modified file: a.txt ... done');
  await daemon.says(complete);
  await expectEqualSides(profile);
  expect(Object.keys(profile.remote())).toEqual(['/a.txt']);
  expect(profile.drive.stat('/a.txt')).toMatchObject({ id, versions: versions + 1 });
  expect(profile.drive.recycled().map(({ path }) => path)).not.toContain('/a.txt');
  expect((await daemon.stop()).exitCode).toBe(0);
});

it('a download of a browser over an old file is its next version: the name deleted, held by an empty file, then renamed over', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.pdf', content: 'old' }] });
  const daemon = await startDaemon(profile);
  const { id, versions = 0 } = profile.drive.stat('/a.pdf') ?? {};
  rmSync(profile.at('a.pdf'));
  writeFileSync(profile.at('a.pdf'), '');
  writeFileSync(profile.at('a.pdf.part'), 'downl');
  appendFileSync(profile.at('a.pdf.part'), 'oaded');
  renameSync(profile.at('a.pdf.part'), profile.at('a.pdf'));
  await daemon.says('Uploading modified file: a.pdf ... done');
  await daemon.says(complete);
  await expectEqualSides(profile);
  expect(await profile.read('a.pdf')).toBe('downloaded');
  expect(Object.keys(profile.remote())).toEqual(['/a.pdf']);
  expect(profile.drive.stat('/a.pdf')).toMatchObject({ id, versions: versions + 1 });
  expect(profile.drive.recycled().map(({ path }) => path)).not.toContain('/a.pdf');
  expect((await daemon.stop()).exitCode).toBe(0);
});

/** A download over an old file, step by step, and what a sync says after each of them. */
type Step = readonly [says: string, act: (at: (name: string) => string) => void];
const downloads: Readonly<Record<string, readonly Step[]>> = {
  Firefox: [
    [
      'Uploading modified file: a.pdf ... done',
      (at) => {
        rmSync(at('a.pdf'));
        writeFileSync(at('a.pdf'), '');
      },
    ],
    ['Uploading new file: x1Yz.pdf.part ... done', (at) => writeFileSync(at('x1Yz.pdf.part'), 'downl')],
    ['Uploading modified file: x1Yz.pdf.part ... done', (at) => appendFileSync(at('x1Yz.pdf.part'), 'oaded')],
    ['Uploading modified file: a.pdf ... done', (at) => renameSync(at('x1Yz.pdf.part'), at('a.pdf'))],
  ],
  Chrome: [
    ['Uploading new file: 123.crdownload ... done', (at) => writeFileSync(at('123.crdownload'), 'downl')],
    [
      'Uploading modified file: 123.crdownload ... done',
      (at) => appendFileSync(at('123.crdownload'), 'oaded'),
    ],
    [
      'Moving 123.crdownload to a.pdf.crdownload ... done',
      (at) => renameSync(at('123.crdownload'), at('a.pdf.crdownload')),
    ],
    ['Uploading modified file: a.pdf ... done', (at) => renameSync(at('a.pdf.crdownload'), at('a.pdf'))],
  ],
};

describe.each(Object.entries(downloads))(
  'a slow download of %s over an old file is its next version',
  (browser, steps) => {
    const openDocument = async () => {
      const modifiedAt = '2020-02-02T02:02:02Z';
      const profile = await openProfile({ tree: [{ path: '/a.pdf', content: 'old', modifiedAt }] });
      const { id, versions = 0 } = profile.drive.stat('/a.pdf') ?? {};
      const expectNextVersion = async (): Promise<void> => {
        await expectEqualSides(profile);
        expect(await profile.read('a.pdf')).toBe('downloaded');
        expect(Object.keys(profile.remote())).toEqual(['/a.pdf']);
        const { id: idNow, versions: versionsNow = 0 } = profile.drive.stat('/a.pdf') ?? {};
        expect(idNow).toBe(id);
        // Of the empty file there is one as well, and one of its time unless it was sent within a second.
        expect(browser === 'Firefox' ? [2, 3] : [1]).toContain(versionsNow - versions);
        expect(profile.drive.recycled().map(({ path }) => path)).not.toContain('/a.pdf');
      };
      return { profile, expectNextVersion };
    };

    it('with a sync after each step', async () => {
      const { profile, expectNextVersion } = await openDocument();
      await profile.sync();
      for (const [says, act] of steps) {
        act(profile.at);
        expect((await profile.sync('--verbose')).text).toContain(says);
      }
      await expectNextVersion();
    });

    it('while a daemon follows each step', async () => {
      const { profile, expectNextVersion } = await openDocument();
      const daemon = await startDaemon(profile);
      for (const [says, act] of steps) {
        act(profile.at);
        await daemon.says(says);
      }
      await daemon.says(/^Deleting item from Microsoft OneDrive: .*(part|crdownload)$/);
      await daemon.says(complete);
      await expectNextVersion();
      expect((await daemon.stop()).exitCode).toBe(0);
    });
  },
);
