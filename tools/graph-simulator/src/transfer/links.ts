import type { DriveModel } from '../model/drive-model.ts';
import { hyphenated } from '../model/item-ids.ts';
import { fingerprint } from '../model/random.ts';
import type { SimulatedItem } from '../model/simulated-item.ts';

/**
 * Pre-authenticated URLs: whoever holds one may use it until it expires, and an `Authorization` header on it is
 * refused. Towards the real host names they lie on the content hosts; towards loopback on the same origin.
 */
export type PreauthenticatedLinks = {
  /** Of the present content, or of an older version. */
  readonly downloadUrl: (drive: DriveModel, item: SimulatedItem, at: LinkOrigin, version?: number) => string;
  readonly uploadUrl: (drive: DriveModel, sessionId: string, at: LinkOrigin) => string;
  readonly monitorUrl: (drive: DriveModel, itemId: string, at: LinkOrigin) => string;
  /** Whether the link to an upload session or a monitor is whole. */
  readonly isGenuine: (id: string, query: URLSearchParams) => boolean;
  /** The item a download link stands for. */
  readonly openDownload: (query: URLSearchParams) => OpenedLink;
};

export type LinkOrigin = { readonly hostName: string; readonly port: string; readonly origin: string };

export type OpenedLink =
  | {
      readonly type: 'item';
      readonly driveId: string;
      readonly itemId: string;
      readonly version: number | null;
    }
  | { readonly type: 'expired' }
  | { readonly type: 'forged' };

/** Where content lives, per backend. */
export const contentHosts = {
  personal: 'my.microsoftpersonalcontent.com',
  sharePoint: 'contoso-my.sharepoint.com',
} as const;

export function createLinks(
  seed: number,
  now: () => number,
  lifetimeMs: () => number,
): PreauthenticatedLinks {
  const seal = (text: string): string => {
    const first = fingerprint(`${seed};${text}`);
    return first.toString(36) + fingerprint(`${first};${text};${seed}`).toString(36);
  };
  return {
    downloadUrl: (drive, item, at, version) => {
      const body = `${drive.driveId};${item.id};${now() + lifetimeMs()};${version ?? ''}`;
      const token = `v1.${Buffer.from(`${body};${seal(body)}`).toString('base64url')}`;
      const unique = hyphenated(item.guid);
      return `${baseOf(drive, at)}/_layouts/15/download.aspx?UniqueId=${unique}&Translate=false&tempauth=${token}&ApiVersion=2.0`;
    },
    uploadUrl: (drive, sessionId, at) => {
      const path = `/_api/v2.0/drives/${encodeURIComponent(drive.driveId)}/uploadSession`;
      return `${baseOf(drive, at)}${path}?guid='${sessionId}'&overwrite=True&dc=0&tempauth=v1.${seal(sessionId)}`;
    },
    monitorUrl: (drive, itemId, at) =>
      `${baseOf(drive, at)}/_api/v2.0/monitor/${encodeURIComponent(itemId)}?tempauth=v1.${seal(itemId)}`,
    isGenuine: (id, query) => query.get('tempauth') === `v1.${seal(id)}`,
    openDownload: (query) => {
      const token = query.get('tempauth') ?? '';
      const [driveId, itemId, expiresAtMs, version, mark] = Buffer.from(token.slice(3), 'base64url')
        .toString()
        .split(';');
      if (driveId === undefined || itemId === undefined || expiresAtMs === undefined || version === undefined)
        return { type: 'forged' };
      if (seal(`${driveId};${itemId};${expiresAtMs};${version}`) !== mark) return { type: 'forged' };
      if (Number(expiresAtMs) < now()) return { type: 'expired' };
      return { type: 'item', driveId, itemId, version: version === '' ? null : Number(version) };
    },
  };
}

const graphHost = /^(?:dod-)?graph\.|^microsoftgraph\./;

function baseOf(drive: DriveModel, at: LinkOrigin): string {
  const isPersonal = drive.flavour === 'personal';
  const place = isPersonal ? `/personal/${drive.driveId}` : '/personal/user_contoso_com';
  if (!graphHost.test(at.hostName)) return `${at.origin}${place}`;
  const host = isPersonal ? contentHosts.personal : contentHosts.sharePoint;
  return `${at.origin.startsWith('https') ? 'https' : 'http'}://${host}${at.port}${place}`;
}
