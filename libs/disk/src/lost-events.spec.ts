import { expect, test } from 'vitest';
import { createLostEvents, inotifyQueueLength, readLimit } from './lost-events.ts';

test('half a queue of events in one turn is suspicious, once', () => {
  const lost = createLostEvents(100, 0);
  const suspicions = Array.from({ length: 100 }, () => lost.seen()).flatMap((is, index) =>
    is ? [index] : [],
  );
  expect(suspicions).toEqual([49]);
});

test('as many events over several turns are not', () => {
  const lost = createLostEvents(100, 0);
  for (let event = 0; event < 1_000; event++) {
    expect(lost.seen()).toBe(false);
    if (event % 40 === 0) lost.turned();
  }
});

test('a loop that stood still for more than five seconds is suspicious (F18)', () => {
  const lost = createLostEvents(100, 0);
  expect([1_000, 2_000, 6_900, 12_000, 13_000, 43_000].map((nowMs) => lost.beat(nowMs))).toEqual([
    false,
    false,
    false,
    true,
    false,
    true,
  ]);
});

test('the limits are those of this machine', () => {
  expect(inotifyQueueLength()).toBeGreaterThan(0);
  expect(readLimit('max_user_watches')).toBeGreaterThan(0);
});
