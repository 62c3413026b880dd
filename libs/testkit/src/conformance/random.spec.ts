import { describe, expect, test } from 'vitest';
import { createSystemRandom } from '@tidemark/graph';
import { createSeededRandom } from '../random.ts';
import { randomConformance } from './random.ts';

randomConformance({ name: 'system', create: createSystemRandom });
randomConformance({ name: 'seeded', create: () => createSeededRandom(1) });

describe('seeded random', () => {
  const drawn = (random: { below(count: number): number }) =>
    Array.from({ length: 20 }, () => random.below(1000));

  test('repeats itself from the same seed, and does not from another', () => {
    expect(drawn(createSeededRandom(5))).toEqual(drawn(createSeededRandom(5)));
    expect(drawn(createSeededRandom(5))).not.toEqual(drawn(createSeededRandom(6)));
    expect(drawn(createSeededRandom(5))).not.toEqual(drawn(createSeededRandom(5 + 2 ** 32)));
  });

  test('forks streams that depend on seed and name, and on nothing that was drawn', () => {
    const random = createSeededRandom(5);
    const before = drawn(random.fork('disk'));
    drawn(random);
    drawn(random.fork('drive'));
    expect(drawn(random.fork('disk'))).toEqual(before);
    expect(drawn(random.fork('drive'))).not.toEqual(before);
    expect(drawn(random.fork('a').fork('b'))).not.toEqual(drawn(random.fork('b').fork('a')));
  });

  test('shuffles without losing anything, and picks what is there', () => {
    const random = createSeededRandom(5);
    const values = Array.from({ length: 50 }, (_, index) => index);
    expect(random.shuffled(values).toSorted((a, b) => a - b)).toEqual(values);
    expect(random.shuffled(values)).not.toEqual(values);
    expect(values).toContain(random.pick(values));
    expect(() => random.pick([])).toThrow(RangeError);
    expect(random.below(0)).toBe(0);
  });
});
