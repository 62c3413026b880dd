/**
 * From driveItem JSON to rows. Any property can be missing or odd, and nothing here throws: what cannot be understood
 * becomes an opaque row (which is left alone) or is looked at again, never a deletion.
 */
import { driveItemId, type DriveItemId, type RemoteRow, type RemoteTombstone } from '@tidemark/contracts';
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
  /** Neither a name nor a deletion: only a GET tells what it is. */
  | { readonly type: 'suspicious'; readonly id: DriveItemId }
  | { readonly type: 'nothing' };

const nothing: ReadRow = { type: 'nothing' };

export function readRow(json: unknown, drive: DriveIdentity): ReadRow {
  if (!isRecord(json)) return nothing;
  const { name } = json;
  if (typeof json['id'] !== 'string' || json['id'] === '' || json['id'].length > 1024) return nothing;
  const id = normalItemId(json['id'], drive);
  if (json['deleted'] != null) return { type: 'gone', tombstone: { id: driveItemId(id), deleted: true } };
  const parent = isRecord(json['parentReference']) ? json['parentReference'] : null;
  const parentId = parent === null ? undefined : parent['id'];
  const hasParent = typeof parentId === 'string' && parentId !== '';
  if (id === drive.rootId || (json['root'] != null && !hasParent))
    return { type: 'root', id: driveItemId(id) };
  if (typeof name !== 'string' || !hasParent) return { type: 'suspicious', id: driveItemId(id) };
  return { type: 'row', row: rowOf(json, id, name, parentId, parent, drive) };
}

/** Like `readRow`, for an answer about one item: what is missing now stays missing, so the item is opaque. */
export function readItem(json: unknown, drive: DriveIdentity): RemoteRow | RemoteTombstone | null {
  const read = readRow(json, drive);
  if (read.type === 'row') return read.row;
  if (read.type === 'gone') return read.tombstone;
  if (read.type === 'nothing' || !isRecord(json)) return null;
  const name = typeof json['name'] === 'string' ? json['name'] : '';
  if (read.type === 'root') return rowOf(json, read.id, name === '' ? 'root' : name, read.id, null, drive);
  const row = rowOf(json, read.id, name, drive.rootId, null, drive);
  return { ...row, kind: 'opaque' };
}

/** The download URL that came with an item. A credential: kept in memory only. */
export function downloadUrlOf(json: unknown): string | undefined {
  if (!isRecord(json)) return undefined;
  const url = json['@microsoft.graph.downloadUrl'] ?? json['@content.downloadUrl'];
  return typeof url === 'string' ? url : undefined;
}

function rowOf(
  json: Readonly<Record<string, unknown>>,
  id: string,
  name: string,
  parentId: string,
  parent: Readonly<Record<string, unknown>> | null,
  drive: DriveIdentity,
): RemoteRow {
  const safe = isSafeName(name);
  const kind = safe ? kindOf(json, parent, drive) : 'opaque';
  const file = kind === 'file' ? json['file'] : null;
  const info = json['fileSystemInfo'];
  const modifiedAt =
    (isRecord(info) ? parseTime(info['lastModifiedDateTime']) : null) ??
    parseTime(json['lastModifiedDateTime']);
  const { eTag, cTag } = json;
  return {
    id: driveItemId(id),
    parentId: driveItemId(normalItemId(parentId, drive)),
    name: safe ? name : markedName(name),
    kind,
    sizeBytes: kind === 'file' ? bytesOf(json['size']) : 0,
    hash: hashOf(file),
    modifiedAt: modifiedAt ?? 0,
    eTag: typeof eTag === 'string' ? eTag : '',
    cTag: typeof cTag === 'string' ? cTag : null,
  };
}

function kindOf(
  json: Readonly<Record<string, unknown>>,
  parent: Readonly<Record<string, unknown>> | null,
  drive: DriveIdentity,
): RemoteRow['kind'] {
  // Pointers and notebooks may carry `folder` or `file` as well, so these are asked first.
  if (json['remoteItem'] != null || json['package'] != null) return 'opaque';
  const driveId = parent?.['driveId'];
  if (typeof driveId === 'string' && driveId !== drive.id && normalDriveId(driveId) !== drive.id)
    return 'opaque';
  if (json['folder'] != null) return 'folder';
  return json['file'] != null ? 'file' : 'opaque';
}

function hashOf(file: unknown): string | null {
  if (!isRecord(file)) return null;
  const hashes = file['hashes'];
  if (!isRecord(hashes)) return null;
  const hash = hashes['quickXorHash'];
  return typeof hash === 'string' && hash.length === 28 ? hash : null;
}

/** Sizes have been seen as strings. */
function bytesOf(value: unknown): number {
  const bytes = typeof value === 'string' ? Number(value) : value;
  return typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : 0;
}
