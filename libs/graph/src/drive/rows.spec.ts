import { driveItemId, timeRange, withinTimeRange } from '@tidemark/contracts';
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
const at = (lastModifiedDateTime: unknown) => ({ fileSystemInfo: { lastModifiedDateTime } });
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
    [
      'a hash of another form',
      { ...file, file: { hashes: { quickXorHash: 'x'.repeat(28) } } },
      { hash: null },
    ],
    ['no content tag', { ...file, cTag: undefined }, { cTag: null }],
    ['the year 9999', { ...file, ...at('9999-12-31T23:59:59Z') }, { modifiedAt: timeRange.max }],
    ['the year 1700', { ...file, ...at('1700-01-01T00:00:00Z') }, { modifiedAt: timeRange.min }],
    ['the year 50', { ...file, ...at('0050-01-01T00:00:00Z') }, { modifiedAt: timeRange.min }],
    ['the year 1965', { ...file, ...at('1965-01-01T00:00:00Z') }, { modifiedAt: -157_766_400 }],
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

  const saved = { lastModifiedDateTime: '2025-01-02T03:04:06Z' };
  it.each([
    ['a version', { eTag: undefined }, 'its version'],
    ['an empty version', { eTag: '' }, 'its version'],
    ['a version that is a number', { eTag: 5 }, 'its version'],
    ['a size', { size: undefined }, 'its size'],
    ['a size of at least nothing', { size: -1 }, 'its size'],
    ['a size that is a number', { size: 'NaN' }, 'its size'],
    ['any time', { fileSystemInfo: undefined }, 'its time'],
    ['a time that is one', at('yesterday'), 'its time'],
    ['a time that was ever set', at('0001-01-01T00:00:00Z'), 'its time'],
    ['a name', { name: undefined }, 'its name'],
    ['a folder', { parentReference: { driveId: '24470056F5C3E43' } }, 'its folder'],
    ['any reference', { parentReference: undefined }, 'its folder'],
    ['a facet', { file: undefined }, 'whether it is a file or a folder'],
    ['one facet rather than two', { folder: {} }, 'whether it is a file or a folder'],
    ['size and version', { size: null, eTag: null }, 'its version, its size'],
  ])('without %s is incomplete: opaque if it stays so, and named', (_what, change, missing) => {
    const json = { ...file, ...change };
    const oddity = `the drive does not tell ${missing}`;
    expect(readRow(json, drive)).toMatchObject({ type: 'partial', row: { kind: 'opaque', oddity } });
    expect(readItem(json, drive)).toMatchObject({ id: file.id, kind: 'opaque', oddity });
  });

  it.each([undefined, {}, { lastModifiedDateTime: 'now' }, { lastModifiedDateTime: '0001-01-01T00:00:00Z' }])(
    'with %j for the time of the client is incomplete, and has the time of the service if it stays so',
    (fileSystemInfo) => {
      const json = { ...file, ...saved, fileSystemInfo };
      const row = { kind: 'file', modifiedAt: 1_735_787_046 };
      expect(readRow(json, drive)).toMatchObject({ type: 'partial', row });
      expect(readItem(json, drive)).toMatchObject(row);
      expect(readItem(json, drive)).not.toHaveProperty('oddity');
    },
  );

  it('of a folder needs neither size nor time', () => {
    const json = { ...file, file: undefined, folder: {}, size: undefined, fileSystemInfo: undefined };
    expect(readRow(json, drive)).toMatchObject({ type: 'row', row: { kind: 'folder' } });
  });

  it("without a folder stands in nobody's way at the root", () => {
    const row = readItem({ ...file, parentReference: undefined }, drive);
    expect(row).toMatchObject({ parentId: drive.rootId });
    expect(row).not.toMatchObject({ name: 'a.txt' });
  });

  it('of the root is known by its id or by its facet without a parent', () => {
    expect(readRow({ id: drive.rootId, name: 'root', folder: {} }, drive).type).toBe('root');
    expect(readRow({ id: 'other', name: 'root', root: {}, folder: {} }, drive).type).toBe('root');
    expect(readItem({ id: 'other', name: 'root', root: {}, folder: {} }, drive)).toMatchObject({
      parentId: drive.rootId,
      kind: 'opaque',
      oddity: 'it is the root of another drive',
    });
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
        readRow(json, drive);
        const row = readItem(json, drive);
        if (row === null || 'deleted' in row) return;
        expect(isSafeName(row.name)).toBe(true);
        expect(Number.isSafeInteger(row.sizeBytes) && row.sizeBytes >= 0).toBe(true);
        expect(row.modifiedAt).toBe(withinTimeRange(row.modifiedAt));
        expect(row.eTag !== '' || row.kind === 'opaque' || row.id === drive.rootId).toBe(true);
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
        fc.integer({ min: timeRange.min, max: timeRange.max }),
        fc.integer({ min: 0, max: 7 }),
        (seconds, digits) => {
          const text = formatTime(seconds);
          const fraction = digits === 0 ? '' : `.${'9'.repeat(digits)}`;
          expect(parseTime(text.replace('Z', `${fraction}Z`))).toBe(seconds);
        },
      ),
    );
  });
  it('beyond what both sides can hold are sent as the nearest that both can', () => {
    expect(formatTime(253_402_300_799)).toBe('2446-05-10T22:38:55Z');
    expect(formatTime(Number.MAX_SAFE_INTEGER)).toBe('2446-05-10T22:38:55Z');
    expect(formatTime(-62_135_596_800)).toBe('1901-12-13T20:45:52Z');
  });
  it.each([null, 5, '', 'yesterday', '0001-01-01T00:00:00Z', '2025-13-02T03:04:05Z', '20250102T030405Z0000'])(
    '%j is no time',
    (value) => {
      expect(parseTime(value)).toBeNull();
    },
  );
});
