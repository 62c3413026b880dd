/**
 * Uploads. Personal drives take small files in one request and their time in a second one; on business drives and libraries
 * a later change of the time would be a second version that counts against the quota, so everything but empty files goes
 * through a session there, which takes the time along.
 */
import {
  Failure,
  type ByteSource,
  type DriveItemId,
  type RemoteRow,
  type TransferOptions,
  type Written,
} from '@tidemark/contracts';
import { refusal } from '../errors.ts';
import { quoted } from '../redact.ts';
import { childPath, idsOf, itemPath, toGraph, type DriveContext } from './context.ts';
import { setModifiedAt } from './patch.ts';
import type { UploadTurn } from './full-drive.ts';
import { createSourceReader, type SourceReader } from './source-reader.ts';
import { findWritten } from './write-outcome.ts';
import { uploadInSession, type SessionOptions } from './upload-session.ts';
import { writtenRow } from './written-row.ts';

export type UploadTarget =
  | { readonly as: 'new'; readonly parentId: DriveItemId; readonly name: string }
  | { readonly as: 'version'; readonly id: DriveItemId; readonly ifMatch: string };

export interface Uploaded extends Written {
  readonly hash: string;
  readonly altered: boolean;
}

export interface Sending extends TransferOptions {
  readonly turn: UploadTurn;
}

export interface UploadOptions extends SessionOptions {
  /** `force_session_upload` */
  readonly smallFiles: 'fitting' | 'session';
}

/** Largest file for the simple way: older pages and both known clients keep to it. */
export const simpleUploadMaxBytes = 4 * 1024 * 1024;
const attemptsMax = 3;
const hashWaitsMax = 3;

export async function upload(
  drive: DriveContext,
  target: UploadTarget,
  source: ByteSource,
  modifiedAt: number,
  settings: UploadOptions,
  options: TransferOptions = {},
): Promise<Uploaded> {
  const action = `Cannot upload ${target.as === 'new' ? quoted(target.name) : `a new version of item ${quoted(target.id)}`}`;
  const reader = createSourceReader(source, action);
  const isSmall = source.sizeBytes <= simpleUploadMaxBytes;
  const isSimple =
    source.sizeBytes === 0 || (isSmall && drive.kind === 'personal' && settings.smallFiles === 'fitting');
  const turn = drive.full.begin(source.sizeBytes, action);
  const sending = { ...options, turn };
  try {
    if (isSimple) return await uploadSimply(drive, target, source, reader, modifiedAt, action, sending);
    return await uploadInSession(drive, target, source, reader, modifiedAt, action, settings, sending);
  } catch (error) {
    turn.failed(error);
    throw error;
  } finally {
    await reader.close();
  }
}

async function uploadSimply(
  drive: DriveContext,
  target: UploadTarget,
  source: ByteSource,
  reader: SourceReader,
  modifiedAt: number,
  action: string,
  options: Sending,
): Promise<Uploaded> {
  const bytes = await reader.gather(0, source.sizeBytes);
  const hash = await reader.hash();
  const put = await putContent(drive, target, bytes, hash, action, options);
  options.progress?.(bytes.length);
  let requestIds = idsOf(put.requestId);
  let { row } = put;
  if (row.modifiedAt !== modifiedAt) {
    const timed = await setTime(drive, row, modifiedAt);
    requestIds = [...requestIds, ...timed.requestIds];
    row = timed.row;
  }
  return { row, requestIds, hash, altered: isAltered(row, bytes.length, hash) };
}

interface Put {
  readonly row: RemoteRow;
  readonly requestId: string | undefined;
}

async function putContent(
  drive: DriveContext,
  target: UploadTarget,
  bytes: Uint8Array,
  hash: string,
  action: string,
  options: Sending,
): Promise<Put> {
  const path = contentPath(drive, target);
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await drive.client.attempt(
      toGraph(drive, {
        kind: 'upload',
        method: 'PUT',
        path,
        action,
        effect: 'write',
        headers: ['content-type', 'application/octet-stream'],
        body: bytes,
        bodySizeBytes: bytes.length,
        notSent: options.turn.notSent,
        signal: options.signal,
        ...(target.as === 'version' ? { ifMatch: target.ifMatch } : {}),
      }),
    );
    if (outcome.type === 'replied') {
      const { reply } = outcome;
      if (reply.status !== 200 && reply.status !== 201) throw refusal(action, reply);
      return { row: await writtenRow(drive, reply, action), requestId: reply.requestId };
    }
    const row = await afterLostAnswer(
      drive,
      target,
      { sizeBytes: bytes.length, hash, modifiedAt: null },
      action,
      outcome.failure,
    );
    if (row !== null) return { row, requestId: outcome.failure.details.requestId };
    if (attempt >= attemptsMax) throw outcome.failure;
    await drive.client.backOff(attempt, options.signal);
  }
}

/**
 * The row when the write happened after all, null when it did not and may be repeated. `modifiedAt` is the time that the
 * write would have set, or null when it sets none: fresh files have no hash for a while.
 */
export async function afterLostAnswer(
  drive: DriveContext,
  target: UploadTarget,
  written: { readonly sizeBytes: number; readonly hash: string; readonly modifiedAt: number | null },
  action: string,
  lost: Failure,
): Promise<RemoteRow | null> {
  const { sizeBytes, hash, modifiedAt } = written;
  const path =
    target.as === 'new' ? childPath(drive, target.parentId, target.name, '') : itemPath(drive, target.id);
  const isAlike = (row: RemoteRow): boolean => row.kind === 'file' && row.sizeBytes === sizeBytes;
  const isOurs = (row: RemoteRow): boolean =>
    isAlike(row) &&
    (row.hash === hash || (row.hash === null && (sizeBytes === 0 || row.modifiedAt === modifiedAt)));
  let found = await findWritten(drive, path, action, isOurs);
  for (let attempt = 1; attempt <= hashWaitsMax; attempt += 1) {
    if (found.state !== 'other' || found.row.hash !== null || !isAlike(found.row)) break;
    await drive.client.backOff(attempt);
    found = await findWritten(drive, path, action, isOurs);
  }
  if (found.state === 'absent') {
    if (target.as === 'new') return null;
    throw new Failure({ code: 'notFound', detail: `${action}: the item is gone` }, { cause: lost });
  }
  if (target.as === 'version' && found.row.eTag === target.ifMatch) return null;
  if (found.state === 'written') return found.row;
  throw new Failure(
    {
      code: target.as === 'new' ? 'nameTaken' : 'preconditionFailed',
      detail: `${action}: the answer was lost, and the drive now holds something else there`,
    },
    { cause: lost },
  );
}

async function setTime(drive: DriveContext, row: RemoteRow, modifiedAt: number): Promise<Written> {
  try {
    return await setModifiedAt(drive, row.id, modifiedAt, row.eTag);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'preconditionFailed') throw error;
    // The service touches fresh items by itself. Same content, so the time is still ours to set.
    const path = itemPath(drive, row.id);
    const found = await findWritten(
      drive,
      path,
      'Cannot set the time',
      (now) => now.hash === row.hash && now.sizeBytes === row.sizeBytes,
    );
    if (found.state !== 'written') throw error;
    return setModifiedAt(drive, row.id, modifiedAt, found.row.eTag);
  }
}

function contentPath(drive: DriveContext, target: UploadTarget): string {
  if (target.as === 'version') return `${itemPath(drive, target.id)}/content`;
  const path = childPath(drive, target.parentId, target.name, '/content');
  return `${path}?@microsoft.graph.conflictBehavior=fail`;
}

/** A missing hash says nothing, so only the size can speak then. */
export function isAltered(
  row: Pick<RemoteRow, 'sizeBytes' | 'hash'>,
  sizeBytes: number,
  hash: string,
): boolean {
  return row.sizeBytes !== sizeBytes || (row.hash !== null && sizeBytes > 0 && row.hash !== hash);
}
