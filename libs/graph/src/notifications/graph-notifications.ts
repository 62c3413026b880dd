/**
 * The notifications port over Microsoft Graph: subscriptions to the root of one drive, and the address of its Socket.IO
 * channel.
 *
 * @see https://learn.microsoft.com/graph/api/resources/subscription
 */
import type { Clock, Notifications, Random, SubscriptionGrant } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { Endpoints } from '../auth/clouds.ts';
import { toGraph } from '../drive/context.ts';
import { normalDriveId } from '../drive/ids.ts';
import { graphErrorOf, isRecord, refusal, refusalAs, type Reply } from '../errors.ts';
import type { Budget } from '../http/budget.ts';
import { createGraphClient, type RetryPolicy, type TokenSource } from '../http/graph-client.ts';
import type { Network } from '../http/network.ts';
import { isReachRefusal, subscriptionRefusal } from './subscription-refusal.ts';

export interface GraphNotificationsOptions {
  readonly endpoints: Endpoints;
  readonly network: Network;
  readonly tokens: TokenSource;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly random: Random;
  /** `drive_id`; null for the account's own drive. */
  readonly driveId?: string | null;
  readonly retry?: RetryPolicy;
}

const kind = 'subscription';
/** 42,300 minutes for drives, less a minute for clocks that differ. */
const lifetimeMaxMs = 42_299 * 60_000;
const creating = 'Cannot create the subscription';

export function createGraphNotifications(options: GraphNotificationsOptions): Notifications {
  const client = createGraphClient(options);
  const { endpoints, clock } = options;
  const driveId = options.driveId ?? null;
  const root =
    driveId === null ? '/me/drive/root' : `/drives/${encodeURIComponent(normalDriveId(driveId))}/root`;
  const until = (lifetimeMs: number): string =>
    new Date(clock.now() + Math.min(lifetimeMs, lifetimeMaxMs)).toISOString();

  async function post(json: object): Promise<Reply> {
    const request = { kind, method: 'POST', path: '/v1.0/subscriptions', action: creating, json } as const;
    const outcome = await client.attempt(toGraph({ endpoints }, { ...request, effect: 'write' }));
    // A subscription may be alive now; the next attempt is told so.
    if (outcome.type === 'lost') throw outcome.failure;
    return outcome.reply;
  }

  return {
    async create({ url, clientState, lifetimeMs }) {
      const wanted = {
        changeType: 'updated',
        notificationUrl: url,
        resource: root,
        expirationDateTime: until(lifetimeMs),
        clientState,
        latestSupportedTlsVersion: 'v1_2',
      };
      let reply = await post({ ...wanted, lifecycleNotificationUrl: url });
      // Not every account has lifecycle notifications. Without them the subscription is worth as much: we renew in time.
      if (reply.status === 400 && !isReachRefusal(reply)) reply = await post(wanted);
      if (reply.status === 201 || reply.status === 200) return grantIn(creating, reply);
      const existing = reply.status === 409 ? existingIn(reply) : null;
      if (existing !== null) return { type: 'exists', id: existing };
      throw subscriptionRefusal(creating, reply);
    },
    async renew(id, lifetimeMs) {
      const action = `Cannot renew the subscription ${id}`;
      const path = pathOf(id);
      const json = { expirationDateTime: until(lifetimeMs) };
      const reply = await client.call(toGraph({ endpoints }, { kind, method: 'PATCH', path, action, json }));
      if (reply.status === 200) return grantIn(action, reply);
      if (reply.status === 404 || reply.status === 410) throw refusalAs('notFound', action, reply);
      throw subscriptionRefusal(action, reply);
    },
    async delete(id) {
      const action = `Cannot delete the subscription ${id}`;
      const reply = await client.call(
        toGraph({ endpoints }, { kind, method: 'DELETE', path: pathOf(id), action }),
      );
      const { status, requestId } = reply;
      if (status !== 204 && status !== 200 && status !== 404 && status !== 410)
        throw subscriptionRefusal(action, reply);
      return { requestIds: requestId === undefined ? [] : [requestId] };
    },
    async socketAddress() {
      const action = 'Cannot get the address of the notification channel';
      const path = `/v1.0${root}/subscriptions/socketIo`;
      const reply = await client.call(toGraph({ endpoints }, { kind, method: 'GET', path, action }));
      if ([400, 403, 404, 405, 501].includes(reply.status)) throw refusalAs('notSupported', action, reply);
      if (reply.status !== 200) throw refusal(action, reply);
      const { notificationUrl, expirationDateTime } = isRecord(reply.json) ? reply.json : {};
      if (!isSecureUrl(notificationUrl)) throw unreadable(action, reply, 'an https address');
      return { url: notificationUrl, expiresAt: timeIn(expirationDateTime) };
    },
  };
}

const pathOf = (id: string): string => `/v1.0/subscriptions/${encodeURIComponent(id)}`;

function grantIn(action: string, reply: Reply): SubscriptionGrant {
  const { id, expirationDateTime } = isRecord(reply.json) ? reply.json : {};
  const expiresAt = timeIn(expirationDateTime);
  if (typeof id !== 'string' || id === '' || id.length > 128 || expiresAt === null)
    throw unreadable(action, reply, 'an id and an expiry');
  return {
    type: 'granted',
    id,
    expiresAt,
    requestIds: reply.requestId === undefined ? [] : [reply.requestId],
  };
}

/** The id stands in the text and nowhere else. */
function existingIn(reply: Reply): string | null {
  const { message } = graphErrorOf(reply.json);
  return /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/i.exec(message)?.[0] ?? null;
}

function unreadable(action: string, { status, requestId }: Reply, what: string): Failure {
  return new Failure({
    code: 'serviceUnavailable',
    detail: `${action}: the service answered ${status} without ${what}`,
    ...(requestId === undefined ? {} : { requestId }),
  });
}

function isSecureUrl(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 16_384 && URL.parse(value)?.protocol === 'https:';
}

/** Milliseconds since 1970. Graph writes up to seven digits of fraction. */
function timeIn(value: unknown): number | null {
  if (typeof value !== 'string' || value.length > 40) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : at;
}
