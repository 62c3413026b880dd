/** The subscription's life, folded: the chart says what is wanted when, this file brings it the news. */
import type {
  Command,
  CommandSucceeded,
  FailureDetails,
  SubscriptionPolicy,
  SubscriptionTold,
} from '@tidemark/contracts';
import { stepSubscription } from '@tidemark/machines';
import type { SubscriptionEvent } from '@tidemark/machines';
import type { State } from './state.ts';
import { wantRemote } from './looks.ts';

/** A run begins. What a run before left alive is found again by its secret, so it is reused and not made twice. */
export function startSubscription(state: State): void {
  const wanted = subscriptionPolicyOf(state) !== null;
  const { at, subscription } = state;
  subscription.underWay = null;
  subscription.settled = !wanted;
  step(state, { type: 'RESTARTED', at });
  step(state, { type: wanted ? 'ENABLED' : 'DISABLED' });
}

export function subscriptionSucceeded(
  state: State,
  { type }: Command,
  { subscription }: CommandSucceeded,
): void {
  const policy = subscriptionPolicyOf(state);
  const isTold = subscription !== undefined && policy !== null && !('gone' in subscription);
  if (type === 'CreateSubscription' && !isTold)
    return subscriptionFailed(state, {
      code: 'pluginFault',
      detail: 'Cannot subscribe: the plugin named no subscription',
    });
  state.subscription.underWay = null;
  state.subscription.settled = true;
  if (type === 'DeleteSubscription') return step(state, { type: 'DISABLED' });
  if (!isTold) return step(state, { type: 'REMOVED' });
  const { id, expiresAt } = subscription;
  const lease = { expiresAt, renewAt: expiresAt - policy.renewBeforeMs };
  if (type === 'RenewSubscription') return step(state, { type: 'RENEWED', ...lease });
  step(state, { type: 'CREATED', id, ...lease });
  // Whatever happened before the service told of changes is found by one look.
  wantRemote(state, 'hint-received');
}

export function subscriptionFailed(state: State, failure: FailureDetails): void {
  const { at, subscription } = state;
  const retryMs = subscriptionPolicyOf(state)?.retryMs ?? 0;
  // It expires by itself; a run that ends does not wait for it.
  const isLeaving = subscription.underWay?.type === 'DeleteSubscription';
  subscription.underWay = null;
  subscription.settled = true;
  step(state, isLeaving ? { type: 'DISABLED' } : { type: 'FAILED', failure, at, retryMs });
}

export function subscriptionTold(state: State, { told }: SubscriptionTold): void {
  if (told === 'reauthorizationRequired') step(state, { type: 'REAUTHORIZATION_REQUIRED' });
  if (told === 'removed') step(state, { type: 'REMOVED' });
  wantRemote(state, 'hint-received');
}

export const wakeSubscription = (state: State): void => step(state, { type: 'WOKE', at: state.at });

const subscriptionPolicyOf = (state: State): SubscriptionPolicy | null =>
  state.started?.policy.pace.subscription ?? null;

function step(state: State, event: SubscriptionEvent): void {
  state.subscription.activity = stepSubscription(state.subscription.activity, event);
}
