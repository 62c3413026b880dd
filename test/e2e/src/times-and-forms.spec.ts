/** What is the same file under another time, or under a name that Unicode writes in another form: no byte of it is transferred. */
import { stat, utimes } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { expectEqualSides, openProfile, type SyncEnded, type TestProfile } from './profile.ts';

const [early, first, late] = ['2018-01-01T00:00:00Z', '2019-01-01T00:00:00Z', '2021-01-01T00:00:00Z'];
const [composed, decomposed] = ['Caf\u00e9', 'Cafe\u0301'];

it('a time that changes on one side is set on the other: the later one online, any other one here', async () => {
  const names = ['later here', 'earlier here', 'later online', 'earlier online'];
  const profile = await openProfile({
    tree: names.map((name) => ({ path: `/${name}.txt`, content: name, modifiedAt: first })),
  });
  await profile.sync();
  await dated(profile, 'later here.txt', late);
  await dated(profile, 'earlier here.txt', early);
  profile.drive.modify('/later online.txt', 'later online', late);
  profile.drive.modify('/earlier online.txt', 'earlier online', early);

  const ended = await profile.sync();
  expectNoTransfer(ended);
  expect(ended.counters.byKind.patch).toBe(1);
  expect(await timesOf(profile, names)).toEqual([late, first, late, early].map((time) => [time, time]));
  expectNoTransfer(await profile.sync());
});

it('a name in two forms of Unicode is one file, which goes by the name that it has online', async () => {
  const profile = await openProfile({
    tree: [{ path: `/${decomposed}/menu.txt`, content: 'menu', modifiedAt: first }],
  });
  await profile.write(`${composed}/menu.txt`, 'menu');
  await dated(profile, `${composed}/menu.txt`, first);
  await profile.write(`${decomposed} 2.txt`, 'new here');
  await profile.sync();
  await expectEqualSides(profile);
  expect(Object.keys(await profile.local()).toSorted()).toEqual(
    [`/${decomposed}`, `/${decomposed} 2.txt`, `/${decomposed}/menu.txt`].toSorted(),
  );
  const again = await profile.sync('--resync', '--resync-auth');
  expectNoTransfer(again);
  expect(again.counters.byKind.patch).toBe(0);
});

const dated = (profile: TestProfile, path: string, time: string): Promise<void> =>
  utimes(profile.at(path), new Date(time), new Date(time));

function expectNoTransfer({ counters: { byKind } }: SyncEnded): void {
  expect([byKind.simpleUpload, byKind.sessionCreate, byKind.contentDownload]).toEqual([0, 0, 0]);
}

/** Here and online. */
const timesOf = (profile: TestProfile, names: readonly string[]): Promise<(string | undefined)[][]> =>
  Promise.all(
    names.map(async (name) => {
      const { mtime } = await stat(profile.at(`${name}.txt`));
      const online = profile.drive.stat(`/${name}.txt`)?.modifiedAt;
      return [mtime.toISOString(), online].map((time) => time?.replace('.000Z', 'Z'));
    }),
  );
