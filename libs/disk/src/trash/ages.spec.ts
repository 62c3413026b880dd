import { assert, constantFrom, integer, array, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { type Ages, agesIn, isDay, look, overdueDays } from './ages.ts';

const dayMs = 24 * 3600 * 1000;
const keepMs = 30 * dayMs;
const start = Date.parse('2026-11-28T12:00:00Z');
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Looks at these times at a trash in which nothing happens but on the day it began. */
function lookAt(times: readonly number[], marks = new Map([[dayOf(start), 'mark']])): Ages {
  const ages = times.reduce<Ages | null>((before, now) => look(before, now, marks, keepMs), null);
  if (ages === null) throw new Error('no look');
  return ages;
}

const daily = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => start + (from + index) * dayMs);

test('with a look a day, what came on a day may go when thirty days have passed since, and not before', () => {
  expect(overdueDays(lookAt(daily(0, 29)), keepMs)).toEqual([]);
  expect(overdueDays(lookAt(daily(0, 30)), keepMs)).toEqual([]);
  expect(overdueDays(lookAt(daily(0, 31)), keepMs)).toEqual(['2026-11-28']);
});

test('with a look a week nobody waits longer than for the next look', () => {
  expect(overdueDays(lookAt([0, 7, 14, 21, 28].map((day) => start + day * dayMs)), keepMs)).toEqual([]);
  expect(overdueDays(lookAt([0, 7, 14, 21, 28, 35].map((day) => start + day * dayMs)), keepMs)).toEqual([
    '2026-11-28',
  ]);
});

test('the clock set to 2099, and back: nothing goes that is younger than three quarters of the time', () => {
  const in2099 = Date.parse('2099-01-01T00:00:00Z');
  expect(overdueDays(lookAt([start, in2099]), keepMs)).toEqual([]);
  expect(overdueDays(lookAt([...daily(0, 22), in2099]), keepMs)).toEqual([]);
  expect(overdueDays(lookAt([...daily(0, 5), in2099, ...daily(6, 22)]), keepMs)).toEqual([]);
});

test('what came while the clock stood in 1970 is as young as the first look at it', () => {
  const marks = new Map([['1970-01-01', 'of the first boot']]);
  const known = lookAt(daily(0, 100), marks);
  expect(overdueDays(known, keepMs)).toEqual(['1970-01-01']);
  const again = look(known, start + 101 * dayMs, new Map([['1970-01-01', 'of the second boot']]), keepMs);
  expect(overdueDays(again, keepMs)).toEqual([]);
});

test('[property] whatever the clock does, nothing goes before it was there for the time asked for, but for jumps', () => {
  const step = record({
    /** Real time to the next look, in hours. */
    hours: integer({ min: 0, max: 24 * 7 }),
    /** What the clock shows beside the real time, in days. */
    jumpDays: constantFrom(0, 0, 0, 0, 0, -20_000, 26_000, 3, -3, 40),
    /** Whether something came into the folder before this look. */
    isChanged: constantFrom(false, false, false, true),
  });
  assert(
    property(array(step, { maxLength: 60 }), integer({ min: 1, max: 60 }), (steps, keepDays) => {
      const keep = keepDays * dayMs;
      let ages = look(null, start, new Map([['2026-11-28', '0']]), keep);
      let [at, changedAt, jumps, shownBefore, version] = [start, start, 0, start, 0];
      for (const { hours, jumpDays, isChanged } of steps) {
        at += hours * 3600 * 1000;
        if (isChanged) [changedAt, version, jumps] = [at, version + 1, 0];
        const shown = at + jumpDays * dayMs;
        const seemed = shown - shownBefore;
        if (!isChanged && seemed > hours * 3600 * 1000) jumps += 1;
        shownBefore = shown;
        ages = look(ages, shown, new Map([['2026-11-28', String(version)]]), keep);
        if (overdueDays(ages, keep).length === 0) continue;
        expect(at - changedAt).toBeGreaterThanOrEqual(keep - (jumps * keep) / 4);
        expect(shown).toBeGreaterThanOrEqual(start + keep);
      }
    }),
  );
});

test('[property] on a clock that is right everything goes in the end, however seldom somebody looks', () => {
  assert(
    property(integer({ min: 1, max: 400 }), integer({ min: 1, max: 60 }), (everyDays, keepDays) => {
      const keep = keepDays * dayMs;
      let ages: Ages | null = null;
      for (let looks = 0; looks <= 62; looks++)
        ages = look(ages, start + looks * everyDays * dayMs, new Map([['2026-11-28', 'mark']]), keep);
      expect(overdueDays(ages ?? lookAt([]), keep)).toEqual(['2026-11-28']);
    }),
  );
});

test('what is no record of ages is none', () => {
  const ages = lookAt(daily(0, 3));
  expect(agesIn(JSON.stringify(ages))).toEqual(ages);
  const damaged = [
    '',
    'null',
    '{}',
    '{"at":1,"passedMs":null,"days":{}}',
    '{"at":1,"passedMs":-1,"days":{}}',
    JSON.stringify(ages).slice(0, -1),
    JSON.stringify({ ...ages, days: { '../..': { mark: '', sinceMs: 0 } } }),
    JSON.stringify({ ...ages, days: { '2026-11-28': { mark: '' } } }),
  ];
  for (const text of damaged) expect(agesIn(text), text).toBeNull();
});

test('only days of the calendar are days', () => {
  for (const name of ['2026-11-28', '1970-01-01', '2028-02-29']) expect(isDay(name), name).toBe(true);
  for (const name of ['2026-02-30', '2026-13-01', '..', '2026-11-28x', '20261128', ''])
    expect(isDay(name), name).toBe(false);
});
