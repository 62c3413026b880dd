/** The power is cut on a real file system: what no program flushed is gone. `npm run chaos` does it at any moment. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { cutPower } from './cut-power.ts';
import { startDaemon } from './daemon.ts';
import { makeImage, mount, run, untilReleased } from './mount.ts';
import { expectEqualSides, openProfile } from './profile.ts';

it('a power cut under the sync folder takes nothing away online, and what waits and lies in the trash there stays usable', async () => {
  const tree = [{ path: '/a.txt', content: 'first' }];
  const profile = await openProfile({ tree, config: { space_reservation: '1' } });
  const image = join(profile.folder, 'disk');
  makeImage(image);
  await mkdir(profile.syncFolder);
  // Nothing becomes durable but what is flushed.
  mount(profile.syncFolder, ['-oloop,commit=300,noauto_da_alloc', image], onTestFinished);
  await rm(profile.at('lost+found'), { recursive: true });
  const daemon = await startDaemon(profile);
  profile.drive.modify('/a.txt', 'second');
  await daemon.ask('POST', '/v1/look');
  await daemon.says('Downloading file: a.txt ... done');
  await profile.write('new/just saved.txt', 'just saved');
  await daemon.says('Uploading new file: new/just saved.txt ... done');
  await daemon.atRest();
  await daemon.stop('SIGKILL');

  cutPower(profile.syncFolder);
  run('umount', profile.syncFolder);
  await untilReleased(image);
  run('mount', '-oloop', image, profile.syncFolder);
  profile.drive.modify('/a.txt', 'third');
  const { counters, text } = await profile.sync();
  expect(counters.byKind.delete, text).toBe(0);
  await expectEqualSides(profile);
  expect(await profile.read('new/just saved.txt')).toBe('just saved');
  expect(await profile.read('a.txt')).toBe('third');
});
