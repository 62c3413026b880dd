import { tagFits } from '../model/tags.ts';
import { invalidRequest, itemNotFound, Refusal } from '../model/refusal.ts';
import { driveItemJson } from '../graph/drive-item-json.ts';
import { headerOf, readPieces, type Exchange } from '../server/exchange.ts';
import { emptyReply, plainJsonReply, type Reply } from '../server/reply.ts';
import type { World } from '../server/world.ts';
import { afterCommit } from './after-commit.ts';
import {
  fragmentMaxBytes,
  parseContentRange,
  type FragmentOutcome,
  type UploadSession,
} from './upload-sessions.ts';

/** Answers the URLs that carry their own permission: downloads, upload sessions and copy monitors. */
export function replyPreauthenticated(world: World, exchange: Exchange): Reply | Promise<Reply> {
  const isRefused = world.settings.authorizationOnLinks === 'refused';
  if (isRefused && exchange.request.headers.authorization !== undefined) {
    throw new Refusal(401, 'unauthenticated', 'A pre-authenticated URL takes no Authorization header');
  }
  if (exchange.path.endsWith('/_layouts/15/download.aspx')) return replyDownload(world, exchange);
  if (exchange.path.endsWith('/uploadSession')) return replyUpload(world, exchange);
  if (exchange.path.includes('/_api/v2.0/monitor/')) return replyMonitor(world, exchange);
  throw itemNotFound();
}

function replyDownload(world: World, exchange: Exchange): Reply {
  if (exchange.method !== 'GET' && exchange.method !== 'HEAD')
    throw invalidRequest('Only GET is allowed here');
  const link = world.links.openDownload(exchange.query);
  if (link.type === 'expired') throw new Refusal(403, 'accessDenied', 'The link has expired');
  if (link.type === 'forged') throw new Refusal(401, 'unauthenticated', 'The link is not valid');
  const drive = world.drives.get(link.driveId.toLowerCase());
  const item = drive?.find(link.itemId);
  const older = item?.older.find(({ number }) => number === link.version)?.content;
  const content = link.version === null ? (item?.mark?.download ?? item?.content) : older;
  if (drive === undefined || item === undefined || content === undefined) throw itemNotFound();
  const unless = headerOf(exchange.request, 'if-none-match');
  if (unless !== undefined && tagFits(unless, item, drive.flavour)) return emptyReply(304);
  const headers = {
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(item.name)}`,
  };
  const range =
    world.settings.downloadRanges === 'honoured' ? headerOf(exchange.request, 'range') : undefined;
  const part = range === undefined ? undefined : parseRange(range, content.sizeBytes);
  if (part === undefined)
    return { status: 200, headers, body: { content, start: 0, end: content.sizeBytes } };
  if (part === 'unsatisfiable') {
    return emptyReply(416, { 'content-range': `bytes */${content.sizeBytes}` });
  }
  const contentRange = `bytes ${part.start}-${part.end - 1}/${content.sizeBytes}`;
  return { status: 206, headers: { ...headers, 'content-range': contentRange }, body: { content, ...part } };
}

/** One range as [start, end); undefined for a form that may be ignored. */
function parseRange(
  header: string,
  sizeBytes: number,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header);
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  if (match[1] === '') {
    const length = Math.min(Number(match[2]), sizeBytes);
    return length === 0 ? 'unsatisfiable' : { start: sizeBytes - length, end: sizeBytes };
  }
  const start = Number(match[1]);
  const end = match[2] === '' ? sizeBytes : Math.min(Number(match[2]) + 1, sizeBytes);
  return start >= sizeBytes || end <= start ? 'unsatisfiable' : { start, end };
}

async function replyUpload(world: World, exchange: Exchange): Promise<Reply> {
  const sessionId = (exchange.query.get('guid') ?? '').replaceAll("'", '');
  checkSeal(world, exchange, sessionId);
  const session = world.uploads.get(sessionId);
  switch (exchange.method) {
    case 'GET':
      return plainJsonReply(200, statusOf(session));
    case 'DELETE':
      world.uploads.cancel(session);
      return emptyReply(204);
    case 'POST':
      return afterFragment(world, exchange, session, world.uploads.commit(session));
    case 'PUT': {
      const range = parseContentRange(headerOf(exchange.request, 'content-range'));
      const pieces = await readPieces(exchange, fragmentMaxBytes);
      return afterFragment(world, exchange, session, world.uploads.accept(session, range, pieces));
    }
    default:
      throw invalidRequest('This method is not allowed on an upload session');
  }
}

function afterFragment(
  world: World,
  exchange: Exchange,
  session: UploadSession,
  outcome: FragmentOutcome,
): Reply {
  if (outcome.type === 'accepted') return plainJsonReply(202, statusOf(session));
  afterCommit(world, session.drive, outcome.item);
  const view = {
    world,
    drive: session.drive,
    at: exchange,
    select: undefined,
    form: 'item',
    paths: new Map(),
  } as const;
  return plainJsonReply(outcome.effect === 'created' ? 201 : 200, driveItemJson(view, outcome.item));
}

function statusOf(session: UploadSession): unknown {
  const isComplete = session.receivedBytes === session.totalBytes;
  return {
    expirationDateTime: new Date(session.expiresAtMs).toISOString(),
    nextExpectedRanges: isComplete ? [] : [`${session.receivedBytes}-`],
  };
}

/** @throws Refusal 401 for a link that was edited */
function checkSeal(world: World, exchange: Exchange, id: string): void {
  if (world.links.isGenuine(id, exchange.query)) return;
  throw new Refusal(401, 'unauthenticated', 'The link is not valid');
}

function replyMonitor(world: World, exchange: Exchange): Reply {
  const itemId = decodeURIComponent(exchange.path.slice(exchange.path.lastIndexOf('/') + 1));
  checkSeal(world, exchange, itemId);
  const status = { operation: 'ItemCopy', percentageComplete: 100, status: 'completed', resourceId: itemId };
  return plainJsonReply(200, status);
}
