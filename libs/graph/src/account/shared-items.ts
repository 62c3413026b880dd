/**
 * What others share with a work or school account. `sharedWithMe` has ended, so Microsoft Search is asked for what is not on the
 * account's own drive, and each hit is read, since a hit leaves out what kind of item it is.
 *
 * @see https://learn.microsoft.com/graph/search-concept-files
 */
import { driveItemId, type RemoteRow } from '@tidemark/contracts';
import type { Endpoints } from '../auth/clouds.ts';
import { nameIn } from '../drive/changed-by.ts';
import { itemSelect, toGraph } from '../drive/context.ts';
import { normalDriveId } from '../drive/ids.ts';
import { readItem } from '../drive/rows.ts';
import { isRecord, refusal } from '../errors.ts';
import type { GraphClient } from '../http/graph-client.ts';

export interface SharedItem {
  readonly kind: 'file' | 'folder';
  readonly name: string;
  readonly id: string;
  readonly driveId: string;
  /** Of the folder that it is in; empty where the service does not tell. */
  readonly parentId: string;
  readonly sharedBy: { readonly name: string; readonly email: string };
  /** As the drive of its owner tells it; an oddity where that cannot be understood. Its folder is no folder of the account. */
  readonly row: RemoteRow;
}

/** An item of another drive. */
export interface ItemOfOthers {
  readonly driveId: string;
  readonly id: string;
}

type Graph = { readonly client: GraphClient; readonly endpoints: Endpoints };

const pageSize = 200;
const pagesMax = 100;

/**
 * `known`: items that are read although the search may leave them out. Throws Failure. An item that cannot be read, because its owner
 * has taken it back, is left out.
 */
export async function sharedItems(
  graph: Graph,
  ownDriveId: string,
  known: readonly ItemOfOthers[] = [],
): Promise<readonly SharedItem[]> {
  const action = 'Cannot list what others share with you';
  const own = await read(
    graph,
    `/v1.0/drives/${encodeURIComponent(ownDriveId)}?$select=webUrl,owner`,
    action,
  );
  const found: SharedItem[] = [];
  const seen = new Set<string>();
  const hits = await search(graph, action, queryFor(own['webUrl'], nameIn(own['owner'])));
  for (const hit of [...hits, ...known]) {
    const key = `${normalDriveId(hit.driveId)} ${hit.id}`;
    if (normalDriveId(hit.driveId) === normalDriveId(ownDriveId) || seen.has(key)) continue;
    seen.add(key);
    const item = await readShared(graph, hit, action);
    if (item !== null) found.push(item);
  }
  return found;
}

/** In the language of the search, where quotes would end a phrase. */
function queryFor(ownUrl: unknown, ownName: unknown): string {
  const phrase = (text: unknown): string => String(text ?? '').replaceAll('"', '');
  return `NOT path:"${phrase(ownUrl)}" AND NOT author:"${phrase(ownName)}"`;
}

async function search(graph: Graph, action: string, queryString: string): Promise<readonly ItemOfOthers[]> {
  const hits: ItemOfOthers[] = [];
  for (let page = 0; page < pagesMax; page += 1) {
    const json = {
      requests: [
        { entityTypes: ['driveItem'], query: { queryString }, from: page * pageSize, size: pageSize },
      ],
    };
    const path = '/v1.0/search/query';
    const reply = await graph.client.call(
      toGraph(graph, { kind: 'other', method: 'POST', path, action, json }),
    );
    if (reply.status !== 200) throw refusal(action, reply);
    const containers = listIn(reply.json, 'value').flatMap((answer) => listIn(answer, 'hitsContainers'));
    const found = containers.flatMap((container) => listIn(container, 'hits')).flatMap(hitIn);
    for (const hit of found) hits.push(hit);
    const isMore = containers.some(
      (container) => isRecord(container) && container['moreResultsAvailable'] === true,
    );
    if (!isMore || found.length === 0) break;
  }
  return hits;
}

function hitIn(hit: unknown): readonly ItemOfOthers[] {
  const resource = isRecord(hit) ? hit['resource'] : undefined;
  if (!isRecord(resource)) return [];
  const { id, parentReference } = resource as { id?: unknown; parentReference?: unknown };
  const driveId = isRecord(parentReference) ? parentReference['driveId'] : undefined;
  return typeof id === 'string' && typeof driveId === 'string' ? [{ id, driveId }] : [];
}

async function readShared(
  graph: Graph,
  { driveId, id }: ItemOfOthers,
  action: string,
): Promise<SharedItem | null> {
  const select = `${itemSelect},shared,createdBy`;
  const path = `/v1.0/drives/${encodeURIComponent(driveId)}/items/${encodeURIComponent(id)}?$select=${select}`;
  const reply = await graph.client.call(toGraph(graph, { kind: 'item', method: 'GET', path, action }));
  if (reply.status === 403 || reply.status === 404) return null;
  if (reply.status !== 200 || !isRecord(reply.json)) throw refusal(action, reply);
  const { json } = reply;
  const shared = isRecord(json['shared']) ? json['shared'] : {};
  const owner = shared['owner'] ?? shared['sharedBy'] ?? json['createdBy'];
  const user = isRecord(owner) ? owner['user'] : undefined;
  const parent = isRecord(json['parentReference']) ? json['parentReference'] : {};
  // The folder around a single file is not to be seen, and the service may leave it out.
  const drive = { id: normalDriveId(driveId), rootId: driveItemId(''), idPrefix: null };
  const row = readItem({ ...json, id, parentReference: { driveId, id: 'shared' } }, drive);
  if (row === null || 'deleted' in row) return null;
  return {
    row,
    kind: isRecord(json['folder']) ? 'folder' : 'file',
    name: String(json['name'] ?? ''),
    ...{ id, driveId, parentId: String(parent['id'] ?? '') },
    sharedBy: {
      name: nameIn(owner) ?? '',
      email: isRecord(user) && typeof user['email'] === 'string' ? user['email'] : '',
    },
  };
}

async function read(graph: Graph, path: string, action: string): Promise<Readonly<Record<string, unknown>>> {
  const reply = await graph.client.call(toGraph(graph, { kind: 'info', method: 'GET', path, action }));
  if (reply.status !== 200 || !isRecord(reply.json)) throw refusal(action, reply);
  return reply.json;
}

function listIn(json: unknown, key: string): readonly unknown[] {
  const list = isRecord(json) ? json[key] : undefined;
  return Array.isArray(list) ? (list as readonly unknown[]) : [];
}
