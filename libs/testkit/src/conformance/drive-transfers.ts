/** The part of the drive's conformance suite about content. */
import { describe, expect, test } from 'vitest';
import { driveItemId } from '@tidemark/contracts';
import { quickXorHash } from '@tidemark/quickxor';
import { bytes, fails } from './disk-harness.ts';
import {
  type DriveHarness,
  onDrive,
  round,
  rowNamed,
  sinkWith,
  sourceOf,
  type WithDrive,
} from './drive-harness.ts';

const nowhere = driveItemId('01NEVERTHERE');

export function driveTransfers(withDrive: WithDrive, { canRewrite }: DriveHarness): void {
  describe('uploads', () => {
    test('a new file arrives with its bytes, hash and time', () =>
      withDrive(async (drive, user, rootId) => {
        const progress: number[] = [];
        const sent = await drive.upload(
          { as: 'new', parentId: rootId, name: 'a.txt' },
          sourceOf(bytes('hello, world')),
          1_500_000_000,
          { progress: (done) => progress.push(done) },
        );
        expect(sent).toMatchObject({ hash: quickXorHash(bytes('hello, world')), altered: false });
        expect(sent.requestIds.length).toBeGreaterThan(0);
        expect(sent.row).toMatchObject({
          parentId: rootId,
          name: 'a.txt',
          kind: 'file',
          sizeBytes: 12,
          hash: sent.hash,
          modifiedAt: 1_500_000_000,
        });
        expect(progress.at(-1)).toBe(12);
        expect(onDrive(user)).toEqual({ 'a.txt': 'hello, world' });
        expect(await drive.item(sent.row.id)).toEqual(sent.row);
        const { rows } = await round(drive, null);
        expect(rows).toEqual([
          { ...sent.row, cTag: rows.map((row) => ('deleted' in row ? null : row.cTag))[0] },
        ]);
      }));

    test('an empty file arrives as one', () =>
      withDrive(async (drive, user, rootId) => {
        const target = { as: 'new', parentId: rootId, name: 'empty' } as const;
        const { row, altered } = await drive.upload(target, sourceOf(bytes('')), 1_500_000_000);
        expect(row).toMatchObject({ sizeBytes: 0, hash: null, modifiedAt: 1_500_000_000 });
        expect(altered).toBe(false);
        expect(onDrive(user)).toEqual({ empty: '' });
      }));

    test('a new one never replaces anything', () =>
      withDrive(async (drive, user, rootId) => {
        user.write('x', bytes('theirs'));
        user.makeFolder('folder');
        const as = (name: string, parentId = rootId) => ({ as: 'new', parentId, name }) as const;
        for (const name of ['x', 'X', 'folder'])
          await fails(drive.upload(as(name), sourceOf(bytes('ours')), 1), 'nameTaken');
        await fails(drive.upload(as('x'), sourceOf(bytes('')), 1), 'nameTaken');
        await fails(drive.upload(as('y', nowhere), sourceOf(bytes('ours')), 1), 'notFound');
        await fails(drive.upload(as('a:b'), sourceOf(bytes('ours')), 1), 'invalidRequest');
        expect(onDrive(user)).toEqual({ folder: null, x: 'theirs' });
      }));

    test('a new one that somebody makes meanwhile is not replaced either', () =>
      withDrive(async (drive, user, rootId) => {
        let interfered = false;
        const source = sourceOf(bytes('ours, and long'), () => {
          if (!interfered) user.write('x', bytes('theirs'));
          interfered = true;
        });
        await fails(drive.upload({ as: 'new', parentId: rootId, name: 'x' }, source, 1), 'nameTaken');
        expect(onDrive(user)).toEqual({ x: 'theirs' });
      }));

    test('a version replaces the one that was expected, and no other', () =>
      withDrive(async (drive, user) => {
        user.write('x', bytes('one'), 1_500_000_000);
        const first = await rowNamed(drive, 'x');
        const target = { as: 'version', id: first.id, ifMatch: first.eTag } as const;
        const second = await drive.upload(target, sourceOf(bytes('second')), 1_500_000_009);
        expect(second.row).toMatchObject({
          id: first.id,
          sizeBytes: 6,
          hash: second.hash,
          modifiedAt: 1_500_000_009,
        });
        expect(second.row.eTag).not.toBe(first.eTag);
        await fails(drive.upload(target, sourceOf(bytes('third')), 1), 'preconditionFailed');
        await fails(drive.upload(target, sourceOf(bytes('')), 1), 'preconditionFailed');
        expect(onDrive(user)).toEqual({ x: 'second' });
        user.remove('x');
        await fails(drive.upload(target, sourceOf(bytes('fourth')), 1), 'notFound');
        expect(onDrive(user)).toEqual({});
      }));

    test('a version is not written over one that somebody saved meanwhile', () =>
      withDrive(async (drive, user) => {
        user.write('x', bytes('one'));
        const { id, eTag } = await rowNamed(drive, 'x');
        let interfered = false;
        const source = sourceOf(bytes('ours, and long'), () => {
          if (!interfered) user.write('x', bytes('theirs'));
          interfered = true;
        });
        await fails(drive.upload({ as: 'version', id, ifMatch: eTag }, source, 1), 'preconditionFailed');
        expect(onDrive(user)).toEqual({ x: 'theirs' });
      }));

    test('a source that turns out shorter changes nothing', () =>
      withDrive(async (drive, user, rootId) => {
        const source = { ...sourceOf(bytes('short')), sizeBytes: 50 };
        await fails(drive.upload({ as: 'new', parentId: rootId, name: 'x' }, source, 1), 'changedMeanwhile');
        expect(onDrive(user)).toEqual({});
      }));

    test('nothing of a source beyond the announced size is sent', () =>
      withDrive(async (drive, user, rootId) => {
        const source = { ...sourceOf(bytes('grows and grows')), sizeBytes: 5 };
        const sent = await drive.upload({ as: 'new', parentId: rootId, name: 'x' }, source, 1);
        expect(sent.hash).toBe(quickXorHash(bytes('grows')));
        expect(onDrive(user)).toEqual({ x: 'grows' });
      }));

    // A service that stores what it is sent cannot show what happens to what it does not.
    test.runIf(canRewrite)('a document that the service rewrites is told as altered', () =>
      withDrive(
        async (drive, user, rootId) => {
          const target = { as: 'new', parentId: rootId, name: 'letter.docx' } as const;
          const sent = await drive.upload(target, sourceOf(bytes('dear')), 1_500_000_000);
          expect(sent).toMatchObject({ altered: true, hash: quickXorHash(bytes('dear')) });
          const stored = user.tree().get('letter.docx')?.bytes ?? new Uint8Array(0);
          expect(await drive.item(sent.row.id)).toMatchObject({
            sizeBytes: stored.length,
            hash: quickXorHash(stored),
          });
        },
        { rewritesDocuments: true },
      ),
    );
  });

  describe('downloads', () => {
    test('the whole content arrives, progress and all', () =>
      withDrive(async (drive, user) => {
        user.write('x', bytes('the whole content'));
        const { id, eTag } = await rowNamed(drive, 'x');
        const sink = sinkWith();
        const progress: number[] = [];
        const { requestIds } = await drive.download(id, sink, {
          eTag,
          progress: (done) => progress.push(done),
        });
        expect(sink.content()).toBe('the whole content');
        expect(sink.restarts).toBe(0);
        expect(progress.at(-1)).toBe(17);
        expect(requestIds.length).toBeGreaterThan(0);
      }));

    test('what is there already is not fetched again', () =>
      withDrive(async (drive, user) => {
        user.write('x', bytes('0123456789'));
        const { id } = await rowNamed(drive, 'x');
        const sink = sinkWith('01234');
        await drive.download(id, sink);
        expect(sink.content()).toBe('0123456789');
        expect(sink.restarts).toBe(0);
        const whole = sinkWith('0123456789');
        await drive.download(id, whole);
        expect(whole.content()).toBe('0123456789');
        expect(whole.restarts).toBe(0);
      }));

    test('more than there is to fetch is forgotten first', () =>
      withDrive(async (drive, user) => {
        user.write('x', bytes('short'));
        const { id } = await rowNamed(drive, 'x');
        const sink = sinkWith('much longer than that');
        await drive.download(id, sink);
        expect(sink.content()).toBe('short');
        expect(sink.restarts).toBe(1);
      }));

    test('bytes are not checked: the receiver does that', () =>
      withDrive(async (drive, user) => {
        user.write('x', bytes('0123456789'));
        const { id } = await rowNamed(drive, 'x');
        const sink = sinkWith('wrong');
        await drive.download(id, sink);
        expect(sink.content()).toBe('wrong56789');
      }));

    test('a version that came meanwhile is fetched whole, whatever was expected', () =>
      withDrive(async (drive, user) => {
        user.write('x', bytes('old'));
        const { id, eTag } = await rowNamed(drive, 'x');
        user.write('x', bytes('newer'));
        const sink = sinkWith();
        await drive.download(id, sink, { eTag });
        expect(sink.content()).toBe('newer');
      }));

    test('an empty file is empty, a folder has no content, and what is gone is not found', () =>
      withDrive(async (drive, user) => {
        user.write('empty', bytes(''));
        user.makeFolder('folder');
        const sink = sinkWith();
        const { id } = await rowNamed(drive, 'empty');
        await drive.download(id, sink);
        expect(sink.content()).toBe('');
        await fails(drive.download((await rowNamed(drive, 'folder')).id, sinkWith()), 'invalidRequest');
        user.remove('empty');
        await fails(drive.download(id, sinkWith()), 'notFound');
        await fails(drive.download(nowhere, sinkWith()), 'notFound');
      }));
  });
}
