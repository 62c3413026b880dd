import { failureGuide, type FailureCode, type FailureDetails } from '@tidemark/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { transition } from 'xstate';
import { walk } from './testing/chart-walk.ts';
import type { ItemActivity, ItemEvent, ItemState } from './item.machine.ts';
import { itemMachine, itemStates, stepItem } from './item.machine.ts';

const failure = (code: FailureCode, afterMs?: number): FailureDetails =>
  afterMs === undefined ? { code, detail: code } : { code, detail: code, afterMs };
const failed = (code: FailureCode, attemptsMax = 5, at = 1_000): ItemEvent => ({
  type: 'FAILED',
  failure: failure(code),
  at,
  attemptsMax,
});

const activities = {
  ready: { state: 'ready', attempts: 2, dueAt: null, failure: null },
  inFlight: { state: 'inFlight', attempts: 2, dueAt: null, failure: null },
  waiting: { state: 'waiting', attempts: 2, dueAt: 5_000, failure: failure('offline') },
  problem: { state: 'problem', attempts: 2, dueAt: 5_000, failure: failure('accessDenied') },
} as const satisfies Record<ItemState, ItemActivity>;

const events = {
  planned: { type: 'PLANNED' },
  succeeded: { type: 'SUCCEEDED' },
  failedSoon: failed('changedMeanwhile'),
  failedLater: failed('offline'),
  failedNever: failed('accessDenied'),
  failedStop: failed('loginRequired'),
  failedForTheLastTime: failed('offline', 3),
  wokeEarly: { type: 'WOKE', at: 4_999 },
  wokeInTime: { type: 'WOKE', at: 5_000 },
  changed: { type: 'CHANGED' },
} as const satisfies Record<string, ItemEvent>;

/** `same`: the very same activity. A number: the attempts afterwards. */
type Cell = 'same' | readonly [ItemState, number];

const table: Record<ItemState, Record<keyof typeof events, Cell>> = {
  ready: {
    planned: ['inFlight', 2],
    succeeded: 'same',
    failedSoon: 'same',
    failedLater: 'same',
    failedNever: 'same',
    failedStop: 'same',
    failedForTheLastTime: 'same',
    wokeEarly: 'same',
    wokeInTime: 'same',
    changed: 'same',
  },
  inFlight: {
    planned: ['inFlight', 2],
    succeeded: ['ready', 0],
    failedSoon: ['waiting', 3],
    failedLater: ['waiting', 3],
    failedNever: ['problem', 3],
    failedStop: ['problem', 3],
    failedForTheLastTime: ['problem', 3],
    wokeEarly: 'same',
    wokeInTime: 'same',
    changed: 'same',
  },
  waiting: {
    planned: ['inFlight', 2],
    succeeded: 'same',
    failedSoon: 'same',
    failedLater: 'same',
    failedNever: 'same',
    failedStop: 'same',
    failedForTheLastTime: 'same',
    wokeEarly: 'same',
    wokeInTime: ['ready', 2],
    changed: ['ready', 2],
  },
  problem: {
    planned: ['inFlight', 2],
    succeeded: 'same',
    failedSoon: 'same',
    failedLater: 'same',
    failedNever: 'same',
    failedStop: 'same',
    failedForTheLastTime: 'same',
    wokeEarly: 'same',
    wokeInTime: ['ready', 0],
    changed: ['ready', 0],
  },
};

for (const state of itemStates) {
  for (const [name, event] of Object.entries(events)) {
    const cell = table[state][name as keyof typeof events];
    test(`[IT1] ${state}, ${name}: ${cell === 'same' ? 'nothing happens' : `${cell[0]} with ${cell[1]} attempts`}`, () => {
      const after = stepItem(activities[state], event);
      if (cell === 'same') expect(after).toBe(activities[state]);
      else expect(after).toMatchObject({ state: cell[0], attempts: cell[1] });
    });
  }
}

test('the table meets every kind of event and every state of the chart', () => {
  const types: Record<ItemEvent['type'], true> = {
    PLANNED: true,
    SUCCEEDED: true,
    FAILED: true,
    WOKE: true,
    CHANGED: true,
  };
  expect(new Set(Object.values(events).map(({ type }) => type))).toEqual(new Set(Object.keys(types)));
  expect(Object.keys(itemMachine.states).toSorted()).toEqual([...itemStates].toSorted());
});

/** Data belongs to its state. */
function checkShape(activity: ItemActivity): void {
  const { state, attempts, dueAt, failure: why } = activity;
  expect(dueAt !== null).toBe(state === 'waiting' || state === 'problem');
  expect(why !== null).toBe(state === 'waiting' || state === 'problem');
  expect(Number.isInteger(attempts) && attempts >= 0).toBe(true);
  if (why !== null) expect(attempts).toBeGreaterThan(0);
}

test('[IT2] dueAt and failure are set in their own states only; every arrow of the chart is walked', () => {
  const { reached, unusedArrows } = walk(
    itemMachine,
    [...Object.values(events), { type: 'WOKE', at: Number.MAX_SAFE_INTEGER }],
    ({ context }) => context.attempts > 4,
  );
  expect(unusedArrows).toEqual([]);
  expect(new Set(reached.map(({ value }) => value))).toEqual(new Set(itemStates));
  for (const { value, context } of reached) checkShape({ state: value, ...context });
});

test('[IT3] a fruitless look is repeated at once, then after 1 s, 2 s, 4 s … at most 60 s', () => {
  expect(delays('changedMeanwhile', 9)).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60].map((s) => s * 1_000));
});

test('[IT4] a failure of the world is met after 5 s, 10 s, 20 s … at most 10 min', () => {
  expect(delays('offline', 9)).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600].map((s) => s * 1_000));
});

test('[IT5] the wait the service asked for is kept, and a longer one of ours too', () => {
  const after = (code: FailureCode, afterMs: number): number | null =>
    stepItem(stepItem(null, { type: 'PLANNED' }), {
      type: 'FAILED',
      failure: failure(code, afterMs),
      at: 100,
      attemptsMax: 5,
    }).dueAt;
  expect(after('throttled', 3_600_000)).toBe(3_600_100);
  expect(after('throttled', 1)).toBe(5_100);
  expect(after('notFound', 30_000)).toBe(30_100);
});

test('[IT6] every failure code waits when its guide says soon or later, and rests when it says never or stop', () => {
  for (const code of Object.keys(failureGuide) as FailureCode[]) {
    const { retry } = failureGuide[code];
    expect([code, stepItem(activities.inFlight, failed(code)).state]).toEqual([
      code,
      retry === 'soon' || retry === 'later' ? 'waiting' : 'problem',
    ]);
  }
});

test('[IT7] a command is given up for a day after attemptsMax attempts in a row, never later', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), (attemptsMax) => {
      let activity: ItemActivity | null = null;
      let attempts = 0;
      while (activity?.state !== 'problem') {
        if (activity?.state === 'waiting')
          activity = stepItem(activity, { type: 'WOKE', at: Number.MAX_SAFE_INTEGER });
        activity = stepItem(activity, { type: 'PLANNED' });
        activity = stepItem(activity, failed('offline', attemptsMax, 1_000));
        attempts += 1;
        expect(attempts).toBeLessThanOrEqual(attemptsMax);
      }
      expect(attempts).toBe(attemptsMax);
      expect(activity.dueAt).toBe(1_000 + 24 * 3_600_000);
    }),
  );
});

test('[IT8] an activity is JSON data and the same after a round trip', () => {
  for (const activity of Object.values(activities))
    expect(JSON.parse(JSON.stringify(activity))).toEqual(activity);
});

const anyCode = fc.constantFrom(...(Object.keys(failureGuide) as FailureCode[]));
const anyEvent: fc.Arbitrary<ItemEvent> = fc.oneof(
  fc.constant<ItemEvent>({ type: 'PLANNED' }),
  fc.constant<ItemEvent>({ type: 'SUCCEEDED' }),
  fc.constant<ItemEvent>({ type: 'CHANGED' }),
  fc.nat(2_000_000).map((at): ItemEvent => ({ type: 'WOKE', at })),
  fc
    .record({
      code: anyCode,
      at: fc.nat(2_000_000),
      attemptsMax: fc.integer({ min: 1, max: 6 }),
      afterMs: fc.option(fc.nat(900_000), { nil: undefined }),
    })
    .map(({ code, at, attemptsMax, afterMs }): ItemEvent => ({
      type: 'FAILED',
      failure: failure(code, afterMs),
      at,
      attemptsMax,
    })),
);

test('[IT9] stepItem equals the public transition() of XState, step by step, and keeps the shape', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 60 }), (history) => {
      let activity: ItemActivity | null = null;
      let snapshot = itemMachine.resolveState({
        value: 'ready',
        context: itemMachine.config.context as never,
      });
      for (const event of history) {
        [snapshot] = transition(itemMachine, snapshot, event);
        activity = stepItem(activity, event);
        expect(activity).toEqual({ state: snapshot.value, ...snapshot.context });
        checkShape(activity);
      }
    }),
    { numRuns: 200 },
  );
});

test('[IT9] the order in which unrelated items are stepped leaves no trace', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), anyEvent), { maxLength: 60 }), (history) => {
      const apart = [0, 1, 2].map((item) =>
        history
          .filter(([of]) => of === item)
          .reduce<ItemActivity | null>((now, [, event]) => stepItem(now, event), null),
      );
      const together: (ItemActivity | null)[] = [null, null, null];
      for (const [item, event] of history) together[item] = stepItem(together[item] ?? null, event);
      expect(together).toEqual(apart);
    }),
  );
});

function delays(code: FailureCode, count: number): number[] {
  const seen: number[] = [];
  let activity: ItemActivity | null = null;
  for (let attempt = 0; attempt < count; attempt += 1) {
    activity = stepItem(activity, { type: 'PLANNED' });
    activity = stepItem(activity, failed(code, 1_000, 0));
    seen.push(activity.dueAt ?? Number.NaN);
    activity = stepItem(activity, { type: 'WOKE', at: Number.MAX_SAFE_INTEGER });
  }
  return seen;
}
