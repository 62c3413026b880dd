export type { ItemEvent } from './item.machine.ts';
export type { ItemActivity, ItemState } from './item.ts';
export { itemStates, stepItem } from './item.ts';
export type { DiagramName } from './diagrams.ts';
export { diagram, diagramNames } from './diagrams.ts';
export type { SubscriptionEvent, SubscriptionMeta, SubscriptionWish } from './subscription.machine.ts';
export type { SubscriptionActivity, SubscriptionState } from './subscription.ts';
export { stepSubscription, subscriptionMeta, subscriptionStates } from './subscription.ts';
