/** The part of the drive's conformance suite about folders, moves, times and deletions. */
import { describe, expect, test } from 'vitest';
import { driveItemId } from '@tidemark/contracts';
import { bytes, fails } from './disk-harness.ts';
import { onDrive, rowNamed, type WithDrive } from './drive-harness.ts';

const nowhere = driveItemId('01NEVERTHERE');

export function driveChanging(withDrive: WithDrive): void {
  describe('changing', () => {
    test('creates folders, and adopts those that exist in any case', () =>
      withDrive(async (drive, user, rootId) => {
        const { row, requestIds, made } = await drive.createFolder(rootId, 'New');
        expect(made).toBe(true);
        expect(row).toMatchObject({
          name: 'New',
          kind: 'folder',
          parentId: rootId,
          sizeBytes: 0,
          hash: null,
        });
        expect(requestIds.length).toBeGreaterThan(0);
        expect(await drive.createFolder(rootId, 'New')).toMatchObject({ row, made: false });
        expect(await drive.createFolder(rootId, 'NEW')).toMatchObject({ row, made: false });
        const inner = await drive.createFolder(row.id, 'inner');
        expect(inner.row.parentId).toBe(row.id);
        user.write('file', bytes(''));
        await fails(drive.createFolder(rootId, 'FILE'), 'nameTaken');
        await fails(drive.createFolder(nowhere, 'x'), 'notFound');
        expect(onDrive(user)).toEqual({ New: null, 'New/inner': null, file: '' });
      }));

    test('refuses names that the service does not take', () =>
      withDrive(async (drive, user, rootId) => {
        for (const name of ['a:b', 'what?', 'CON', 'con.txt', 'desktop.ini', 'x.', ' x', '~$x', 'a_vti_b'])
          await fails(drive.createFolder(rootId, name), 'invalidRequest');
        await fails(drive.createFolder(rootId, 'x'.repeat(256)), 'invalidRequest');
        let parentId = rootId;
        for (let depth = 0; depth < 2; depth += 1)
          parentId = (await drive.createFolder(parentId, 'x'.repeat(190))).row.id;
        await fails(drive.createFolder(parentId, 'x'.repeat(50)), 'nameTooLong');
        for (const name of ['#', '100%', 'é', "it's", 'a&b', '💾', 'a+b'])
          expect((await drive.createFolder(rootId, name)).row.name).toBe(name);
        expect(user.tree().size).toBe(9);
      }));

    test('renames and moves, keeps what is inside, and sets the time that was given', () =>
      withDrive(async (drive, user, rootId) => {
        user.makeFolder('a');
        user.makeFolder('b');
        user.write('a/x', bytes('x'), 1_500_000_000);
        const [folder, to, file] = [
          await rowNamed(drive, 'a'),
          await rowNamed(drive, 'b'),
          await rowNamed(drive, 'x'),
        ];
        const moved = await drive.move(
          file.id,
          { parentId: to.id, name: 'y', modifiedAt: 1_500_000_000 },
          file.eTag,
        );
        expect(moved.row).toMatchObject({ id: file.id, parentId: to.id, name: 'y', hash: file.hash });
        expect(moved.row.modifiedAt).toBe(1_500_000_000);
        expect(moved.row.eTag).not.toBe(file.eTag);
        expect(moved.row).toEqual(await drive.item(file.id));
        await drive.move(to.id, { parentId: folder.id, name: 'c', modifiedAt: 1 }, to.eTag);
        expect(onDrive(user)).toEqual({ a: null, 'a/c': null, 'a/c/y': 'x' });
        const back = await rowNamed(drive, 'c');
        await drive.move(back.id, { parentId: rootId, name: 'c', modifiedAt: 1 }, back.eTag);
        expect(onDrive(user)).toEqual({ a: null, c: null, 'c/y': 'x' });
      }));

    test('changes the case of a name', () =>
      withDrive(async (drive, user, rootId) => {
        user.write('name', bytes('x'));
        const row = await rowNamed(drive, 'name');
        const { row: moved } = await drive.move(
          row.id,
          { parentId: rootId, name: 'Name', modifiedAt: 1 },
          row.eTag,
        );
        expect(moved.name).toBe('Name');
        expect(onDrive(user)).toEqual({ Name: 'x' });
      }));

    test('moves nothing onto anything, into itself, or to where nothing is', () =>
      withDrive(async (drive, user, rootId) => {
        user.makeFolder('a');
        user.makeFolder('a/b');
        user.write('x', bytes('x'));
        const [a, b, x] = [
          await rowNamed(drive, 'a'),
          await rowNamed(drive, 'b'),
          await rowNamed(drive, 'x'),
        ];
        const to = (parentId: typeof rootId, name: string) => ({ parentId, name, modifiedAt: 1 });
        await fails(drive.move(x.id, to(rootId, 'A'), x.eTag), 'nameTaken');
        await fails(drive.move(a.id, to(rootId, 'X'), a.eTag), 'nameTaken');
        await fails(drive.move(a.id, to(b.id, 'a'), a.eTag), 'invalidRequest');
        await fails(drive.move(x.id, to(nowhere, 'x'), x.eTag), 'notFound');
        await fails(drive.move(nowhere, to(rootId, 'z'), x.eTag), 'notFound');
        await fails(drive.move(x.id, to(rootId, 'bad:name'), x.eTag), 'invalidRequest');
        expect(onDrive(user)).toEqual({ a: null, 'a/b': null, x: 'x' });
      }));

    test('changes nothing that is in another version', () =>
      withDrive(async (drive, user, rootId) => {
        user.write('x', bytes('old'), 1_500_000_000);
        const stale = await rowNamed(drive, 'x');
        user.write('x', bytes('new'), 1_500_000_001);
        await fails(
          drive.move(stale.id, { parentId: rootId, name: 'y', modifiedAt: 1 }, stale.eTag),
          'preconditionFailed',
        );
        await fails(drive.setModifiedAt(stale.id, 1, stale.eTag), 'preconditionFailed');
        await fails(drive.delete(stale.id, stale.eTag), 'preconditionFailed');
        expect(onDrive(user)).toEqual({ x: 'new' });
        expect(await rowNamed(drive, 'x')).toMatchObject({ modifiedAt: 1_500_000_001 });
      }));

    test('sets the time of a file, and nothing else', () =>
      withDrive(async (drive, user) => {
        user.write('x', bytes('x'));
        const before = await rowNamed(drive, 'x');
        const { row } = await drive.setModifiedAt(before.id, 1_234_567_890, before.eTag);
        expect(row).toMatchObject({ id: before.id, modifiedAt: 1_234_567_890, hash: before.hash, name: 'x' });
        expect(row).toEqual(await drive.item(before.id));
        await fails(drive.setModifiedAt(before.id, 1, before.eTag), 'preconditionFailed');
        await fails(drive.setModifiedAt(nowhere, 1, before.eTag), 'notFound');
      }));

    test('deletes to the recycle bin, with everything inside, and takes what is gone for done', () =>
      withDrive(async (drive, user) => {
        user.makeFolder('a');
        user.write('a/x', bytes('x'));
        user.write('y', bytes('y'));
        const [a, y] = [await rowNamed(drive, 'a'), await rowNamed(drive, 'y')];
        expect((await drive.delete(a.id, a.eTag)).requestIds.length).toBeGreaterThan(0);
        await drive.delete(y.id, y.eTag);
        expect(onDrive(user)).toEqual({});
        expect(user.recycled()).toEqual(['a', 'y']);
        await drive.delete(a.id, a.eTag);
        await drive.delete(nowhere, a.eTag);
      }));

    test('gives a name that became free to a new item with a new id', () =>
      withDrive(async (drive, user, rootId) => {
        const { row } = await drive.createFolder(rootId, 'a');
        await drive.delete(row.id, row.eTag);
        const { row: again } = await drive.createFolder(rootId, 'a');
        expect(again.id).not.toBe(row.id);
        expect(onDrive(user)).toEqual({ a: null });
      }));
  });
}
