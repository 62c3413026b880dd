/** What every disk must do about mounts inside the sync folder. */
import type { Disk, LocalRow, NestedMount, ScanEnd } from '@tidemark/contracts';
import { describe, expect, test } from 'vitest';
import { asNew, bytes, fails, stagedWith, text, type WithDisk } from './disk-harness.ts';

export function diskMounts(withDisk: WithDisk): void {
  describe('mounts inside the sync folder', () => {
    test('are told first, and looked into once they are expected', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('mnt');
        user.mount('mnt', 'one');
        try {
          user.write('mnt/x', bytes('x'));
          const first = await look(disk, []);
          expect(first.names).toEqual([]);
          expect(first.mounts).toMatchObject([{ path: 'mnt' }]);
          const second = await look(disk, first.mounts ?? []);
          expect(second.names).toEqual(['mnt', 'x']);
          expect([second.mounts, second.unreadable]).toEqual([undefined, []]);
        } finally {
          user.unmount('mnt');
        }
      }));

    test('are unknown while they are missing, or another is there, and nothing is written in their place', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('mnt');
        user.mount('mnt', 'one');
        user.write('mnt/x', bytes('x'));
        const mounts = (await look(disk, [])).mounts ?? [];
        await look(disk, mounts);
        user.unmount('mnt');
        for (const other of [null, 'other']) {
          if (other !== null) user.mount('mnt', other);
          const seen = await look(disk, mounts);
          expect(seen.rows).toMatchObject([{ name: 'mnt', id: mounts[0]?.id }]);
          expect(seen.unreadable).toContain(mounts[0]?.id);
          expect((await look(disk, mounts, ['mnt'])).names).toEqual([]);
          await fails(disk.createFolder('mnt/folder'), 'diskDenied');
          const staged = await stagedWith(disk, 'key', 'y');
          await fails(staged.place('mnt/y', asNew), 'diskDenied');
          const [mnt] = seen.rows;
          if (mnt === undefined) throw new Error('it is not told of');
          await fails(disk.move('mnt', 'else', mnt), 'diskDenied');
          await fails(disk.remove('mnt', 'folder', mnt), 'diskDenied');
          expect([user.read('mnt/x'), user.read('mnt/y')]).toEqual([null, null]);
          if (other !== null) user.unmount('mnt');
        }
        user.mount('mnt', 'one');
        try {
          expect((await look(disk, mounts)).names).toEqual(['mnt', 'x']);
          expect(text(user.read('mnt/x'))).toBe('x');
        } finally {
          user.unmount('mnt');
        }
      }));

    test('hide what is moved into their place while they are missing: it is unknown, as it is not gone', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('mnt');
        user.makeFolder('full');
        for (const path of ['a', 'full/b', 'full/c']) user.write(path, bytes(path));
        user.mount('mnt', 'one');
        const mounts = (await look(disk, [])).mounts ?? [];
        const { rows } = await look(disk, mounts);
        user.unmount('mnt');
        user.rename('a', 'mnt/a');
        user.rename('full', 'mnt/full');
        const seen = await look(disk, mounts);
        expect(seen.names).toEqual(['mnt']);
        for (const { id, name } of rows) expect(seen.unreadable, name).toContain(id);
        user.rename('mnt/full', 'full');
        user.rename('mnt', 'else');
        user.rename('full', 'mnt');
        const swapped = await look(disk, mounts);
        for (const name of ['full', 'b', 'c'])
          expect(swapped.unreadable, name).toContain(rows.find((row) => row.name === name)?.id);
      }));

    test('stay where they are, and go along with a folder above', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('above');
        user.makeFolder('above/mnt');
        user.write('x', bytes('x'));
        user.mount('above/mnt', 'one');
        let at = 'above/mnt';
        try {
          const { rows } = await look(disk, (await look(disk, [])).mounts ?? []);
          const [above, mnt, x] = ['above', 'mnt', 'x'].map((name) => rows.find((row) => row.name === name));
          if (above === undefined || mnt === undefined || x === undefined)
            throw new Error('not all are there');
          await fails(disk.move('above/mnt', 'else', mnt), 'mountBoundary');
          await fails(disk.remove('above/mnt', 'folder', mnt), 'mountBoundary');
          await fails(disk.move('x', 'above/mnt/x', x), 'mountBoundary');
          expect(() => user.rename('above/mnt', 'else')).toThrow('busy');
          await disk.move('above', 'beside', above);
          at = 'beside/mnt';
          expect((await look(disk, [])).mounts).toMatchObject([{ path: at }]);
        } finally {
          user.unmount(at);
        }
        expect([...user.tree().keys()].toSorted()).toEqual(['beside', 'beside/mnt', 'x']);
      }));

    test('over an expected folder hide it', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('full');
        user.write('full/x', bytes('x'));
        const before = await look(disk, []);
        const id = before.rows.find(({ name }) => name === 'full')?.id ?? ('' as never);
        const mounts = [{ path: 'full', id, fileSystem: null }];
        user.mount('full', 'one');
        try {
          const seen = await look(disk, mounts);
          expect([seen.names, seen.unreadable]).toEqual([['full'], [id]]);
        } finally {
          user.unmount('full');
        }
        expect((await look(disk, mounts)).names).toEqual(['full', 'x']);
      }));
  });
}

async function look(disk: Disk, mounts: readonly NestedMount[], only?: readonly string[]) {
  const rows: LocalRow[] = [];
  let end: ScanEnd | null = null;
  for await (const part of only === undefined ? disk.scan({ mounts }) : disk.list(only, { mounts }))
    if ('folders' in part) for (const folder of part.folders) rows.push(...folder.rows);
    else end = part;
  if (end === null) throw new Error('the look did not end');
  return { ...end, rows, names: rows.map(({ name }) => name).sort() };
}
