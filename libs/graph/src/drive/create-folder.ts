/** New folders. Repeating is harmless: an existing folder of the name is adopted. */
import { Failure, type DriveItemId, type RemoteRow, type Written } from '@tidemark/contracts';
import { failureCodeOf, graphErrorOf, isRecord, refusal } from '../errors.ts';
import { nextPage } from '../http/next-page.ts';
import { quoted } from '../redact.ts';
import { childPath, idsOf, itemPath, itemSelect, readAt, toGraph, type DriveContext } from './context.ts';
import { readItem } from './rows.ts';
import { writtenRow } from './written-row.ts';

export async function createFolder(
  drive: DriveContext,
  parentId: DriveItemId,
  name: string,
): Promise<Written & { readonly made: boolean }> {
  const action = `Cannot create the folder ${quoted(name)}`;
  const reply = await drive.client.call(
    toGraph(drive, {
      kind: 'createFolder',
      method: 'POST',
      path: `${itemPath(drive, parentId)}/children`,
      action,
      json: { name, folder: {}, '@microsoft.graph.conflictBehavior': 'fail' },
    }),
  );
  if (reply.status === 201 || reply.status === 200) {
    return { row: await writtenRow(drive, reply, action), requestIds: idsOf(reply.requestId), made: true };
  }
  if (failureCodeOf(reply.status, graphErrorOf(reply.json)) !== 'nameTaken') throw refusal(action, reply);
  const { row, requestId } = await readAt(drive, childPath(drive, parentId, name, ''), action);
  // The path may not be known yet although the name is taken (abraunegg/onedrive#3335): then the listing tells.
  const existing = row ?? (await findChild(drive, parentId, name, action));
  if (existing === null || existing.kind !== 'folder') throw refusal(action, reply);
  return { row: existing, requestIds: idsOf(reply.requestId, requestId), made: false };
}

const pagesMax = 1_000;

async function findChild(
  drive: DriveContext,
  parentId: DriveItemId,
  name: string,
  action: string,
): Promise<RemoteRow | null> {
  const wanted = name.toLowerCase();
  let path: string | null = `${itemPath(drive, parentId)}/children?$select=${itemSelect}&$top=1000`;
  for (let page = 0; path !== null; page += 1) {
    if (page >= pagesMax)
      throw new Failure({ code: 'serviceUnavailable', detail: `${action}: the listing has no end` });
    const reply = await drive.client.call(toGraph(drive, { kind: 'children', method: 'GET', path, action }));
    if (reply.status !== 200) throw refusal(action, reply);
    const json = isRecord(reply.json) ? reply.json : {};
    for (const value of Array.isArray(json['value']) ? json['value'] : []) {
      const row = readItem(value, drive);
      if (row !== null && !('deleted' in row) && row.name.toLowerCase() === wanted) return row;
    }
    path = nextPage(drive.endpoints, json['@odata.nextLink'], action);
  }
  return null;
}
