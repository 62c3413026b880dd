/** The part of the drive's conformance suite about what was deleted or replaced. */
import { describe, expect, test } from 'vitest';
import { driveItemId } from '@tidemark/contracts';
import { bytes, fails } from './disk-harness.ts';
import { type DriveHarness, onDrive, round, rowNamed, sinkWith, type WithDrive } from './drive-harness.ts';

const nowhere = driveItemId('01NEVERTHERE');

export function driveRestoring(withDrive: WithDrive, { kind }: DriveHarness): void {
  describe('restoring', () => {
    test.runIf(kind === 'personal')('takes a folder out of the recycle bin, whole and under its id', () =>
      withDrive(async (drive, user, rootId) => {
        user.makeFolder('a');
        user.write('a/x', bytes('x'), 1_500_000_000);
        const [a, x] = [await rowNamed(drive, 'a'), await rowNamed(drive, 'x')];
        const { deltaLink } = await round(drive, null);
        await drive.delete(a.id, a.eTag);
        const { row, requestIds } = await drive.restore(a.id, { parentId: rootId, name: 'a' });
        expect(row).toMatchObject({ id: a.id, name: 'a', kind: 'folder' });
        expect(requestIds.length).toBeGreaterThan(0);
        expect(await drive.item(x.id)).toMatchObject({ id: x.id, hash: x.hash, modifiedAt: 1_500_000_000 });
        expect(onDrive(user)).toEqual({ a: null, 'a/x': 'x' });
        expect(user.recycled()).toEqual([]);
        const told = (await round(drive, deltaLink)).rows.filter((one) => !('deleted' in one));
        expect(told.map(({ id }) => id)).toEqual(expect.arrayContaining([a.id, x.id]));
      }),
    );

    test.runIf(kind === 'personal')('restores to another place, and never onto anything', () =>
      withDrive(async (drive, user, rootId) => {
        user.makeFolder('a');
        user.write('a/x', bytes('old'));
        const [a, x] = [await rowNamed(drive, 'a'), await rowNamed(drive, 'x')];
        await drive.delete(x.id, x.eTag);
        user.write('a/X', bytes('new'));
        await fails(drive.restore(x.id, { parentId: a.id, name: 'x' }), 'nameTaken');
        await fails(drive.restore(x.id, { parentId: nowhere, name: 'x' }), 'notFound');
        await drive.restore(x.id, { parentId: rootId, name: 'y' });
        expect(onDrive(user)).toEqual({ a: null, 'a/X': 'new', y: 'old' });
        await fails(drive.restore(x.id, { parentId: rootId, name: 'z' }), 'notFound');
        await fails(drive.restore(nowhere, { parentId: rootId, name: 'z' }), 'notFound');
      }),
    );

    test.runIf(kind !== 'personal')('is refused where the service offers it on its web page only', () =>
      withDrive(async (drive, user, rootId) => {
        user.write('x', bytes('x'));
        const x = await rowNamed(drive, 'x');
        await drive.delete(x.id, x.eTag);
        await fails(drive.restore(x.id, { parentId: rootId, name: 'x' }), 'invalidRequest');
        expect(user.recycled()).toEqual(['x']);
      }),
    );
  });

  describe('earlier versions', () => {
    test('are told with the newest first, and hold what the file held', () =>
      withDrive(async (drive, user) => {
        user.write('x', bytes('one'));
        const { id } = await rowNamed(drive, 'x');
        expect(await drive.earlierVersions(id)).toEqual([]);
        user.write('x', bytes('second'));
        user.write('x', bytes('the third'));
        const versions = await drive.earlierVersions(id);
        expect(versions.map(({ sizeBytes }) => sizeBytes)).toEqual([6, 3]);
        const contents: string[] = [];
        for (const version of versions) {
          const sink = sinkWith();
          await drive.downloadVersion(id, version.id, sink);
          contents.push(sink.content());
        }
        expect(contents).toEqual(['second', 'one']);
        expect(onDrive(user)).toEqual({ x: 'the third' });
      }));

    test('of a download that was cut are fetched from where it ended', () =>
      withDrive(async (drive, user) => {
        user.write('x', bytes('0123456789'));
        user.write('x', bytes('other'));
        const { id } = await rowNamed(drive, 'x');
        const [version] = await drive.earlierVersions(id);
        const sink = sinkWith('01234');
        await drive.downloadVersion(id, version?.id ?? '', sink);
        expect(sink.content()).toBe('0123456789');
      }));

    test('are none of what is gone, of a folder, or of another number', () =>
      withDrive(async (drive, user) => {
        user.makeFolder('a');
        user.write('x', bytes('x'));
        const [a, x] = [await rowNamed(drive, 'a'), await rowNamed(drive, 'x')];
        await fails(drive.earlierVersions(a.id), 'invalidRequest');
        await fails(drive.earlierVersions(nowhere), 'notFound');
        await fails(drive.downloadVersion(x.id, '99.0', sinkWith()), 'notFound');
      }));
  });
}
