import { describe, expect, it } from 'vitest';
import { isAltered } from './upload.ts';
import { firstExpected } from './upload-session-open.ts';

describe('what is compared after an upload', () => {
  const row = { sizeBytes: 3, hash: 'YRDDGAAAAAAAAAAAAwAAAAAAAAA=' };
  it.each([
    [row, 3, 'YRDDGAAAAAAAAAAAAwAAAAAAAAA=', false],
    [{ ...row, hash: null }, 3, 'x', false],
    [{ ...row, sizeBytes: 4 }, 3, 'YRDDGAAAAAAAAAAAAwAAAAAAAAA=', true],
    [row, 3, 'another', true],
    [{ sizeBytes: 0, hash: 'anything' }, 0, 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=', false],
  ])('%j after sending %d bytes with hash %s is altered: %s', (stored, sizeBytes, hash, altered) => {
    expect(isAltered(stored, sizeBytes, hash)).toBe(altered);
  });
});

describe('the ranges that a session still wants', () => {
  it.each([
    [{ nextExpectedRanges: ['26-'] }, 26],
    [{ nextExpectedRanges: ['12345-55232', '77829-99375'] }, 12_345],
    [{ nextExpectedRanges: ['500-', '20-30'] }, 20],
    [{ nextExpectedRanges: [] }, null],
    [{ nextExpectedRanges: ['x', 5, '-3'] }, null],
    [{}, null],
    [null, null],
  ])('of %j start at %j', (json, expected) => expect(firstExpected(json)).toBe(expected));
});
