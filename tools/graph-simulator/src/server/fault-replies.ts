/** What a fault answers in place of the service. */
import type { FaultEffect } from '../control/faults.ts';
import { resyncRefusal } from '../graph/delta.ts';
import { Refusal } from '../model/refusal.ts';
import type { Exchange } from './exchange.ts';
import { refusalReply, textReply, type Reply } from './reply.ts';
import type { World } from './world.ts';

/** Undefined for effects that let the service answer first. */
export function replyInstead(
  world: World,
  exchange: Exchange,
  effect: FaultEffect,
): Reply | 'drop' | 'hang' | undefined {
  switch (effect.type) {
    case 'status':
      return statusReply(world, exchange, effect.status, effect);
    case 'htmlBody':
      return textReply(effect.status, '<html><body><h1>Service Unavailable</h1></body></html>', 'text/html');
    case 'drop':
      return 'drop';
    case 'hang':
      return 'hang';
    case 'resync': {
      const location = { usable: exchange.path, broken: '/v1.0/broken-resync-link', none: undefined }[
        effect.location ?? 'none'
      ];
      const { code = 'resyncRequired', innerCode = 'resyncChangesApplyDifferences' } = effect;
      return refused(world, exchange, resyncRefusal(exchange, code, innerCode, location));
    }
    case 'performThenStatus':
    case 'performThenDrop':
    case 'dropMidBody':
    case 'truncatedBody':
    case 'endlessBody':
    case 'malformedBody':
    case 'slowBody':
    case 'latency':
      return undefined;
  }
}

export function statusReply(
  world: World,
  exchange: Exchange,
  status: number,
  more: {
    readonly headers?: Record<string, string>;
    readonly code?: string;
    readonly message?: string;
    readonly body?: string;
  },
): Reply {
  if (more.body !== undefined) {
    return { status, headers: { 'content-type': 'application/json', ...more.headers }, body: more.body };
  }
  const code = more.code ?? codeByStatus[status] ?? 'generalException';
  return refused(
    world,
    exchange,
    new Refusal(status, code, more.message ?? 'An injected fault', { headers: more.headers ?? {} }),
  );
}

const codeByStatus: Readonly<Record<number, string>> = {
  400: 'invalidRequest',
  401: 'InvalidAuthenticationToken',
  403: 'accessDenied',
  404: 'itemNotFound',
  409: 'nameAlreadyExists',
  410: 'resyncRequired',
  412: 'resourceModified',
  416: 'invalidRange',
  423: 'resourceLocked',
  429: 'activityLimitReached',
  503: 'serviceNotAvailable',
  507: 'quotaLimitReached',
};

/** A refusal as Graph writes it. */
export function refused(world: World, exchange: Exchange, refusal: Refusal): Reply {
  const { requestId, clientRequestId } = exchange;
  return refusalReply(refusal, { requestId, clientRequestId, nowMs: world.now() });
}
