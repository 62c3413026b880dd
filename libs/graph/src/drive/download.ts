/**
 * Content from the drive. `/content` redirects to a pre-authenticated URL on another host; the token stays behind, and the
 * range belongs on that URL.
 *
 * @see https://learn.microsoft.com/graph/api/driveitem-get-content
 */
import { Failure, type ByteSink, type DriveItemId, type TransferOptions } from '@tidemark/contracts';
import { graphErrorOf, refusal, refusalAs, type Reply } from '../errors.ts';
import type { AnswerHead, BodyReceiver } from '../http/exchange.ts';
import { transferTarget, type Target } from '../http/hosts.ts';
import { TransportFault } from '../http/transport-fault.ts';
import { quoted } from '../redact.ts';
import { itemPath, toGraph, type DriveContext } from './context.ts';

/** Fresh URLs or connections in one call without a byte of progress in between. */
const idleAttemptsMax = 3;
const redirectsMax = 3;

export function download(
  drive: DriveContext,
  id: DriveItemId,
  sink: ByteSink,
  options: TransferOptions = {},
): Promise<Received> {
  const action = `Cannot download item ${quoted(id)}`;
  const path = `${itemPath(drive, id)}/content`;
  return receive(drive, { action, path, target: cachedTarget(drive, id) }, sink, options);
}

/** Of an earlier version. @see https://learn.microsoft.com/graph/api/driveitemversion-get-contents */
export function downloadVersion(
  drive: DriveContext,
  id: DriveItemId,
  version: string,
  sink: ByteSink,
  options: TransferOptions = {},
): Promise<Received> {
  const action = `Cannot download version ${quoted(version)} of item ${quoted(id)}`;
  const path = `${itemPath(drive, id)}/versions/${encodeURIComponent(version)}/content`;
  return receive(drive, { action, path, target: null }, sink, options);
}

interface Received {
  readonly requestIds: readonly string[];
}

interface Wanted {
  readonly action: string;
  /** Redirects to an address of the content. */
  readonly path: string;
  /** An address that is known already. */
  readonly target: Target | null;
}

async function receive(
  drive: DriveContext,
  { action, path, target: known }: Wanted,
  sink: ByteSink,
  options: TransferOptions,
): Promise<Received> {
  const requestIds: string[] = [];
  const receiver = new SinkReceiver(sink, options.progress);
  let target = known;
  let isFreshUrl = false;
  let redirects = 0;
  for (let attempt = 1; ;) {
    if (target === null) {
      const located = await locate(drive, path, action, options);
      if (located.requestId !== undefined) requestIds.push(located.requestId);
      target = located.target;
      isFreshUrl = true;
    }
    const before = receiver.offset;
    const outcome = await fetchOnce(drive, target, receiver, action, options);
    if (outcome.type === 'complete') {
      if (outcome.requestId !== undefined) requestIds.push(outcome.requestId);
      return { requestIds };
    }
    // An address that has served is not to blame when a later request finds it expired.
    if (receiver.offset > before) isFreshUrl = false;
    if (outcome.type === 'moved') {
      target = outcome.target;
      redirects += 1;
      if (redirects <= redirectsMax) continue;
      throw new Failure({ code: 'serviceUnavailable', detail: `${action}: too many redirects` });
    }
    if (outcome.type === 'expired') {
      target = null;
      if (!isFreshUrl) continue;
    }
    // Only what made no progress counts: a long download may be cut many times.
    attempt = receiver.offset > before ? 1 : attempt + 1;
    if (attempt > idleAttemptsMax || options.signal?.aborted === true)
      throw outcome.type === 'cut' ? outcome.failure : refusedFresh(action, outcome.reply);
    await drive.client.backOff(attempt, options.signal);
  }
}

/**
 * The drive has just given out the address, so that it lets the item be read. What another host refuses there says nothing of
 * the item, nor of the login: addresses may expire before they are used.
 */
const refusedFresh = (action: string, reply: Reply): Failure =>
  refusalAs('serviceUnavailable', action, reply);

type Fetched =
  | { readonly type: 'complete'; readonly requestId: string | undefined }
  | { readonly type: 'expired'; readonly reply: Reply }
  | { readonly type: 'moved'; readonly target: Target }
  | { readonly type: 'cut'; readonly failure: Failure };

async function fetchOnce(
  drive: DriveContext,
  target: Target,
  receiver: SinkReceiver,
  action: string,
  options: TransferOptions,
): Promise<Fetched> {
  const asked = receiver.offset;
  receiver.start();
  let reply: Reply;
  try {
    reply = await drive.client.call({
      kind: 'download',
      method: 'GET',
      origin: target.origin,
      path: target.path,
      action,
      credentials: 'none',
      effect: 'read',
      receiver,
      signal: options.signal,
      ...(asked > 0 ? { headers: ['range', `bytes=${asked}-`] } : {}),
    });
  } catch (error) {
    if (error instanceof Failure && isCut(error)) return { type: 'cut', failure: error };
    throw error;
  }
  const { status } = reply;
  if (status === 200 || status === 206) {
    await receiver.settle();
    const missing = receiver.missingBytes();
    if (missing === 0) return { type: 'complete', requestId: reply.requestId };
    const failure = new Failure({
      code: 'offline',
      detail: `${action}: the answer ended ${missing} bytes early`,
    });
    return { type: 'cut', failure };
  }
  if (status === 416) {
    // `bytes */size` with the size that is already here: nothing is left to fetch.
    if (asked > 0 && receiver.wholeBytes === asked) return { type: 'complete', requestId: reply.requestId };
    if (asked === 0) throw refusalAs('contentMismatch', action, reply);
    await receiver.restart();
    return { type: 'cut', failure: refusalAs('contentMismatch', action, reply) };
  }
  if (status < 400) {
    const moved = reply.location === undefined ? null : transferTarget(drive.endpoints, reply.location);
    if (moved === null) throw refusalAs('serviceUnavailable', action, reply);
    return { type: 'moved', target: moved };
  }
  if (graphErrorOf(reply.json).codes.includes('malwaredetected')) throw refusal(action, reply);
  if (status === 401 || status === 403 || status === 404 || status === 410) return { type: 'expired', reply };
  throw refusal(action, reply);
}

function isCut(failure: Failure): boolean {
  const { cause } = failure;
  if (cause instanceof TransportFault)
    return cause.kind === 'interrupted' || cause.kind === 'timedOut' || cause.kind === 'unreachable';
  return false;
}

function cachedTarget(drive: DriveContext, id: DriveItemId): Target | null {
  const url = drive.downloadUrls.take(id);
  return url === undefined ? null : transferTarget(drive.endpoints, url);
}

async function locate(
  drive: DriveContext,
  path: string,
  action: string,
  options: TransferOptions,
): Promise<{ readonly target: Target; readonly requestId: string | undefined }> {
  const reply = await drive.client.call(
    toGraph(drive, { kind: 'downloadUrl', method: 'GET', path, action, signal: options.signal }),
  );
  const isRedirect =
    reply.status === 302 ||
    reply.status === 301 ||
    reply.status === 303 ||
    reply.status === 307 ||
    reply.status === 308;
  if (!isRedirect) {
    throw reply.status < 400 ? refusalAs('serviceUnavailable', action, reply) : refusal(action, reply);
  }
  const target = reply.location === undefined ? null : transferTarget(drive.endpoints, reply.location);
  if (target === null) {
    throw new Failure({
      code: 'serviceUnavailable',
      detail: `${action}: the service points to a host that holds no content of this cloud`,
      ...(reply.requestId === undefined ? {} : { requestId: reply.requestId }),
    });
  }
  return { target, requestId: reply.requestId };
}

/** Passes content on to the sink and keeps count. */
class SinkReceiver implements BodyReceiver {
  readonly #sink: ByteSink;
  readonly #progress: ((doneBytes: number) => void) | undefined;
  #offset: number;
  #announced: number | null = null;
  #received = 0;
  #restarting: Promise<void> | null = null;
  /** The size that a 416 names. */
  wholeBytes: number | null = null;

  constructor(sink: ByteSink, progress: ((doneBytes: number) => void) | undefined) {
    this.#sink = sink;
    this.#progress = progress;
    this.#offset = sink.offset;
  }

  /** Bytes that the sink holds. */
  get offset(): number {
    return this.#offset;
  }

  start(): void {
    this.#announced = null;
    this.#received = 0;
    this.#restarting = null;
  }

  head(head: AnswerHead): 'content' | 'collect' {
    const { status, headers } = head;
    this.wholeBytes = status === 416 ? wholeSize(headers['content-range']) : null;
    if (status !== 200 && status !== 206) return 'collect';
    const length = headers['content-length'];
    this.#announced = length === undefined ? null : Number(length);
    const from = status === 206 ? rangeStart(headers['content-range']) : 0;
    if (from !== this.#offset) {
      if (from !== 0)
        throw new TransportFault(
          'interrupted',
          'the answer holds another range than the one asked for',
          true,
        );
      // The range was ignored: everything comes again.
      this.#restarting = this.restart();
    }
    return 'content';
  }

  data(chunk: Uint8Array): Promise<void> | void {
    if (this.#restarting !== null) {
      const restarting = this.#restarting;
      this.#restarting = null;
      return restarting.then(() => this.#write(chunk));
    }
    return this.#write(chunk);
  }

  async restart(): Promise<void> {
    this.#offset = 0;
    await this.#sink.restart();
  }

  /** For answers without a body, which never get to `data`. */
  async settle(): Promise<void> {
    await this.#restarting;
  }

  missingBytes(): number {
    return this.#announced === null ? 0 : this.#announced - this.#received;
  }

  #write(chunk: Uint8Array): Promise<void> | void {
    this.#received += chunk.length;
    this.#offset += chunk.length;
    this.#progress?.(this.#offset);
    return this.#sink.write(chunk);
  }
}

function rangeStart(header: string | undefined): number {
  const match = /^bytes (\d+)-/.exec(header ?? '');
  return match === null ? -1 : Number(match[1]);
}

function wholeSize(header: string | undefined): number | null {
  const match = /^bytes \*\/(\d+)$/.exec(header ?? '');
  return match === null ? null : Number(match[1]);
}
