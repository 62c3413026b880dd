import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { type Chosen, choose, entryBytes, type TrashEntry, type TrashLimits } from './choose.ts';
import { thinnedOut } from './staircase.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const start = Date.parse('2026-11-28T00:00:00Z');

const unbounded: TrashLimits = {
  isOverdue: () => false,
  sizeMax: Infinity,
  missingBytes: 0,
  wantedBytes: 0,
  isSpared: () => false,
};
const file = (trash: string, at: number, sizeBytes = 1, pathKey: string | null = trash): TrashEntry => ({
  trash,
  pathKey,
  isOnlyCopy: false,
  sizeBytes,
  at: start + at,
});
const namesOf = (chosen: readonly Chosen<TrashEntry>[]): string[] =>
  chosen.map(({ entry, why }) => `${entry.trash} ${why}`);

test('of a file that changes each hour for a year, the last day by hours, the last month by days, and the rest by weeks stay', () => {
  const hours = Array.from({ length: 365 * 24 }, (_, hour) => ({ at: start + hour * hourMs }));
  const gone = new Set(thinnedOut(hours));
  const kept = hours.filter((version) => !gone.has(version));
  const newest = hours.at(-1)?.at ?? 0;
  const within = (fromMs: number, toMs: number): number =>
    kept.filter(({ at }) => newest - at >= fromMs && newest - at < toMs).length;
  expect(within(0, dayMs)).toBe(24);
  expect(within(dayMs, 30 * dayMs)).toBe(29);
  expect(within(30 * dayMs, Infinity)).toBe(48);
  expect(kept).toContain(hours.at(-1));
});

test('what lies less than an hour before the newest version stays whole, however much it is', () => {
  const seconds = Array.from({ length: 3600 }, (_, second) => ({ at: start + 1800_000 + second * 1000 }));
  expect(thinnedOut(seconds)).toEqual([]);
  const [first] = seconds;
  expect(thinnedOut([...seconds, { at: start + 1800_000 + hourMs }])).toEqual([first]);
});

test('the staircase is for the versions of one path, and a version of an unknown path is alone', () => {
  const versions = [0, 1, 2, 300].map((minute) => file(`a${minute}`, minute * minuteMs, 1, 'a'));
  expect(namesOf(choose(versions, unbounded))).toEqual(['a0 thinned', 'a1 thinned']);
  const unknown = versions.map((version) => ({ ...version, pathKey: null }));
  expect(choose(unknown, unbounded)).toEqual([]);
});

test('above the bound the oldest go, until it holds', () => {
  const files = [3, 1, 2].map((hour) => file(`f${hour}`, hour * hourMs, 1000));
  const sizeMax = 2 * (1000 + entryBytes);
  expect(namesOf(choose(files, { ...unbounded, sizeMax }))).toEqual(['f1 full']);
  expect(namesOf(choose(files, { ...unbounded, sizeMax: sizeMax - 1 }))).toEqual(['f1 full', 'f2 full']);
});

test('the oldest make room for a download that found too little space, and none does when all of them are too small', () => {
  const files = ['one', 'two', 'three'].map((name, hour) => file(name, hour * hourMs, 600));
  const free = { ...unbounded, missingBytes: -100 };
  expect(namesOf(choose(files, { ...free, wantedBytes: 900 }))).toEqual(['one space', 'two space']);
  expect(choose(files, { ...free, wantedBytes: 1901 })).toEqual([]);
  expect(choose(files, { ...free, wantedBytes: 1900, isSpared: ({ trash }) => trash === 'two' })).toEqual([]);
});

test('a file that would not fit by itself goes, and no other makes room for it', () => {
  const files = [file('old', 0, 1000), file('large', hourMs, 1_000_000), file('new', 2 * hourMs, 1000)];
  expect(namesOf(choose(files, { ...unbounded, sizeMax: 100_000 }))).toEqual(['large full']);
});

test('for missing space go the oldest that free some, and no more than that', () => {
  const files = [file('linked', 0, 0), file('one', 1, 600), file('two', 2, 600), file('three', 3, 600)];
  expect(namesOf(choose(files, { ...unbounded, missingBytes: 700 }))).toEqual(['one space', 'two space']);
  expect(choose(files, { ...unbounded, missingBytes: -700 })).toEqual([]);
});

test('the only copy of something goes when it is overdue, for no bound and no space, and nothing makes room for it', () => {
  const only = { ...file('only', 0, 1_000_000, 'a'), isOnlyCopy: true };
  const others = [1, 2, 300].map((minute) => file(`a${minute}`, minute * minuteMs, 600, 'a'));
  expect(namesOf(choose([only, ...others], { ...unbounded, sizeMax: 20_000 }))).toEqual(['a1 thinned']);
  const missing = { ...unbounded, missingBytes: 1000 };
  expect(namesOf(choose([only, ...others], missing))).toEqual(['a1 thinned', 'a2 space']);
  expect(choose([only], { ...missing, sizeMax: 1 })).toEqual([]);
  expect(namesOf(choose([only], { ...unbounded, isOverdue: () => true }))).toEqual(['only overdue']);
});

test('what is overdue counts for the bound and the space as well', () => {
  const files = [file('overdue', 5, 700), file('one', 1, 600)];
  const isOverdue = ({ trash }: TrashEntry): boolean => trash === 'overdue';
  expect(namesOf(choose(files, { ...unbounded, isOverdue, missingBytes: 700, sizeMax: 9000 }))).toEqual([
    'overdue overdue',
  ]);
});

const entries = array(
  record({
    at: integer({ min: 0, max: 60 * 24 * 40 }),
    sizeBytes: constantFrom(0, 1, 1000, 5000, 20_000, 100_000),
    pathKey: constantFrom<string | null>('a', 'b', 'c', null),
    isOnlyCopy: constantFrom(false),
  }),
  { maxLength: 40 },
).map((all) =>
  all.map(({ at, ...entry }, index) => ({ ...entry, trash: `${index}`, at: start + at * minuteMs })),
);

test('[property] the bound holds, the oldest go first, and the newest version of a path goes for the bound alone', () => {
  assert(
    property(
      entries,
      integer({ min: 1, max: 400_000 }),
      integer({ min: 0, max: 200_000 }),
      (all, sizeMax, missingBytes) => {
        const chosen = choose(all, { ...unbounded, sizeMax, missingBytes });
        const gone = new Set(chosen.map(({ entry }) => entry));
        const kept = all.filter((entry) => !gone.has(entry));
        expect(kept.reduce((sum, { sizeBytes }) => sum + sizeBytes + entryBytes, 0)).toBeLessThanOrEqual(
          sizeMax,
        );
        expect(chosen.map(({ entry }) => entry.at)).toEqual(
          chosen.map(({ entry }) => entry.at).toSorted((a, b) => a - b),
        );
        // Nothing that would fit goes for the bound or for space while something older stays that would help as well.
        const eldest = Math.min(...kept.filter(({ sizeBytes }) => sizeBytes > 0).map(({ at }) => at));
        for (const { entry, why } of chosen)
          if (why === 'space' || (why === 'full' && entry.sizeBytes + entryBytes <= sizeMax))
            expect(entry.at).toBeLessThanOrEqual(eldest);
        const newest = new Map(
          all
            .toSorted((a, b) => a.at - b.at || Number(a.trash < b.trash ? -1 : 1))
            .map((entry) => [entry.pathKey, entry]),
        );
        for (const { entry, why } of chosen)
          if (why === 'thinned') expect(newest.get(entry.pathKey)).not.toBe(entry);
        // Enough, and not more than enough.
        const freed = chosen.reduce((sum, { entry }) => sum + entry.sizeBytes, 0);
        const last = chosen.findLast(({ why }) => why === 'space');
        if (last !== undefined) expect(freed - last.entry.sizeBytes).toBeLessThan(missingBytes);
        if (freed < missingBytes) expect(kept.every(({ sizeBytes }) => sizeBytes === 0)).toBe(true);
      },
    ),
  );
});

test('[property] it makes no difference how often the pruning thins', () => {
  const sorted = array(integer({ min: 0, max: 60 * 24 * 100 }), { maxLength: 60 }).map((minutes) =>
    minutes.toSorted((a, b) => a - b).map((minute) => ({ at: start + minute * minuteMs })),
  );
  assert(
    property(sorted, array(integer({ min: 0, max: 60 })), (versions, cuts) => {
      let kept: { at: number }[] = [];
      versions.forEach((version, index) => {
        kept.push(version);
        if (!cuts.includes(index)) return;
        const gone = new Set(thinnedOut(kept));
        kept = kept.filter((one) => !gone.has(one));
      });
      const left = (all: readonly { at: number }[]): number[] => {
        const gone = new Set(thinnedOut(all));
        return all.filter((one) => !gone.has(one)).map(({ at }) => at);
      };
      expect(left(kept)).toEqual(left(versions));
    }),
  );
});

test('[property] what is spared stays, whatever else has to go', () => {
  assert(
    property(entries, integer({ min: 1, max: 100_000 }), (all, sizeMax) => {
      const isSpared = ({ pathKey }: TrashEntry): boolean => pathKey === 'a';
      const chosen = choose(all, { ...unbounded, isOverdue: () => true, sizeMax, isSpared });
      expect(chosen).toHaveLength(all.filter((entry) => !isSpared(entry)).length);
    }),
  );
});
