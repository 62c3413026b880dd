/**
 * What a file held before.
 *
 * @see https://learn.microsoft.com/graph/api/driveitem-list-versions
 */
import { type DriveItemId, type EarlierVersion, Failure } from '@tidemark/contracts';
import { isRecord, refusal, refusalAs } from '../errors.ts';
import { nextPage } from '../http/next-page.ts';
import { quoted } from '../redact.ts';
import { type DriveContext, itemPath, toGraph } from './context.ts';
import { parseTime } from './times.ts';

/** A library keeps five hundred by default, and more where an administrator wants so. */
const pagesMax = 100;

/** The newest first. The service tells the present one first of all, whose content it does not give out as a version. */
export async function earlierVersions(
  drive: DriveContext,
  id: DriveItemId,
): Promise<readonly EarlierVersion[]> {
  const action = `Cannot read the versions of item ${quoted(id)}`;
  const versions: EarlierVersion[] = [];
  let path: string | null = `${itemPath(drive, id)}/versions`;
  for (let page = 0; path !== null; page += 1) {
    if (page === pagesMax)
      throw new Failure({ code: 'serviceUnavailable', detail: `${action}: the list has no end` });
    const reply = await drive.client.call(toGraph(drive, { kind: 'item', method: 'GET', path, action }));
    if (reply.status !== 200) throw refusal(action, reply);
    const value = isRecord(reply.json) ? reply.json['value'] : undefined;
    if (!Array.isArray(value)) throw refusalAs('serviceUnavailable', `${action}: there is no list`, reply);
    for (const one of value as readonly unknown[]) {
      const version = versionIn(one);
      if (version !== null) versions.push(version);
    }
    const next = isRecord(reply.json) ? reply.json['@odata.nextLink'] : undefined;
    path = nextPage(drive.endpoints, next, action);
  }
  return versions.slice(1);
}

function versionIn(value: unknown): EarlierVersion | null {
  if (!isRecord(value)) return null;
  const { id, size, lastModifiedDateTime } = value;
  if (typeof id !== 'string' || typeof size !== 'number') return null;
  return { id, sizeBytes: size, savedAt: parseTime(lastModifiedDateTime) ?? 0 };
}
