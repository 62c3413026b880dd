import { expect, it } from 'vitest';
import { createBackOff } from './back-off.ts';

it('waits longer the longer the server is away, within its limits, and begins again when it is back', () => {
  let now = 0;
  const backOff = createBackOff(
    500,
    10_000,
    () => now,
    () => 0.5,
  );
  expect(backOff.delayMs()).toBe(500);
  backOff.lost();
  now = 4_000;
  backOff.lost();
  expect(backOff.delayMs()).toBe(1_000);
  now = 3_600_000;
  expect(backOff.delayMs()).toBe(10_000);
  backOff.found();
  expect(backOff.delayMs()).toBe(500);
});

it('grows by time only, so that asking twice does not put an attempt off for ever', () => {
  const backOff = createBackOff(
    500,
    10_000,
    () => 8_000,
    () => 0.5,
  );
  backOff.lost();
  expect([backOff.delayMs(), backOff.delayMs()]).toEqual([500, 500]);
});

it('keeps clients that were lost together apart', () => {
  const [early, late] = [0, 1].map((fraction) =>
    createBackOff(
      500,
      10_000,
      () => 0,
      () => fraction,
    ),
  );
  expect([early?.delayMs(), late?.delayMs()]).toEqual([375, 625]);
});
