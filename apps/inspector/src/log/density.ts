/** How many events there are in each stretch of the axis, in all and by plugin, for the picture of the whole log. */
import type { Density, DensityAxis } from '../protocol.ts';
import type { EventIndex } from './event-index.ts';
import { marks } from './event-index.ts';

export interface DensityRequest {
  readonly axis: DensityAxis;
  /** Milliseconds since 1970, or numbers of events: what the axis has. */
  readonly from: number;
  readonly to: number;
  readonly buckets: number;
}

export function densityOf(index: EventIndex, { axis, from, to, buckets }: DensityRequest): Density {
  const width = Math.max((to - from) / buckets, Number.EPSILON);
  const rowAt = (bucket: number): number => {
    const value = from + bucket * width;
    if (axis === 'time') return index.rowAt(value);
    return Math.min(Math.max(Math.ceil(value) - index.first, 0), index.length);
  };
  const rows = Array.from({ length: buckets + 1 }, (_, bucket) => rowAt(bucket));
  // What lies on the right border belongs to the last stretch.
  if (axis === 'time') rows[buckets] = index.rowAt(to + 1);
  else rows[buckets] = Math.min(Math.max(Math.floor(to) + 1 - index.first, 0), index.length);
  const lanes = index.sources.all.map((name) => ({ name, counts: zeros(buckets) }));
  const failed = zeros(buckets);
  const decided = zeros(buckets);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    for (let row = rows[bucket] ?? 0; row < (rows[bucket + 1] ?? 0); row += 1) {
      const counts = lanes[index.source(row)]?.counts;
      if (counts !== undefined) counts[bucket] = (counts[bucket] ?? 0) + 1;
      const bits = index.marks(row);
      if ((bits & marks.failed) !== 0) failed[bucket] = (failed[bucket] ?? 0) + 1;
      if ((bits & (marks.deletes | marks.conflict)) !== 0) decided[bucket] = (decided[bucket] ?? 0) + 1;
    }
  }
  return {
    ...{ axis, from, to, failed, decided },
    seqs: rows.map((row) => index.first + row),
    lanes: lanes.filter(({ counts }) => counts.some((count) => count > 0)),
  };
}

const zeros = (length: number): number[] => Array.from({ length }, () => 0);
