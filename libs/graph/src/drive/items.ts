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
} from '@tidemark/contracts';
import { isRecord, refusal, refusalAs, type Reply } from '../errors.ts';
import { parseRetryAfter } from '../http/retry-after.ts';
import { quoted } from '../redact.ts';
import { childPath, itemPath, itemSelect, readAt, toGraph, type DriveContext } from './context.ts';
import { readItem } from './rows.ts';

type Shown = RemoteRow | RemoteTombstone;

const batchMax = 20;
/** Rounds in which parts may be refused for a time; what is left then is asked for alone, with the patience of any call. */
const roundsMax = 3;

export async function readItems(
  drive: DriveContext,
  ids: readonly DriveItemId[],
  signal?: AbortSignalLike,
): Promise<readonly Shown[]> {
  const shown = new Map<DriveItemId, Shown>();
  let waiting = [...new Set(ids)];
  for (let round = 1; waiting.length > 0 && round <= roundsMax; round += 1) {
    if (round > 1) await drive.client.backOff(round, signal);
    waiting = await readRound(drive, waiting, shown, signal);
  }
  const rows: Shown[] = [];
  for (const id of ids) {
    const row = shown.get(id) ?? (await readAlone(drive, id, signal));
    shown.set(id, row);
    rows.push(row);
  }
  if (rows.some((row) => 'deleted' in row)) await expectRoot(drive, signal);
  return rows;
}

export async function readChild(
  drive: DriveContext,
  parentId: DriveItemId,
  name: string,
): Promise<RemoteRow | null> {
  return (await readAt(drive, childPath(drive, parentId, name, ''), `Cannot read ${quoted(name)}`)).row;
}

/** One request for every twenty. Returns those that were refused for a time. */
async function readRound(
  drive: DriveContext,
  ids: readonly DriveItemId[],
  shown: Map<DriveItemId, Shown>,
  signal: AbortSignalLike | undefined,
): Promise<DriveItemId[]> {
  const later: DriveItemId[] = [];
  for (let from = 0; from < ids.length; from += batchMax) {
    const some = ids.slice(from, from + batchMax);
    const parts = await readBatch(drive, some, signal);
    for (const [index, id] of some.entries()) {
      const part = parts.get(String(index));
      const row = part === undefined ? null : shownIn(drive, id, part);
      if (row !== null) shown.set(id, row);
      else if (part === undefined || isForATime(part)) later.push(id);
      else shown.set(id, await readAlone(drive, id, signal));
    }
  }
  return later;
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

/** A row, a tombstone, or null when the part says neither. */
function shownIn(drive: DriveContext, id: DriveItemId, { status, json }: Reply): Shown | null {
  if (status === 404) return { id, deleted: true };
  const row = status === 200 ? readItem(json, drive) : null;
  return row !== null && row.id === id ? row : null;
}

/** Whatever a part of a batch cannot settle: the request alone has renewed tokens, redirects and retries. */
async function readAlone(
  drive: DriveContext,
  id: DriveItemId,
  signal: AbortSignalLike | undefined,
): Promise<Shown> {
  const action = `Cannot read item ${quoted(id)}`;
  const { row, requestId } = await readAt(drive, itemPath(drive, id), action, signal);
  if (row === null) return { id, deleted: true };
  if (row.id === id) return row;
  throw new Failure({
    code: 'serviceUnavailable',
    detail: `${action}: the service answered with item ${quoted(row.id)}`,
    ...(requestId === undefined ? {} : { requestId }),
  });
}

/** Where not even the root answers, nothing that is missing is gone. */
async function expectRoot(drive: DriveContext, signal: AbortSignalLike | undefined): Promise<void> {
  const action = 'Cannot read the root of the drive';
  const { row } = await readAt(drive, itemPath(drive, drive.rootId), action, signal);
  if (row === null) throw new Failure({ code: 'driveNotFound', detail: `${action}: it is gone` });
}

const isForATime = ({ status }: Reply): boolean => status === 429 || status === 408 || status >= 500;

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
