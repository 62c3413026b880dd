/**
 * Point reads: items by id, twenty to a `$batch`, and a child by its name. Each part of a batch is an answer of its own, with
 * its own status and its own request to wait, and the parts arrive in any order.
 *
 * @see https://learn.microsoft.com/graph/json-batching
 */
import {
  Failure,
  type AbortSignalLike,
  type DriveItemId,
  type RemoteRow,
  type RemoteTombstone,
  type RemoteUnread,
} from '@tidemark/contracts';
import { isRecord, refusal, refusalAs, type Reply } from '../errors.ts';
import { parseRetryAfter } from '../http/retry-after.ts';
import { quoted } from '../redact.ts';
import { childPath, itemPath, itemSelect, readAt, toGraph, type DriveContext } from './context.ts';
import { readItem } from './rows.ts';

type Shown = RemoteRow | RemoteTombstone;

export interface ReadOptions {
  readonly signal?: AbortSignalLike | undefined;
  /** Why an item could not be read. */
  readonly inWords?: (failure: Failure) => string;
}

const batchMax = 20;
/** How often parts that are refused for a time are asked for. */
const roundsMax = 3;

export async function readItems(
  drive: DriveContext,
  ids: readonly DriveItemId[],
  { signal, inWords = ({ details }) => details.detail }: ReadOptions = {},
): Promise<readonly (Shown | RemoteUnread)[]> {
  const answers = await readEach(drive, ids, signal);
  return ids.map((id) => {
    const answer = answers.get(id) ?? unanswered(id);
    return answer instanceof Failure ? { id, unread: inWords(answer) } : answer;
  });
}

/**
 * The same, with a refusal that concerns one item alone as its answer. Throws what concerns all of them: no network, no login,
 * a service that is down.
 */
export async function readEach(
  drive: DriveContext,
  ids: readonly DriveItemId[],
  signal?: AbortSignalLike,
): Promise<ReadonlyMap<DriveItemId, Shown | Failure>> {
  const answers = new Map<DriveItemId, Shown | Failure>();
  let waiting: readonly DriveItemId[] = [...new Set(ids)];
  for (let round = 1; waiting.length > 0 && round <= roundsMax; round += 1) {
    if (round > 1) await drive.client.backOff(round, signal);
    await readRound(drive, waiting, answers, signal);
    waiting = waiting.filter((id) => isForATime(answers.get(id)));
  }
  for (const answer of answers.values())
    if (answer instanceof Failure && !concernsOneItem(answer)) throw answer;
  const isAllThere = [...answers.values()].every(
    (answer) => !(answer instanceof Failure) && 'eTag' in answer,
  );
  if (!isAllThere) await expectRoot(drive, signal);
  return answers;
}

/** Whether the failure of a read says something of the item that was read, as far as one can tell while the root answers. */
export function concernsOneItem({ code }: Failure): boolean {
  return ['accessDenied', 'locked', 'invalidRequest', 'malware', 'notFound', 'serviceUnavailable'].includes(
    code,
  );
}

export async function readChild(
  drive: DriveContext,
  parentId: DriveItemId,
  name: string,
): Promise<RemoteRow | null> {
  return (await readAt(drive, childPath(drive, parentId, name, ''), `Cannot read ${quoted(name)}`)).row;
}

/** One request for every twenty. */
async function readRound(
  drive: DriveContext,
  ids: readonly DriveItemId[],
  answers: Map<DriveItemId, Shown | Failure>,
  signal: AbortSignalLike | undefined,
): Promise<void> {
  for (let from = 0; from < ids.length; from += batchMax) {
    const some = ids.slice(from, from + batchMax);
    const parts = await readBatch(drive, some, signal);
    for (const [index, id] of some.entries()) {
      const part = parts.get(String(index));
      const answer = part === undefined ? null : answerIn(drive, id, part);
      answers.set(id, answer ?? (await readAlone(drive, id, signal)));
    }
  }
}

/** The parts of one batch, by the number they were sent under. */
async function readBatch(
  drive: DriveContext,
  ids: readonly DriveItemId[],
  signal: AbortSignalLike | undefined,
): Promise<ReadonlyMap<string, Reply>> {
  const action = `Cannot read ${ids.length === 1 ? 'an item' : `${ids.length} items`} of the drive`;
  const requests = ids.map((id, index) => ({
    id: String(index),
    method: 'GET',
    url: `${itemPath(drive, id).slice('/v1.0'.length)}?$select=${itemSelect}`,
  }));
  const reply = await drive.client.call(
    toGraph(drive, {
      kind: 'items',
      method: 'POST',
      path: '/v1.0/$batch',
      action,
      json: { requests },
      signal,
    }),
  );
  if (reply.status !== 200) throw refusal(action, reply);
  const responses = isRecord(reply.json) ? reply.json['responses'] : undefined;
  if (!Array.isArray(responses))
    throw refusalAs('serviceUnavailable', `${action}: the batch has no answers`, reply);
  const parts = new Map<string, Reply>();
  for (const response of responses as readonly unknown[]) {
    const part = partIn(response, drive.client.clock.now());
    if (part === null) continue;
    parts.set(part.id, part.reply);
    if (part.reply.status === 429 || part.reply.status === 503)
      if (part.reply.retryAfterMs !== null) drive.client.budget.pause(part.reply.retryAfterMs);
  }
  return parts;
}

/** Null when the part settles nothing. */
function answerIn(drive: DriveContext, id: DriveItemId, part: Reply): Shown | Failure | null {
  const { status, json } = part;
  if (status === 404) return { id, deleted: true };
  if (status === 429 || status === 408 || status >= 500) return refusal(actionOn(id), part);
  const row = status === 200 ? readItem(json, drive) : null;
  return row !== null && row.id === id ? row : null;
}

/** What a part of a batch cannot settle: the request alone has renewed tokens, redirects and retries. */
async function readAlone(
  drive: DriveContext,
  id: DriveItemId,
  signal: AbortSignalLike | undefined,
): Promise<Shown | Failure> {
  try {
    const { row } = await readAt(drive, itemPath(drive, id), actionOn(id), signal);
    if (row === null) return { id, deleted: true };
    return row.id === id ? row : unanswered(id);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

const actionOn = (id: DriveItemId): string => `Cannot read item ${quoted(id)}`;

function unanswered(id: DriveItemId): Failure {
  return new Failure({
    code: 'serviceUnavailable',
    detail: `${actionOn(id)}: the service answered with another item`,
  });
}

function isForATime(answer: Shown | Failure | undefined): boolean {
  return answer instanceof Failure && ['throttled', 'timedOut', 'serviceUnavailable'].includes(answer.code);
}

/** Where not even the root answers, nothing that is missing is gone. */
export async function expectRoot(drive: DriveContext, signal: AbortSignalLike | undefined): Promise<void> {
  const action = 'Cannot read the root of the drive';
  const { row } = await readAt(drive, itemPath(drive, drive.rootId), action, signal);
  if (row === null) throw new Failure({ code: 'driveNotFound', detail: `${action}: it is gone` });
}

function partIn(response: unknown, nowMs: number): { readonly id: string; readonly reply: Reply } | null {
  if (!isRecord(response)) return null;
  const { id, status } = response;
  if (typeof id !== 'string' || typeof status !== 'number') return null;
  const headers = new Map<string, string>();
  if (isRecord(response['headers']))
    for (const [name, value] of Object.entries(response['headers']))
      if (typeof value === 'string') headers.set(name.toLowerCase(), value);
  return {
    id,
    reply: {
      status,
      json: response['body'],
      requestId: headers.get('request-id'),
      location: headers.get('location'),
      challenge: undefined,
      retryAfterMs: status < 400 ? null : parseRetryAfter(headers.get('retry-after'), nowMs),
    },
  };
}
