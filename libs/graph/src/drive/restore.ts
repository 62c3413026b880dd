/**
 * Out of the recycle bin. The service offers it for personal drives only.
 *
 * @see https://learn.microsoft.com/graph/api/driveitem-restore
 */
import { type DriveItemId, Failure, type Written } from '@tidemark/contracts';
import { refusal } from '../errors.ts';
import { quoted } from '../redact.ts';
import { type DriveContext, idsOf, itemPath, readAt, toGraph } from './context.ts';
import { writtenRow } from './written-row.ts';

export async function restore(
  drive: DriveContext,
  id: DriveItemId,
  to: { readonly parentId: DriveItemId; readonly name: string },
): Promise<Written> {
  const action = `Cannot restore ${quoted(to.name)}`;
  if (drive.kind !== 'personal')
    throw new Failure({
      code: 'invalidRequest',
      detail: `${action}: Microsoft offers this for personal accounts only; use the recycle bin on the web page of the drive`,
    });
  const path = itemPath(drive, id);
  const outcome = await drive.client.attempt(
    toGraph(drive, {
      ...{ kind: 'other', method: 'POST', path: `${path}/restore`, action, effect: 'write' },
      json: { parentReference: { id: to.parentId }, name: to.name },
    }),
  );
  if (outcome.type === 'lost') {
    const { row, requestId } = await readAt(drive, path, action);
    if (row === null) throw outcome.failure;
    return { row, requestIds: idsOf(requestId) };
  }
  const { reply } = outcome;
  if (reply.status !== 200 && reply.status !== 201) throw refusal(action, reply);
  return { row: await writtenRow(drive, reply, action), requestIds: idsOf(reply.requestId) };
}
