/**
 * Shortcuts to what other persons share: items of the account's own drive that lead to another one.
 *
 * @see https://learn.microsoft.com/graph/api/resources/remoteitem
 */
import type { DriveItemId } from '@tidemark/contracts';
import { itemPath, toGraph, type DriveContext } from '../drive/context.ts';
import { normalDriveId } from '../drive/ids.ts';
import { isRecord, refusal } from '../errors.ts';
import { quoted } from '../redact.ts';

export interface ShortcutTarget {
  readonly kind: 'file' | 'folder';
  readonly driveId: string;
  readonly itemId: string;
}

/** Where the item leads; null when it is no shortcut, is gone, or leads to what cannot be seen. Throws Failure. */
export async function readShortcut(drive: DriveContext, id: DriveItemId): Promise<ShortcutTarget | null> {
  const item = await read(drive, `${itemPath(drive, id)}?$select=id,remoteItem`, quoted(id));
  const remote = item?.['remoteItem'];
  if (!isRecord(remote)) return null;
  const parent = isRecord(remote['parentReference']) ? remote['parentReference'] : {};
  const { driveId } = parent;
  const itemId = remote['id'];
  if (typeof driveId !== 'string' || typeof itemId !== 'string') return null;
  const target = { driveId: normalDriveId(driveId), itemId };
  const told = kindOf(remote);
  if (told !== null) return { kind: told, ...target };
  // Some accounts leave out what the target is.
  const path = `/v1.0/drives/${encodeURIComponent(target.driveId)}/items/${encodeURIComponent(itemId)}`;
  const seen = await read(drive, `${path}?$select=id,file,folder,package,root`, quoted(itemId));
  const kind = seen === null ? null : kindOf(seen);
  return kind === null ? null : { kind, ...target };
}

async function read(
  drive: DriveContext,
  path: string,
  what: string,
): Promise<Readonly<Record<string, unknown>> | null> {
  const action = `Cannot read where the shortcut ${what} leads`;
  const reply = await drive.client.call(toGraph(drive, { kind: 'item', method: 'GET', path, action }));
  if (reply.status === 404 || reply.status === 403) return null;
  if (reply.status !== 200) throw refusal(action, reply);
  return isRecord(reply.json) ? reply.json : null;
}

/** Null of a notebook, and where nothing is told. */
function kindOf(json: Readonly<Record<string, unknown>>): ShortcutTarget['kind'] | null {
  if (isRecord(json['package'])) return null;
  if (isRecord(json['folder']) || isRecord(json['root'])) return 'folder';
  return isRecord(json['file']) ? 'file' : null;
}
