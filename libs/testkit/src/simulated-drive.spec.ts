/** What only the simulated drive can do: fail on demand, let others interfere, and keep the service's odd habits. */
import { expect, test } from 'vitest';
import { Failure } from '@tidemark/contracts';
import { bytes, fails, text } from './conformance/disk-harness.ts';
import { named, onDrive, round, rowNamed, sinkWith, sourceOf } from './conformance/drive-harness.ts';
import { createSeededRandom } from './random.ts';
import { createSimulatedDrive, type SimulatedDriveOptions } from './simulated-drive.ts';

async function driveWith(options: Partial<SimulatedDriveOptions> = {}) {
  const simulated = createSimulatedDrive({ random: createSeededRandom(3), ...options });
  const { rootId } = await simulated.drive.info();
  return { ...simulated, rootId };
}

test('fails as often as it was told to, before anything is done, with the wait that was asked for', async () => {
  const { drive, user, rootId, failNext, counts } = await driveWith();
  failNext(
    2,
    { code: 'throttled', detail: 'slowly', afterMs: 7000 },
    (operation) => operation === 'createFolder',
  );
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const refused: unknown = await drive.createFolder(rootId, 'a').catch((error: unknown) => error);
    expect(refused instanceof Failure && refused.details).toMatchObject({ code: 'throttled', afterMs: 7000 });
  }
  expect(onDrive(user)).toEqual({});
  await drive.createFolder(rootId, 'a');
  expect(onDrive(user)).toEqual({ a: null });
  expect(counts.get('createFolder')).toBe(3);
});

test('does what it was asked and says that it failed', async () => {
  const { drive, user, rootId } = await driveWith({
    faults: {
      failAfter: (operation) => (operation === 'upload' ? { code: 'offline', detail: 'lost' } : null),
    },
  });
  const target = { as: 'new', parentId: rootId, name: 'a' } as const;
  await fails(drive.upload(target, sourceOf(bytes('sent')), 1), 'offline');
  expect(onDrive(user)).toEqual({ a: 'sent' });
  await fails(drive.upload(target, sourceOf(bytes('sent')), 1), 'nameTaken');
});

test('lets somebody interfere at each step, also right before an upload ends', async () => {
  const { drive, user, rootId } = await driveWith({
    faults: {
      before: (operation, _about, other) => {
        if (operation === 'commit') other.write('a', bytes('theirs'));
      },
    },
  });
  await fails(
    drive.upload({ as: 'new', parentId: rootId, name: 'a' }, sourceOf(bytes('ours')), 1),
    'nameTaken',
  );
  expect(onDrive(user)).toEqual({ a: 'theirs' });
});

test('tells what an upload replaces when the tag that it expects was given out a second time', async () => {
  const replaced: string[] = [];
  const { drive, user, rootId } = await driveWith({
    faults: { replaced: (was) => replaced.push(new TextDecoder().decode(was)) },
  });
  const upload = async (text: string, ifMatch: string): Promise<void> => {
    const { id } = (await drive.child(rootId, 'a')) ?? { id: rootId };
    await drive.upload({ as: 'version', id, ifMatch }, sourceOf(bytes(text)), 1);
  };
  user.write('a', bytes('first'));
  const putBack = user.remember();
  user.write('a', bytes('second'));
  const known = (await drive.child(rootId, 'a'))?.eTag ?? '';
  putBack();
  user.write('a', bytes('third'));
  await upload('mine', known);
  await upload('mine again', (await drive.child(rootId, 'a'))?.eTag ?? '');
  expect(replaced).toEqual(['third']);
});

test('cuts a download, which goes on where it was cut', async () => {
  let cuts = 0;
  const { drive, user } = await driveWith({
    faults: { cutDownload: (sizeBytes) => (cuts++ === 0 ? Math.floor(sizeBytes / 3) : null) },
  });
  user.write('a', bytes('012345678'));
  const { id } = await rowNamed(drive, 'a');
  const sink = sinkWith();
  await fails(drive.download(id, sink), 'offline');
  expect(sink.content()).toBe('012');
  await drive.download(id, sink);
  expect(sink.content()).toBe('012345678');
});

test('a download survives one refused link, and two are a passing fault of the service', async () => {
  const refused = [1, 2, 0];
  const { drive, user } = await driveWith({ faults: { refusedLinks: () => refused.shift() ?? 0 } });
  user.write('a', bytes('content'));
  const { id } = await rowNamed(drive, 'a');
  const download = async (): Promise<string> => {
    const sink = sinkWith();
    await drive.download(id, sink);
    return sink.content();
  };
  expect(await download()).toBe('content');
  await fails(download(), 'serviceUnavailable');
  expect(await download()).toBe('content');
});

test('shows a new tag without a change, and keeps what was deleted in the recycle bin', async () => {
  const { drive, user } = await driveWith();
  user.makeFolder('a');
  user.write('a/x', bytes('precious'));
  const before = await rowNamed(drive, 'x');
  user.bumpTag('a/x');
  const after = await rowNamed(drive, 'x');
  expect({ ...after, eTag: '' }).toEqual({ ...before, eTag: '' });
  expect(after.eTag).not.toBe(before.eTag);
  user.remove('a');
  expect(user.read('a/x')).toBeNull();
  expect(user.recycledContents().map(text)).toEqual(['precious']);
});

test('tells of a removed folder alone, if it is one of those, but of everything that nobody could know was in it', async () => {
  const { drive, user } = await driveWith({ habits: { tombstones: 'topmost' } });
  user.makeFolder('a');
  user.write('a/known', bytes('known'));
  user.write('moved', bytes('moved'));
  const { rows, deltaLink } = await round(drive, null);
  user.move('moved', 'a/moved');
  user.remove('a');
  const told = (await round(drive, deltaLink)).rows.map(({ id }) => id);
  expect(told.toSorted()).toEqual([named(rows, 'a').id, named(rows, 'moved').id].toSorted());
});

test('shows rows in any order, if it is one of those, the same from the same seed', async () => {
  const namesOf = async (habits: SimulatedDriveOptions['habits']) => {
    const { drive, user } = await driveWith({ habits: { ...habits } });
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) user.write(name, bytes(name));
    return (await round(drive, null)).rows.map((row) => ('deleted' in row ? '' : row.name));
  };
  expect(await namesOf({})).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  const shuffled = await namesOf({ order: 'shuffled' });
  expect(shuffled).not.toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  expect(shuffled.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  expect(await namesOf({ order: 'shuffled' })).toEqual(shuffled);
});

test('tells of the others that were asked for with an item that it refuses to tell of', async () => {
  const { drive, user, failNext } = await driveWith();
  for (const name of ['a', 'b']) user.write(name, bytes(name));
  const [a, b] = [await rowNamed(drive, 'a'), await rowNamed(drive, 'b')];
  failNext(1, 'locked', (operation, about) => operation === 'items' && about === a.id);
  expect(await drive.items([a.id, b.id])).toMatchObject([{ id: a.id, unread: expect.any(String) }, b]);
  failNext(1, 'offline', (operation, about) => operation === 'items' && about === b.id);
  await fails(drive.items([a.id, b.id]), 'offline');
});
