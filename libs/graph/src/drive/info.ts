/** Which drive this is. */
import { driveItemId, Failure, type DriveInfo } from '@tidemark/contracts';
import { isRecord, refusal, refusalAs, type Reply } from '../errors.ts';
import type { GraphClient } from '../http/graph-client.ts';
import type { Endpoints } from '../auth/clouds.ts';
import { toGraph } from './context.ts';
import { normalDriveId } from './ids.ts';

/** `driveId` null: the account's own drive. */
export async function readDriveInfo(
  client: GraphClient,
  endpoints: Endpoints,
  driveId: string | null,
): Promise<DriveInfo> {
  const base =
    driveId === null ? '/v1.0/me/drive' : `/v1.0/drives/${encodeURIComponent(normalDriveId(driveId))}`;
  const action = driveId === null ? 'Cannot read your drive' : `Cannot read the drive "${driveId}"`;
  const [drive, root] = await Promise.all([
    client.call(
      toGraph(
        { endpoints },
        { kind: 'info', method: 'GET', path: `${base}?$select=id,driveType,quota`, action },
      ),
    ),
    client.call(
      toGraph(
        { endpoints },
        { kind: 'info', method: 'GET', path: `${base}/root?$select=id,parentReference`, action },
      ),
    ),
  ]);
  for (const reply of [drive, root]) {
    if (reply.status === 404 || (reply.status === 400 && driveId !== null))
      throw refusalAs('driveNotFound', action, reply);
    if (reply.status === 403 && driveId !== null) throw refusalAs('driveNotFound', action, reply);
    if (reply.status !== 200) throw refusal(action, reply);
  }
  const id = textIn(drive, 'id');
  const rootId = textIn(root, 'id');
  if (id === null || rootId === null) {
    throw new Failure({
      code: 'serviceUnavailable',
      detail: `${action}: the answer names no drive or no root`,
    });
  }
  const json = isRecord(drive.json) ? drive.json : {};
  return {
    id: normalDriveId(id),
    kind: kindOf(json['driveType']),
    rootId: driveItemId(rootId),
    quotaRemainingBytes: remainingBytes(json['quota']),
  };
}

function kindOf(type: unknown): DriveInfo['kind'] {
  return type === 'personal' || type === 'documentLibrary' ? type : 'business';
}

/** Zeros, absent values and negative ones mean unknown unless the state says that the drive is full. */
export function remainingBytes(quota: unknown): number | null {
  if (!isRecord(quota)) return null;
  const remaining = Number(quota['remaining'] ?? Number.NaN);
  if (Number.isFinite(remaining) && remaining > 0) return remaining;
  const total = Number(quota['total'] ?? 0);
  const isFull =
    quota['state'] === 'exceeded' ||
    (Number.isFinite(remaining) && total > 0 && Number(quota['used'] ?? 0) >= total);
  return isFull ? 0 : null;
}

function textIn(reply: Reply, key: string): string | null {
  const value = isRecord(reply.json) ? reply.json[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
}
