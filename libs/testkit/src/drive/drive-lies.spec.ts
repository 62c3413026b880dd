/** Each lie of the simulated drive, told once: what is shown, and that the drive itself stays as it is. */
import { expect, test } from 'vitest';
import type { RemoteRow } from '@tidemark/contracts';
import { bytes, fails } from '../conformance/disk-harness.ts';
import { named, onDrive, round, rowNamed, sourceOf } from '../conformance/drive-harness.ts';
import { createSeededRandom } from '../random.ts';
import { createSimulatedDrive } from '../simulated-drive.ts';
import type { FeedHabits } from './drive-feed.ts';
import type { DriveLie } from './drive-lies.ts';

/** A drive with the files `a` and `folder/b`. It tells the lies that are in the set. */
async function liar(habits: Partial<FeedHabits> = {}) {
  const lies = new Set<DriveLie>();
  let now = 1_700_000_000_000;
  const simulated = createSimulatedDrive({
    random: createSeededRandom(3),
    clock: { now: () => (now += 1000) },
    habits: { ancestors: 'omitted', ...habits },
    faults: { lies: (lie) => lies.has(lie) },
  });
  const { drive, user } = simulated;
  user.write('a', bytes('one'));
  user.makeFolder('folder');
  user.write('folder/b', bytes('two'));
  const { rootId } = await drive.info();
  const [a, folder, b] = [
    await rowNamed(drive, 'a'),
    await rowNamed(drive, 'folder'),
    await rowNamed(drive, 'b'),
  ];
  return { drive, user, rootId, a, folder, b, lies };
}

const namesIn = (rows: readonly object[]): string[] => rows.map((row) => (row as RemoteRow).name).sort();

test('listing-lacks-item: a full listing leaves items out, and the changes since say nothing of them', async () => {
  const { drive, user, lies } = await liar();
  lies.add('listing-lacks-item');
  const { rows, deltaLink: link } = await round(drive, null);
  expect(rows).toEqual([]);
  expect((await round(drive, link)).rows).toEqual([]);
  expect(onDrive(user)).toEqual({ a: 'one', folder: null, 'folder/b': 'two' });
});

test('listing-empty: nothing is listed, the link works, and only what changes from then on is told', async () => {
  const { drive, user, lies } = await liar();
  lies.add('listing-empty');
  const { rows, deltaLink: link } = await round(drive, null);
  expect(rows).toEqual([]);
  user.write('c', bytes('new'));
  expect(namesIn((await round(drive, link)).rows)).toEqual(['c']);
});

test('feed-size-wrong, feed-hash-wrong: a read by id tells the truth', async () => {
  const { drive, a, lies } = await liar();
  lies.add('feed-size-wrong');
  expect(named((await round(drive, null)).rows, 'a')).toMatchObject({ sizeBytes: 10 });
  lies.clear();
  lies.add('feed-hash-wrong');
  expect(named((await round(drive, null)).rows, 'a').hash).not.toBe(a.hash);
  expect(await drive.items([a.id])).toMatchObject([{ sizeBytes: 3, hash: a.hash }]);
});

test('size-always-wrong, hash-always-wrong, hash-missing: every answer tells the same', async () => {
  const { drive, a, rootId, lies } = await liar();
  lies.add('size-always-wrong');
  expect([named((await round(drive, null)).rows, 'a'), await drive.item(a.id)]).toMatchObject([
    { sizeBytes: 10 },
    { sizeBytes: 10 },
  ]);
  lies.clear();
  lies.add('hash-always-wrong');
  expect((await rowNamed(drive, 'a')).hash).toBe((await drive.child(rootId, 'a'))?.hash);
  expect((await drive.item(a.id))?.hash).not.toBe(a.hash);
  lies.clear();
  lies.add('hash-missing');
  expect(await rowNamed(drive, 'a')).toMatchObject({ hash: null, sizeBytes: 3 });
});

test('delta-lags: the newest changes are told in a later round', async () => {
  const { drive, user, lies } = await liar();
  const { deltaLink: link } = await round(drive, null);
  user.write('c', bytes('new'));
  lies.add('delta-lags');
  const behind = await round(drive, link);
  expect(behind.rows).toEqual([]);
  lies.clear();
  expect(namesIn((await round(drive, behind.deltaLink)).rows)).toEqual(['c']);
});

test('delta-lags: what was moved into a folder that is removed is told of, although the round before ended in between', async () => {
  const { drive, user, a, folder, lies } = await liar({ tombstones: 'topmost' });
  const { deltaLink: link } = await round(drive, null);
  user.move('a', 'folder/a');
  user.remove('folder');
  user.write('c', bytes('new'));
  lies.add('delta-lags');
  const behind = await round(drive, link);
  expect(behind.rows).toEqual([]);
  lies.clear();
  const { rows } = await round(drive, behind.deltaLink);
  expect(rows.filter((row) => 'deleted' in row).map(({ id }) => id)).toEqual([folder.id, a.id]);
});

test('item-lags: a read by id shows the version before, and what has just been deleted', async () => {
  const { drive, user, a, b, lies } = await liar();
  user.write('a', bytes('longer'));
  user.remove('folder');
  lies.add('item-lags');
  expect(await drive.items([a.id])).toMatchObject([{ sizeBytes: 3, eTag: a.eTag }]);
  lies.clear();
  expect(await drive.items([a.id, b.id])).toMatchObject([{ sizeBytes: 6 }, { deleted: true }]);
});

test('child-lags: a read by name does not find what has just come, and still finds what has just gone', async () => {
  const { drive, user, rootId, lies } = await liar();
  lies.add('child-lags');
  user.write('c', bytes('new'));
  expect(await drive.child(rootId, 'c')).toBeNull();
  user.move('c', 'd');
  expect(await drive.child(rootId, 'c')).toMatchObject({ name: 'c' });
  expect(await drive.child(rootId, 'd')).toBeNull();
  lies.clear();
  expect(await drive.child(rootId, 'd')).toMatchObject({ name: 'd' });
});

test('time-not-kept: the answer tells the time of the service', async () => {
  const { drive, a, rootId, lies } = await liar();
  lies.add('time-not-kept');
  const { row } = await drive.setModifiedAt(a.id, 1_000_000_000, a.eTag);
  expect(row.modifiedAt).toBeGreaterThan(1_700_000_000);
  const target = { as: 'new', parentId: rootId, name: 'c' } as const;
  const { row: sent } = await drive.upload(target, sourceOf(bytes('x')), 1_000_000_000);
  expect(sent.modifiedAt).toBeGreaterThan(1_700_000_000);
});

test('full-folder-stays: a folder with content is not deleted, its leaves are', async () => {
  const { drive, user, folder, b, lies } = await liar();
  lies.add('full-folder-stays');
  await fails(drive.delete(folder.id, folder.eTag), 'accessDenied');
  await drive.delete(b.id, b.eTag);
  await drive.delete(folder.id, folder.eTag);
  expect(onDrive(user)).toEqual({ a: 'one' });
});

test('put back to an earlier state, it lists that state, knows nothing of what came since, and refuses its links', async () => {
  const { drive, user, a } = await liar();
  const restore = user.remember();
  user.write('a', bytes('longer'));
  user.write('c', bytes('new'));
  user.remove('folder');
  const c = await rowNamed(drive, 'c');
  const { deltaLink: link } = await round(drive, null);
  restore();
  expect(onDrive(user)).toEqual({ a: 'one', folder: null, 'folder/b': 'two' });
  await fails(drive.delta(link), 'resyncRequired');
  expect(namesIn((await round(drive, null)).rows)).toEqual(['a', 'b', 'folder']);
  expect(await drive.items([a.id, c.id])).toEqual([a, { id: c.id, deleted: true }]);
});
