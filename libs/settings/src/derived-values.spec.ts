import { describe, expect, it } from 'vitest';
import { fragmentBytes, modeOf } from './derived-values.ts';

describe('derived values', () => {
  it.each([
    [700, 0o700],
    [644, 0o644],
    [0, 0],
    [7, 0o007],
  ])('the mode of %i', (digits, mode) => {
    expect(modeOf(digits)).toBe(mode);
  });

  it.each([
    [10, 10_485_760],
    [11, 11_468_800],
    [60, 62_914_560],
  ])('a fragment of %i MiB is a multiple of 320 KiB and not larger', (file_fragment_size, bytes) => {
    expect(fragmentBytes({ file_fragment_size })).toBe(bytes);
    expect(bytes % 327_680).toBe(0);
  });
});
