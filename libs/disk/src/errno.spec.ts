import { getSystemErrorName } from 'node:util';
import { expect, test } from 'vitest';
import { asFailure, errnoOf } from './errno.ts';

test('a quota that is used up is a full disk, though Node has no name for it', () => {
  const edquot = Object.assign(new Error(`${getSystemErrorName(-122)}: ${getSystemErrorName(-122)}, write`), {
    code: getSystemErrorName(-122),
  });
  expect(errnoOf(edquot)).toBe('EDQUOT');
  expect(asFailure('write', 'a.txt', edquot)).toMatchObject({
    code: 'diskFull',
    message: 'Cannot write "a.txt": the quota is used up',
  });
});

test('an error that has no place in the table is a fault of the disk', () => {
  const stale = Object.assign(new Error('Unknown system error -116'), { code: 'Unknown system error -116' });
  expect(asFailure('read', 'a.txt', stale)).toMatchObject({ code: 'diskFault' });
});
