import type { DriveModel } from '../model/drive-model.ts';
import { invalidRequest, Refusal } from '../model/refusal.ts';
import { checkRole } from '../model/sharing.ts';
import type { Exchange } from '../server/exchange.ts';
import { jsonReply, type Reply } from '../server/reply.ts';
import type { World } from '../server/world.ts';
import { replySocketAddress } from '../sockets/channels.ts';
import { checkBearer } from './bearer.ts';
import { replyDelta } from './delta.ts';
import { replyBatch } from './batch.ts';
import { driveItemJson } from './drive-item-json.ts';
import { driveJson } from './drive-json.ts';
import { decodeSegment, itemAt, parseDrivePath, parseItemPath, type DrivePath } from './graph-path.ts';
import {
  replyChildren,
  replyContent,
  replyCopy,
  replyCreateFolder,
  replyCreateSession,
  replyDelete,
  replyItem,
  replyPatch,
  replyPermanentDelete,
  replyPutContent,
  replyRestore,
  type ItemRequest,
} from './item-requests.ts';
import { replyCreateLink } from './sharing-links.ts';
import { replySharedSearch } from './shared-search.ts';
import { replyPermissions } from './permissions.ts';
import { selection } from './query-options.ts';
import { replySites, sharePointIds } from './sites.ts';
import { replyVersionContent, replyVersions } from './versions.ts';
import { replySubscriptions } from './subscriptions.ts';

/** Answers everything below `/v1.0`. */
export function replyGraph(world: World, exchange: Exchange): Reply | Promise<Reply> {
  checkBearer(world, exchange);
  world.throttle.check();
  const path = exchange.path.slice(exchange.path.indexOf('/', 1));
  const drivePath = parseDrivePath(world, path);
  if (path === '/$batch') return replyBatch(world, exchange, (part) => replyGraph(world, part));
  if (drivePath !== undefined) return replyInDrive(world, exchange, drivePath);
  if (path === '/me' || path === '/me/') return jsonReply(200, personJson(world));
  if (path === '/me/drives' || path === '/drives') return replyDrives(world);
  if (path === '/me/drive/sharedWithMe') return jsonReply(200, { value: [] });
  if (path === '/search/query') return replySharedSearch(world, exchange);
  if (path.startsWith('/sites')) return replySites(world, exchange, path);
  if (path.startsWith('/subscriptions')) return replySubscriptions(world, exchange, path);
  throw invalidRequest(`Resource not found for the segment '${path.split('/')[1] ?? ''}'.`);
}

function replyInDrive(world: World, exchange: Exchange, { drive, rest }: DrivePath): Reply | Promise<Reply> {
  checkAccess(world, exchange, drive);
  if (rest === '' || rest === '/') return replyDrive(world, exchange, drive);
  const restored = /^\/items\/([^/:]+)\/restore$/.exec(rest)?.[1];
  if (restored !== undefined && exchange.method === 'POST') {
    if (drive.owner !== undefined) checkRole(drive.sharing, drive.root, 'write', world.settings.hiddenAnswer);
    const request = { world, exchange, drive, path: { base: drive.root, segments: [], action: 'restore' } };
    return replyRestore(request, decodeSegment(restored));
  }
  const path = parseItemPath(drive, rest);
  if (path !== undefined) {
    checkShared({ world, exchange, drive, path });
    return replyAction({ world, exchange, drive, path });
  }
  if (rest === '/sharedWithMe' || rest === '/recent') return jsonReply(200, { value: [] });
  if (rest.startsWith('/search(')) {
    if (drive.owner !== undefined) checkRole(drive.sharing, drive.root, 'read', world.settings.hiddenAnswer);
    return replySearch({ world, exchange, drive, path: atRoot(drive.root) }, rest.slice(1));
  }
  throw invalidRequest('The resource path is not understood');
}

function replyDrive(world: World, exchange: Exchange, drive: DriveModel): Reply {
  const ids = selection(exchange)?.has('sharePointIds') === true ? sharePointIds(world, drive) : null;
  const json = driveJson(drive, world.account, world.settings.quotaForm);
  return jsonReply(200, ids === null ? json : { ...json, sharePointIds: ids });
}

/** What the owner shared for reading only cannot be written to. */
function checkAccess(world: World, exchange: Exchange, drive: DriveModel): void {
  const isWrite = exchange.method !== 'GET' && exchange.method !== 'HEAD';
  if (isWrite && drive.owner !== undefined && world.settings.sharedDriveAccess === 'readOnly') {
    throw new Refusal(403, 'accessDenied', 'Access denied');
  }
}

/** On another person's drive: the item, or for a new one the folder that it goes into, has to be shared. */
function checkShared({ world, exchange, drive, path }: ItemRequest): void {
  if (drive.owner === undefined) return;
  const isWrite = exchange.method !== 'GET' && exchange.method !== 'HEAD';
  let item = path.base;
  for (const name of path.segments) {
    const child = item.children?.get(name.toLowerCase());
    if (child === undefined) break;
    item = child;
  }
  checkRole(drive.sharing, item, isWrite ? 'write' : 'read', world.settings.hiddenAnswer);
}

const atRoot = (base: ItemRequest['path']['base']): ItemRequest['path'] => ({
  base,
  segments: [],
  action: '',
});

function replyAction(request: ItemRequest): Reply | Promise<Reply> {
  const { exchange, drive, path, world } = request;
  const method = exchange.method === 'HEAD' ? 'GET' : exchange.method;
  switch (`${method} ${path.action}`) {
    case 'GET ':
      return replyItem(request);
    case 'PATCH ':
      return replyPatch(request);
    case 'DELETE ':
      return replyDelete(request);
    case 'GET children':
      return replyChildren(request);
    case 'POST children':
      return replyCreateFolder(request);
    case 'GET content':
      return replyContent(request);
    case 'PUT content':
      return replyPutContent(request);
    case 'POST createUploadSession':
      return replyCreateSession(request);
    case 'GET delta':
      return replyDelta(world, exchange, drive, itemAt(drive, path));
    case 'POST copy':
      return replyCopy(request);
    case 'POST permanentDelete':
      return replyPermanentDelete(request);
    case 'POST createLink':
      return replyCreateLink(request);
    case 'GET permissions':
      return replyPermissions(request);
    case 'GET versions':
      return replyVersions(request);
    case 'GET subscriptions/socketIo':
      return replySocketAddress(world, exchange, drive);
    default:
      return replyFunction(request);
  }
}

/** OData function forms: `delta(token='…')`, `children('name')/…`, `search(q='…')`. */
function replyFunction(request: ItemRequest): Reply | Promise<Reply> {
  const { exchange, drive, path, world } = request;
  const action = decodeSegment(path.action);
  if (action.startsWith('delta(') && exchange.method === 'GET') {
    return replyDelta(world, exchange, drive, itemAt(drive, path));
  }
  if (action.startsWith('search(')) return replySearch(request, path.action);
  const version = /^versions\/([^/]+)\/content$/.exec(action)?.[1];
  if (version !== undefined && exchange.method === 'GET') return replyVersionContent(request, version);
  const child = /^children\('((?:[^']|'')*)'\)(?:\/(.*))?$/.exec(action);
  if (child?.[1] !== undefined) {
    const segments = [...path.segments, child[1].replaceAll("''", "'")];
    return replyAction({ ...request, path: { ...path, segments, action: child[2] ?? '' } });
  }
  throw invalidRequest(`The action '${action}' is not played`, 'notSupported');
}

function replySearch(request: ItemRequest, action: string): Reply {
  const { drive, exchange, world } = request;
  const text = /^search\(q='((?:[^']|'')*)'\)$/.exec(decodeSegment(action))?.[1];
  if (text === undefined) throw invalidRequest('The search expression is malformed');
  const wanted = text.replaceAll("''", "'").toLowerCase();
  const view = { world, drive, at: exchange, select: undefined, form: 'item', paths: new Map() } as const;
  const value: unknown[] = [];
  for (const item of drive.items(itemAt(drive, request.path))) {
    if (item !== drive.root && item.name.toLowerCase().includes(wanted))
      value.push(driveItemJson(view, item));
    if (value.length === world.settings.childrenPageSize) break;
  }
  return jsonReply(200, { value });
}

/** `/me/drives` may leave out the person's own drive on the live service; here it is first. */
function replyDrives(world: World): Reply {
  const value = [...world.drives.values()]
    .filter((drive) => drive.owner === undefined)
    .map((drive) => driveJson(drive, world.account));
  return jsonReply(200, { value });
}

function personJson({ account }: World): Record<string, unknown> {
  const { id, displayName, userPrincipalName } = account;
  return { id, displayName, userPrincipalName, mail: userPrincipalName };
}
