/** Lines about change notifications: the listener, the subscription, and what arrives. */
import type { Command, EventOf, FailureDetails, Notice } from '@tidemark/plugin-sdk';
import { failureGuide } from '@tidemark/plugin-sdk';
import { renderAnswerBlock } from './answer-block.ts';
import type { Wording } from './dialect.ts';
import { same, worded } from './dialect.ts';
import { durationText } from './duration-text.ts';
import type { Line } from './line.ts';
import { debug, info, verbose } from './line.ts';
import { timeText } from './time-text.ts';
import type { View } from './view.ts';

export const renderListening = (view: View, address: string): readonly Line[] => [
  ...worded(view, words.started),
  debug(`Webhook listens on ${address}`),
];
export const renderListeningEnd = (view: View): readonly Line[] => worded(view, words.stopped);
export const renderValidated = (view: View): readonly Line[] => worded(view, words.validated);
export const renderFound = (view: View, id: string): readonly Line[] =>
  worded(view, same(`Found existing webhook subscription ${id}`));

export function renderSignal(view: View, count: number): readonly Line[] {
  const legacy = `Webhook: sent refresh signal #${count}`;
  return worded(view, { current: `OneDrive API ${legacy}`, legacy });
}

const words = {
  started: { current: 'Started OneDrive API Webhook server', legacy: 'Started webhook server' },
  stopped: same('Stopped OneDrive API Webhook server'),
  validated: {
    current: 'OneDrive API Webhook: handled validation request',
    legacy: 'Webhook: handled validation request',
  },
  creating: {
    current: 'Initialising webhook subscription for updates ...',
    legacy: 'Initializing subscription for updates ...',
  },
  renewing: {
    current: 'Renewing webhook subscription for updates ...',
    legacy: 'Renewing subscription for updates ...',
  },
  gone: same('The subscription is not found on the server. Recreating subscription ...'),
  deleted: same('Deleted subscription'),
} as const satisfies Record<string, Wording>;

export const renderCreating = (view: View): readonly Line[] => worded(view, words.creating);
export const renderRenewing = (view: View): readonly Line[] => worded(view, words.renewing);
export const renderDeleted = (view: View): readonly Line[] => worded(view, words.deleted);

/** A creation or renewal that went well. */
export function renderGranted(
  view: View,
  type: 'CreateSubscription' | 'RenewSubscription',
  { subscription }: EventOf<'CommandSucceeded'>,
): readonly Line[] {
  if (subscription === undefined) return [];
  const { id } = subscription;
  if ('gone' in subscription) return worded(view, words.gone);
  const until = `with expiration: ${timeText(subscription.expiresAt)}`;
  return type === 'CreateSubscription' && view.foundSubscription !== id
    ? worded(view, same(`Created new subscription ${id} ${until}`))
    : worded(view, { current: `Renewed webhook subscription ${id} ${until}`, legacy: null });
}

export function renderSubscriptionFailed(
  { started }: View,
  failure: FailureDetails,
  { type }: Command,
  at: number,
): readonly Line[] {
  const block = renderAnswerBlock(failure, `webhook.${type}()`, at);
  const told = block.length > 0 ? block : [info(`ERROR: ${failure.detail}`)];
  const retryMs = Math.max(started?.policy.pace.subscription?.retryMs ?? 0, failure.afterMs ?? 0);
  return [
    ...told,
    verbose(`  ${failureGuide[failure.code].remedy}`),
    ...(type === 'DeleteSubscription'
      ? []
      : [info(`Will retry creating or renewing subscription in ${durationText(retryMs)}`)]),
  ];
}

/** Behind the lines of the failure, which end with the next attempt: the peer has nothing like it. */
export function renderFailedHop({
  check,
  detail,
  remedy,
}: Extract<Notice, { type: 'hopFailed' }>): readonly Line[] {
  return [info(`webhook: ${check}: ${detail}${remedy === null ? '' : `. ${remedy}`}`)];
}

export function renderSubscriptionTold(
  _view: View,
  { subscriptionId, told }: EventOf<'SubscriptionTold'>,
): readonly Line[] {
  return [verbose(`Microsoft OneDrive says about subscription ${subscriptionId}: ${told}`)];
}
