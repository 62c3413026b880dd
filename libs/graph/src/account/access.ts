/**
 * What the account may do with an item that another person shares.
 *
 * @see https://learn.microsoft.com/graph/api/driveitem-list-permissions
 */
import type { DriveItemId } from '@tidemark/contracts';
import { type DriveContext, itemPath, toGraph } from '../drive/context.ts';
import { isRecord, refusal } from '../errors.ts';
import { quoted } from '../redact.ts';

/** An account that does not own the item is told of its own permissions only; null where it is told of none. Throws Failure. */
export async function readAccess(drive: DriveContext, id: DriveItemId): Promise<'read' | 'write' | null> {
  const action = `Cannot read what you may do with ${quoted(id)}`;
  const path = `${itemPath(drive, id)}/permissions?$select=id,roles`;
  const reply = await drive.client.call(toGraph(drive, { kind: 'other', method: 'GET', path, action }));
  // Some services do not tell, and it is worth no failure: what is not allowed they refuse when it is tried.
  if (reply.status >= 400 && reply.status < 500 && reply.status !== 401) return null;
  if (reply.status !== 200) throw refusal(action, reply);
  const rows = isRecord(reply.json) ? reply.json['value'] : undefined;
  if (!Array.isArray(rows)) return null;
  const roles = (rows as readonly unknown[]).flatMap((row) =>
    isRecord(row) && Array.isArray(row['roles']) ? (row['roles'] as readonly unknown[]) : [],
  );
  if (roles.length === 0) return null;
  return roles.every((role) => role === 'read') ? 'read' : 'write';
}
