/** The life of one subscription as plain data. */
import type { SnapshotFrom } from 'xstate';
import { createStepper } from './stepper.ts';
import {
  type SubscriptionContext,
  type SubscriptionEvent,
  type SubscriptionMeta,
  subscriptionMachine,
} from './subscription.machine.ts';

export type SubscriptionState = SnapshotFrom<typeof subscriptionMachine>['value'];

/** JSON data. A step returns a new one, or the same one when nothing changed. */
export interface SubscriptionActivity extends SubscriptionContext {
  readonly state: SubscriptionState;
}

export const subscriptionStates = [
  'absent',
  'creating',
  'active',
  'renewing',
  'reauthorizing',
  'expired',
  'removed',
  'backingOff',
] as const satisfies readonly SubscriptionState[];

const step = createStepper<SubscriptionState, SubscriptionContext, SubscriptionEvent>(
  subscriptionMachine,
  subscriptionStates,
);
const absent: SubscriptionActivity = {
  state: 'absent',
  id: null,
  expiresAt: null,
  renewAt: null,
  dueAt: null,
  command: null,
  failure: null,
};

/** The activity after the event. `null` stands for a subscription that the planner has not asked for yet. */
export function stepSubscription(
  activity: SubscriptionActivity | null,
  event: SubscriptionEvent,
): SubscriptionActivity {
  const from = activity ?? absent;
  const before = { state: from.state, context: from };
  const after = step(before, event);
  if (after === before) return from;
  const { id, expiresAt, renewAt, dueAt, command, failure } = after.context;
  return { state: after.state, id, expiresAt, renewAt, dueAt, command, failure };
}

/** What a state asks for while no command is out. */
export function subscriptionMeta(state: SubscriptionState): SubscriptionMeta {
  const meta = subscriptionMachine.states[state]?.meta;
  if (meta === undefined) throw new Error(`The subscription chart says nothing about ${state}`);
  return meta;
}
