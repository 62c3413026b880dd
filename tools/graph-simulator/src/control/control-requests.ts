import type { IncomingMessage, ServerResponse } from 'node:http';
import { invalidRequest, itemNotFound, Refusal } from '../model/refusal.ts';
import { readExchange, readPieces, type Exchange } from '../server/exchange.ts';
import { emptyReply, plainJsonReply, type Reply } from '../server/reply.ts';
import { writeReply } from '../server/write-reply.ts';
import { parseCommand } from './control-commands.ts';
import type { Operator } from './operator.ts';

const bodyMaxBytes = 256 * 1024 * 1024;

/** The control API: what an operator can do, over JSON. Loopback only; it has no access control of its own. */
export async function replyControl(
  operator: Operator,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const exchange = readExchange(request, 'control', () => {});
  let reply: Reply;
  try {
    checkCaller(exchange);
    reply = await replyTo(operator, exchange);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    reply = plainJsonReply(error.status, { error: { code: error.code, message: error.message } });
  }
  await writeReply(response, reply, exchange.method, undefined);
}

async function replyTo(operator: Operator, exchange: Exchange): Promise<Reply> {
  const driveId = exchange.query.get('drive') ?? undefined;
  const path = (): string => exchange.query.get('path') ?? '/';
  switch (`${exchange.method} ${exchange.path}`) {
    case 'GET /':
      return plainJsonReply(200, {
        flavour: operator.flavour,
        driveIds: operator.driveIds(),
        driveId: operator.drive().driveId,
        sharedDriveId: operator.sharedDrive().driveId,
        rootId: operator.drive().rootId,
        refreshToken: operator.refreshToken,
      });
    case 'GET /counters':
      return plainJsonReply(200, operator.counters());
    case 'DELETE /counters':
      operator.resetCounters();
      return emptyReply(204);
    case 'GET /requests':
      return plainJsonReply(200, operator.requestLog());
    case 'GET /tree':
      return plainJsonReply(200, operator.drive(driveId).dump());
    case 'GET /recycled':
      return plainJsonReply(200, operator.drive(driveId).recycled());
    case 'GET /item': {
      const item = operator.drive(driveId).stat(path());
      if (item === undefined) throw itemNotFound();
      return plainJsonReply(200, item);
    }
    case 'GET /content': {
      const content = operator.drive(driveId).model.findByPath(names(path()))?.content;
      if (content === undefined) throw itemNotFound();
      const headers = { 'content-type': 'application/octet-stream' };
      return { status: 200, headers, body: { content, start: 0, end: content.sizeBytes } };
    }
    case 'GET /deliveries':
      return plainJsonReply(200, operator.deliveries());
    case 'GET /settings':
      return plainJsonReply(200, operator.settings());
    case 'GET /faults':
      return plainJsonReply(200, operator.faults());
    case 'GET /lies':
      return plainJsonReply(200, { lies: operator.lies(), told: operator.liesTold() });
    case 'DELETE /lies':
      operator.clearLies();
      return emptyReply(204);
    case 'DELETE /faults':
      operator.clearFaults();
      return emptyReply(204);
    default:
      return replyToCommand(operator, exchange, driveId);
  }
}

async function replyToCommand(
  operator: Operator,
  exchange: Exchange,
  driveId: string | undefined,
): Promise<Reply> {
  if (exchange.method === 'DELETE' && exchange.path.startsWith('/faults/')) {
    operator.removeFault(Number(exchange.path.slice('/faults/'.length)));
    return emptyReply(204);
  }
  if (exchange.method !== 'POST') throw itemNotFound();
  const text = Buffer.concat(await readPieces(exchange, bodyMaxBytes)).toString();
  const run = parseCommand(exchange.path, parsed(text));
  const result = await run(operator, operator.drive(driveId));
  return result === undefined ? emptyReply(204) : plainJsonReply(200, result);
}

/** A web page must not be able to drive the simulator: its requests carry an Origin. */
function checkCaller(exchange: Exchange): void {
  if (exchange.request.headers.origin !== undefined) {
    throw new Refusal(403, 'accessDenied', 'The control API is not for web pages');
  }
}

function parsed(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw invalidRequest('The body is not JSON');
  }
}

function names(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}
