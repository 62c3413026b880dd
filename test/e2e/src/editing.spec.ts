import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { expect, it } from 'vitest';
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
