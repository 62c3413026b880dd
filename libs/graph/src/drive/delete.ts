/** Deletion to the recycle bin. */
import type { DriveItemId } from '@tidemark/contracts';
import { refusal } from '../errors.ts';
import { quoted } from '../redact.ts';
import { idsOf, itemPath, readAt, toGraph, type DriveContext } from './context.ts';

export async function deleteItem(
  drive: DriveContext,
  id: DriveItemId,
  ifMatch: string,
): Promise<{ readonly requestIds: readonly string[] }> {
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

function isDone(status: number): boolean {
  return status === 204 || status === 200 || status === 404 || status === 410;
}
