/** The part of the disk's conformance suite about bytes on their way in. */
import { expect, test, describe } from 'vitest';
import { isWeakId } from '@tidemark/contracts';
import { quickXorHash } from '@tidemark/quickxor';
import {
  asNew,
  bytes,
  fails,
  rowAt,
  scanned,
  stagedWith,
  text,
  keep,
  contents,
  type WithDisk,
} from './disk-harness.ts';

export function diskPlacing(withDisk: WithDisk): void {
  describe('staging', () => {
    test('hashes all bytes and goes on where an earlier attempt stopped', () =>
      withDisk(async (disk) => {
        const first = await disk.stage('key', 8);
        expect(first.offset).toBe(0);
        await first.write(bytes('0123'));
        const second = await disk.stage('key', 8);
        expect(second.offset).toBe(4);
        await second.write(bytes('4567'));
        expect(await second.finish()).toEqual({ hash: quickXorHash(bytes('01234567')), sizeBytes: 8 });
        expect((await disk.stage('other', 8)).offset).toBe(0);
      }));

    test('gives back what was written, kept bytes included, from the start and as often as asked', () =>
      withDisk(async (disk) => {
        await stagedWith(disk, 'key', '0123');
        const staged = await disk.stage('key', 8);
        await staged.write(bytes('4567'));
        for (let time = 0; time < 2; time++) {
          const read: number[] = [];
          for await (const chunk of staged.read()) read.push(...chunk);
          expect(new Uint8Array(read)).toEqual(bytes('01234567'));
        }
      }));

    test('forgets everything on a restart and when it is discarded', () =>
      withDisk(async (disk) => {
        const staged = await stagedWith(disk, 'key', 'wrong');
        await staged.restart();
        await staged.write(bytes('right'));
        expect(await staged.finish()).toEqual({ hash: quickXorHash(bytes('right')), sizeBytes: 5 });
        await staged.discard();
        expect((await disk.stage('key', 5)).offset).toBe(0);
      }));

    test('starts anew when there is more than there should be', () =>
      withDisk(async (disk) => {
        await stagedWith(disk, 'key', 'far too much');
        expect((await disk.stage('key', 3)).offset).toBe(0);
      }));

    test('never shows staged bytes in the tree', () =>
      withDisk(async (disk, user) => {
        await stagedWith(disk, 'key', 'hidden');
        expect([...user.tree().keys()]).toEqual([]);
        expect((await scanned(disk)).rows).toEqual([]);
      }));
  });

  describe('placing', () => {
    test('gives a free name to the bytes, with their time and hash', () =>
      withDisk(async (disk, user) => {
        await disk.createFolder('a');
        const staged = await stagedWith(disk, 'key', 'new');
        const { row, kept } = await staged.place('a/x', asNew);
        expect(kept).toBeNull();
        expect(row).toEqual({ ...(await rowAt(disk, 'a/x')), hash: quickXorHash(bytes('new')) });
        expect(row).toMatchObject({ sizeBytes: 3, modifiedAt: asNew.modifiedAt });
        expect(text(user.read('a/x'))).toBe('new');
        expect((await disk.stage('key', 3)).offset).toBe(0);
      }));

    test('never takes a name that somebody has, and keeps the staged bytes (F54)', () =>
      withDisk(async (disk, user) => {
        const staged = await stagedWith(disk, 'key', 'mine');
        user.write('x', bytes('yours'));
        user.makeFolder('folder');
        await fails(staged.place('x', asNew), 'nameTaken');
        await fails(staged.place('folder', asNew), 'nameTaken');
        await fails(staged.place('gone/x', asNew), 'localGone');
        await fails(staged.place('x/y', asNew), 'changedMeanwhile');
        expect(text(user.read('x'))).toBe('yours');
        await staged.place('y', asNew);
        expect(text(user.read('y'))).toBe('mine');
      }));

    test('lets a scan tell which version was placed as a file, wherever a user moves it', () =>
      withDisk(async (disk, user) => {
        await (await stagedWith(disk, 'one', 'version 1')).place('x', asNew);
        user.write('mine', bytes('mine'));
        const stagedAs = async (): Promise<Record<string, string | undefined>> => {
          const told: Record<string, string | undefined> = {};
          for await (const batch of disk.scan())
            if ('folders' in batch)
              for (const { rows } of batch.folders) for (const row of rows) told[row.name] = row.stagedAs;
          return told;
        };
        const id = (await disk.stat('x'))?.id;
        const isKnown = id !== undefined && !isWeakId(id);
        expect(await stagedAs()).toEqual({ x: isKnown ? 'one' : undefined, mine: undefined });
        user.rename('x', 'y');
        user.replace('mine', bytes('mine again'));
        expect(await stagedAs()).toEqual({ y: isKnown ? 'one' : undefined, mine: undefined });
      }));
    test('replaces exactly the expected version and puts it into the trash', () =>
      withDisk(async (disk, user) => {
        user.write('x', bytes('old'));
        const expected = await rowAt(disk, 'x');
        const staged = await stagedWith(disk, 'key', 'new');
        const { row, kept, trash } = await staged.place('x', { expected, keepAs: null, modifiedAt: 5 });
        expect(kept).toBeNull();
        expect(row).toEqual({ ...(await rowAt(disk, 'x')), hash: quickXorHash(bytes('new')) });
        expect(row.id).not.toBe(expected.id);
        expect(text(user.read('x'))).toBe('new');
        expect([...user.trashContents()].map(([path, old]) => [path, text(old)])).toEqual([[trash, 'old']]);
      }));

    test('replaces nothing that is not the expected version', () =>
      withDisk(async (disk, user) => {
        const staged = await stagedWith(disk, 'key', 'new');
        const changes: readonly ((path: string) => void)[] = [
          (path) => user.write(path, bytes('edit')),
          (path) => user.replace(path, bytes('save')),
          (path) => user.setModifiedAt(path, 77),
          (path) => user.remove(path),
          (path) => (user.remove(path), user.makeFolder(path)),
        ];
        for (const [index, change] of changes.entries()) {
          const path = `x${index}`;
          user.write(path, bytes('base'));
          const expected = await rowAt(disk, path);
          change(path);
          const before = user.tree();
          const options = { expected, keepAs: keep, modifiedAt: 5 };
          await fails(staged.place(path, options), 'changedMeanwhile');
          await fails(staged.place(path, { ...options, keepAs: null }), 'changedMeanwhile');
          expect(user.tree()).toEqual(before);
        }
        expect(user.trashContents().size).toBe(0);
        await staged.place('free', asNew);
        expect(text(user.read('free'))).toBe('new');
      }));

    test('keeps the local version under the first free kept name', () =>
      withDisk(async (disk, user) => {
        user.write('x', bytes('local'));
        user.write('x-host-safeBackup-0001.txt', bytes('another'));
        const expected = await rowAt(disk, 'x');
        const staged = await stagedWith(disk, 'key', 'remote');
        const { row, kept, reused } = await staged.place('x', { expected, keepAs: keep, modifiedAt: 5 });
        expect(reused).toBeUndefined();
        expect(row.hash).toBe(quickXorHash(bytes('remote')));
        expect(kept).toEqual(await rowAt(disk, 'x-host-safeBackup-0002.txt'));
        expect(kept?.id).toBe(expected.id);
        expect(contents(user)).toEqual({
          x: 'remote',
          'x-host-safeBackup-0001.txt': 'another',
          'x-host-safeBackup-0002.txt': 'local',
        });
      }));

    test('uses a kept version with the same bytes again', () =>
      withDisk(async (disk, user) => {
        user.write('x', bytes('local'));
        user.write('x-host-safeBackup-0001.txt', bytes('local'));
        const expected = await rowAt(disk, 'x');
        const there = await rowAt(disk, 'x-host-safeBackup-0001.txt');
        const staged = await stagedWith(disk, 'key', 'remote');
        const { kept, reused } = await staged.place('x', { expected, keepAs: keep, modifiedAt: 5 });
        expect(kept).toEqual(there);
        expect(reused).toBe(true);
        expect(contents(user)).toEqual({ x: 'remote', 'x-host-safeBackup-0001.txt': 'local' });
      }));

    test('replaces nothing when all kept names are taken', () =>
      withDisk(async (disk, user) => {
        user.write('x', bytes('local'));
        user.write('x-host-safeBackup-1000.txt', bytes('another'));
        const expected = await rowAt(disk, 'x');
        const staged = await stagedWith(disk, 'key', 'remote');
        const keepAs = { ...keep, from: 1000 };
        await fails(staged.place('x', { expected, keepAs, modifiedAt: 5 }), 'preservationFailed');
        await fails(staged.placeAs('', keepAs, 5), 'preservationFailed');
        expect(await rowAt(disk, 'x')).toEqual(expected);
        const row = await staged.placeAs('', keep, 5);
        expect(row).toMatchObject({
          name: 'x-host-safeBackup-0001.txt',
          hash: quickXorHash(bytes('remote')),
        });
      }));
  });
}
