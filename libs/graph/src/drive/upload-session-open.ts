/** Opens an upload session, or finds the one that an earlier process left. */
import { Failure, type RemoteRow } from '@tidemark/contracts';
import { isRecord, refusal } from '../errors.ts';
import { transferTarget, type Target } from '../http/hosts.ts';
import { childPath, itemPath, readAt, toGraph } from './context.ts';
import { times } from './patch.ts';
import type { UploadTarget } from './upload.ts';
import type { SessionUpload } from './upload-session.ts';

/** Keeps texts that are credentials: files need mode 0600. */
export interface SessionStore {
  load(key: string): Promise<string | null>;
  save(key: string, json: string): Promise<void>;
  remove(key: string): Promise<void>;
}

export interface Session {
  readonly url: Target;
  readonly offset: number;
  readonly origin: 'new' | 'resumed';
  /** What a later process needs to go on with it; null when that is kept already. */
  readonly toKeep: string | null;
  /** Run before the last fragment instead of the service's own precondition. */
  readonly guard: (() => Promise<void>) | null;
}

export function sessionKey(target: UploadTarget, sizeBytes: number, modifiedAt: number): string {
  const place = target.as === 'new' ? [target.parentId, target.name] : [target.id, target.ifMatch];
  return JSON.stringify([target.as, ...place, sizeBytes, modifiedAt]);
}

/** Start of the first range that the service still wants; null when it names none. Forms: `26-` and `26-99`. */
export function firstExpected(json: unknown): number | null {
  const ranges = isRecord(json) ? json['nextExpectedRanges'] : undefined;
  if (!Array.isArray(ranges)) return null;
  let first: number | null = null;
  for (const range of ranges) {
    const start = typeof range === 'string' ? Number.parseInt(range, 10) : Number.NaN;
    if (Number.isSafeInteger(start) && start >= 0 && (first === null || start < first)) first = start;
  }
  return first;
}

export async function openSession(
  upload: SessionUpload,
  store: SessionStore | null,
  key: string,
  mode: 'resume' | 'new',
): Promise<Session> {
  if (store !== null && mode === 'resume') {
    const resumed = await resume(upload, store, key);
    if (resumed !== null) return resumed;
  }
  const { drive, target } = upload;
  const isSelfTouched = target.as === 'version' && drive.selfTouched.has(target.id);
  const guard = isSelfTouched && target.as === 'version' ? await contentGuard(upload, target) : null;
  const { url, json } = await create(upload, guard === null);
  return { url, offset: 0, origin: 'new', toKeep: JSON.stringify(json), guard };
}

async function create(
  upload: SessionUpload,
  isGuarded: boolean,
): Promise<{ readonly url: Target; readonly json: unknown }> {
  const { drive, target, source, modifiedAt, action, options } = upload;
  const path =
    target.as === 'new'
      ? childPath(drive, target.parentId, target.name, '/createUploadSession')
      : `${itemPath(drive, target.id)}/createUploadSession`;
  const reply = await drive.client.call(
    toGraph(drive, {
      kind: 'uploadSession',
      method: 'POST',
      path,
      action,
      json: {
        item: {
          '@microsoft.graph.conflictBehavior': target.as === 'new' ? 'fail' : 'replace',
          fileSystemInfo: times(modifiedAt),
          // Lets personal drives refuse early when they are full; elsewhere the property is not known.
          ...(drive.kind === 'personal' ? { fileSize: source.sizeBytes } : {}),
        },
      },
      notSent: options.turn.notSent,
      signal: options.signal,
      ...(target.as === 'version' && isGuarded ? { ifMatch: target.ifMatch } : {}),
    }),
  );
  if (reply.requestId !== undefined) upload.requestIds.push(reply.requestId);
  if (reply.status !== 200 && reply.status !== 201) throw refusal(action, reply);
  const url = targetIn(upload, reply.json);
  if (url !== null) return { url, json: reply.json };
  throw new Failure({
    code: 'serviceUnavailable',
    detail: `${action}: the session has no address in this cloud`,
    ...(reply.requestId === undefined ? {} : { requestId: reply.requestId }),
  });
}

async function resume(upload: SessionUpload, store: SessionStore, key: string): Promise<Session | null> {
  const saved = await store.load(key);
  if (saved === null) return null;
  const { drive, action, options, source } = upload;
  const url = targetIn(upload, parsed(saved));
  if (url !== null) {
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
    const offset = reply.status === 200 ? firstExpected(reply.json) : null;
    if (offset !== null && offset < source.sizeBytes)
      return { url, offset, origin: 'resumed', toKeep: null, guard: null };
  }
  await store.remove(key);
  return null;
}

/**
 * For items whose eTag changes by the mere start of a session: checks that the item is the expected version before the
 * session starts, and that its content is still the same right before the commit.
 */
async function contentGuard(
  upload: SessionUpload,
  target: Extract<UploadTarget, { as: 'version' }>,
): Promise<() => Promise<void>> {
  const { drive, action } = upload;
  const read = async (): Promise<RemoteRow | null> =>
    (await readAt(drive, itemPath(drive, target.id), action)).row;
  const before = await read();
  if (before === null || before.eTag !== target.ifMatch) throw changed(action);
  return async () => {
    const now = await read();
    const isSame =
      now !== null &&
      (now.cTag !== null && before.cTag !== null
        ? now.cTag === before.cTag
        : now.hash === before.hash && now.sizeBytes === before.sizeBytes);
    if (!isSame) throw changed(action);
  };
}

function changed(action: string): Failure {
  return new Failure({
    code: 'preconditionFailed',
    detail: `${action}: the drive item is now in another version`,
  });
}

function targetIn(upload: SessionUpload, json: unknown): Target | null {
  const url = isRecord(json) ? json['uploadUrl'] : undefined;
  return typeof url === 'string' ? transferTarget(upload.drive.endpoints, url) : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
