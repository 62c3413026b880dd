/**
 * Who made a file and who saved it last.
 *
 * @see https://learn.microsoft.com/graph/api/resources/identityset
 */
import type { AbortSignalLike, Authors, DriveItemId } from '@tidemark/contracts';
import { isRecord, refusal } from '../errors.ts';
import { quoted } from '../redact.ts';
import { nameIn } from './changed-by.ts';
import { type DriveContext, itemPath, toGraph } from './context.ts';

/** Throws Failure. */
export async function authorsOf(
  drive: DriveContext,
  id: DriveItemId,
  signal?: AbortSignalLike,
): Promise<Authors> {
  const action = `Cannot read who saved item ${quoted(id)}`;
  const path = `${itemPath(drive, id)}?$select=id,createdBy,lastModifiedBy`;
  const reply = await drive.client.call(
    toGraph(drive, { kind: 'item', method: 'GET', path, action, signal }),
  );
  if (reply.status !== 200 || !isRecord(reply.json)) throw refusal(action, reply);
  const { createdBy, lastModifiedBy } = reply.json;
  return { createdBy: addressIn(createdBy), lastModifiedBy: addressIn(lastModifiedBy) };
}

/** Longer addresses than any service gives out are cut. */
const addressMax = 320;

function addressIn(identities: unknown): string | null {
  const user = isRecord(identities) ? identities['user'] : undefined;
  const email = isRecord(user) ? user['email'] : undefined;
  return typeof email === 'string' && email !== '' ? email.slice(0, addressMax) : nameIn(identities);
}
