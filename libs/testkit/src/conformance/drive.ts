/** What every drive must do, whatever is behind it. */
import { describe, expect, test } from 'vitest';
import { driveItemId } from '@tidemark/contracts';
import { bytes, fails } from './disk-harness.ts';
import { driveChanging } from './drive-changing.ts';
import { driveFeed } from './drive-feed.ts';
import { type DriveHarness, driveRunner, rowNamed } from './drive-harness.ts';
import { driveReading } from './drive-reading.ts';
import { driveRestoring } from './drive-restoring.ts';
import { driveTransfers } from './drive-transfers.ts';

export type { DriveHarness, DriveUnderTest, DriveWish } from './drive-harness.ts';

export function driveConformance(harness: DriveHarness): void {
  const withDrive = driveRunner(harness.create);

  describe(`drive: ${harness.name}`, () => {
    test('says which drive it is, the same each time', () =>
      withDrive(async (drive, _user, rootId) => {
        const info = await drive.info();
        expect(info).toMatchObject({ kind: harness.kind, rootId });
        expect(info.id).not.toBe('');
        expect(await drive.info()).toEqual(info);
      }));

    test('shows an item as it is now, and nothing of one that is gone', () =>
      withDrive(async (drive, user, rootId) => {
        user.makeFolder('folder');
        user.write('folder/a.txt', bytes('hello'), 1_500_000_000);
        const folder = await rowNamed(drive, 'folder');
        expect(folder).toMatchObject({ parentId: rootId, kind: 'folder', sizeBytes: 0, hash: null });
        const file = await rowNamed(drive, 'a.txt');
        expect(file).toMatchObject({
          parentId: folder.id,
          kind: 'file',
          sizeBytes: 5,
          modifiedAt: 1_500_000_000,
        });
        expect(file.hash).toHaveLength(28);
        user.remove('folder');
        expect(await drive.item(file.id)).toBeNull();
        expect(await drive.item(driveItemId('01NEVERTHERE'))).toBeNull();
        await fails(drive.download(file.id, { offset: 0, write() {}, async restart() {} }), 'notFound');
      }));

    test('has no hash for an empty file, and leaves notebooks opaque', () =>
      withDrive(async (drive, user) => {
        user.write('empty', bytes(''));
        user.makeNotebook('notes');
        expect(await rowNamed(drive, 'empty')).toMatchObject({ kind: 'file', sizeBytes: 0, hash: null });
        expect(await rowNamed(drive, 'notes')).toMatchObject({ kind: 'opaque', sizeBytes: 0, hash: null });
      }));

    test('gives another eTag after every change, and another content tag after those of content only', () =>
      withDrive(async (drive, user) => {
        user.write('a', bytes('one'));
        const first = await rowNamed(drive, 'a');
        user.setModifiedAt('a', 1_400_000_000);
        const second = await rowNamed(drive, 'a');
        user.write('a', bytes('two'));
        const third = await rowNamed(drive, 'a');
        expect(new Set([first.eTag, second.eTag, third.eTag]).size).toBe(3);
        expect(second.cTag).toBe(first.cTag);
        expect(third.cTag).not.toBe(first.cTag);
        expect(second).toMatchObject({ hash: first.hash, modifiedAt: 1_400_000_000 });
      }));

    test("keeps a folder's eTag when something changes inside it", () =>
      withDrive(async (drive, user) => {
        user.makeFolder('folder');
        const before = await rowNamed(drive, 'folder');
        user.write('folder/x', bytes('x'));
        expect((await rowNamed(drive, 'folder')).eTag).toBe(before.eTag);
      }));

    driveFeed(withDrive);
    driveReading(withDrive);
    driveChanging(withDrive);
    driveTransfers(withDrive, harness);
    driveRestoring(withDrive, harness);
  });
}
