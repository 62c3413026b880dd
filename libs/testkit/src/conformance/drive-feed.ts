/** The part of the drive's conformance suite about the change feed. */
import { describe, expect, test } from 'vitest';
import { bytes, fails } from './disk-harness.ts';
import { lastRows, named, pathsOf, round, type WithDrive } from './drive-harness.ts';

export function driveFeed(withDrive: WithDrive): void {
  describe('the change feed', () => {
    test('enumerates everything, root apart, and then tells of nothing', () =>
      withDrive(async (drive, user, rootId) => {
        user.makeFolder('a');
        user.makeFolder('a/b');
        user.write('a/b/deep', bytes('deep'));
        user.write('top', bytes('top'));
        const first = await round(drive, null);
        expect(pathsOf(first.rows, rootId)).toEqual(['a', 'a/b', 'a/b/deep', 'top']);
        expect(first.rows.map(({ id }) => id)).not.toContain(rootId);
        const second = await round(drive, first.deltaLink);
        expect(second.rows).toEqual([]);
        expect((await round(drive, null)).rows).toHaveLength(first.rows.length);
      }));

    test('enumerates an empty drive', () =>
      withDrive(async (drive) => {
        const { rows, deltaLink } = await round(drive, null);
        expect(rows).toEqual([]);
        expect((await round(drive, deltaLink)).rows).toEqual([]);
      }));

    test('takes several pages, and an item may be on more than one of them', () =>
      withDrive(
        async (drive, user, rootId) => {
          user.makeFolder('a');
          for (let index = 0; index < 7; index += 1) user.write(`a/${index}`, bytes(String(index)));
          const { rows, pages } = await round(drive, null);
          expect(pages).toBeGreaterThan(2);
          expect(pathsOf(rows, rootId)).toEqual(['a', 'a/0', 'a/1', 'a/2', 'a/3', 'a/4', 'a/5', 'a/6']);
          for (const row of lastRows(rows).values()) {
            const cTag = 'deleted' in row ? null : row.cTag;
            expect(row).toEqual({ ...(await drive.item(row.id)), cTag });
          }
        },
        { pageSize: 2 },
      ));

    test('tells the latest state of what changed, not how it came to it', () =>
      withDrive(async (drive, user) => {
        user.write('x', bytes('one'));
        user.write('still', bytes('still'));
        user.makeFolder('folder');
        const { deltaLink, rows: before } = await round(drive, null);
        user.move('x', 'y');
        user.write('y', bytes('two'));
        user.move('y', 'folder/z');
        const { rows } = await round(drive, deltaLink);
        const row = named(rows, 'z');
        expect(row.id).toBe(named(before, 'x').id);
        expect(row.parentId).toBe(named(before, 'folder').id);
        expect(row).toMatchObject({ sizeBytes: 3, hash: (await drive.item(row.id))?.hash });
        // Folders above a change may come along; nothing else does.
        const told = rows
          .map((each) => ('deleted' in each ? 'gone' : each.name))
          .filter((each) => each !== 'folder');
        expect(told).toEqual(['z']);
      }));

    test('tells of a moved folder without what is in it', () =>
      withDrive(async (drive, user) => {
        user.makeFolder('a');
        user.write('a/x', bytes('x'));
        const { deltaLink, rows: before } = await round(drive, null);
        user.move('a', 'b');
        const { rows } = await round(drive, deltaLink);
        expect(rows.map(({ id }) => id)).toEqual([named(before, 'a').id]);
        expect(named(rows, 'b').name).toBe('b');
      }));

    test('tells of what was removed, and an enumeration does not mention it', () =>
      withDrive(async (drive, user) => {
        user.makeFolder('a');
        user.write('a/x', bytes('x'));
        user.write('y', bytes('y'));
        const { deltaLink, rows: before } = await round(drive, null);
        user.remove('a');
        user.write('a', bytes('another'));
        const { rows } = await round(drive, deltaLink);
        const gone = rows.filter((row) => 'deleted' in row).map(({ id }) => id);
        expect(gone).toContain(named(before, 'a').id);
        expect(named(rows, 'a')).toMatchObject({ kind: 'file' });
        expect(named(rows, 'a').id).not.toBe(named(before, 'a').id);
        const all = await round(drive, null);
        expect(all.rows.filter((row) => 'deleted' in row)).toEqual([]);
        expect(all.rows.map((row) => ('deleted' in row ? '' : row.name)).sort()).toEqual(['a', 'y']);
      }));

    test('tells an item that came and went between two rounds as gone, or not at all', () =>
      withDrive(async (drive, user) => {
        const { deltaLink } = await round(drive, null);
        user.write('brief', bytes('x'));
        user.remove('brief');
        const { rows } = await round(drive, deltaLink);
        for (const row of rows) expect(row).toHaveProperty('deleted', true);
      }));

    test('shows our own changes as everyone sees them', () =>
      withDrive(async (drive, _user, rootId) => {
        const { deltaLink } = await round(drive, null);
        const { row } = await drive.createFolder(rootId, 'ours');
        const { rows } = await round(drive, deltaLink);
        expect(rows).toEqual([{ ...row, cTag: named(rows, 'ours').cTag }]);
      }));

    test('misses nothing that changes while it is read', () =>
      withDrive(
        async (drive, user, rootId) => {
          for (const name of ['a', 'b', 'c', 'd', 'e']) user.write(name, bytes(name));
          const page = await drive.delta(null);
          if (page.nextLink === null) throw new Error('one page was enough');
          user.write('a', bytes('changed'));
          user.move('e', 'moved');
          user.remove('c');
          user.write('new', bytes('new'));
          const rest = await round(drive, page.nextLink);
          const later = await round(drive, rest.deltaLink);
          const rows = [...page.rows, ...rest.rows, ...later.rows];
          expect(pathsOf(rows, rootId)).toEqual(['a', 'b', 'd', 'moved', 'new']);
          expect(lastRows(rows).get(named(rows, 'a').id)).toMatchObject({ sizeBytes: 7 });
        },
        { pageSize: 2 },
      ));

    test('refuses a link that is void or not its own, and takes a fresh one', () =>
      withDrive(async (drive, user) => {
        user.write('x', bytes('x'));
        const { deltaLink } = await round(drive, null);
        user.expireLinks();
        await fails(drive.delta(deltaLink), 'resyncRequired');
        await fails(drive.delta('https://elsewhere.example/delta?token=1'), 'resyncRequired');
        const again = await round(drive, null);
        expect(again.rows).toHaveLength(1);
        expect((await round(drive, again.deltaLink)).rows).toEqual([]);
      }));

    test('may be read twice from the same link', () =>
      withDrive(async (drive, user) => {
        const { deltaLink } = await round(drive, null);
        user.write('x', bytes('x'));
        const once = await round(drive, deltaLink);
        expect((await round(drive, deltaLink)).rows).toEqual(once.rows);
      }));
  });
}
