/** Deletion: to the recycle bin of the drive, or for good. */
import type { DriveInfo, DriveItemId } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { Endpoints } from '../auth/clouds.ts';
import { isRecord, refusal } from '../errors.ts';
import { quoted } from '../redact.ts';
import { idsOf, itemPath, readAt, toGraph, type DriveContext } from './context.ts';

interface Deleted {
  readonly requestIds: readonly string[];
}

export async function deleteItem(drive: DriveContext, id: DriveItemId, ifMatch: string): Promise<Deleted> {
  const action = `Cannot delete item ${quoted(id)}`;
  const path = itemPath(drive, id);
  const request = { kind: 'delete', method: 'DELETE', path, action } as const;
  const reply = await drive.client.call(toGraph(drive, { ...request, ifMatch }));
  if (isDone(reply.status)) return { requestIds: idsOf(reply.requestId) };
  if (reply.status !== 412) throw refusal(action, reply);
  // Some accounts answer 412 to every guarded deletion (seen by abraunegg/onedrive). The guard is then applied by reading.
  const { row } = await readAt(drive, path, action);
  if (row === null) return { requestIds: idsOf(reply.requestId) };
  if (row.eTag !== ifMatch) throw refusal(action, reply);
  const plain = await drive.client.call(toGraph(drive, request));
  if (isDone(plain.status)) return { requestIds: idsOf(reply.requestId, plain.requestId) };
  throw refusal(action, plain);
}

/**
 * `POST …/permanentDelete` (driveItem: permanentDelete). It knows no precondition, so the item is read right before; what
 * a user changes between the two requests is gone as well. The eTag of a folder says nothing of what is in it, so that is asked for.
 */
export async function deleteForGood(
  drive: DriveContext,
  id: DriveItemId,
  ifMatch: string,
  { isEmpty = false }: { readonly isEmpty?: boolean } = {},
): Promise<Deleted> {
  const action = `Cannot delete item ${quoted(id)} for good`;
  const path = itemPath(drive, id);
  const { row, requestId } = await readAt(drive, path, action);
  if (row === null) return { requestIds: idsOf(requestId) };
  if (row.eTag !== ifMatch)
    throw new Failure({
      code: 'preconditionFailed',
      detail: `${action}: it has changed on the drive`,
      ...(requestId === undefined ? {} : { requestId }),
    });
  if (isEmpty && row.kind === 'folder' && (await holdsSomething(drive, path, action)))
    throw new Failure({
      code: 'preconditionFailed',
      detail: `${action}: something came into it on the drive`,
    });
  const request = { kind: 'delete', method: 'POST', path: `${path}/permanentDelete`, action } as const;
  // Refused without a `Content-Length` of 0.
  const reply = await drive.client.call(toGraph(drive, { ...request, body: new Uint8Array(0) }));
  if (isDone(reply.status)) return { requestIds: idsOf(requestId, reply.requestId) };
  throw refusal(action, reply);
}

async function holdsSomething(drive: DriveContext, path: string, action: string): Promise<boolean> {
  const listing = `${path}/children?$top=1&$select=id`;
  const reply = await drive.client.call(
    toGraph(drive, { kind: 'item', method: 'GET', path: listing, action }),
  );
  if (reply.status === 404 || reply.status === 410) return false;
  const children = isRecord(reply.json) ? reply.json['value'] : undefined;
  if (reply.status !== 200 || !Array.isArray(children)) throw refusal(action, reply);
  return children.length > 0;
}

/** Documented for personal drives as well, which refuse it; of the clouds only the global and the German one have it. */
export function canDeleteForGood(cloud: Endpoints['cloud'], kind: DriveInfo['kind']): boolean {
  return kind !== 'personal' && (cloud === 'global' || cloud === 'DE');
}

function isDone(status: number): boolean {
  return status === 204 || status === 200 || status === 404 || status === 410;
}
