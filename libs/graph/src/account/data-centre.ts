/**
 * Where Microsoft keeps the content of a drive. Only sites tell it, so it is asked of the site that the drive belongs to.
 *
 * @see https://learn.microsoft.com/graph/api/resources/sitecollection
 */
import { type DriveContext, toGraph } from '../drive/context.ts';
import { isRecord, refusal } from '../errors.ts';

/** Whether these permissions, as the service names them, are enough to ask. */
export const mayReadSites = (granted: readonly string[]): boolean =>
  granted.some((scope) => /(?:^|\/)Sites\.(?:Read|ReadWrite|Manage|FullControl)\.All$/i.test(scope));

/** A code such as `NAM` or `EUR`; null where the service does not tell, and of a personal drive, which has no site. Throws Failure. */
export async function readDataCentre(drive: DriveContext): Promise<string | null> {
  if (drive.kind === 'personal') return null;
  const ofDrive = await read(drive, `/v1.0/drives/${encodeURIComponent(drive.id)}?$select=id,sharePointIds`);
  const siteId = siteIdIn(ofDrive?.['sharePointIds']);
  if (siteId === null) return null;
  const site = await read(drive, `/v1.0/sites/${encodeURIComponent(siteId)}?$select=id,siteCollection`);
  const collection = site?.['siteCollection'];
  const code = isRecord(collection) ? collection['dataLocationCode'] : undefined;
  return typeof code === 'string' && /^[A-Za-z]{2,10}$/.test(code) ? code : null;
}

/** Null where the service would not tell: that is worth no failure. */
async function read(drive: DriveContext, path: string): Promise<Readonly<Record<string, unknown>> | null> {
  const action = 'Cannot read the data centre of the drive';
  const reply = await drive.client.call(toGraph(drive, { kind: 'other', method: 'GET', path, action }));
  if (reply.status >= 400 && reply.status < 500 && reply.status !== 401) return null;
  if (reply.status !== 200) throw refusal(action, reply);
  return isRecord(reply.json) ? reply.json : null;
}

/** As sites are named: host, site collection, web. */
function siteIdIn(ids: unknown): string | null {
  if (!isRecord(ids)) return null;
  const [siteUrl, siteId, webId] = ['siteUrl', 'siteId', 'webId'].map((key) =>
    typeof ids[key] === 'string' ? ids[key] : '',
  );
  const host = URL.parse(siteUrl ?? '')?.hostname ?? '';
  return host === '' || siteId === '' || webId === '' ? null : [host, siteId, webId].join(',');
}
