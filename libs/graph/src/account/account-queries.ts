/** What people ask of an account beside syncing: quota, links, who changed a file, SharePoint sites, what others share. */
import type { DriveItemId } from '@tidemark/contracts';
import type { Endpoints } from '../auth/clouds.ts';
import { nameIn } from '../drive/changed-by.ts';
import { type DriveContext, itemPath, toGraph } from '../drive/context.ts';
import { isRecord, refusal } from '../errors.ts';
import type { GraphClient } from '../http/graph-client.ts';
import { quoted } from '../redact.ts';
import { readPages } from './pages.ts';
import { type ItemOfOthers, type SharedItem, sharedItems } from './shared-items.ts';
import { readAccess } from './access.ts';
import { readDataCentre } from './data-centre.ts';
import { readShortcut, type ShortcutTarget } from './shortcuts.ts';

export type { ItemOfOthers, SharedItem } from './shared-items.ts';
export type { ShortcutTarget } from './shortcuts.ts';

/** Bytes, as the service tells them: `remaining` may be below zero. */
export interface Quota {
  readonly deleted: number;
  readonly remaining: number;
  /** As `normal`, `nearing`, `critical`, `exceeded`. */
  readonly state: string;
  readonly total: number;
  readonly used: number;
}

export interface ItemDetails {
  readonly webUrl: string;
  /** As the service writes it: ISO 8601, in UTC. */
  readonly modifiedAt: string;
  /** Empty where the service does not tell. */
  readonly modifiedBy: { readonly name: string; readonly email: string };
}

export interface Site {
  readonly id: string;
  readonly name: string;
}

export interface Library {
  readonly id: string;
  readonly name: string;
  readonly webUrl: string;
}

/** Every method throws Failure. */
export interface AccountQueries {
  /** Null where the service does not tell: drives of others, and some libraries. */
  quota(): Promise<Quota | null>;
  /** The code of the region that the drive is kept in; null where the service does not tell, and of personal drives. Needs `mayReadSites`. */
  dataCentre(): Promise<string | null>;
  details(id: DriveItemId): Promise<ItemDetails>;
  /** An address that opens the item, for everybody who has it. The password is for personal accounts. */
  createLink(
    id: DriveItemId,
    wish: { readonly access: 'read' | 'write'; readonly password?: string },
  ): Promise<string>;
  /** All that the account can see. */
  sites(): Promise<readonly Site[]>;
  libraries(site: Site): Promise<readonly Library[]>;
  /** What others share with this account; work and school accounts only. `known` is read although the search may leave it out. */
  sharedItems(known?: readonly ItemOfOthers[]): Promise<readonly SharedItem[]>;
  /** What the account may do with an item of another person; null where the service does not tell. */
  access(id: DriveItemId): Promise<'read' | 'write' | null>;
  /** Where a shortcut of the drive leads; null when the item is none, or leads to what cannot be seen. */
  shortcut(id: DriveItemId): Promise<ShortcutTarget | null>;
}

export interface QueriesOptions {
  readonly client: GraphClient;
  readonly endpoints: Endpoints;
  readonly drive: () => Promise<DriveContext>;
}

export function createAccountQueries({ client, endpoints, drive }: QueriesOptions): AccountQueries {
  return {
    dataCentre: async () => readDataCentre(await drive()),
    access: async (id) => readAccess(await drive(), id),
    shortcut: async (id) => readShortcut(await drive(), id),
    quota: async () => {
      const { id } = await drive();
      const action = 'Cannot read the quota of the drive';
      const path = `/v1.0/drives/${encodeURIComponent(id)}?$select=id,quota`;
      const reply = await client.call(toGraph({ endpoints }, { kind: 'info', method: 'GET', path, action }));
      if (reply.status !== 200) throw refusal(action, reply);
      return quotaIn(reply.json);
    },
    details: async (id) => {
      const action = `Cannot read item ${quoted(id)}`;
      const select = 'id,webUrl,lastModifiedBy,lastModifiedDateTime';
      const path = `${itemPath(await drive(), id)}?$select=${select}`;
      const reply = await client.call(toGraph({ endpoints }, { kind: 'item', method: 'GET', path, action }));
      if (reply.status !== 200) throw refusal(action, reply);
      return detailsIn(reply.json);
    },
    createLink: async (id, { access, password }) => {
      const action = `Cannot share item ${quoted(id)}`;
      const path = `${itemPath(await drive(), id)}/createLink`;
      const json = {
        type: access === 'write' ? 'edit' : 'view',
        scope: 'anonymous',
        ...(password !== undefined && { password }),
      };
      const reply = await client.call(
        toGraph({ endpoints }, { kind: 'other', method: 'POST', path, action, json, effect: 'write' }),
      );
      const link = isRecord(reply.json) ? reply.json['link'] : undefined;
      const url = textIn(link, 'webUrl');
      if ((reply.status !== 200 && reply.status !== 201) || url === '') throw refusal(action, reply);
      return url;
    },
    sites: async () => {
      const rows = await readPages({ client, endpoints }, '/v1.0/sites?search=*', 'Cannot list the sites');
      return rows.map((row) => ({
        id: textIn(row, 'id'),
        // The display name may be withheld.
        name: textIn(row, 'displayName') || textIn(row, 'name') || textIn(row, 'webUrl'),
      }));
    },
    libraries: async ({ id, name }) => {
      const action = `Cannot list the libraries of the site ${quoted(name)}`;
      const path = `/v1.0/sites/${encodeURIComponent(id)}/drives`;
      const rows = await readPages({ client, endpoints }, path, action);
      return rows.map((row) => ({
        id: textIn(row, 'id'),
        name: textIn(row, 'name'),
        webUrl: textIn(row, 'webUrl'),
      }));
    },
    sharedItems: async (known) => sharedItems({ client, endpoints }, (await drive()).id, known),
  };
}

function quotaIn(json: unknown): Quota | null {
  const quota = isRecord(json) ? json['quota'] : undefined;
  if (!isRecord(quota)) return null;
  const bytes = (key: string): number => {
    const value = Number(quota[key] ?? 0);
    return Number.isFinite(value) ? Math.trunc(value) : 0;
  };
  const told = {
    ...{ deleted: bytes('deleted'), remaining: bytes('remaining') },
    ...{ state: textIn(quota, 'state'), total: bytes('total'), used: bytes('used') },
  };
  return told.total === 0 && told.used === 0 && told.remaining === 0 ? null : told;
}

function detailsIn(json: unknown): ItemDetails {
  const by = isRecord(json) ? json['lastModifiedBy'] : undefined;
  const user = isRecord(by) ? by['user'] : undefined;
  return {
    webUrl: textIn(json, 'webUrl'),
    modifiedAt: textIn(json, 'lastModifiedDateTime'),
    modifiedBy: { name: nameIn(by) ?? '', email: textIn(user, 'email') },
  };
}

const textIn = (json: unknown, key: string): string => {
  const value = isRecord(json) ? json[key] : undefined;
  return typeof value === 'string' ? value : '';
};
