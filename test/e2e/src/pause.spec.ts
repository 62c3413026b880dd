import { writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { complete, launchDaemon, startDaemon, tree } from './daemon.ts';
import { expectEqualSides, openProfile } from './profile.ts';

it('nothing is changed on either side while a monitor is paused, a kill in between; resume catches up (P8)', async () => {
  const profile = await openProfile({ tree });
  const first = await startDaemon(profile);
  const paused = await profile.tidemark(['pause', '--for', '2h']);
  expect(paused).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Paused until 2/) });
  await first.says(/^Syncing is paused until 2.*Z$/);
  await first.stop('SIGKILL');

  await writeFile(profile.at('here.txt'), 'here');
  profile.drive.create('/there.txt', 'there');
  const daemon = launchDaemon(profile, ['--monitor']);
  await daemon.says(/^Syncing is paused until 2.*Z$/);
  await expect
    .poll(async () => (await daemon.status()).notAtRest)
    .toMatchObject([
      {
        path: 'here.txt',
        standing: 'waiting',
        detail: 'wants to upload "here.txt" as a new file once syncing goes on: it is paused',
      },
      { path: 'there.txt', standing: 'waiting' },
    ]);
  expect(await daemon.status()).toMatchObject({ state: 'paused', inSync: false, pauses: [{ why: 'user' }] });
  expect(profile.drive.stat('/here.txt')).toBeUndefined();
  expect(daemon.text()).not.toContain(complete);

  await profile.tidemark(['resume']);
  await daemon.says('The pause was ended: syncing goes on');
  await daemon.atRest();
  await expectEqualSides(profile);
  expect(await daemon.status()).toMatchObject({ inSync: true, pauses: [] });
  await daemon.stop();
  expect(await profile.tidemark(['pause'])).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('No monitor runs for this profile, so there is nothing to pause'),
  });
});
