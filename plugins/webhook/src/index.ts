export { type Asking, createAnswers } from './answers.ts';
export { createKnownSenders, type Known, type KnownSenders } from './known-senders.ts';
export { bodyBytesMax } from './open-listener.ts';
export { createRefusals } from './refusals.ts';
export type { Row } from './read-notifications.ts';
export { createTally } from './tally.ts';
export { createRelayedWebhook, createWebhook, type RelayedWebhook, type Webhook } from './webhook.ts';
