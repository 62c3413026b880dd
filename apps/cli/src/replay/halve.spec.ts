import type { EventLog, RecordedEvent } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { createRulesFor } from '@tidemark/daemon';
import { initialState, serialise, type State } from '@tidemark/engine';
import { createMemoryLog } from '@tidemark/event-log';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { halve } from './halve.ts';

const events = 40;

/** A real log keeps the last snapshots only; how many is no matter of halving. */
async function logWithSnapshots(at: readonly number[]): Promise<EventLog> {
  const log = createMemoryLog();
  for (let number = 1; number <= events; number += 1) {
    const hint: RecordedEvent = {
      ...{ seq: seq(number), at: number, source: 'engine', items: [] },
      event: { type: 'HintReceived', side: 'local', source: 'a spec' },
    };
    await log.append([hint]);
  }
  const latestSnapshot: EventLog['latestSnapshot'] = async (to = log.head) => {
    const newest = Math.max(0, ...at.filter((one) => one <= to));
    if (newest === 0) return null;
    const chunks = serialise({ ...initialState(), seq: seq(newest) });
    return {
      seq: seq(newest),
      chunks: (async function* () {
        yield* chunks;
      })(),
    };
  };
  return Object.create(log, { latestSnapshot: { value: latestSnapshot } });
}

const whole = { from: seq(0), to: seq(events) };
const halved = async (snapshots: readonly number[], holdsAt: (at: number) => boolean) =>
  halve(await logWithSnapshots(snapshots), createRulesFor(), (state: State) => holdsAt(state.seq), whole);

it('leaves the stretch between two snapshots in which it begins to hold', async () => {
  expect(await halved([10, 20, 30], (at) => at >= 25)).toEqual({ from: 20, to: 30 });
  expect(await halved([10, 20, 30], (at) => at >= 5)).toEqual({ from: 0, to: 10 });
  expect(await halved([10, 20, 30], (at) => at >= 40)).toEqual({ from: 30, to: 40 });
  expect(await halved([], (at) => at >= 25)).toEqual(whole);
});

it('says why a span is none in which it begins to hold', async () => {
  expect(await halved([10], () => true)).toBe('It holds after event 0 already');
  expect(await halved([10], () => false)).toBe('It does not hold after event 40');
});

it('whatever holds when, its stretch begins where it does not hold and ends where it does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 1, max: events - 1 }), { maxLength: 6 }),
      fc.array(fc.boolean(), { minLength: events + 1, maxLength: events + 1 }),
      async (snapshots, holds) => {
        const holdsAt = (at: number): boolean => (at === 0 ? false : at === events || holds[at] === true);
        const span = await halved(snapshots, holdsAt);
        if (typeof span === 'string') throw new Error(span);
        expect([holdsAt(span.from), holdsAt(span.to)]).toEqual([false, true]);
        expect(snapshots.filter((at) => at > span.from && at < span.to)).toEqual([]);
      },
    ),
    { numRuns: 50 },
  );
});
