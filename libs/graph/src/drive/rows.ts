/**
 * From driveItem JSON to rows. Any property can be missing or odd, and nothing here throws: what cannot be understood is
 * read again by its id, and what stays that way is an opaque row with an oddity, which is left alone and named.
 */
import {
  driveItemId,
  withinTimeRange,
  type DriveItemId,
  type RemoteRow,
  type RemoteTombstone,
} from '@tidemark/contracts';
import { isRecord } from '../errors.ts';
import { normalDriveId, normalItemId } from './ids.ts';
import { isSafeName, markedName } from './names.ts';
import { parseTime } from './times.ts';

export interface DriveIdentity {
  /** Normalised. */
  readonly id: string;
  readonly rootId: DriveItemId;
  /** Personal drives: what every item id starts with, as the root's id has it (`D8EB…!`). Null elsewhere. */
  readonly idPrefix: string | null;
}

export type ReadRow =
  | { readonly type: 'row'; readonly row: RemoteRow }
  | { readonly type: 'gone'; readonly tombstone: RemoteTombstone }
  | { readonly type: 'root'; readonly id: DriveItemId }
  /** Incomplete: only a GET tells whether it is really so. `row`: what the item is if it stays missing. */
  | { readonly type: 'partial'; readonly row: RemoteRow }
  | { readonly type: 'nothing' };

const nothing: ReadRow = { type: 'nothing' };

type Json = Readonly<Record<string, unknown>>;

export function readRow(json: unknown, drive: DriveIdentity): ReadRow {
  if (!isRecord(json)) return nothing;
  if (typeof json['id'] !== 'string' || json['id'] === '' || json['id'].length > 1024) return nothing;
  const id = normalItemId(json['id'], drive);
  if (json['deleted'] != null) return { type: 'gone', tombstone: { id: driveItemId(id), deleted: true } };
  const parent = isRecord(json['parentReference']) ? json['parentReference'] : null;
  const parentId = textOf(parent?.['id']);
  if (id === drive.rootId || (json['root'] != null && parentId === null))
    return { type: 'root', id: driveItemId(id) };
  return readOrdinary(json, id, parent, parentId, drive);
}

/** Like `readRow`, for an answer about one item: what is missing now stays missing. */
export function readItem(json: unknown, drive: DriveIdentity): RemoteRow | RemoteTombstone | null {
  const read = readRow(json, drive);
  switch (read.type) {
    case 'row':
    case 'partial':
      return read.row;
    case 'gone':
      return read.tombstone;
    case 'root':
      return isRecord(json) ? rootRow(json, read.id, drive) : null;
    case 'nothing':
      return null;
  }
}

/** The row of an item that cannot be read: it keeps its place, and nothing is done to it. */
export function unreadable(row: RemoteRow, why: string): RemoteRow {
  return { ...row, kind: 'opaque', sizeBytes: 0, hash: null, oddity: why };
}

/** The download URL that came with an item. A credential: kept in memory only. */
export function downloadUrlOf(json: unknown): string | undefined {
  if (!isRecord(json)) return undefined;
  const url = json['@microsoft.graph.downloadUrl'] ?? json['@content.downloadUrl'];
  return typeof url === 'string' ? url : undefined;
}

function readOrdinary(
  json: Json,
  id: string,
  parent: Json | null,
  parentId: string | null,
  drive: DriveIdentity,
): ReadRow {
  const { name } = json;
  const eTag = textOf(json['eTag']);
  const cTag = textOf(json['cTag']);
  const isNamed = typeof name === 'string';
  const isSafe = isNamed && isSafeName(name);
  const kind = kindOf(json, parent, drive);
  const isFile = kind === 'file';
  const times = timesOf(json);
  const sizeBytes = isFile ? bytesOf(json['size']) : 0;
  const row: RemoteRow = {
    id: driveItemId(id),
    // In no folder that is told: at the root, under a name that no other item can want.
    parentId: parentId === null ? drive.rootId : driveItemId(normalItemId(parentId, drive)),
    name:
      isSafe && parentId !== null ? name : strangeName(isNamed ? name : '', isNamed && parentId !== null, id),
    kind: kind === 'unclear' ? 'opaque' : kind,
    sizeBytes: sizeBytes ?? 0,
    hash: isFile ? hashOf(json['file']) : null,
    modifiedAt: times.client ?? times.service ?? 0,
    eTag: eTag ?? '',
    cTag,
  };
  const missing: string[] = [];
  if (!isNamed) missing.push('its name');
  if (parentId === null) missing.push('its folder');
  if (kind === 'unclear') missing.push('whether it is a file or a folder');
  if (kind !== 'opaque' && eTag === null) missing.push('its version');
  if (isFile && sizeBytes === null) missing.push('its size');
  if (isFile && times.client === null && times.service === null) missing.push('its time');
  if (missing.length > 0)
    return { type: 'partial', row: unreadable(row, `the drive does not tell ${missing.join(', ')}`) };
  if (!isSafe)
    return { type: 'row', row: unreadable(row, 'its name online cannot be that of a file or a folder') };
  // Without the client's time the service's own has to do, once the item itself has none either.
  return isFile && times.client === null ? { type: 'partial', row } : { type: 'row', row };
}

function rootRow(json: Json, id: DriveItemId, drive: DriveIdentity): RemoteRow {
  const times = timesOf(json);
  const row: RemoteRow = {
    id,
    parentId: drive.rootId,
    name: textOf(json['name']) ?? 'root',
    kind: 'folder',
    sizeBytes: 0,
    hash: null,
    modifiedAt: times.client ?? times.service ?? 0,
    eTag: textOf(json['eTag']) ?? '',
    cTag: textOf(json['cTag']),
  };
  if (id === drive.rootId) return row;
  return unreadable({ ...row, name: strangeName(row.name, false, id) }, 'it is the root of another drive');
}

/** `unclear`: it says that it is both, or neither. */
function kindOf(json: Json, parent: Json | null, drive: DriveIdentity): RemoteRow['kind'] | 'unclear' {
  // Pointers and notebooks may carry `folder` or `file` as well, so these are asked first.
  if (json['remoteItem'] != null || json['package'] != null) return 'opaque';
  const driveId = parent?.['driveId'];
  if (typeof driveId === 'string' && driveId !== drive.id && normalDriveId(driveId) !== drive.id)
    return 'opaque';
  const [isFile, isFolder] = [json['file'] != null, json['folder'] != null];
  if (isFile === isFolder) return 'unclear';
  return isFolder ? 'folder' : 'file';
}

/** Seconds, within the range that both sides can hold. The service's own time is read only where the client's is missing. */
function timesOf(json: Json): { readonly client: number | null; readonly service: number | null } {
  const info = json['fileSystemInfo'];
  const client = isRecord(info) ? parseTime(info['lastModifiedDateTime']) : null;
  if (client !== null) return { client: withinTimeRange(client), service: null };
  const service = parseTime(json['lastModifiedDateTime']);
  return { client, service: service === null ? null : withinTimeRange(service) };
}

/** A name that is none, or that has no folder, must neither be used nor stand in the way of one that is. */
function strangeName(name: string, isPlaced: boolean, id: string): string {
  return isPlaced ? markedName(name) : markedName(`\ufffd${name} (${id})`);
}

function hashOf(file: unknown): string | null {
  const hashes = isRecord(file) ? file['hashes'] : null;
  const hash = isRecord(hashes) ? hashes['quickXorHash'] : null;
  return typeof hash === 'string' && /^[A-Za-z0-9+/]{27}=$/.test(hash) ? hash : null;
}

/** Sizes have been seen as strings. Null for anything that is no size. */
function bytesOf(value: unknown): number | null {
  const bytes = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
