import type { DriveModel } from '../model/drive-model.ts';
import type { ClientTimes } from '../model/new-item.ts';
import { heldContent } from '../model/content.ts';
import { invalidRequest, itemNotFound, Refusal } from '../model/refusal.ts';
import { checkRole } from '../model/sharing.ts';
import { pathOf, type SimulatedItem } from '../model/simulated-item.ts';
import { tagFits } from '../model/tags.ts';
import {
  headerOf,
  objectIn,
  readJson,
  readPieces,
  textIn,
  type Exchange,
  type JsonObject,
} from '../server/exchange.ts';
import { emptyReply, jsonReply, type Reply } from '../server/reply.ts';
import type { World } from '../server/world.ts';
import { afterCommit } from '../transfer/after-commit.ts';
import type { UploadTarget } from '../transfer/upload-sessions.ts';
import { driveItemJson, type ItemView } from './drive-item-json.ts';
import { folderFor, itemAt, type ItemPath } from './graph-path.ts';
import { isKeptBack, toldRow } from './lying-rows.ts';
import { asksForPointers, nameConflict, pageSize, selection } from './query-options.ts';

/** What every item request needs. */
export type ItemRequest = {
  readonly world: World;
  readonly exchange: Exchange;
  readonly drive: DriveModel;
  readonly path: ItemPath;
};

export function replyItem(request: ItemRequest): Reply {
  const item = itemAt(request.drive, request.path);
  const unless = headerOf(request.exchange.request, 'if-none-match');
  if (unless !== undefined && tagFits(unless, item, request.drive.flavour)) return emptyReply(304);
  return itemReply(request, 200, item);
}

export function replyChildren(request: ItemRequest): Reply {
  const { exchange, world } = request;
  const folder = itemAt(request.drive, request.path);
  const refused = world.lies.tell('unlistableFolder', pathOf(folder));
  if (refused !== undefined)
    throw new Refusal(refused.status ?? 400, 'invalidRequest', 'ObjectHandle is Invalid');
  const limit = pageSize(exchange, world.settings.childrenPageSize);
  const offset = Number(exchange.query.get('$skiptoken') ?? 0);
  const view = viewOf(request);
  const value: unknown[] = [];
  if (world.lies.tell('emptyListing', pathOf(folder)) !== undefined) return jsonReply(200, { value });
  let index = 0;
  const showsPointers = request.drive.flavour !== 'personal' || asksForPointers(exchange);
  for (const child of folder.children?.values() ?? []) {
    if (child.kind === 'pointer' && !showsPointers) continue;
    if (request.drive.sharing.roleAt(child) === null) continue;
    if (index >= offset && index < offset + limit && !isKeptBack(world, child))
      value.push(toldRow(world, child, driveItemJson(view, child), 'listed'));
    index += 1;
  }
  const context = `${exchange.origin}/v1.0/$metadata#Collection(driveItem)`;
  if (index <= offset + limit) return jsonReply(200, { '@odata.context': context, value });
  const query = new URLSearchParams(exchange.query);
  query.set('$skiptoken', String(offset + limit));
  const nextLink = `${exchange.origin}${exchange.path}?${query.toString()}`;
  return jsonReply(200, { '@odata.context': context, '@odata.nextLink': nextLink, value });
}

export async function replyCreateFolder(request: ItemRequest): Promise<Reply> {
  const body = await readJson(request.exchange);
  const name = textIn(body, 'name');
  if (name === undefined || objectIn(body, 'folder') === undefined) {
    throw invalidRequest('A folder needs a name and a folder facet');
  }
  const parent = itemAt(request.drive, request.path);
  const folder = request.drive.createFolder(parent, name, {
    onConflict: nameConflict(textIn(body, '@microsoft.graph.conflictBehavior'), 'fail'),
    times: clientTimes(body),
  });
  return itemReply(request, 201, folder);
}

export async function replyPutContent(request: ItemRequest): Promise<Reply> {
  const { drive, exchange, path, world } = request;
  const pieces = await readPieces(exchange, world.settings.simpleUploadMaxBytes);
  const content = heldContent(pieces);
  const ifMatch = headerOf(exchange.request, 'if-match');
  const onConflict = nameConflict(
    exchange.query.get('@microsoft.graph.conflictBehavior') ?? undefined,
    'replace',
  );
  const name = path.segments.at(-1);
  if (name === undefined) {
    const item = drive.replaceContent(path.base, content, { ifMatch });
    afterCommit(world, drive, item);
    return itemReply(request, 200, item);
  }
  const { item, effect } = drive.writeFile(folderFor(drive, path), name, content, { ifMatch, onConflict });
  afterCommit(world, drive, item);
  return itemReply(request, effect === 'created' ? 201 : 200, item);
}

export function replyContent(request: ItemRequest): Reply {
  const { drive, exchange, world } = request;
  const item = itemAt(drive, request.path);
  if (item.content === undefined) throw invalidRequest('The item has no content');
  if (item.mark?.malware === true) {
    const headers = { 'x-virus-infected': encodeURIComponent(item.name) };
    throw new Refusal(403, 'malwareDetected', 'Malware detected', { innerCode: 'virusSuspicious', headers });
  }
  const unless = headerOf(exchange.request, 'if-none-match');
  if (unless !== undefined && tagFits(unless, item, drive.flavour)) return emptyReply(304);
  return emptyReply(302, { location: world.links.downloadUrl(drive, item, exchange) });
}

export async function replyPatch(request: ItemRequest): Promise<Reply> {
  const { drive, exchange, world } = request;
  const body = await readJson(exchange);
  const item = itemAt(drive, request.path);
  const reference = objectIn(body, 'parentReference');
  const updated = drive.update(
    item,
    {
      name: textIn(body, 'name'),
      parent: reference === undefined ? undefined : newParent(world, drive, reference),
      times: keptTimes(world, item, clientTimes(body)),
    },
    headerOf(exchange.request, 'if-match'),
  );
  return world.settings.patchAnswer === 'empty' ? emptyReply(204) : itemReply(request, 200, updated);
}

export function replyDelete(request: ItemRequest): Reply {
  const item = itemAt(request.drive, request.path);
  const isFull = (item.children?.size ?? 0) > 0;
  const refused = isFull ? request.world.lies.tell('deletionRefused', pathOf(item)) : undefined;
  if (refused?.status === 500) throw new Refusal(500, 'generalException', 'An error has occurred');
  if (refused !== undefined || (request.world.settings.retention === 'held' && isFull)) {
    const held = "If attempting to delete a non-empty folder, it's possible that it's on hold";
    throw new Refusal(403, 'accessDenied', `Request was cancelled by event received. ${held}`);
  }
  request.drive.remove(item, headerOf(request.exchange.request, 'if-match'));
  return emptyReply(204);
}

/** Needs `Content-Length: 0`; documented for personal drives, but refused there. */
export function replyPermanentDelete(request: ItemRequest): Reply {
  const { drive, exchange } = request;
  if (exchange.request.headers['content-length'] === undefined) {
    throw new Refusal(411, 'invalidRequest', 'Length Required');
  }
  if (drive.flavour === 'personal') throw new Refusal(400, 'notSupported', 'Operation not supported');
  const item = itemAt(drive, request.path);
  drive.remove(item);
  drive.purge(item.id);
  return emptyReply(204);
}

export async function replyCreateSession(request: ItemRequest): Promise<Reply> {
  const { drive, exchange, path, world } = request;
  const body = await readJson(exchange);
  const wish = objectIn(body, 'item') ?? {};
  const name = path.segments.at(-1);
  const givenName = textIn(wish, 'name');
  if (name !== undefined && givenName !== undefined && givenName !== name) {
    throw invalidRequest('The name in the body differs from the name in the path');
  }
  const ifMatch = headerOf(exchange.request, 'if-match');
  const existing = drive.findByPath(path.segments, path.base);
  if (existing !== undefined) drive.checkTag(existing, ifMatch);
  const sizeBytes = wish['fileSize'];
  const quota = drive.quota();
  if (typeof sizeBytes === 'number' && quota.usedBytes + sizeBytes > quota.totalBytes) {
    throw new Refusal(507, 'quotaLimitReached', 'Insufficient Space Available');
  }
  const onConflict = nameConflict(
    textIn(wish, '@microsoft.graph.conflictBehavior'),
    world.settings.sessionConflict,
  );
  if (name !== undefined && existing !== undefined && onConflict === 'fail') {
    throw new Refusal(409, 'nameAlreadyExists', 'An item with the same name already exists');
  }
  if (existing !== undefined && existing.kind !== 'file') throw invalidRequest('The item is not a file');
  if (existing !== undefined && world.settings.sessionTag === 'bumped') drive.bumpTag(existing);
  const session = world.uploads.open({
    drive,
    target: uploadTarget(request, existing),
    onConflict,
    times: clientTimes(wish),
    ifMatch: world.settings.sessionTag === 'bumped' ? undefined : ifMatch,
    commit: body['deferCommit'] === true ? 'onRequest' : 'atLastFragment',
  });
  return jsonReply(200, {
    '@odata.context': `${exchange.origin}/v1.0/$metadata#microsoft.graph.uploadSession`,
    uploadUrl: world.links.uploadUrl(drive, session.id, exchange),
    expirationDateTime: new Date(session.expiresAtMs).toISOString(),
    ...(world.settings.sessionRanges === 'present' ? { nextExpectedRanges: ['0-'] } : {}),
  });
}

function uploadTarget(
  { drive, path, world }: ItemRequest,
  existing: SimulatedItem | undefined,
): UploadTarget {
  const name = path.segments.at(-1);
  if (name === undefined) return { type: 'item', item: path.base };
  const parent = folderFor(drive, path);
  const isShown = world.settings.sessionPlaceholder === 'visible' && drive.flavour === 'personal';
  if (existing !== undefined || !isShown) return { type: 'name', parent, name };
  return { type: 'placeholder', item: drive.writeFile(parent, name, heldContent([])).item };
}

export async function replyCopy(request: ItemRequest): Promise<Reply> {
  const { drive, exchange, world } = request;
  const body = await readJson(exchange);
  const source = itemAt(drive, request.path);
  const reference = objectIn(body, 'parentReference');
  const parent = reference === undefined ? (source.parent ?? drive.root) : newParent(world, drive, reference);
  const onConflict = nameConflict(
    exchange.query.get('@microsoft.graph.conflictBehavior') ?? undefined,
    'fail',
  );
  const copy = copyInto(drive, source, parent, textIn(body, 'name') ?? source.name, onConflict);
  return emptyReply(202, { location: world.links.monitorUrl(drive, copy.id, exchange) });
}

/** For personal drives only: elsewhere the recycle bin has no place in this API. */
export async function replyRestore(request: ItemRequest, id: string): Promise<Reply> {
  const { drive, exchange, world } = request;
  const body = await readJson(exchange);
  if (drive.flavour !== 'personal')
    throw new Refusal(501, 'notSupported', 'The operation is not supported for this drive');
  const reference = objectIn(body, 'parentReference');
  const restored = drive.restore(id, {
    name: textIn(body, 'name'),
    parent: reference === undefined ? undefined : newParent(world, drive, reference),
    onConflict: 'fail',
  });
  return itemReply(request, 200, restored);
}

/** A time that the service does not keep: it answers with its own. */
function keptTimes(
  { lies, now }: World,
  item: SimulatedItem,
  times: ClientTimes | undefined,
): ClientTimes | undefined {
  if (times === undefined || lies.tell('timeNotKept', pathOf(item)) === undefined) return times;
  return { ...times, modifiedAtMs: now() };
}

function itemReply(request: ItemRequest, status: number, item: SimulatedItem): Reply {
  const context = { '@odata.context': `${request.exchange.origin}/v1.0/$metadata#driveItems/$entity` };
  const row = toldRow(request.world, item, driveItemJson(viewOf(request), item), 'all');
  return jsonReply(status, { ...context, ...row });
}

function viewOf({ world, drive, exchange }: ItemRequest): ItemView {
  return { world, drive, at: exchange, select: selection(exchange), form: 'item', paths: new Map() };
}

function copyInto(
  drive: DriveModel,
  source: SimulatedItem,
  parent: SimulatedItem,
  name: string,
  onConflict: 'fail' | 'replace' | 'rename',
): SimulatedItem {
  if (source.content !== undefined) return drive.writeFile(parent, name, source.content, { onConflict }).item;
  const folder = drive.createFolder(parent, name, { onConflict });
  // A copy into the source itself must not meet its own new children.
  const children = Array.from(source.children?.values() ?? []);
  for (const child of children) copyInto(drive, child, folder, child.name, onConflict);
  return folder;
}

/** Moving to another drive is refused: it must be copied and deleted. */
function newParent(world: World, drive: DriveModel, reference: JsonObject): SimulatedItem {
  const parent = namedParent(drive, reference);
  if (drive.owner !== undefined) checkRole(drive.sharing, parent, 'write', world.settings.hiddenAnswer);
  return parent;
}

function namedParent(drive: DriveModel, reference: JsonObject): SimulatedItem {
  const driveId = textIn(reference, 'driveId');
  if (driveId !== undefined && driveId.toLowerCase() !== drive.driveId.toLowerCase()) {
    throw new Refusal(400, 'notSupported', 'Moving items between drives is not supported');
  }
  const id = textIn(reference, 'id');
  if (id !== undefined) {
    if (id === 'root') throw invalidRequest('The root must be named by its id');
    return drive.get(id);
  }
  const path = textIn(reference, 'path');
  const names = path
    ?.slice(path.indexOf(':') + 1)
    .split('/')
    .filter((name) => name !== '');
  const parent = drive.findByPath((names ?? []).map(decodeURIComponent));
  if (path === undefined || parent === undefined) throw itemNotFound();
  return parent;
}

function clientTimes(body: JsonObject): ClientTimes | undefined {
  const info = objectIn(body, 'fileSystemInfo');
  if (info === undefined) return undefined;
  return { createdAtMs: timeIn(info, 'createdDateTime'), modifiedAtMs: timeIn(info, 'lastModifiedDateTime') };
}

function timeIn(info: JsonObject, key: string): number | undefined {
  const text = textIn(info, key);
  if (text === undefined) return undefined;
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) throw invalidRequest(`Invalid date in ${key}`);
  return timeMs;
}
