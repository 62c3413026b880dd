import type { FailureDetails } from '@tidemark/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { transition } from 'xstate';
import { walk } from './testing/chart-walk.ts';
import type { SubscriptionActivity, SubscriptionEvent, SubscriptionState } from './subscription.machine.ts';
import {
  noSubscription,
  stepSubscription,
  subscriptionMachine,
  subscriptionMeta,
  subscriptionStates,
} from './subscription.machine.ts';

const failure: FailureDetails = { code: 'offline', detail: 'Cannot create the subscription: no network' };
const nothing = { id: null, expiresAt: null, renewAt: null, dueAt: null, failure: null };
const held = { ...nothing, id: 'a', expiresAt: 600, renewAt: 300 };

const activities: Record<SubscriptionState, SubscriptionActivity> = {
  absent: { state: 'absent', ...nothing },
  creating: { state: 'creating', ...nothing },
  active: { state: 'active', ...held, dueAt: 300 },
  renewing: { state: 'renewing', ...held, dueAt: 600 },
  backingOff: { state: 'backingOff', ...held, dueAt: 400, failure },
};

const events = {
  enabled: { type: 'ENABLED' },
  disabled: { type: 'DISABLED' },
  created: { type: 'CREATED', id: 'b', expiresAt: 1_200, renewAt: 900 },
  renewed: { type: 'RENEWED', expiresAt: 1_200, renewAt: 900 },
  askedToReauthorize: { type: 'REAUTHORIZATION_REQUIRED' },
  removed: { type: 'REMOVED' },
  failed: { type: 'FAILED', failure, at: 340, retryMs: 60 },
  wokeEarly: { type: 'WOKE', at: 299 },
  wokeInTime: { type: 'WOKE', at: 400 },
  wokeTooLate: { type: 'WOKE', at: 600 },
  restarted: { type: 'RESTARTED', at: 599 },
  restartedTooLate: { type: 'RESTARTED', at: 600 },
} as const satisfies Record<string, SubscriptionEvent>;

/** Late enough for the leases that the events above grant. */
const everything: readonly SubscriptionEvent[] = [
  ...Object.values(events),
  { type: 'WOKE', at: 900 },
  { type: 'WOKE', at: 1_200 },
  { type: 'RESTARTED', at: 1_200 },
];

/** `same`: the very same activity. */
type Cell = SubscriptionState | 'same';

const table: Record<SubscriptionState, Record<keyof typeof events, Cell>> = {
  absent: {
    enabled: 'creating',
    disabled: 'same',
    created: 'same',
    renewed: 'same',
    askedToReauthorize: 'same',
    removed: 'same',
    failed: 'same',
    wokeEarly: 'same',
    wokeInTime: 'same',
    wokeTooLate: 'same',
    restarted: 'same',
    restartedTooLate: 'same',
  },
  creating: {
    enabled: 'same',
    disabled: 'absent',
    created: 'active',
    renewed: 'same',
    askedToReauthorize: 'same',
    removed: 'same',
    failed: 'backingOff',
    wokeEarly: 'same',
    wokeInTime: 'same',
    wokeTooLate: 'same',
    restarted: 'creating',
    restartedTooLate: 'creating',
  },
  active: {
    enabled: 'same',
    disabled: 'absent',
    created: 'same',
    renewed: 'same',
    askedToReauthorize: 'renewing',
    removed: 'creating',
    failed: 'same',
    wokeEarly: 'same',
    wokeInTime: 'renewing',
    wokeTooLate: 'creating',
    restarted: 'renewing',
    restartedTooLate: 'creating',
  },
  renewing: {
    enabled: 'same',
    disabled: 'absent',
    created: 'same',
    renewed: 'active',
    askedToReauthorize: 'same',
    removed: 'creating',
    failed: 'backingOff',
    wokeEarly: 'same',
    wokeInTime: 'same',
    wokeTooLate: 'creating',
    restarted: 'renewing',
    restartedTooLate: 'creating',
  },
  backingOff: {
    enabled: 'same',
    disabled: 'absent',
    created: 'same',
    renewed: 'same',
    askedToReauthorize: 'same',
    removed: 'creating',
    failed: 'same',
    wokeEarly: 'same',
    wokeInTime: 'renewing',
    wokeTooLate: 'creating',
    restarted: 'renewing',
    restartedTooLate: 'creating',
  },
};

for (const state of subscriptionStates) {
  test(`[ST1] ${state} meets every event as the table says`, () => {
    const outcome = (name: keyof typeof events): Cell => {
      const after = stepSubscription(activities[state], events[name]);
      return after === activities[state] ? 'same' : after.state;
    };
    const names = Object.keys(events) as (keyof typeof events)[];
    expect(Object.fromEntries(names.map((name) => [name, outcome(name)]))).toEqual(table[state]);
  });
}

test('the table meets every kind of event and every state of the chart', () => {
  const types: Record<SubscriptionEvent['type'], true> = {
    ENABLED: true,
    DISABLED: true,
    CREATED: true,
    RENEWED: true,
    REAUTHORIZATION_REQUIRED: true,
    REMOVED: true,
    FAILED: true,
    WOKE: true,
    RESTARTED: true,
  };
  expect(new Set(Object.values(events).map(({ type }) => type))).toEqual(new Set(Object.keys(types)));
  expect(Object.keys(subscriptionMachine.states).toSorted()).toEqual([...subscriptionStates].toSorted());
});

/** Data belongs to its state. */
function checkShape({ state, ...data }: SubscriptionActivity): void {
  const { wants } = subscriptionMeta(state);
  // Never two: a chart that asks for a creation holds none.
  if (wants === 'CreateSubscription' || state === 'absent') expect(data.id).toBeNull();
  if (state === 'active' || wants === 'RenewSubscription') expect(data.id).not.toBeNull();
  expect(data.renewAt === null).toBe(data.expiresAt === null);
  if (data.expiresAt !== null) expect(data.id).not.toBeNull();
  if (state === 'active') expect(data.dueAt).toBe(data.renewAt);
  if (state === 'backingOff') expect(data.dueAt).not.toBeNull();
  expect(data.failure !== null).toBe(state === 'backingOff');
}

test('[ST2] at most one subscription is held and data belongs to its state; every arrow is walked', () => {
  const { reached, unusedArrows } = walk(subscriptionMachine, everything);
  expect(unusedArrows).toEqual([]);
  expect(new Set(reached.map(({ value }) => value))).toEqual(new Set(subscriptionStates));
  for (const { value, context } of reached) checkShape({ state: value, ...context });
});

test('[ST3] whatever the service asks, a renewal that succeeds leads back to active, with the new lease', () => {
  for (const event of [events.askedToReauthorize, events.wokeInTime])
    expect(stepSubscription(stepSubscription(activities.active, event), events.renewed)).toEqual({
      ...activities.active,
      ...{ expiresAt: 1_200, renewAt: 900, dueAt: 900 },
    });
});

test('[ST4] from wherever it is, an enabled subscription becomes active again when the service plays along', () => {
  const { reached } = walk(subscriptionMachine, everything);
  for (const { value, context } of reached) {
    let activity: SubscriptionActivity = { state: value, ...context };
    if (value === 'absent') activity = stepSubscription(activity, { type: 'ENABLED' });
    for (let step = 0; step < 8 && activity.state !== 'active'; step += 1)
      activity = playAlong(activity, 10_000);
    expect(activity.state).toBe('active');
  }
});

test('[ST5] a crash reuses a subscription that still runs and forgets one that ran out', () => {
  expect(stepSubscription(activities.active, events.restarted)).toEqual(activities.renewing);
  expect(stepSubscription(activities.active, events.restartedTooLate)).toEqual(activities.creating);
});

test('[ST6] a failed attempt waits for the policy or for the service, whichever is longer', () => {
  const failed = (afterMs: number): SubscriptionEvent => ({
    type: 'FAILED',
    failure: { ...failure, afterMs },
    at: 1_000,
    retryMs: 60_000,
  });
  expect(stepSubscription(activities.creating, failed(0)).dueAt).toBe(61_000);
  expect(stepSubscription(activities.creating, failed(90_000)).dueAt).toBe(91_000);
});

test('[ST7] stepSubscription equals the public transition() of XState, step by step', () => {
  const anyEvent = fc.oneof(
    fc.constantFrom<SubscriptionEvent>(...Object.values(events)),
    fc.nat(2_000).map((at): SubscriptionEvent => ({ type: 'WOKE', at })),
    fc.nat(2_000).map((at): SubscriptionEvent => ({ type: 'RESTARTED', at })),
  );
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 60 }), (history) => {
      let activity = noSubscription;
      let snapshot = subscriptionMachine.resolveState({ value: 'absent', context: nothing });
      for (const event of history) {
        [snapshot] = transition(subscriptionMachine, snapshot, event);
        activity = stepSubscription(activity, event);
        expect(activity).toEqual({ state: snapshot.value, ...snapshot.context });
        checkShape(activity);
      }
    }),
    { numRuns: 200 },
  );
});

/** The next event of a world in which everything works. */
function playAlong(activity: SubscriptionActivity, now: number): SubscriptionActivity {
  const lease = { expiresAt: now + 600, renewAt: now + 300 };
  const { wants } = subscriptionMeta(activity.state);
  if (wants === null) return stepSubscription(activity, { type: 'WOKE', at: now });
  const outcomes = {
    CreateSubscription: { type: 'CREATED', id: 'z', ...lease },
    RenewSubscription: { type: 'RENEWED', ...lease },
  } as const satisfies Record<typeof wants, SubscriptionEvent>;
  return stepSubscription(activity, outcomes[wants]);
}
