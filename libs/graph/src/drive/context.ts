/** What every operation on one drive needs. */
import type { AbortSignalLike, DriveItemId, RemoteRow } from '@tidemark/contracts';
import type { Endpoints } from '../auth/clouds.ts';
import { refusal } from '../errors.ts';
import type { RequestKind } from '../http/budget.ts';
import type { GraphClient, GraphRequest } from '../http/graph-client.ts';
import type { DownloadUrls } from './download-urls.ts';
import type { FullDrive } from './full-drive.ts';
import { readItem, type DriveIdentity } from './rows.ts';

export interface DriveContext extends DriveIdentity {
  readonly kind: 'personal' | 'business' | 'documentLibrary';
  readonly client: GraphClient;
  readonly endpoints: Endpoints;
  readonly downloadUrls: DownloadUrls;
  /** Items whose eTag changed by the mere start of an upload session. */
  readonly selfTouched: Set<DriveItemId>;
  readonly full: FullDrive;
  /** Whether listings ask for download addresses; `refused` once the service would not have it. */
  readonly listed: { urls: 'asked' | 'refused' };
}

export const itemSelect =
  'id,name,size,eTag,cTag,deleted,file,folder,package,remoteItem,root,fileSystemInfo,lastModifiedDateTime,parentReference';

/** What listings select. Some services may refuse the address, which nothing but a listing needs. */
export function listSelect(drive: DriveContext): string {
  return drive.listed.urls === 'asked' ? `${itemSelect},content.downloadUrl` : itemSelect;
}

const jsonHeaders = ['content-type', 'application/json'];

export function itemPath(drive: DriveContext, id: DriveItemId): string {
  return `/v1.0/drives/${encodeURIComponent(drive.id)}/items/${encodeURIComponent(id)}`;
}

/**
 * A child by its name. `action` is empty or starts with a slash.
 * 21Vianet refuses the relative form but knows the function form.
 */
export function childPath(drive: DriveContext, parentId: DriveItemId, name: string, action: string): string {
  const parent = itemPath(drive, parentId);
  if (drive.endpoints.cloud === 'CN') {
    return `${parent}/children('${encodeURIComponent(name.replaceAll("'", "''"))}')${action}`;
  }
  return `${parent}:/${encodeURIComponent(name)}${action === '' ? '' : `:${action}`}`;
}

type Call = {
  readonly kind: RequestKind;
  readonly method: GraphRequest['method'];
  readonly path: string;
  readonly action: string;
  readonly effect?: 'read' | 'write';
  readonly json?: unknown;
  readonly ifMatch?: string;
  readonly headers?: readonly string[];
  readonly body?: Uint8Array;
  readonly bodySizeBytes?: number;
  readonly notSent?: GraphRequest['notSent'];
  readonly signal?: AbortSignalLike | undefined;
};

/** A request to Graph itself, with the token. */
export function toGraph(drive: Pick<DriveContext, 'endpoints'>, call: Call): GraphRequest {
  let headers = call.headers;
  if (call.json !== undefined) headers = headers === undefined ? jsonHeaders : [...headers, ...jsonHeaders];
  if (call.ifMatch !== undefined && call.ifMatch !== '')
    headers = [...(headers ?? []), 'if-match', call.ifMatch];
  return {
    kind: call.kind,
    method: call.method,
    origin: drive.endpoints.graph,
    path: call.path,
    action: call.action,
    credentials: 'bearer',
    effect: call.effect ?? 'read',
    signal: call.signal,
    ...(headers === undefined ? {} : { headers }),
    ...(call.json === undefined ? {} : { body: JSON.stringify(call.json) }),
    ...(call.body === undefined ? {} : { body: call.body }),
    ...(call.notSent === undefined ? {} : { notSent: call.notSent }),
    ...(call.bodySizeBytes === undefined ? {} : { bodySizeBytes: call.bodySizeBytes }),
  };
}

export interface Found {
  readonly row: RemoteRow | null;
  readonly requestId: string | undefined;
}

/** Reads one item; null when it is gone. */
export async function readAt(
  drive: DriveContext,
  path: string,
  action: string,
  signal?: AbortSignalLike,
): Promise<Found> {
  const reply = await drive.client.call(
    toGraph(drive, { kind: 'item', method: 'GET', path: `${path}?$select=${itemSelect}`, action, signal }),
  );
  if (reply.status === 404 || reply.status === 410) return { row: null, requestId: reply.requestId };
  if (reply.status !== 200) throw refusal(action, reply);
  const row = readItem(reply.json, drive);
  return { row: row === null || 'deleted' in row ? null : row, requestId: reply.requestId };
}

export function idsOf(...ids: readonly (string | undefined)[]): readonly string[] {
  return ids.filter((id) => id !== undefined);
}
