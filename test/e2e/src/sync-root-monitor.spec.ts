import { mkdir, rename, rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { complete, launchDaemon } from './daemon.ts';
import { openProfile } from './profile.ts';

const tree = [
  { path: '/a.txt', content: 'a' },
  { path: '/folder/b.txt', content: 'b' },
];
const back = /The sync folder is back/;
const gone = /Nothing is changed on either side until it is back/;

it('a sync folder that is not there at the start is waited for', async () => {
  const profile = await openProfile({ tree });
  await profile.sync();
  const { syncFolder } = profile;
  await rename(syncFolder, `${syncFolder}-away`);
  await mkdir(syncFolder);
  const daemon = launchDaemon(profile, ['--monitor', '--verbose']);
  await daemon.says(gone);
  expect(await daemon.status()).toMatchObject({ state: 'suspended', inSync: false });
  await rm(syncFolder, { recursive: true });
  await rename(`${syncFolder}-away`, syncFolder);
  await daemon.says(back);
  await daemon.says(complete);
  expect(daemon.text().match(new RegExp(gone, 'g'))).toHaveLength(1);
  expect((await daemon.stop()).exitCode).toBe(0);
});
