import { driveItemId, localId } from '@tidemark/contracts';
import type { Conflict, ConflictVersion } from '@tidemark/engine';
import { expect, it } from 'vitest';
import { settleConflicts } from './settle-conflicts.ts';

const version = (
  path: string,
  from: 'disk' | 'drive',
  hash: string,
  modifiedAt: number,
): ConflictVersion => ({
  ...{ path, from, hash, modifiedAt, sizeBytes: 3, driveItemId: null },
  local: { id: localId(path), stamp: path },
});

const conflict = (
  name: string,
  hashes: readonly [string, string],
  times: readonly [number, number] = [1, 2],
): Conflict => ({
  named: version(name, 'drive', hashes[0], times[0]),
  kept: version(`${name}-safeBackup`, 'disk', hashes[1], times[1]),
  ...{ keptId: localId(name), at: 5, isEqual: hashes[0] === hashes[1] },
});

const one = conflict('a', ['x', 'y']);
const equal = conflict('b', ['x', 'x']);

const summary = (...given: Parameters<typeof settleConflicts>) => {
  const { changes, settled, left } = settleConflicts(...given);
  return { changes: changes.map(({ type, path }) => `${type} ${path}`), settled, left };
};

it('settles what was meant, and drops the copies of equal versions as well', () => {
  expect(summary([one], [one, equal], 'local').changes).toEqual(['PutBack a', 'Remove b-safeBackup']);
  expect(summary([one], [one, equal], 'remote').changes).toEqual([
    'Remove a-safeBackup',
    'Remove b-safeBackup',
  ]);
  expect(summary([one], [one], 'newest').changes).toEqual(['PutBack a']);
});

it('leaves both files where both are kept, and only lists that conflict no more', () => {
  expect(summary([one], [one, equal], 'both')).toEqual({ changes: [], settled: [one.keptId], left: [] });
});

it('names what it cannot decide', () => {
  const same = conflict('c', ['x', 'y'], [1, 1]);
  expect(summary([same, one], [same, one], 'newest')).toEqual({
    changes: ['PutBack a'],
    settled: [],
    left: [{ path: 'c', why: 'both versions have the same time: say local or remote' }],
  });
});

it('of a drive that is for reading settles only what changes nothing there', () => {
  const why = 'its owner lets you only read';
  const uploaded = { ...one, kept: { ...one.kept, driveItemId: driveItemId('kept') } };
  expect(summary([one], [one, equal], 'local', why).left).toEqual([{ path: 'a', why }]);
  expect(summary([one], [one, equal], 'remote', why)).toMatchObject({
    changes: ['Remove a-safeBackup'],
    left: [],
  });
  expect(summary([uploaded], [uploaded], 'remote', why).left).toEqual([{ path: 'a', why }]);
  expect(summary([uploaded], [uploaded], 'both', why)).toMatchObject({ settled: [one.keptId], left: [] });
});
