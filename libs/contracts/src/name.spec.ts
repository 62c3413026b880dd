import { describe, expect, it } from 'vitest';
import { bytesIn, cutStem, splitName } from './name.ts';

describe('the suffix of a name', () => {
  it.each([
    ['a.txt', 'a', '.txt'],
    ['archive.tar.gz', 'archive.tar', '.gz'],
    ['none', 'none', ''],
    ['.hidden', '.hidden', ''],
    [`a.${'x'.repeat(63)}`, 'a', `.${'x'.repeat(63)}`],
    [`a.${'x'.repeat(64)}`, `a.${'x'.repeat(64)}`, ''],
  ])('of %s', (name, stem, suffix) => expect(splitName(name)).toEqual({ stem, suffix }));
});

it.each(['x', 'é', '€', '𝄞'])('a stem is cut between two characters: %s', (character) => {
  const size = Buffer.byteLength(character);
  expect(bytesIn(character)).toBe(size);
  for (let bytesMax = 4; bytesMax < 20; bytesMax++)
    expect(cutStem(character.repeat(20), '.txt', bytesMax)).toBe(
      character.repeat(Math.floor((bytesMax - 4) / size)),
    );
});
