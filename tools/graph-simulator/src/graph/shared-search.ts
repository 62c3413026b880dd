import { invalidRequest } from '../model/refusal.ts';
import { isObject, readJson, textIn, type Exchange, type JsonObject } from '../server/exchange.ts';
import { jsonReply, type Reply } from '../server/reply.ts';
import type { World } from '../server/world.ts';
import { ownerJson, timeText } from './drive-item-json.ts';

/**
 * `POST /search/query` for drive items. Whatever is asked, it finds what other persons share with the account, or what stands
 * at the top of their drives while all of it is shared: what the live service makes of a query is not played.
 */
export async function replySharedSearch(world: World, exchange: Exchange): Promise<Reply> {
  const body = await readJson(exchange);
  const requests: unknown = body['requests'];
  const request = Array.isArray(requests) ? (requests as readonly unknown[])[0] : undefined;
  if (!isObject(request) || !asksForItems(request)) throw invalidRequest('The search request is malformed');
  if (world.ownDrive.flavour === 'personal')
    throw invalidRequest('This API is not supported for MSA accounts');
  const from = Number(request['from'] ?? 0);
  const size = Number(request['size'] ?? 25);
  const found = world.sharedDrives.flatMap((drive) =>
    (drive.sharing.shared() ?? [...(drive.root.children?.values() ?? [])]).map((item) => ({ drive, item })),
  );
  const hits = found.slice(from, from + size).map(({ drive, item }, index) => ({
    hitId: item.id,
    rank: from + index + 1,
    resource: {
      '@odata.type': '#microsoft.graph.driveItem',
      id: item.id,
      name: item.name,
      size: item.sizeBytes,
      createdBy: drive.owner === undefined ? undefined : ownerJson(drive.owner),
      lastModifiedDateTime: timeText(item.modifiedAtMs, 'business'),
      parentReference: { driveId: drive.driveId, id: item.parent?.id },
      // The search leaves out what kind of item it is; a folder is told by what a reading of it says.
      webUrl: `https://contoso-my.sharepoint.com/personal/sam_contoso_com/Documents/${encodeURIComponent(item.name)}`,
    },
  }));
  const container = { total: found.length, moreResultsAvailable: from + size < found.length, hits };
  return jsonReply(200, { value: [{ searchTerms: [], hitsContainers: [container] }] });
}

function asksForItems(request: JsonObject): boolean {
  const types: unknown = request['entityTypes'];
  const query: unknown = request['query'];
  return (
    Array.isArray(types) &&
    types.includes('driveItem') &&
    isObject(query) &&
    textIn(query, 'queryString') !== undefined
  );
}
