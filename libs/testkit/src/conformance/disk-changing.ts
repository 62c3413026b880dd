/** The part of the disk's conformance suite about folders, moves, deletions and times. */
import { expect, test, describe } from 'vitest';
import { asNew, bytes, contents, fails, rowAt, stagedWith, text, type WithDisk } from './disk-harness.ts';

export function diskChanging(withDisk: WithDisk): void {
  describe('changing', () => {
    test('creates folders, adopts those that exist, and refuses where it cannot', () =>
      withDisk(async (disk, user) => {
        const row = await disk.createFolder('a');
        expect(row).toMatchObject({ kind: 'folder', name: 'a', stamp: '' });
        expect(await disk.createFolder('a')).toEqual(row);
        user.write('file', bytes(''));
        await fails(disk.createFolder('file'), 'nameTaken');
        await fails(disk.createFolder('file/x'), 'changedMeanwhile');
        await fails(disk.createFolder('no/x'), 'localGone');
      }));

    test('moves files and folders with everything in them, and keeps identities', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('a');
        user.makeFolder('b');
        user.write('a/x', bytes('content'), 99);
        const file = await rowAt(disk, 'a/x');
        const moved = await disk.move('a/x', 'b/y', file);
        expect(moved).toEqual(await rowAt(disk, 'b/y'));
        expect(moved).toMatchObject({ id: file.id, modifiedAt: 99 });
        const folder = await rowAt(disk, 'b');
        expect((await disk.move('b', 'a/c', folder)).id).toBe(folder.id);
        expect(contents(user)).toEqual({ a: null, 'a/c': null, 'a/c/y': 'content' });
      }));

    test('changes the case of a name', () =>
      withDisk(async (disk, user) => {
        user.write('Name', bytes('x'));
        user.makeFolder('Folder');
        expect((await disk.move('Name', 'name', await rowAt(disk, 'Name'))).name).toBe('name');
        expect((await disk.move('Folder', 'folder', await rowAt(disk, 'Folder'))).name).toBe('folder');
        expect(Object.keys(contents(user)).sort()).toEqual(['folder', 'name']);
      }));

    test('moves nothing onto anything and nothing into itself', () =>
      withDisk(async (disk, user) => {
        user.write('x', bytes('x'));
        user.write('y', bytes('y'));
        user.makeFolder('a');
        user.makeFolder('empty');
        await fails(disk.move('x', 'y', await rowAt(disk, 'x')), 'nameTaken');
        await fails(disk.move('x', 'empty', await rowAt(disk, 'x')), 'nameTaken');
        await fails(disk.move('a', 'empty', await rowAt(disk, 'a')), 'nameTaken');
        await fails(disk.move('a', 'a/b', await rowAt(disk, 'a')), 'invalidName');
        await fails(disk.move('x', 'no/x', await rowAt(disk, 'x')), 'localGone');
        const stale = await rowAt(disk, 'x');
        user.write('x', bytes('edited'));
        await fails(disk.move('x', 'z', stale), 'changedMeanwhile');
        expect(contents(user)).toEqual({ a: null, empty: null, x: 'edited', y: 'y' });
      }));

    test('removes files into the trash and folders only when they are empty', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('a');
        user.write('a/x', bytes('bye'));
        const file = await rowAt(disk, 'a/x');
        const folder = await rowAt(disk, 'a');
        await fails(disk.remove('a', 'folder', folder), 'changedMeanwhile');
        await fails(disk.remove('a', 'file', folder), 'changedMeanwhile');
        await fails(disk.remove('a/x', 'folder', file), 'changedMeanwhile');
        const { trash } = await disk.remove('a/x', 'file', file);
        expect(text(user.trashContents().get(trash ?? '') ?? null)).toBe('bye');
        await fails(disk.remove('a/x', 'file', file), 'localGone');
        expect(await disk.remove('a', 'folder', folder)).toEqual({ trash: null });
        expect(contents(user)).toEqual({});
      }));

    test('removes nothing that changed', () =>
      withDisk(async (disk, user) => {
        user.write('x', bytes('old'));
        const expected = await rowAt(disk, 'x');
        user.write('x', bytes('new'));
        await fails(disk.remove('x', 'file', expected), 'changedMeanwhile');
        expect(contents(user)).toEqual({ x: 'new' });
      }));

    test('touches no other folder that has the name by now', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('a');
        const expected = await rowAt(disk, 'a');
        user.rename('a', 'b');
        user.makeFolder('a');
        await fails(disk.remove('a', 'folder', expected), 'changedMeanwhile');
        await fails(disk.move('a', 'c', expected), 'changedMeanwhile');
        expect(contents(user)).toEqual({ a: null, b: null });
      }));

    test('sets the modification time of what was expected', () =>
      withDisk(async (disk, user) => {
        user.write('x', bytes('x'));
        const before = await rowAt(disk, 'x');
        const after = await disk.setModifiedAt('x', before, 1_234_567_890);
        expect(after).toEqual(await rowAt(disk, 'x'));
        expect(after).toMatchObject({ id: before.id, modifiedAt: 1_234_567_890 });
        await fails(disk.setModifiedAt('x', before, 1), 'changedMeanwhile');
      }));

    test('keeps dates before 1970', () =>
      withDisk(async (disk, user) => {
        const staged = await stagedWith(disk, 'k', 'an old scan');
        const { row } = await staged.place('x', { ...asNew, modifiedAt: -1_000_000_001 });
        expect(row.modifiedAt).toBe(-1_000_000_001);
        expect(row.hash).not.toBeNull();
        expect((await disk.setModifiedAt('x', row, -5)).modifiedAt).toBe(-5);
        user.write('y', bytes('y'), -77);
        expect((await rowAt(disk, 'y')).modifiedAt).toBe(-77);
      }));
  });
}
