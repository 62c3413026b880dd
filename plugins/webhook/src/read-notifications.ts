/**
 * Reads the body of a notification: hostile until a row shows the secret. Unknown fields are left aside, since the service
 * adds some now and then.
 *
 * @see https://learn.microsoft.com/graph/api/resources/changenotification
 */
import type { IncomingRequest, RelayedNotification, SubscriptionTold } from '@tidemark/plugin-sdk';
import { z } from '@tidemark/plugin-sdk';
import { parseJson } from './stored-secrets.ts';

export interface Row extends RelayedNotification {
  readonly clientState: string;
}

const rowsMax = 100;
const depthMax = 8;

/** null: no notification at all. */
export function readNotifications({
  headers,
  body,
}: IncomingRequest): readonly (Row | 'unreadable')[] | null {
  if (!isPlainJson(headers)) return null;
  const text = decoded(body);
  if (text === null || isTooDeep(text)) return null;
  const envelope = z.object({ value: z.array(z.unknown()).min(1).max(rowsMax) }).safeParse(parseJson(text));
  if (!envelope.success) return null;
  return envelope.data.value.map((value) => {
    const row = schema.safeParse(value);
    if (!row.success) return 'unreadable';
    const { subscriptionId, clientState, lifecycleEvent } = row.data;
    return {
      subscriptionId,
      clientState,
      told: lifecycleEvent === undefined ? null : lifecycleEvents[lifecycleEvent],
    };
  });
}

const lifecycleEvents = {
  reauthorizationRequired: 'reauthorizationRequired',
  subscriptionRemoved: 'removed',
  missed: 'missed',
} as const satisfies Record<string, SubscriptionTold['told']>;

const proof = z.string().min(1).max(128);
const schema = z.object({
  subscriptionId: proof,
  clientState: proof,
  changeType: z.enum(['created', 'updated', 'deleted']).optional(),
  lifecycleEvent: z.enum(['reauthorizationRequired', 'subscriptionRemoved', 'missed']).optional(),
});

function isPlainJson(headers: IncomingRequest['headers']): boolean {
  const type = headers['content-type'] ?? '';
  return (
    /^application\/json *(?:; *charset="?utf-8"? *)?$/i.test(type) &&
    (headers['content-encoding'] ?? 'identity') === 'identity'
  );
}

function decoded(body: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

/** Counts brackets outside of texts: cheaper than to build what is thrown away. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (inText) {
      if (character === '\\') index += 1;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > depthMax) return true;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return false;
}
