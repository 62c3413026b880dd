import { guid } from '../identity/token-errors.ts';
import type { Random } from '../model/random.ts';
import { invalidRequest, itemNotFound, Refusal } from '../model/refusal.ts';
import { readJson, textIn, type Exchange, type JsonObject } from '../server/exchange.ts';
import { emptyReply, jsonReply, type Reply } from '../server/reply.ts';
import type { World } from '../server/world.ts';
import { postOut } from './post-out.ts';

/** Webhook subscriptions: created after a real validation call, renewed, deleted. */
export type Subscriptions = {
  readonly create: (body: JsonObject, expiresAtMs: number) => Subscription;
  readonly get: (id: string) => Subscription;
  readonly list: () => readonly Subscription[];
  readonly renew: (id: string, expiresAtMs: number) => Subscription;
  readonly remove: (id: string) => void;
};

export type Subscription = {
  readonly id: string;
  readonly resource: string;
  readonly changeType: string;
  readonly clientState: string | undefined;
  readonly notificationUrl: string;
  readonly lifecycleNotificationUrl: string | undefined;
  readonly expiresAtMs: number;
};

/** 42,300 minutes for drive items. */
const lifetimeMaxMs = 42_300 * 60_000;
const subscriptionsMax = 1000;
const validationLimitMs = 10_000;

export function createSubscriptions(random: Random, now: () => number): Subscriptions {
  const subscriptions = new Map<string, Subscription>();
  const get = (id: string): Subscription => {
    const subscription = subscriptions.get(id);
    if (subscription === undefined || subscription.expiresAtMs < now()) throw itemNotFound();
    return subscription;
  };
  return {
    create: (body, expiresAtMs) => {
      const subscription: Subscription = {
        id: guid(random),
        resource: textIn(body, 'resource') ?? '',
        changeType: textIn(body, 'changeType') ?? '',
        clientState: textIn(body, 'clientState'),
        notificationUrl: textIn(body, 'notificationUrl') ?? '',
        lifecycleNotificationUrl: textIn(body, 'lifecycleNotificationUrl'),
        expiresAtMs,
      };
      for (const other of subscriptions.values()) {
        const isSame =
          other.resource === subscription.resource && other.notificationUrl === subscription.notificationUrl;
        if (isSame && other.expiresAtMs >= now()) {
          const text = `Subscription Id ${other.id} already exists for the requested combination`;
          throw new Refusal(409, 'ObjectIdentifierInUse', text);
        }
      }
      if (subscriptions.size >= subscriptionsMax)
        throw new Refusal(403, 'Forbidden', 'Too many subscriptions');
      subscriptions.set(subscription.id, subscription);
      return subscription;
    },
    get,
    list: () => [...subscriptions.values()].filter(({ expiresAtMs }) => expiresAtMs >= now()),
    renew: (id, expiresAtMs) => {
      const renewed = { ...get(id), expiresAtMs };
      subscriptions.set(id, renewed);
      return renewed;
    },
    remove: (id) => {
      get(id);
      subscriptions.delete(id);
    },
  };
}

export async function replySubscriptions(world: World, exchange: Exchange, path: string): Promise<Reply> {
  const [, , id, action] = path.split('/');
  const { subscriptions } = world;
  const method = `${exchange.method} ${id === undefined || id === '' ? 'all' : (action ?? 'one')}`;
  switch (method) {
    case 'GET all':
      return jsonReply(200, { value: subscriptions.list().map(subscriptionJson) });
    case 'POST all':
      return replyCreate(world, exchange);
    case 'GET one':
      return jsonReply(200, subscriptionJson(subscriptions.get(id ?? '')));
    case 'PATCH one': {
      const body = await readJson(exchange);
      return jsonReply(200, subscriptionJson(subscriptions.renew(id ?? '', expiryIn(world, body))));
    }
    case 'DELETE one':
      subscriptions.remove(id ?? '');
      return emptyReply(204);
    case 'POST reauthorize':
      subscriptions.get(id ?? '');
      return emptyReply(202);
    default:
      throw invalidRequest('The request is not understood');
  }
}

async function replyCreate(world: World, exchange: Exchange): Promise<Reply> {
  const body = await readJson(exchange);
  const resource = (textIn(body, 'resource') ?? '').replace(/^\//, '');
  if (textIn(body, 'changeType') !== 'updated') {
    throw new Refusal(400, 'InvalidRequest', 'Only changeType updated is supported for drive roots');
  }
  if (!/^(?:me\/drive|users\/[^/]+\/drive|drives\/[^/]+)\/root/.test(resource)) {
    throw new Refusal(
      400,
      'ExtensionError',
      'Operation: Create; Exception: [Status Code: BadRequest; Reason: Bad Request]',
    );
  }
  const isBelowRoot = !resource.endsWith('/root');
  if (isBelowRoot && world.ownDrive.flavour !== 'personal') {
    throw new Refusal(400, 'InvalidRequest', 'Only the root of the drive can be subscribed to');
  }
  const expiresAtMs = expiryIn(world, body);
  const requestId = guid(world.random);
  await validate(world, textIn(body, 'notificationUrl') ?? '', requestId);
  const lifecycleUrl = textIn(body, 'lifecycleNotificationUrl');
  if (lifecycleUrl !== undefined) await validate(world, lifecycleUrl, requestId);
  return jsonReply(201, subscriptionJson(world.subscriptions.create(body, expiresAtMs)));
}

function expiryIn(world: World, body: JsonObject): number {
  const expiresAtMs = Date.parse(textIn(body, 'expirationDateTime') ?? '');
  if (Number.isNaN(expiresAtMs) || expiresAtMs <= world.now()) {
    throw new Refusal(400, 'InvalidRequest', 'expirationDateTime is missing or lies in the past');
  }
  if (expiresAtMs > world.now() + lifetimeMaxMs + 60_000) {
    throw new Refusal(400, 'InvalidRequest', 'expirationDateTime exceeds the maximum of 42300 minutes');
  }
  return expiresAtMs;
}

/** The token arrives form-encoded: spaces as plus signs, escapes in lower case. */
async function validate(world: World, address: string, requestId: string): Promise<void> {
  const code = world.settings.subscriptionCreateErrorCode;
  if (!URL.canParse(address)) throw new Refusal(400, 'InvalidRequest', 'notificationUrl is not a URL');
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${requestId}`;
  const encoded = token.replaceAll(':', '%3a').replaceAll(' ', '+');
  const url = new URL(`${address}${address.includes('?') ? '&' : '?'}validationToken=${encoded}`);
  const answer = await postOut(url, {
    type: 'text/plain; charset=utf-8',
    body: '',
    limitMs: validationLimitMs,
    certificates: world.settings.receiverCertificates,
  }).catch((error: unknown) => {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    const text = isLate ? 'Subscription validation request timed out.' : unreachable;
    throw new Refusal(400, code, text);
  });
  if (answer.status !== 200) throw new Refusal(400, code, unreachable);
  if (answer.text !== token || !answer.type.startsWith('text/plain')) {
    const text =
      'Subscription validation request failed. Response must exactly match validationToken query parameter.';
    throw new Refusal(400, code, text);
  }
}

const unreachable =
  'Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request.';

function subscriptionJson(subscription: Subscription): Record<string, unknown> {
  const { expiresAtMs, ...rest } = subscription;
  return {
    ...rest,
    expirationDateTime: new Date(expiresAtMs).toISOString(),
    latestSupportedTlsVersion: 'v1_2',
    notificationContentType: 'application/json',
  };
}
