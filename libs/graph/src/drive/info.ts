/** Which drive this is. */
import { driveItemId, Failure, type DriveInfo } from '@tidemark/contracts';
import { isRecord, refusal, refusalAs, type Reply } from '../errors.ts';
import type { GraphClient } from '../http/graph-client.ts';
import type { Endpoints } from '../auth/clouds.ts';
import { toGraph } from './context.ts';
import { normalDriveId } from './ids.ts';

/**
 * `driveId` null: the account's own drive. The root names its drive, so one request is enough; accounts that leave parts
 * of references out are asked for the drive as well.
 */
export async function readDriveInfo(
  client: GraphClient,
  endpoints: Endpoints,
  driveId: string | null,
): Promise<DriveInfo> {
  const base =
    driveId === null ? '/v1.0/me/drive' : `/v1.0/drives/${encodeURIComponent(normalDriveId(driveId))}`;
  const action = driveId === null ? 'Cannot read your drive' : `Cannot read the drive "${driveId}"`;
  const read = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
    const reply = await client.call(
      toGraph({ endpoints }, { kind: 'info', method: 'GET', path: `${base}${path}`, action }),
    );
    if (reply.status !== 200) throw refused(action, reply, driveId);
    return isRecord(reply.json) ? reply.json : {};
  };
  const root = await read('/root?$select=id,parentReference');
  const reference = isRecord(root['parentReference']) ? root['parentReference'] : {};
  const named = { id: reference['driveId'], driveType: reference['driveType'] };
  const isNamed = textOf(named.id) !== null && textOf(named.driveType) !== null;
  const drive = isNamed ? named : await read('?$select=id,driveType');
  const id = textOf(drive['id']);
  const rootId = textOf(root['id']);
  if (id === null || rootId === null) {
    throw new Failure({
      code: 'serviceUnavailable',
      detail: `${action}: the answer names no drive or no root`,
    });
  }
  return { id: normalDriveId(id), kind: kindOf(drive['driveType']), rootId: driveItemId(rootId) };
}

/** A folder that another person shares. */
export interface SharedFolder {
  readonly driveId: string;
  readonly itemId: string;
}

/**
 * A folder of another drive, told as a drive of which it is the root. Throws Failure `driveNotFound` when it cannot be seen: it is gone, or its
 * owner does not share it any more, and the service does not say which.
 */
export async function readFolderInfo(
  client: GraphClient,
  endpoints: Endpoints,
  { driveId, itemId }: SharedFolder,
): Promise<DriveInfo> {
  const base = `/v1.0/drives/${encodeURIComponent(normalDriveId(driveId))}`;
  const action = 'Cannot read the shared folder';
  const read = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
    const reply = await client.call(
      toGraph({ endpoints }, { kind: 'info', method: 'GET', path: `${base}${path}`, action }),
    );
    if (reply.status !== 200) throw refused(action, reply, driveId);
    return isRecord(reply.json) ? reply.json : {};
  };
  const folder = await read(`/items/${encodeURIComponent(itemId)}?$select=id,folder,root,parentReference`);
  const reference = isRecord(folder['parentReference']) ? folder['parentReference'] : {};
  const type = textOf(reference['driveType']) ?? (await read('?$select=id,driveType'))['driveType'];
  return {
    id: normalDriveId(driveId),
    kind: kindOf(type),
    rootId: driveItemId(textOf(folder['id']) ?? itemId),
  };
}

function refused(action: string, reply: Reply, driveId: string | null): Failure {
  const { status } = reply;
  const isUnknown = status === 404 || (driveId !== null && (status === 400 || status === 403));
  return isUnknown ? refusalAs('driveNotFound', action, reply) : refusal(action, reply);
}

function kindOf(type: unknown): DriveInfo['kind'] {
  return type === 'personal' || type === 'documentLibrary' ? type : 'business';
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
