/**
 * The life of one subscription to change notifications, as a pure chart. Notifications are hints, so nothing here may
 * stop the polling of the drive. Invariants and their tests: `subscription.spec.md`.
 * Picture: `docs/subscription.md`.
 *
 * `meta.wants` is the command a state asks for while none is out.
 */
import type { FailureDetails } from '@tidemark/contracts';
import { assign, setup } from 'xstate';
import type { Activity, StateOf } from './chart.ts';
import { chartOf, functionsOf } from './chart.ts';

export interface SubscriptionContext {
  /** The service's id of the subscription; null while we hold none. */
  readonly id: string | null;
  /** Milliseconds since 1970, from the service's answer, which may grant less than was asked for. */
  readonly expiresAt: number | null;
  /** Milliseconds since 1970. */
  readonly renewAt: number | null;
  /** When `WOKE` matters next. Milliseconds since 1970. */
  readonly dueAt: number | null;
  /** Why it backs off. */
  readonly failure: FailureDetails | null;
}

interface Lease {
  readonly expiresAt: number;
  readonly renewAt: number;
}

export type SubscriptionEvent =
  /** Notifications are wanted and the listener is up. */
  | { readonly type: 'ENABLED' }
  /** Notifications are no longer wanted, or the subscription was deleted at a clean stop. */
  | { readonly type: 'DISABLED' }
  | ({ readonly type: 'CREATED'; readonly id: string } & Lease)
  | ({ readonly type: 'RENEWED' } & Lease)
  | { readonly type: 'REAUTHORIZATION_REQUIRED' }
  /** The service said that it is gone, by a lifecycle notification or by not finding it. */
  | { readonly type: 'REMOVED' }
  /** `at`: milliseconds since 1970. `retryMs` is policy. */
  | {
      readonly type: 'FAILED';
      readonly failure: FailureDetails;
      readonly at: number;
      readonly retryMs: number;
    }
  | { readonly type: 'WOKE'; readonly at: number }
  /** A new run begins: no command of an earlier one is out any more. */
  | { readonly type: 'RESTARTED'; readonly at: number };

export interface SubscriptionMeta {
  readonly wants: 'CreateSubscription' | 'RenewSubscription' | null;
}

const none = {
  id: null,
  expiresAt: null,
  renewAt: null,
  dueAt: null,
  failure: null,
} as const satisfies SubscriptionContext;

const on = functionsOf<SubscriptionContext, SubscriptionEvent>();

const definition = setup({
  types: {
    context: {} as SubscriptionContext,
    events: {} as SubscriptionEvent,
    meta: {} as SubscriptionMeta,
  },
  guards: {
    isStillHeld: on('RESTARTED', ({ at }, { expiresAt }) => expiresAt !== null && at < expiresAt),
    hasExpired: on('WOKE', ({ at }, { expiresAt }) => expiresAt !== null && at >= expiresAt),
    isDue: on('WOKE', ({ at }, { dueAt }) => dueAt !== null && at >= dueAt),
    isDueAndHeld: on('WOKE', ({ at }, { dueAt, id }) => id !== null && dueAt !== null && at >= dueAt),
  },
  actions: {
    forget: assign(none),
    hold: assign(
      on(['CREATED', 'RENEWED'], ({ expiresAt, renewAt, ...event }, context) => ({
        ...none,
        id: event.type === 'CREATED' ? event.id : context.id,
        expiresAt,
        renewAt,
        dueAt: renewAt,
      })),
    ),
    untilExpiry: assign(({ context }) => ({ dueAt: context.expiresAt, failure: null })),
    backOff: assign(
      on('FAILED', ({ failure, at, retryMs }) => ({
        dueAt: at + Math.max(failure.afterMs ?? 0, retryMs),
        failure,
      })),
    ),
  },
});

const expiry = { guard: 'hasExpired', target: 'creating', actions: 'forget' } as const;
const removal = { target: 'creating', actions: 'forget' } as const;
const failed = { target: 'backingOff', actions: 'backOff' } as const;

export const subscriptionMachine = definition.createMachine({
  id: 'subscription',
  initial: 'absent',
  context: none,
  on: {
    DISABLED: { target: '.absent', actions: 'forget' },
    RESTARTED: [
      { guard: 'isStillHeld', target: '.renewing', actions: 'untilExpiry' },
      { target: '.creating', actions: 'forget' },
    ],
  },
  states: {
    absent: {
      description: 'Not wanted',
      meta: { wants: null },
      on: { ENABLED: 'creating', DISABLED: {}, RESTARTED: {} },
    },
    creating: {
      description: 'There is none: not yet, it ran out, or the service let go of it',
      meta: { wants: 'CreateSubscription' },
      on: {
        CREATED: { target: 'active', actions: 'hold' },
        FAILED: failed,
      },
    },
    active: {
      description: 'The service delivers',
      meta: { wants: null },
      on: {
        WOKE: [expiry, { guard: 'isDue', target: 'renewing', actions: 'untilExpiry' }],
        REAUTHORIZATION_REQUIRED: { target: 'renewing', actions: 'untilExpiry' },
        REMOVED: removal,
      },
    },
    renewing: {
      description: 'It ends soon, or the service asked for an authorization, which a renewal is as well',
      meta: { wants: 'RenewSubscription' },
      on: {
        RENEWED: { target: 'active', actions: 'hold' },
        REMOVED: removal,
        FAILED: failed,
        WOKE: expiry,
      },
    },
    backingOff: {
      description: 'An attempt failed; polling goes on',
      meta: { wants: null },
      on: {
        WOKE: [
          expiry,
          { guard: 'isDueAndHeld', target: 'renewing', actions: 'untilExpiry' },
          { guard: 'isDue', target: 'creating', actions: 'forget' },
        ],
        REMOVED: removal,
      },
    },
  },
});

export type SubscriptionState = StateOf<typeof subscriptionMachine>;
export type SubscriptionActivity = Activity<SubscriptionState, SubscriptionContext>;

const chart = chartOf<SubscriptionState, SubscriptionContext, SubscriptionEvent, SubscriptionMeta>(
  subscriptionMachine,
);
export const {
  states: subscriptionStates,
  first: noSubscription,
  step: stepSubscription,
  meta: subscriptionMeta,
} = chart;
