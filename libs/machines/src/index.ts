export { diagram, diagramNames } from './testing/diagrams.ts';
export type { Arrow, Picture } from './picture.ts';
export { pictures } from './picture.ts';
export { restMs } from './backoff.ts';
export type { ItemActivity, ItemEvent } from './item.machine.ts';
export { stepItem } from './item.machine.ts';
export type { LookActivity, LookEvent } from './look.machine.ts';
export { firstLook, lookWanted, stepLook } from './look.machine.ts';
export type { SubscriptionActivity, SubscriptionEvent, SubscriptionState } from './subscription.machine.ts';
export {
  noSubscription,
  stepSubscription,
  subscriptionMeta,
  subscriptionStates,
} from './subscription.machine.ts';
