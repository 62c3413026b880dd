import { expect, it } from 'vitest';
import { newerVersionOf } from './newer-version.ts';

it.each([
  ['0.2.0', '0.1.0', '0.2.0'],
  ['0.10.0', '0.9.3', '0.10.0'],
  ['1.0.0', '1.0.0-rc.1', '1.0.0'],
  ['0.1.0', '0.1.0', null],
  ['0.1.0', '0.2.0', null],
  ['spec', '0.1.0', null],
  ['0.1.0', 'spec', null],
])('a run of %s before this one of %s was newer: %s', (last, version, newer) => {
  expect(newerVersionOf({ version: last }, version)).toBe(newer);
});

it('a profile without a run was used by no version', () => {
  expect(newerVersionOf(null, '0.1.0')).toBeNull();
});
