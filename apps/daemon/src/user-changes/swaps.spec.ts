import type { UserChange } from '@tidemark/contracts';
import { localId } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import { endOfOpenSwap, isBetweenSwaps } from './swaps.ts';

const move = (path: string, toPath: string): UserChange => ({
  ...{ type: 'Move', path, toPath, expected: { id: localId(path), stamp: 's' } },
});
const changes = [move('o', 'p'), move('y', 'aside'), move('x', 'y'), move('aside', 'x'), move('q', 'r')];

test('changes may end anywhere but in the middle of a swap', () =>
  expect([0, 1, 2, 3, 4, 5].map((next) => isBetweenSwaps(changes, next))).toEqual([
    ...[true, true, false, false, true, true],
  ]));

test.each<[string, readonly number[], readonly number[], number | null]>([
  ['nothing was made', [], [], null],
  ['a plain move was made', [0], [], null],
  ['an item has its temporary name', [0, 1], [], 3],
  ['it has it, and the log does not say so', [0], [1], 3],
  ['one of the two has its name', [0, 1, 2], [], 3],
  ['both have theirs', [0, 1, 2, 3], [1], null],
])('when %s', async (_, ended, made, end) =>
  expect(
    await endOfOpenSwap(
      changes,
      (place) => ended.includes(place),
      (place) => Promise.resolve(made.includes(place)),
    ),
  ).toBe(end),
);
