import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { invalidRequest, Refusal } from '../model/refusal.ts';
import { refused, replyInstead, statusReply } from '../server/fault-replies.ts';
import { classify } from '../server/classify.ts';
import { withoutSecrets } from '../control/request-log.ts';
import { isObject, readJson, textIn, type Exchange, type JsonObject } from '../server/exchange.ts';
import { jsonReply, type Reply } from '../server/reply.ts';
import type { World } from '../server/world.ts';

const partsMax = 20;

/** `$batch`: each part is answered by itself, faults and throttling included, in any order; the whole is always 200. */
export async function replyBatch(
  world: World,
  exchange: Exchange,
  answer: (part: Exchange) => Reply | Promise<Reply>,
): Promise<Reply> {
  const body = await readJson(exchange);
  const parts = body['requests'];
  if (!Array.isArray(parts) || !parts.every(isObject))
    throw invalidRequest('A batch needs a list of requests');
  if (parts.length > partsMax) throw invalidRequest('A batch may hold 20 requests');
  const ids = new Set(parts.map((part) => (textIn(part, 'id') ?? '').toLowerCase()));
  if (ids.size !== parts.length || ids.has(''))
    throw invalidRequest('Every request of a batch needs its own id');
  const failed = new Set<string>();
  const responses: unknown[] = [];
  for (const part of parts) {
    const id = textIn(part, 'id') ?? '';
    const reply = dependsOnFailed(part, failed)
      ? dependencyReply(world, exchange)
      : await partReply(world, exchange, part, answer);
    if (reply.status >= 400) failed.add(id.toLowerCase());
    const content = typeof reply.body === 'string' ? { body: JSON.parse(reply.body) as unknown } : {};
    responses.push({ id, status: reply.status, headers: reply.headers, ...content });
  }
  return jsonReply(200, { responses: inOrder(world, responses) });
}

/** The first part comes last: whoever counts on the order sent is wrong at once. */
function inOrder({ settings }: World, responses: readonly unknown[]): readonly unknown[] {
  return settings.batchOrder === 'asSent' ? responses : responses.toReversed();
}

async function partReply(
  world: World,
  exchange: Exchange,
  part: JsonObject,
  answer: (part: Exchange) => Reply | Promise<Reply>,
): Promise<Reply> {
  const asked = partExchange(exchange, part);
  const target = `${asked.path}${asked.search}`;
  const kind = classify(asked.method, asked.path);
  const fault = world.faults.take(asked.method, target, kind);
  world.counters.countBatchPart();
  if (fault !== undefined) world.counters.countFault();
  const { requestId, clientRequestId } = exchange;
  const logged = {
    at: new Date(world.now()).toISOString(),
    method: asked.method,
    host: exchange.hostName,
    path: `$batch ${withoutSecrets(target)}`,
    kind,
    requestId,
    clientRequestId,
    userAgent: exchange.request.headers['user-agent'],
    status: 0,
    faultId: fault?.id,
  };
  world.log.add(logged);
  const instead = fault === undefined ? undefined : replyInstead(world, asked, fault.effect);
  if (instead === 'drop' || instead === 'hang') throw invalidRequest(`No part of a batch can ${instead}`);
  const reply = instead ?? (await played(world, asked, answer));
  logged.status = reply.status;
  return fault?.effect.type === 'performThenStatus'
    ? statusReply(world, asked, fault.effect.status, fault.effect)
    : reply;
}

async function played(
  world: World,
  part: Exchange,
  answer: (part: Exchange) => Reply | Promise<Reply>,
): Promise<Reply> {
  try {
    return await answer(part);
  } catch (error) {
    if (error instanceof Refusal) return refused(world, part, error);
    throw error;
  }
}

/** A part as if it had come alone, with the bearer token of the whole. */
function partExchange(exchange: Exchange, part: JsonObject): Exchange {
  const url = textIn(part, 'url') ?? '/';
  const mark = url.indexOf('?');
  const search = mark < 0 ? '' : url.slice(mark);
  const headers: Record<string, string> = { authorization: exchange.request.headers.authorization ?? '' };
  for (const [name, value] of Object.entries(isObject(part['headers']) ? part['headers'] : {})) {
    headers[name.toLowerCase()] = String(value);
  }
  const body = part['body'] === undefined ? [] : [Buffer.from(JSON.stringify(part['body']))];
  // Handlers read headers and the body of a request, nothing else.
  const request = Object.assign(Readable.from(body), {
    headers,
    method: textIn(part, 'method'),
  }) as IncomingMessage;
  return {
    ...exchange,
    request,
    method: textIn(part, 'method') ?? 'GET',
    path: `/v1.0${mark < 0 ? url : url.slice(0, mark)}`,
    search,
    query: new URLSearchParams(search),
  };
}

function dependsOnFailed(part: JsonObject, failed: ReadonlySet<string>): boolean {
  const needs = part['dependsOn'];
  return Array.isArray(needs) && needs.some((id) => failed.has(String(id).toLowerCase()));
}

function dependencyReply(world: World, exchange: Exchange): Reply {
  return refused(
    world,
    exchange,
    new Refusal(424, 'failedDependency', 'A request this one depends on failed'),
  );
}
