import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { RequestKind } from '../control/counters.ts';
import type { Fault, FaultEffect } from '../control/faults.ts';
import { withoutSecrets, type LoggedRequest } from '../control/request-log.ts';
import { replyGraph } from '../graph/graph-requests.ts';
import { replyIdentity } from '../identity/identity-requests.ts';
import { guid } from '../identity/token-errors.ts';
import { Refusal } from '../model/refusal.ts';
import { replyPreauthenticated } from '../transfer/preauthenticated.ts';
import { classify } from './classify.ts';
import { headerOf, readExchange, type Exchange } from './exchange.ts';
import { refused, replyInstead, statusReply } from './fault-replies.ts';
import type { Reply } from './reply.ts';
import type { World } from './world.ts';
import { writeReply } from './write-reply.ts';

/** Plays the service for one request: count, delay, fault, answer. */
export async function handleRequest(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const exchange = readExchange(request, guid(world.random), world.counters.countBytesIn);
  const kind = classify(exchange.method, exchange.path);
  const target = `${exchange.path}${exchange.search}`;
  const fault = world.faults.take(exchange.method, target, kind);
  world.counters.countRequest(kind);
  if (fault !== undefined) world.counters.countFault();
  const logged = logEntry(world, exchange, kind, fault);
  world.log.add(logged);
  world.onRequest(logged);
  const waitMs = world.settings.latencyMs + (fault?.effect.type === 'latency' ? fault.effect.delayMs : 0);
  // The timer does not hold the process: closing the simulator ends every connection first.
  if (waitMs > 0) await delay(waitMs, undefined, { ref: false });
  try {
    const reply = await answer(world, exchange, kind, fault?.effect);
    if (reply === 'hang') return;
    if (reply === 'drop') {
      logged.status = -1;
      response.destroy();
      return;
    }
    logged.status = reply.status;
    setIds(response, exchange);
    const bytesOut = await writeReply(response, reply, exchange.method, fault?.effect);
    world.counters.countReply(reply.status, bytesOut);
  } catch (error) {
    // The client left in the middle of its own body: nobody is there to be answered.
    if (!request.destroyed || request.complete) throw error;
    response.destroy();
  }
}

async function answer(
  world: World,
  exchange: Exchange,
  kind: RequestKind,
  effect: FaultEffect | undefined,
): Promise<Reply | 'drop' | 'hang'> {
  const instead = effect === undefined ? undefined : replyInstead(world, exchange, effect);
  if (instead !== undefined) return instead;
  const reply = await played(world, exchange, kind);
  if (effect?.type === 'performThenDrop') return 'drop';
  if (effect?.type === 'performThenStatus') return statusReply(world, exchange, effect.status, effect);
  return reply;
}

async function played(world: World, exchange: Exchange, kind: RequestKind): Promise<Reply> {
  try {
    return await route(world, exchange, kind);
  } catch (error) {
    if (error instanceof Refusal) return refused(world, exchange, error);
    throw error;
  }
}

/** Host names decide where they are known; on loopback the path does. */
function route(world: World, exchange: Exchange, kind: RequestKind): Reply | Promise<Reply> {
  if (kind === 'contentDownload' || kind === 'fragment' || kind === 'sessionStatus') {
    return replyPreauthenticated(world, exchange);
  }
  const { hostName, path } = exchange;
  const isLogin = hostName.startsWith('login.') || hostName === 'sts.windows.net';
  if (!isLogin && (path.startsWith('/v1.0/') || path.startsWith('/beta/')))
    return replyGraph(world, exchange);
  if (path.includes('/_api/v2.0/')) return replyPreauthenticated(world, exchange);
  return replyIdentity(world, exchange);
}

function setIds(response: ServerResponse, exchange: Exchange): void {
  response.setHeader('request-id', exchange.requestId);
  if (exchange.clientRequestId !== undefined)
    response.setHeader('client-request-id', exchange.clientRequestId);
}

function logEntry(
  world: World,
  exchange: Exchange,
  kind: RequestKind,
  fault: Fault | undefined,
): LoggedRequest {
  return {
    at: new Date(world.now()).toISOString(),
    method: exchange.method,
    host: exchange.hostName,
    path: withoutSecrets(`${exchange.path}${exchange.search}`),
    kind,
    requestId: exchange.requestId,
    clientRequestId: exchange.clientRequestId,
    userAgent: headerOf(exchange.request, 'user-agent'),
    status: 0,
    faultId: fault?.id,
  };
}
