import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createClockWatch } from './clock-watch.ts';

function world() {
  const at = { now: 1_000_000_000, monotonic: 50 };
  const watch = createClockWatch({ now: () => at.now, monotonic: () => at.monotonic });
  const pass = (ms: number, jumpMs = 0): number => {
    at.now += ms + jumpMs;
    at.monotonic += ms;
    return watch.jumpedMs();
  };
  return pass;
}

test('a night of sleep is a jump, told once', () => {
  const pass = world();
  expect(pass(5_000)).toBe(0);
  expect(pass(5_000, 8 * 3_600_000)).toBe(8 * 3_600_000);
  expect(pass(5_000)).toBe(0);
});

test('a clock that is set back is a jump below zero', () => {
  expect(world()(5_000, -86_400_000)).toBe(-86_400_000);
});

test('neither a busy machine nor a time server’s correction is one', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3_600_000), fc.integer({ min: -29_999, max: 29_999 }))), (steps) => {
      const pass = world();
      for (const [ms, jumpMs] of steps) expect(pass(ms, jumpMs)).toBe(0);
    }),
  );
});
