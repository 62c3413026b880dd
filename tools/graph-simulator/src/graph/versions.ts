import { invalidRequest, itemNotFound } from '../model/refusal.ts';
import { emptyReply, jsonReply, type Reply } from '../server/reply.ts';
import { itemAt } from './graph-path.ts';
import type { ItemRequest } from './item-requests.ts';

/** Newest first, the present one among them. No version tells its hash. */
export function replyVersions(request: ItemRequest): Reply {
  const item = itemAt(request.drive, request.path);
  if (item.content === undefined) throw invalidRequest('The item has no versions');
  const present = { number: item.versions, content: item.content, modifiedAtMs: item.modifiedAtMs };
  const value = [...item.older, present].reverse().map(({ number, content, modifiedAtMs }) => ({
    id: idOf(number),
    size: content.sizeBytes,
    lastModifiedDateTime: new Date(modifiedAtMs).toISOString(),
  }));
  return jsonReply(200, { value });
}

/** The content of the present version is not to be had this way. */
export function replyVersionContent({ drive, exchange, path, world }: ItemRequest, id: string): Reply {
  const item = itemAt(drive, path);
  if (id === idOf(item.versions)) throw invalidRequest('This is the current version of the item');
  const older = item.older.find(({ number }) => idOf(number) === id);
  if (older === undefined) throw itemNotFound();
  return emptyReply(302, { location: world.links.downloadUrl(drive, item, exchange, older.number) });
}

const idOf = (number: number): string => `${number}.0`;
