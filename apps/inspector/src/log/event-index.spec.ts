import { expect, test } from 'vitest';
import { specLog } from '../spec-log.ts';
import { densityOf } from './density.ts';
import { EventIndex, marks } from './event-index.ts';

async function indexed(): Promise<EventIndex> {
  const { events } = await specLog(['a.txt', 'b.txt'], 2);
  const index = new EventIndex(1);
  for (const recorded of events) index.add(recorded);
  return index;
}

test('an outcome knows which plan it ends, and of what command', async () => {
  const index = await indexed();
  const outcomes = Array.from({ length: index.length }, (_, row) => row).filter(
    (row) => (index.marks(row) & marks.changed) !== 0,
  );
  expect(outcomes.length, 'two files, each downloaded three times').toBe(6);
  for (const row of outcomes) {
    const ended = index.ended(row);
    expect(ended?.type).toBe('DownloadFile');
    expect(index.typeName((ended?.plannedSeq ?? 0) - 1)).toBe('Planned');
  }
  expect(index.underWay.size).toBe(0);
});

test('a clock that is put back does not put the axis back', () => {
  const index = new EventIndex(1);
  const event = { type: 'Woke' } as const;
  for (const [place, at] of [5000, 9000, 2000, 9500].entries())
    index.add({ seq: (place + 1) as never, at, source: 'engine', event, items: [] });
  expect([0, 1, 2, 3].map(index.time)).toEqual([5000, 9000, 9000, 9500]);
  expect(index.rowAt(9000)).toBe(1);
});

test.each(['time', 'seq'] as const)('every event is counted once, by %s', async (axis) => {
  const index = await indexed();
  const [from, to] = axis === 'time' ? [index.time(0), index.time(index.length - 1)] : [1, index.last];
  for (const buckets of [1, 7, 400]) {
    const { lanes, seqs, failed } = densityOf(index, { axis, from, to, buckets });
    const all = lanes.flatMap(({ counts }) => counts).reduce((sum, count) => sum + count, 0);
    expect(all).toBe(index.length);
    expect([seqs[0], seqs.at(-1), seqs.length]).toEqual([1, index.last + 1, buckets + 1]);
    expect(failed.every((count) => count === 0)).toBe(true);
  }
});
