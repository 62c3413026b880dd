import { driveItemId } from '@tidemark/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idPrefixOf, normalDriveId, normalItemId } from './ids.ts';
import { isSafeName } from './names.ts';
import { readItem, readRow, type DriveIdentity } from './rows.ts';
import { formatTime, parseTime } from './times.ts';

const drive: DriveIdentity = {
  id: '024470056f5c3e43',
  rootId: driveItemId('024470056F5C3E43!sea8cc'),
  idPrefix: '024470056F5C3E43!',
};
const file = {
  id: '024470056F5C3E43!s1',
  name: 'a.txt',
  size: 5,
  eTag: '"{B67},2"',
  cTag: '"c:{B67},1"',
  parentReference: { driveId: '24470056F5C3E43', id: '024470056F5C3E43!sea8cc' },
  fileSystemInfo: { lastModifiedDateTime: '2025-01-02T03:04:05.9876543Z' },
  file: { mimeType: 'text/plain', hashes: { quickXorHash: 'aCgDG9jwBhDc4Q1yawMZAAAAAAA=' } },
};
const rowOf = (json: unknown) => {
  const read = readRow(json, drive);
  if (read.type !== 'row') throw new Error(`read as ${read.type}`);
  return read.row;
};

describe('a row of the change feed', () => {
  it('is read with whole seconds and the ids as they were sent', () => {
    expect(rowOf(file)).toEqual({
      id: '024470056F5C3E43!s1',
      parentId: '024470056F5C3E43!sea8cc',
      name: 'a.txt',
      kind: 'file',
      sizeBytes: 5,
      hash: 'aCgDG9jwBhDc4Q1yawMZAAAAAAA=',
      modifiedAt: Date.UTC(2025, 0, 2, 3, 4, 5) / 1000,
      eTag: '"{B67},2"',
      cTag: '"c:{B67},1"',
    });
  });

  it.each([
    ['a missing hash', { ...file, file: { mimeType: 'x' } }, { hash: null }],
    ['hashes of other kinds only', { ...file, file: { hashes: { sha1Hash: 'AA' } } }, { hash: null }],
    ['an empty file facet', { ...file, file: {} }, { kind: 'file', hash: null }],
    ['a size as text', { ...file, size: '17133' }, { sizeBytes: 17_133 }],
    ['a negative size', { ...file, size: -1 }, { sizeBytes: 0 }],
    ['no size', { ...file, size: undefined }, { sizeBytes: 0 }],
    ['no tags', { ...file, eTag: undefined, cTag: undefined }, { eTag: '', cTag: null }],
    [
      'no client time',
      { ...file, fileSystemInfo: undefined, lastModifiedDateTime: '2025-01-02T03:04:06Z' },
      { modifiedAt: 1_735_787_046 },
    ],
    [
      'a broken client time',
      {
        ...file,
        fileSystemInfo: { lastModifiedDateTime: 'now' },
        lastModifiedDateTime: '2025-01-02T03:04:06Z',
      },
      { modifiedAt: 1_735_787_046 },
    ],
    [
      'a folder',
      { ...file, file: undefined, folder: { childCount: 0 } },
      { kind: 'folder', sizeBytes: 0, hash: null },
    ],
    ['a notebook', { ...file, file: undefined, package: { type: 'oneNote' } }, { kind: 'opaque' }],
    [
      'a pointer that looks like a folder',
      { ...file, file: undefined, folder: {}, remoteItem: { id: 'x' } },
      { kind: 'opaque' },
    ],
    ['no facet at all', { ...file, file: undefined }, { kind: 'opaque' }],
    [
      'a row of another drive',
      { ...file, parentReference: { driveId: 'd8ebbd13a0551216', id: 'p' } },
      { kind: 'opaque' },
    ],
    ['no drive id', { ...file, parentReference: { id: 'p' } }, { kind: 'file' }],
  ])('with %s', (_what, json, expected) => {
    expect(rowOf(json)).toMatchObject(expected);
  });

  it.each(['..', '.', '', '/', 'a/b', '../../etc/passwd', 'a\0b', '/etc', '\ud800', 'x'.repeat(2_000)])(
    'named %j never becomes a file or a folder',
    (name) => {
      for (const facet of [{ file: {} }, { file: undefined, folder: {} }]) {
        const row = rowOf({ ...file, ...facet, name });
        expect(row.kind).toBe('opaque');
        expect(isSafeName(row.name)).toBe(true);
      }
    },
  );

  it('with the word deleted is a tombstone, with or without a name', () => {
    const tombstone = { type: 'gone', tombstone: { id: file.id, deleted: true } };
    expect(readRow({ ...file, deleted: {} }, drive)).toEqual(tombstone);
    expect(readRow({ id: file.id, deleted: { state: 'deleted' } }, drive)).toEqual(tombstone);
  });

  it('without a name or a parent is suspicious, not gone', () => {
    expect(readRow({ ...file, name: undefined }, drive)).toEqual({ type: 'suspicious', id: file.id });
    expect(readRow({ ...file, parentReference: { driveId: 'x' } }, drive)).toEqual({
      type: 'suspicious',
      id: file.id,
    });
  });

  it('of the root is known by its id or by its facet without a parent', () => {
    expect(readRow({ id: drive.rootId, name: 'root', folder: {} }, drive).type).toBe('root');
    expect(readRow({ id: 'other', name: 'root', root: {}, folder: {} }, drive).type).toBe('root');
    // The root of an attached library carries the facet too, but has a place in this drive.
    expect(readRow({ ...file, root: {}, remoteItem: { id: 'r' } }, drive).type).toBe('row');
  });

  it('can be any JSON at all without an exception, and only safe names come out', () => {
    const key = fc.constantFrom(
      'id',
      'name',
      'size',
      'file',
      'folder',
      'deleted',
      'parentReference',
      'fileSystemInfo',
      'root',
      'package',
      'eTag',
    );
    const near = fc.dictionary(
      key,
      fc.oneof(
        fc.jsonValue({ maxDepth: 3 }),
        fc.constant({ id: 'p', driveId: 'd' }),
        fc.string({ unit: 'binary' }),
      ),
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), near, fc.anything()), (json) => {
        const read = readRow(json, drive);
        readItem(json, drive);
        if (read.type !== 'row') return;
        expect(isSafeName(read.row.name)).toBe(true);
        expect(Number.isSafeInteger(read.row.sizeBytes)).toBe(true);
        expect(Number.isFinite(read.row.modifiedAt)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('item ids', () => {
  it.each([
    ['024470056F5C3E43!s1', '024470056F5C3E43!s1'],
    ['024470056f5c3e43!s1', '024470056F5C3E43!s1'],
    ['24470056f5c3e43!S1', '024470056F5C3E43!S1'],
    ['d8ebbd13a0551216!s1', 'd8ebbd13a0551216!s1'],
    ['01ABC', '01ABC'],
    ['!', '!'],
  ])('%j is %j on a personal drive', (id, expected) => {
    expect(normalItemId(id, drive)).toBe(expected);
    expect(normalItemId(id, { ...drive, idPrefix: null })).toBe(id);
  });
  it('have a prefix only where the root has the id of the drive in it', () => {
    expect(idPrefixOf(drive.id, '24470056f5c3e43!sea8cc')).toBe('24470056f5c3e43!');
    expect(idPrefixOf(drive.id, 'd8ebbd13a0551216!sea8cc')).toBeNull();
    expect(idPrefixOf('b!x', '01ABC')).toBeNull();
  });
});

describe('drive ids', () => {
  it.each([
    ['24470056F5C3E43', '024470056f5c3e43'],
    ['D8EBBD13A0551216', 'd8ebbd13a0551216'],
    ['b!AbCdEf', 'b!AbCdEf'],
    [`b!${'A'.repeat(64)}`, `b!${'A'.repeat(64)}`],
    ['', ''],
  ])('%j is %j', (id, expected) => expect(normalDriveId(id)).toBe(expected));
});

describe('times', () => {
  it('survive a round trip in whole seconds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_102_444_800 }),
        fc.integer({ min: 0, max: 7 }),
        (seconds, digits) => {
          const text = formatTime(seconds);
          const fraction = digits === 0 ? '' : `.${'9'.repeat(digits)}`;
          expect(parseTime(text.replace('Z', `${fraction}Z`))).toBe(seconds);
        },
      ),
    );
  });
  it.each([null, 5, '', 'yesterday', '2025-13-02T03:04:05Z', '20250102T030405Z0000'])(
    '%j is no time',
    (value) => {
      expect(parseTime(value)).toBeNull();
    },
  );
});
