import { expect, test } from 'vitest';
import { parsePauseEnd } from './pause-end.ts';

const now = new Date(2026, 0, 31, 17, 30).getTime();
const at = (...parts: [number, number, number, number, number]): number => new Date(...parts).getTime();

test.each([
  [{}, null],
  [{ forText: '45m' }, now + 45 * 60_000],
  [{ forText: '2h' }, now + 2 * 3_600_000],
  [{ untilText: '18:00' }, at(2026, 0, 31, 18, 0)],
  [{ untilText: '9:15' }, at(2026, 1, 1, 9, 15)],
  [{ untilText: '17:30' }, at(2026, 1, 1, 17, 30)],
  [{ untilText: '2026-02-03T18:00' }, at(2026, 1, 3, 18, 0)],
])('%o', (given, end) => {
  expect(parsePauseEnd(given, now)).toBe(end);
});

test.each([
  [{ forText: 'a while' }, 'Cannot read --for "a while": give a span like 45m, 2h or 1d'],
  [{ forText: '0h' }, 'Cannot read --for "0h": give a span like 45m, 2h or 1d'],
  [{ untilText: '25:00' }, 'Cannot read --until "25:00": give a time like 18:00 or 2026-01-31T18:00'],
  [{ untilText: '2026-01-31T17:00' }, '--until "2026-01-31T17:00" has passed'],
])('%o is refused in words', (given, sentence) => {
  expect(parsePauseEnd(given, now)).toBe(sentence);
});
