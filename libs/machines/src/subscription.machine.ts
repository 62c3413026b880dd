/**
 * The life of one subscription to change notifications, as a pure chart. Notifications are hints, so nothing here may
 * stop the polling of the drive. Invariants and their tests: `subscription.spec.md`.
 * Picture: `docs/subscription.md`.
 *
 * `meta.wants` is the command a state asks for while none is out (`command` null).
 */
import type { CommandId, FailureDetails } from '@tidemark/contracts';
import { assign, setup } from 'xstate';

export interface SubscriptionContext {
  /** The service's id of the subscription; null while we hold none. */
  readonly id: string | null;
  /** Milliseconds since 1970, from the service's answer, which may grant less than was asked for. */
  readonly expiresAt: number | null;
  /** Milliseconds since 1970. */
  readonly renewAt: number | null;
  /** When `WOKE` matters next. Milliseconds since 1970. */
  readonly dueAt: number | null;
  readonly command: CommandId | null;
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
  | { readonly type: 'PLANNED'; readonly command: CommandId }
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

export type SubscriptionWish = 'CreateSubscription' | 'RenewSubscription';

export interface SubscriptionMeta {
  readonly wants: SubscriptionWish | null;
}

const none = {
  id: null,
  expiresAt: null,
  renewAt: null,
  dueAt: null,
  command: null,
  failure: null,
} as const satisfies SubscriptionContext;

type At = { readonly at: number };
type Granted = Lease & { readonly id?: string };
type Failed = At & { readonly failure: FailureDetails; readonly retryMs: number };

const definition = setup({
  types: {
    context: {} as SubscriptionContext,
    events: {} as SubscriptionEvent,
    meta: {} as SubscriptionMeta,
  },
  guards: {
    isHeld: ({ context }) => context.id !== null,
    hasExpired: ({ context }, { at }: At) => context.expiresAt !== null && at >= context.expiresAt,
    isDue: ({ context }, { at }: At) => context.dueAt !== null && at >= context.dueAt,
    isDueAndHeld: ({ context }, { at }: At) =>
      context.id !== null && context.dueAt !== null && at >= context.dueAt,
  },
  actions: {
    forget: assign(none),
    sendOut: assign((_, { command }: { readonly command: CommandId }) => ({ command })),
    hold: assign(({ context }, { id, expiresAt, renewAt }: Granted) => ({
      ...none,
      id: id ?? context.id,
      expiresAt,
      renewAt,
      dueAt: renewAt,
    })),
    untilExpiry: assign(({ context }) => ({ dueAt: context.expiresAt, command: null, failure: null })),
    backOff: assign((_, { failure, at, retryMs }: Failed) => ({
      dueAt: at + Math.max(failure.afterMs ?? 0, retryMs),
      command: null,
      failure,
    })),
  },
});

const send = { type: 'sendOut', params: ({ event }: { event: { command: CommandId } }) => event } as const;
const hold = { type: 'hold', params: ({ event }: { event: Granted }) => event } as const;
const backOff = { type: 'backOff', params: ({ event }: { event: Failed }) => event } as const;
const at = ({ event }: { event: At }): At => event;
const expiry = { guard: { type: 'hasExpired', params: at }, target: 'expired', actions: 'forget' } as const;

export const subscriptionMachine = definition.createMachine({
  id: 'subscription',
  initial: 'absent',
  context: none,
  on: {
    DISABLED: { target: '.absent', actions: 'forget' },
    RESTARTED: [
      { guard: { type: 'hasExpired', params: at }, target: '.expired', actions: 'forget' },
      { guard: 'isHeld', target: '.renewing', actions: 'untilExpiry' },
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
      meta: { wants: 'CreateSubscription' },
      on: {
        PLANNED: { actions: send },
        CREATED: { target: 'active', actions: hold },
        FAILED: { target: 'backingOff', actions: backOff },
      },
    },
    active: {
      description: 'The service delivers',
      meta: { wants: null },
      on: {
        WOKE: [expiry, { guard: { type: 'isDue', params: at }, target: 'renewing', actions: 'untilExpiry' }],
        REAUTHORIZATION_REQUIRED: { target: 'reauthorizing', actions: 'untilExpiry' },
        REMOVED: { target: 'removed', actions: 'forget' },
      },
    },
    renewing: {
      description: 'The service still delivers',
      meta: { wants: 'RenewSubscription' },
      on: {
        PLANNED: { actions: send },
        RENEWED: { target: 'active', actions: hold },
        REMOVED: { target: 'removed', actions: 'forget' },
        FAILED: { target: 'backingOff', actions: backOff },
        WOKE: expiry,
      },
    },
    reauthorizing: {
      description:
        'The service may have paused delivery until the subscription is renewed, which authorizes it anew',
      meta: { wants: 'RenewSubscription' },
      on: {
        PLANNED: { actions: send },
        RENEWED: { target: 'active', actions: hold },
        REMOVED: { target: 'removed', actions: 'forget' },
        FAILED: { target: 'backingOff', actions: backOff },
        WOKE: expiry,
      },
    },
    expired: {
      description: 'It ran out',
      meta: { wants: 'CreateSubscription' },
      on: { PLANNED: { target: 'creating', actions: send } },
    },
    removed: {
      description: 'The service let go of it',
      meta: { wants: 'CreateSubscription' },
      on: { PLANNED: { target: 'creating', actions: send } },
    },
    backingOff: {
      description: 'An attempt failed; polling goes on',
      meta: { wants: null },
      on: {
        WOKE: [
          expiry,
          { guard: { type: 'isDueAndHeld', params: at }, target: 'renewing', actions: 'untilExpiry' },
          { guard: { type: 'isDue', params: at }, target: 'creating', actions: 'forget' },
        ],
        REMOVED: { target: 'removed', actions: 'forget' },
      },
    },
  },
});
