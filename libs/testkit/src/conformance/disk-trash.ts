/** The part of the disk's conformance suite about what the trash holds. */
import { describe, expect, test } from 'vitest';
import { bytes, collect, fails, rowAt, stagedWith, type WithDisk } from './disk-harness.ts';

export function diskTrash(withDisk: WithDisk): void {
  describe('the trash', () => {
    test('tells by path what was removed and what was replaced, and keeps it', () =>
      withDisk(async (disk, user) => {
        user.makeFolder('a');
        user.write('a/x', bytes('one'), 1_500_000_000);
        const staged = await stagedWith(disk, 'k', 'second');
        const expected = await rowAt(disk, 'a/x');
        await staged.place('a/x', { expected, keepAs: null, modifiedAt: 1_600_000_000 });
        const { trash } = await disk.remove('a/x', 'file', await rowAt(disk, 'a/x'));
        user.write('a/y', bytes('y'));
        await disk.remove('a/y', 'file', await rowAt(disk, 'a/y'));
        const found = await disk.inTrash(['a/x', 'a/z']);
        expect([...found.keys()]).toEqual(['a/x']);
        const versions = (found.get('a/x') ?? []).toSorted((one, other) => other.sizeBytes - one.sizeBytes);
        expect(versions).toMatchObject([
          { trash, sizeBytes: 6, modifiedAt: 1_600_000_000 },
          { sizeBytes: 3, modifiedAt: 1_500_000_000 },
        ]);
        for (const content of ['second', 'second']) {
          const source = await disk.readTrash(versions[0]?.trash ?? '');
          expect(source.sizeBytes).toBe(6);
          expect(await collect(source.open(0))).toBe(content);
          expect(await collect(source.open(3))).toBe(content.slice(3));
        }
      }));

    test('holds nothing of a path that lost nothing, and lets no place lead elsewhere', () =>
      withDisk(async (disk, user) => {
        user.write('x', bytes('x'));
        expect([...(await disk.inTrash(['x']))]).toEqual([]);
        for (const place of ['x', '../x', '2026-01-01/../x', '/etc/passwd', ''])
          await fails(disk.readTrash(place), 'localGone');
      }));
  });
}
