/** Reads answers: what they say, and whether it is Graph that says it. */
import { graphErrorOf, isRecord, type Reply } from '../errors.ts';
import type { Answer, BodyReceiver } from './exchange.ts';
import { parseRetryAfter } from './retry-after.ts';

export function readReply(answer: Answer, nowMs: number): Reply {
  const { status } = answer;
  return {
    status,
    json: parseJson(answer),
    requestId: headerOf(answer, 'request-id'),
    location: headerOf(answer, 'location'),
    challenge: status === 401 ? headerOf(answer, 'www-authenticate') : undefined,
    retryAfterMs: status < 400 ? null : parseRetryAfter(headerOf(answer, 'retry-after'), nowMs),
  };
}

/** A success whose body is no JSON object comes from another server (a captive portal, a proxy's page). */
export function isBelievable(
  request: { readonly receiver?: BodyReceiver; readonly effect: 'read' | 'write' },
  answer: Answer,
  reply: Reply,
): boolean {
  if (request.receiver !== undefined || reply.status >= 300 || reply.status === 204) return true;
  if (isRecord(reply.json)) return true;
  return answer.text === '' && request.effect === 'write';
}

/** Refusals that pass by themselves. */
export function isTransientRefusal(status: number, reply: Reply): boolean {
  const error = graphErrorOf(reply.json);
  // Seen on personal accounts: passes by itself.
  if (status === 401) return error.message.includes('Unable to initialize RPS');
  if (status !== 403 && status !== 409 && status !== 400) return false;
  return error.codes.some((code) => transientCodes.has(code));
}

const transientCodes = new Set([
  'activitylimitreached',
  'cannotsnapshottree',
  'resourcebeingprovisioned',
  'servicereadonly',
  'throttledrequest',
]);

export function headerOf(answer: Answer, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function parseJson(answer: Answer): unknown {
  if (answer.text === '') return undefined;
  const type = answer.headers['content-type'];
  if (typeof type === 'string' && !type.includes('json')) return undefined;
  try {
    return JSON.parse(answer.text);
  } catch {
    return undefined;
  }
}
