import { expect, it } from 'vitest';
import { createVersionBook } from './version-book.ts';

it('misses exactly the versions that are in no place and that nobody replaced on purpose', () => {
  const versions = createVersionBook();
  versions.wrote('A', 'plan.txt', 'at first');
  versions.replaced('A');
  versions.wrote('B', 'plan.txt', 'on this machine');
  versions.wrote('C', 'plan.txt', 'on another device');
  expect(versions.size()).toBe(2);
  expect(versions.missingFrom([new Set(['B']), new Set(['C'])])).toEqual([]);
  expect(versions.missingFrom([new Set(['C']), new Set()])).toEqual(['"plan.txt", written on this machine']);
});
