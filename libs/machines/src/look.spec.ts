import type { Command, FailureDetails } from '@tidemark/contracts';
import { commandId, rootItem, seq } from '@tidemark/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { transition } from 'xstate';
import { walk } from './testing/chart-walk.ts';
import type { LookActivity, LookEvent, LookState } from './look.machine.ts';
import { firstLook, lookMachine, lookStates, lookWanted, stepLook } from './look.machine.ts';

const scan = (plannedAt: number): Command => ({
  ...{ type: 'ScanLocal', id: commandId(seq(plannedAt), 0), item: rootItem, path: '', folders: null },
  reason: { rule: 'look-due', differs: '', causes: [] },
});
const command = scan(7);
const otherCommand = scan(9);
const offline: FailureDetails = { code: 'offline', detail: 'offline' };
const rootSuspended: FailureDetails = { code: 'rootSuspended', detail: 'not there' };

const base = { ...firstLook, why: 'hint-received' } as const;
const activities = {
  looking: { ...base, state: 'looking', command },
  confirming: { ...base, state: 'confirming', command },
  current: { ...base, state: 'current' },
  waiting: { ...base, state: 'waiting', attempts: 1, dueAt: 5_000, failure: offline },
  suspended: { ...base, state: 'suspended', attempts: 1, dueAt: 5_000, failure: rootSuspended },
  abandoned: { ...base, state: 'abandoned', attempts: 5, failure: offline },
} as const satisfies Record<LookState, LookActivity>;

const events = {
  wanted: { type: 'WANTED', why: 'look-due' },
  planned: { type: 'PLANNED', command: otherCommand },
  ended: { type: 'ENDED', unsettled: false },
  endedWithQuestions: { type: 'ENDED', unsettled: true },
  failed: { type: 'FAILED', failure: offline, at: 1_000, givesUp: false },
  failedForTheLastTime: { type: 'FAILED', failure: offline, at: 1_000, givesUp: true },
  suspended: { type: 'SUSPENDED', failure: rootSuspended, at: 1_000 },
  wokeEarly: { type: 'WOKE', at: 4_999 },
  wokeInTime: { type: 'WOKE', at: 5_000 },
  restarted: { type: 'RESTARTED' },
} as const satisfies Record<string, LookEvent>;

type Cell = 'same' | LookState;

const suspended = { suspended: 'suspended', restarted: 'looking' } as const;
const idle = {
  ended: 'same',
  endedWithQuestions: 'same',
  failed: 'same',
  failedForTheLastTime: 'same',
  wokeEarly: 'same',
  wokeInTime: 'same',
} as const;
const underWay = {
  planned: 'looking',
  ended: 'current',
  endedWithQuestions: 'confirming',
  failed: 'waiting',
  failedForTheLastTime: 'abandoned',
  wokeEarly: 'same',
  wokeInTime: 'same',
} as const;

const table: Record<LookState, Record<keyof typeof events, Cell>> = {
  looking: { ...underWay, ...suspended, wanted: 'looking' },
  confirming: { ...underWay, ...suspended, planned: 'confirming', wanted: 'confirming' },
  current: { ...idle, ...suspended, planned: 'looking', wanted: 'looking' },
  waiting: { ...idle, ...suspended, planned: 'same', wanted: 'waiting', wokeInTime: 'looking' },
  suspended: {
    ...suspended,
    ...{ planned: 'suspended', wanted: 'suspended', ended: 'current', endedWithQuestions: 'confirming' },
    ...{ failed: 'suspended', failedForTheLastTime: 'suspended', wokeEarly: 'same', wokeInTime: 'suspended' },
  },
  abandoned: { ...idle, ...suspended, planned: 'same', wanted: 'abandoned' },
};

for (const state of lookStates)
  for (const [name, event] of Object.entries(events)) {
    const cell = table[state][name as keyof typeof events];
    test(`[LO1] ${state}, ${name}: ${cell === 'same' ? 'nothing happens' : cell}`, () => {
      const after = stepLook(activities[state], event);
      if (cell === 'same') expect(after).toBe(activities[state]);
      else expect(after.state).toBe(cell);
    });
  }

test('[LO2] every state and every arrow is reached, and a look that ended clears the failure', () => {
  const { reached, unusedArrows } = walk(
    lookMachine,
    [...Object.values(events), { type: 'WOKE', at: 1_000_000 }],
    ({ context }) => context.attempts > 2,
  );
  expect(unusedArrows).toEqual([]);
  expect(new Set(reached.map(({ value }) => value))).toEqual(new Set(lookStates));
  for (const { value, context } of reached) {
    if (value === 'current') expect(context).toMatchObject({ failure: null, attempts: 0, command: null });
    if (value === 'suspended' || value === 'abandoned') expect(context.failure).not.toBeNull();
  }
});

const anyEvent: fc.Arbitrary<LookEvent> = fc.oneof(
  fc.constantFrom<LookEvent[]>(...Object.values(events)),
  fc.nat(2_000_000).map((at): LookEvent => ({ type: 'WOKE', at })),
);
const history = fc.array(anyEvent, { maxLength: 60 });

test('[LO3] a side is current only after a look behind the last wish has ended without open questions', () => {
  fc.assert(
    fc.property(history, (steps) => {
      let activity: LookActivity = firstLook;
      let isWishOpen = true;
      for (const event of steps) {
        const before = activity;
        activity = stepLook(activity, event);
        if (event.type === 'WANTED' || event.type === 'RESTARTED') isWishOpen = true;
        // The end of a look that this history does not tell of.
        if (event.type === 'ENDED' && before.command === null) isWishOpen = false;
        // A confirmation reads what was missed, and nothing else.
        const isLook = event.type === 'PLANNED' && activity.state !== 'confirming';
        if (isLook && activity.command === event.command) isWishOpen = false;
        if (before.state === 'current' || activity.state !== 'current') continue;
        expect(event).toEqual({ type: 'ENDED', unsettled: false });
        expect(isWishOpen).toBe(false);
      }
    }),
    {
      examples: [[[events.planned, events.endedWithQuestions, events.wanted, events.planned, events.ended]]],
    },
  );
});

test('[LO4] a suspended side stays so until a look ends', () => {
  const away = stepLook(activities.confirming, events.suspended);
  expect(away).toMatchObject({ state: 'suspended', command: null });
  fc.assert(
    fc.property(history, (steps) => {
      let activity: LookActivity = away;
      for (const event of steps) {
        if (event.type === 'ENDED' || event.type === 'RESTARTED') break;
        activity = stepLook(activity, event);
        expect(activity.state).toBe('suspended');
      }
    }),
  );
});

test('[LO5] nothing is asked for while a command is out, nor before the deadline', () => {
  expect(lookWanted(firstLook)).toBe('look');
  expect(lookWanted(activities.looking)).toBeNull();
  expect(lookWanted({ ...activities.confirming, command: null })).toBe('confirmation');
  for (const state of ['current', 'waiting', 'suspended', 'abandoned'] as const)
    expect([state, lookWanted(activities[state])]).toEqual([state, null]);
  expect(lookWanted(stepLook(activities.suspended, events.wokeInTime))).toBe('look');
  const failed = stepLook(activities.confirming, events.failed);
  // The look before it is repeated: what was wanted meanwhile is more than what was missed.
  expect(lookWanted(stepLook(failed, { type: 'WOKE', at: 1_000_000 }))).toBe('look');
});

test('[LO6] the pause grows with five failures and stays; what the service asks for is a floor', () => {
  const pauses = (failure: FailureDetails): number[] => {
    let activity: LookActivity = firstLook;
    return Array.from({ length: 7 }, () => {
      activity = stepLook(activity, { type: 'PLANNED', command });
      activity = stepLook(activity, { type: 'FAILED', failure, at: 0, givesUp: false });
      const { dueAt } = activity;
      activity = stepLook(activity, { type: 'WOKE', at: Number.MAX_SAFE_INTEGER });
      return dueAt ?? Number.NaN;
    });
  };
  expect(pauses(offline)).toEqual([5, 10, 20, 40, 80, 80, 80].map((s) => s * 1_000));
  expect(pauses({ code: 'changedMeanwhile', detail: '' })).toEqual(
    [0, 1, 2, 4, 8, 8, 8].map((s) => s * 1_000),
  );
  expect(pauses({ ...offline, afterMs: 7_000 })[0]).toBe(7_000);
});

test('[LO7] an activity is JSON data, and stepLook equals the public transition() of XState', () => {
  fc.assert(
    fc.property(history, (steps) => {
      let activity: LookActivity = firstLook;
      let snapshot = lookMachine.resolveState({
        value: 'looking',
        context: lookMachine.config.context as never,
      });
      for (const event of steps) {
        [snapshot] = transition(lookMachine, snapshot, event);
        activity = stepLook(activity, event);
        expect(activity).toEqual({ state: snapshot.value, ...snapshot.context });
        expect(JSON.parse(JSON.stringify(activity))).toEqual(activity);
      }
    }),
    { numRuns: 200 },
  );
});
