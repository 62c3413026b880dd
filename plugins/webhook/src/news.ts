/** What a notification that is ours means for the run. */
import type { RelayedNotification, SpontaneousObservation } from '@tidemark/plugin-sdk';

export const hint = { type: 'HintReceived', side: 'remote', source: 'webhook' } as const;

export function newsOf({ subscriptionId, told }: RelayedNotification): SpontaneousObservation {
  return told === null ? hint : { type: 'SubscriptionTold', subscriptionId, told };
}
