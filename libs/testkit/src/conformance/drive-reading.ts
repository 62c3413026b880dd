/** The part of the drive's conformance suite about asking for what is there now: by id, and by name. */
import { describe, expect, test } from 'vitest';
import { driveItemId } from '@tidemark/contracts';
import { bytes } from './disk-harness.ts';
import { rowNamed, type WithDrive } from './drive-harness.ts';

const nowhere = driveItemId('01NEVERTHERE');

export function driveReading(withDrive: WithDrive): void {
  describe('reading', () => {
    test('tells of each item that was asked for, in that order, and of what is gone that it is gone', () =>
      withDrive(async (drive, user, rootId) => {
        user.makeFolder('folder');
        user.write('folder/a', bytes('one'));
        user.write('b', bytes('two'));
        user.makeNotebook('notes');
        const [folder, a, b, notes] = [
          await rowNamed(drive, 'folder'),
          await rowNamed(drive, 'a'),
          await rowNamed(drive, 'b'),
          await rowNamed(drive, 'notes'),
        ];
        user.remove('b');
        user.write('folder/a', bytes('changed'));
        const shown = await drive.items([b.id, a.id, nowhere, folder.id, notes.id]);
        expect(shown).toEqual([
          { id: b.id, deleted: true },
          await drive.item(a.id),
          { id: nowhere, deleted: true },
          await drive.item(folder.id),
          await drive.item(notes.id),
        ]);
        expect(shown[1]).toMatchObject({ sizeBytes: 7, parentId: folder.id });
        expect(await drive.items([rootId])).toMatchObject([{ id: rootId, kind: 'folder' }]);
      }));

    test('takes any number of items, one asked for twice, and none', () =>
      withDrive(async (drive, user) => {
        const names = Array.from({ length: 45 }, (_, index) => `file ${index}`);
        for (const name of names) user.write(name, bytes(name));
        const { rows } = await drive.delta(null);
        const files = rows.flatMap((row) => ('deleted' in row || row.kind !== 'file' ? [] : [row]));
        expect(files).toHaveLength(45);
        const ids = files.map(({ id }) => id);
        const asked = [...ids, nowhere, ...ids.slice(0, 3)];
        expect((await drive.items(asked)).map(({ id }) => id)).toEqual(asked);
        expect(await drive.items([])).toEqual([]);
      }));

    test('finds the child that holds a name, in whatever case, and nothing where the name is free', () =>
      withDrive(async (drive, user, rootId) => {
        user.makeFolder('folder');
        user.write("folder/it's 100% #1 & ä.txt", bytes('x'));
        user.makeNotebook('notes');
        const folder = await rowNamed(drive, 'folder');
        const file = await rowNamed(drive, "it's 100% #1 & ä.txt");
        expect(await drive.child(rootId, 'Folder')).toEqual(folder);
        expect(await drive.child(folder.id, "it's 100% #1 & ä.txt")).toEqual(file);
        expect(await drive.child(rootId, 'notes')).toMatchObject({ kind: 'opaque' });
        expect(await drive.child(rootId, "it's 100% #1 & ä.txt")).toBeNull();
        expect(await drive.child(folder.id, 'nothing')).toBeNull();
        expect(await drive.child(nowhere, 'folder')).toBeNull();
        user.remove('folder');
        expect(await drive.child(rootId, 'folder')).toBeNull();
      }));
  });
}
