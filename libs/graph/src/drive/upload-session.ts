/**
 * Upload sessions: fragments to a pre-authenticated URL. The service's `nextExpectedRanges` is the truth about what has
 * arrived; our own counter is not.
 *
 * @see https://learn.microsoft.com/graph/api/driveitem-createuploadsession
 */
import { Failure, type ByteSource, type RemoteRow } from '@tidemark/contracts';
import { failureCodeOf, graphErrorOf, isRecord, refusal, refusalAs, type Reply } from '../errors.ts';
import type { Target } from '../http/hosts.ts';
import { type DriveContext } from './context.ts';
import type { SourceReader } from './source-reader.ts';
import {
  afterLostAnswer,
  isAltered,
  simpleUploadMaxBytes,
  type Sending,
  type Uploaded,
  type UploadTarget,
} from './upload.ts';
import {
  firstExpected,
  openSession,
  sessionKey,
  type Session,
  type SessionStore,
} from './upload-session-open.ts';
import { writtenRow } from './written-row.ts';

export interface SessionOptions {
  /** A multiple of 320 KiB below 60 MiB. */
  readonly fragmentBytes: number;
  /** Where sessions of large files survive a restart; null: they do not. */
  readonly sessions: SessionStore | null;
}

const sessionsMax = 3;
const idleAttemptsMax = 4;

/** How sending through one session ended. */
type Sent =
  | { readonly type: 'committed'; readonly row: RemoteRow }
  /** The session is of no more use; another one may be. */
  | { readonly type: 'dead'; readonly failure: Failure };

export async function uploadInSession(
  drive: DriveContext,
  target: UploadTarget,
  source: ByteSource,
  reader: SourceReader,
  modifiedAt: number,
  action: string,
  settings: SessionOptions,
  options: Sending,
): Promise<Uploaded> {
  const store = source.sizeBytes > settings.fragmentBytes ? settings.sessions : null;
  const key = sessionKey(target, source.sizeBytes, modifiedAt);
  const requestIds: string[] = [];
  const upload: SessionUpload = {
    drive,
    target,
    source,
    reader,
    modifiedAt,
    action,
    options,
    settings,
    requestIds,
  };
  for (let number = 1; ; number += 1) {
    const session = await openSession(upload, store, key, number === 1 ? 'resume' : 'new');
    let sent: Sent;
    try {
      if (session.toKeep !== null) await store?.save(key, session.toKeep);
      sent = await sendAll(upload, session);
    } catch (error) {
      // What will pass by itself leaves the session for the next call; everything else ends it.
      const keeps = store === null ? isUnreachable(error) : isPassing(error);
      if (!keeps) await abandon(upload, session, store, key);
      throw error;
    }
    await store?.remove(key);
    if (sent.type === 'committed') return finish(upload, session, sent.row);
    await abandon(upload, session, null, key);
    if (number >= sessionsMax) throw sent.failure;
  }
}

export interface SessionUpload {
  readonly drive: DriveContext;
  readonly target: UploadTarget;
  readonly source: ByteSource;
  readonly reader: SourceReader;
  readonly modifiedAt: number;
  readonly action: string;
  readonly options: Sending;
  readonly settings: SessionOptions;
  readonly requestIds: string[];
}

async function finish(upload: SessionUpload, session: Session, row: RemoteRow): Promise<Uploaded> {
  const { drive, source, reader, modifiedAt, action, settings, options, requestIds } = upload;
  const hash = await reader.hash();
  const altered = isAltered(row, source.sizeBytes, hash);
  if (altered && session.origin === 'resumed') {
    // The first part came from an earlier process, perhaps from an earlier content of the same size and time.
    const again: UploadTarget = { as: 'version', id: row.id, ifMatch: row.eTag };
    return uploadInSession(
      drive,
      again,
      source,
      reader,
      modifiedAt,
      action,
      { ...settings, sessions: null },
      options,
    );
  }
  return { row, requestIds, hash, altered };
}

async function sendAll(upload: SessionUpload, session: Session): Promise<Sent> {
  const { drive, source, reader, action, options, settings } = upload;
  const { sizeBytes } = source;
  let offset = session.offset;
  let idle = 0;
  let lostCommit: Failure | null = null;
  for (;;) {
    const from = offset;
    const to = Math.min(sizeBytes, from + settings.fragmentBytes);
    const isLast = to === sizeBytes;
    if (isLast && session.guard !== null) await session.guard();
    const small = to - from <= simpleUploadMaxBytes ? await reader.gather(from, to) : null;
    const outcome = await drive.client.attempt({
      kind: 'fragment',
      method: 'PUT',
      origin: session.url.origin,
      path: session.url.path,
      action,
      credentials: 'none',
      effect: 'write',
      headers: ['content-range', `bytes ${from}-${to - 1}/${sizeBytes}`, 'content-length', String(to - from)],
      body: small ?? (() => reader.stream(from, to, options.progress)),
      bodySizeBytes: to - from,
      notSent: options.turn.notSent,
      signal: options.signal,
    });
    let failure: Failure;
    if (outcome.type === 'replied') {
      const { reply } = outcome;
      if (reply.requestId !== undefined) upload.requestIds.push(reply.requestId);
      if (
        (reply.status === 200 || reply.status === 201) &&
        isRecord(reply.json) &&
        reply.json['id'] !== undefined
      ) {
        options.progress?.(sizeBytes);
        return { type: 'committed', row: await writtenRow(drive, reply, action) };
      }
      if (reply.status === 202) {
        offset = firstExpected(reply.json) ?? to;
        if (offset < sizeBytes) {
          options.progress?.(offset);
          idle = offset > from ? 0 : idle + 1;
          if (idle < idleAttemptsMax) continue;
          return { type: 'dead', failure: refusalAs('serviceUnavailable', `${action}: no progress`, reply) };
        }
        failure = refusalAs(
          'serviceUnavailable',
          `${action}: all bytes are sent, but there is no file`,
          reply,
        );
      } else {
        const judged = await judge(upload, session, reply, { from, isLast, idle, lostCommit });
        if (judged.type !== 'look') return judged;
        failure = judged.failure;
      }
    } else {
      failure = outcome.failure;
      if (isLast) lostCommit = failure;
    }
    idle += 1;
    if (idle >= idleAttemptsMax) throw failure;
    if (idle > 1 || outcome.type === 'lost') await drive.client.backOff(idle, options.signal);
    const status = await statusOf(upload, session.url);
    if (status.type === 'open' && status.offset < sizeBytes) {
      if (status.offset > from) idle = 0;
      offset = status.offset;
      continue;
    }
    // No session any more, or a complete one: the file may be there.
    if (isLast || status.type === 'open') {
      const row = await afterLostAnswer(drive, upload.target, await sentBy(upload), action, failure);
      if (row !== null) return { type: 'committed', row };
      return { type: 'dead', failure };
    }
    // Right after its creation a session may not be known everywhere yet.
    if (from === 0 && session.origin === 'new' && idle < idleAttemptsMax - 1) continue;
    return { type: 'dead', failure };
  }
}

async function sentBy(upload: SessionUpload) {
  const { source, reader, modifiedAt } = upload;
  return { sizeBytes: source.sizeBytes, hash: await reader.hash(), modifiedAt };
}

interface Position {
  readonly from: number;
  readonly isLast: boolean;
  readonly idle: number;
  readonly lostCommit: Failure | null;
}

/** What an answer other than success means. `look`: ask the session where it stands. Throws what ends the upload. */
async function judge(
  upload: SessionUpload,
  session: Session,
  reply: Reply,
  position: Position,
): Promise<Sent | { readonly type: 'look'; readonly failure: Failure }> {
  const { drive, action, target } = upload;
  const failure = refusal(action, reply);
  const { status } = reply;
  if (status === 416 || status === 404 || status === 200 || status === 201 || status === 204)
    return { type: 'look', failure };
  // The permission inside the URL has run out, which nothing renews (abraunegg/onedrive#3355).
  if (status === 401 || status === 403 || status === 410) return { type: 'dead', failure };
  const error = graphErrorOf(reply.json);
  if (status === 400) {
    return position.idle === 0 ? { type: 'look', failure } : { type: 'dead', failure };
  }
  if (status === 409 && error.codes.some((code) => code.startsWith('fragment')))
    return { type: 'dead', failure };
  const code = failureCodeOf(status, error);
  if (
    position.isLast &&
    position.lostCommit !== null &&
    (code === 'nameTaken' || code === 'preconditionFailed')
  ) {
    // The refusal may be the echo of our own first, unanswered commit.
    const row = await afterLostAnswer(drive, target, await sentBy(upload), action, failure);
    if (row !== null) return { type: 'committed', row };
  }
  if (code === 'preconditionFailed' && target.as === 'version' && session.guard === null) {
    // Starting a session can itself change the eTag. The next upload of this item guards itself in another way.
    drive.selfTouched.add(target.id);
  }
  throw failure;
}

type Status = { readonly type: 'open'; readonly offset: number } | { readonly type: 'gone' };

async function statusOf(upload: SessionUpload, url: Target): Promise<Status> {
  const { drive, action, options, source } = upload;
  const reply = await drive.client.call({
    kind: 'uploadSession',
    method: 'GET',
    origin: url.origin,
    path: url.path,
    action,
    credentials: 'none',
    effect: 'read',
    signal: options.signal,
  });
  if (reply.status !== 200) return { type: 'gone' };
  return { type: 'open', offset: firstExpected(reply.json) ?? source.sizeBytes };
}

/** Sessions left behind show up as empty files on personal drives. */
async function abandon(
  upload: SessionUpload,
  session: Session,
  store: SessionStore | null,
  key: string,
): Promise<void> {
  await store?.remove(key);
  try {
    await upload.drive.client.call({
      kind: 'uploadSession',
      method: 'DELETE',
      origin: session.url.origin,
      path: session.url.path,
      action: upload.action,
      credentials: 'none',
      // One attempt: the session ends by itself as well, and what ended the upload is the news.
      effect: 'write',
    });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

/** Then the session cannot be deleted either. */
function isUnreachable(error: unknown): boolean {
  return error instanceof Failure && error.code === 'offline';
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof Failure)) return false;
  return ['offline', 'timedOut', 'throttled', 'serviceUnavailable', 'loginRequired'].includes(error.code);
}
