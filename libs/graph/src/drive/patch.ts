/**
 * Changes of an item's name, place or time.
 *
 * @see https://learn.microsoft.com/graph/api/driveitem-update
 */
import { Failure, type DriveItemId, type RemoteRow, type Written } from '@tidemark/contracts';
import { failureCodeOf, graphErrorOf, refusal } from '../errors.ts';
import type { RequestKind } from '../http/budget.ts';
import { quoted } from '../redact.ts';
import { idsOf, itemPath, readAt, toGraph, type DriveContext } from './context.ts';
import { formatTime } from './times.ts';
import { writtenRow } from './written-row.ts';

const attemptsMax = 3;

export function move(
  drive: DriveContext,
  id: DriveItemId,
  to: { readonly parentId: DriveItemId; readonly name: string; readonly modifiedAt: number },
  ifMatch: string,
): Promise<Written> {
  return patch(drive, {
    id,
    kind: 'move',
    action: `Cannot move item ${quoted(id)} to ${quoted(to.name)}`,
    // A move without the time would set it to now.
    json: { name: to.name, parentReference: { id: to.parentId }, fileSystemInfo: times(to.modifiedAt) },
    ifMatch,
    isWanted: (row) => row.name === to.name && row.parentId === to.parentId,
  });
}

export function setModifiedAt(
  drive: DriveContext,
  id: DriveItemId,
  modifiedAt: number,
  ifMatch: string,
): Promise<Written> {
  return patch(drive, {
    id,
    kind: 'setModifiedAt',
    action: `Cannot set the time of item ${quoted(id)}`,
    json: { fileSystemInfo: times(modifiedAt) },
    ifMatch,
    isWanted: (row) => row.modifiedAt === modifiedAt,
  });
}

export function times(modifiedAt: number): { readonly lastModifiedDateTime: string } {
  return { lastModifiedDateTime: formatTime(modifiedAt) };
}

interface Patch {
  readonly id: DriveItemId;
  readonly kind: RequestKind;
  readonly action: string;
  readonly json: unknown;
  readonly ifMatch: string;
  readonly isWanted: (row: RemoteRow) => boolean;
}

async function patch(drive: DriveContext, wanted: Patch): Promise<Written> {
  const { action, id } = wanted;
  const path = itemPath(drive, id);
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await drive.client.attempt(
      toGraph(drive, {
        kind: wanted.kind,
        method: 'PATCH',
        path,
        action,
        effect: 'write',
        json: wanted.json,
        ifMatch: wanted.ifMatch,
      }),
    );
    if (outcome.type === 'lost') {
      const { row, requestId } = await readAt(drive, path, action);
      if (row === null) throw gone(action);
      if (row.eTag !== wanted.ifMatch && wanted.isWanted(row)) return { row, requestIds: idsOf(requestId) };
      if (row.eTag !== wanted.ifMatch) throw changed(action);
      if (attempt >= attemptsMax) throw outcome.failure;
      await drive.client.backOff(attempt);
      continue;
    }
    const { reply } = outcome;
    if (reply.status === 200 && reply.json !== undefined) {
      return { row: await writtenRow(drive, reply, action), requestIds: idsOf(reply.requestId) };
    }
    if (reply.status === 204 || reply.status === 200) {
      const { row, requestId } = await readAt(drive, path, action);
      if (row === null) throw gone(action);
      return { row, requestIds: idsOf(reply.requestId, requestId) };
    }
    const code = failureCodeOf(reply.status, graphErrorOf(reply.json));
    // After a refused precondition the item may already be what was wanted (an echo of our own earlier attempt).
    if (code === 'preconditionFailed' && attempt > 1) {
      const { row } = await readAt(drive, path, action);
      if (row !== null && wanted.isWanted(row)) return { row, requestIds: idsOf(reply.requestId) };
    }
    throw refusal(action, reply);
  }
}

function gone(action: string): Failure {
  return new Failure({ code: 'notFound', detail: `${action}: the item is gone` });
}

function changed(action: string): Failure {
  return new Failure({
    code: 'preconditionFailed',
    detail: `${action}: the answer was lost, and the item is now in another version`,
  });
}
