/** A drive whose listing does not show what it has (B1, B2): nothing is removed for a reason that was not proven. */
import { expect, it } from 'vitest';
import { complete, launchDaemon } from './daemon.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';
import { mutations } from './requests.ts';

const paths = Array.from({ length: 75 }, (_, index) => `/folder ${index % 5}/${index}.txt`);
const tree = paths.map((path) => ({ path, content: path }));
const missing = paths.filter((_, index) => index % 4 === 0);

async function syncedWithLostLink(): Promise<TestProfile> {
  const profile = await openProfile({ tree });
  await profile.sync();
  profile.simulator.expireDeltaTokens();
  return profile;
}

it('items that a full listing lacks are asked for by their ids, and stay', async () => {
  const profile = await syncedWithLostLink();
  profile.simulator.addLie({ lie: 'missingRows', paths: missing });
  profile.drive.remove(paths[1] ?? '');
  const { text, counters } = await profile.sync();
  expect(profile.simulator.liesTold().missingRows).toBeGreaterThan(0);
  expect(mutations(counters), text).toBe(0);
  // The one that is really gone has no row either, and was asked for as well.
  await expectEqualSides(profile);
  expect(Object.keys(await profile.local())).toHaveLength(5 + paths.length - 1);
  const { stdout } = await profile.tidemark(['explain', (paths[1] ?? '').slice(1)]);
  const listing = /#(\d+) A complete listing of the drive did not contain it/.exec(stdout)?.[1];
  expect(stdout).toMatch(
    new RegExp(`Read by its id, the drive does not have it any more, after the listing of event ${listing}`),
  );
});

it('a drive that comes back empty ends a run in words, and nothing is removed', async () => {
  const profile = await syncedWithLostLink();
  profile.simulator.addLie({ lie: 'emptyListing' });
  const before = await profile.local();
  const { exitCode, text, counters } = await profile.onedrive(['--sync']);
  expect(exitCode, text).not.toBe(0);
  expect(text).toMatch(/Cannot trust the drive: its listing lacks 80 of 80 items/);
  expect(text).toMatch(/--resync/);
  expect(mutations(counters)).toBe(0);
  expect(await profile.local()).toEqual(before);
  const explained = await profile.tidemark(['explain', (paths[0] ?? '').slice(1)]);
  expect(explained.stdout).toMatch(/Cannot trust the drive: .*the drive's side is suspended/);
  profile.simulator.clearLies();
  await profile.sync();
  await expectEqualSides(profile);
});

it('a daemon is suspended by such a drive, says so once and in its status, and goes on by itself', async () => {
  const profile = await openProfile({ tree });
  await profile.sync();
  profile.simulator.expireDeltaTokens();
  profile.simulator.addLie({ lie: 'emptyListing' });
  const daemon = launchDaemon(profile, ['--monitor', '--verbose']);
  await daemon.says(/ERROR: Cannot trust the drive: its listing lacks 80 of 80 items/);
  await expect.poll(async () => (await daemon.status()).suspended?.code).toBe('driveSuspended');
  await profile.write('written meanwhile.txt', 'written meanwhile');
  expect(profile.drive.stat('/written meanwhile.txt')).toBeUndefined();
  profile.simulator.clearLies();
  await daemon.ask('POST', '/v1/look');
  await daemon.says(complete);
  await daemon.atRest();
  await daemon.stop();
  await expectEqualSides(profile);
  expect(daemon.text().match(/ERROR: Cannot trust the drive/g)).toHaveLength(1);
});
