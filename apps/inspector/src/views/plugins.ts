/**
 * Each plugin in figures: what it said, what it ended, how long that took. The log knows when a command was decided and when its outcome
 * came; when its handler began it does not know, so that a time is from the one to the other, waiting included.
 */
import type { EventIndex } from '../log/event-index.ts';
import { marks } from '../log/event-index.ts';
import type { CommandFigures, PluginFigures, Plugins } from '../protocol.ts';

interface Counted {
  events: number;
  retries: number;
  readonly byType: Map<string, number>;
  readonly failures: Map<string, number>;
  readonly byCommand: Map<string, { done: number; failed: number; readonly times: number[] }>;
  longest: number;
  longestSeq: number;
}

/** `from`, `to`: milliseconds since 1970. */
export function pluginsOf(index: EventIndex, from: number, to: number): Plugins {
  const [begin, end] = [index.rowAt(from), index.rowAt(to + 1)];
  const counted = new Map<string, Counted>();
  /** Items whose last attempt failed. */
  const failedItems = new Set<number>();
  for (let row = begin; row < end; row += 1) {
    const one = countedOf(counted, index.sources.name(index.source(row)));
    one.events += 1;
    add(one.byType, index.typeName(row));
    if ((index.marks(row) & marks.outcome) !== 0) takeOutcome(index, row, one, failedItems);
  }
  return {
    ...{ from, to },
    plugins: [...counted]
      .map(([name, one]) => figuresOf(name, one))
      .sort((one, other) => other.events - one.events),
    queue: queueOf(index, from, to),
  };
}

function takeOutcome(index: EventIndex, row: number, one: Counted, failedItems: Set<number>): void {
  const ended = index.ended(row);
  if (ended === null) return;
  const isFailed = (index.marks(row) & marks.failed) !== 0;
  const figures = one.byCommand.get(ended.type) ?? { done: 0, failed: 0, times: [] };
  one.byCommand.set(ended.type, figures);
  figures[isFailed ? 'failed' : 'done'] += 1;
  const plannedRow = ended.plannedSeq - index.first;
  if (plannedRow >= 0) {
    const took = index.time(row) - index.time(plannedRow);
    figures.times.push(took);
    if (took >= one.longest) [one.longest, one.longestSeq] = [took, index.first + row];
  }
  const code = index.failureCode(row);
  if (code !== null) add(one.failures, code);
  if (ended.item === null) return;
  if (failedItems.has(ended.item)) one.retries += 1;
  if (isFailed) failedItems.add(ended.item);
  else failedItems.delete(ended.item);
}

function countedOf(counted: Map<string, Counted>, name: string): Counted {
  const known = counted.get(name);
  if (known !== undefined) return known;
  const made: Counted = {
    ...{ events: 0, retries: 0, longest: 0, longestSeq: 0 },
    ...{ byType: new Map(), failures: new Map(), byCommand: new Map() },
  };
  counted.set(name, made);
  return made;
}

const add = (counts: Map<string, number>, name: string): void =>
  void counts.set(name, (counts.get(name) ?? 0) + 1);

const byCount = (counts: Map<string, number>): (readonly [string, number])[] =>
  [...counts].sort(([, one], [, other]) => other - one);

function figuresOf(name: string, one: Counted): PluginFigures {
  const commands = [...one.byCommand].map(([type, { done, failed, times }]): CommandFigures => {
    const sorted = Float64Array.from(times).sort();
    return { type, done, failed, median: shareOf(sorted, 0.5), most: shareOf(sorted, 0.95) };
  });
  const all = Float64Array.from([...one.byCommand.values()].flatMap(({ times }) => times)).sort();
  return {
    ...{ name, events: one.events, retries: one.retries, commands },
    byType: byCount(one.byType),
    failures: byCount(one.failures),
    done: commands.reduce((sum, { done }) => sum + done, 0),
    failed: commands.reduce((sum, { failed }) => sum + failed, 0),
    times:
      all.length === 0
        ? null
        : {
            median: shareOf(all, 0.5),
            most: shareOf(all, 0.95),
            longest: one.longest,
            longestSeq: one.longestSeq,
          },
  };
}

const shareOf = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0;

const stretches = 240;

/** The most that waited or were under way in each stretch. */
function queueOf(index: EventIndex, from: number, to: number): Plugins['queue'] {
  const width = Math.max((to - from) / stretches, 1);
  const counts = Array.from({ length: stretches }, () => 0);
  let waiting = 0;
  let bucket = 0;
  for (let row = 0; row < index.length; row += 1) {
    const before = waiting;
    waiting = index.typeName(row) === 'Started' ? 0 : Math.max(waiting + index.waiting(row), 0);
    const at = index.time(row);
    if (at < from) continue;
    if (at > to) break;
    const next = Math.min(Math.floor((at - from) / width), stretches - 1);
    // What waited then waited through the stretches without an event.
    for (; bucket < next; bucket += 1) counts[bucket + 1] = before;
    counts[bucket] = Math.max(counts[bucket] ?? 0, waiting);
  }
  return {
    counts,
    times: counts.map((_, place) => from + (place + 0.5) * width),
    most: counts.reduce((one, other) => Math.max(one, other), 0),
  };
}
