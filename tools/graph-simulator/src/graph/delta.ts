import { decodeDeltaToken, encodeDeltaToken, type DeltaCursor } from '../model/delta-tokens.ts';
import type { DriveModel } from '../model/drive-model.ts';
import { isSharePoint } from '../model/flavour.ts';
import { invalidRequest, Refusal } from '../model/refusal.ts';
import { isInside, type SimulatedItem } from '../model/simulated-item.ts';
import { headerOf, queryOption, type Exchange } from '../server/exchange.ts';
import { jsonReply, type Reply } from '../server/reply.ts';
import type { World } from '../server/world.ts';
import { driveItemJson, tombstoneJson, type ItemJson, type ItemView } from './drive-item-json.ts';
import { isKeptBack, toldRow } from './lying-rows.ts';
import { asksForPointers, pageSize, selection } from './query-options.ts';

/** One page of the change feed below `folder`. */
export function replyDelta(
  world: World,
  exchange: Exchange,
  drive: DriveModel,
  folder: SimulatedItem,
): Reply {
  if (folder !== drive.root && isSharePoint(drive.flavour)) {
    throw invalidRequest('Delta is available on the root of this drive only');
  }
  if (world.settings.deltaFeed === 'unsupported')
    throw new Refusal(400, 'notSupported', 'Operation not supported');
  const token = tokenOf(exchange);
  const cursor = cursorFor(world, drive, exchange, token);
  const limit = pageSize(exchange, world.settings.deltaPageSize);
  const upTo = cursor.mode === 'full' ? cursor.upTo : drive.feed.head();
  const isEmpty = cursor.mode === 'full' && world.lies.tell('emptyListing', '/') !== undefined;
  const slice = isEmpty
    ? ({ items: [], position: upTo, end: 'reached' } as const)
    : drive.feed.read(cursor.position, upTo, limit);
  const view: ItemView = {
    world,
    drive,
    at: exchange,
    select: selection(exchange),
    form: 'delta',
    paths: new Map(),
  };
  const excludesAncestors =
    world.settings.deltaAncestors === 'omitted' ||
    /deltaExcludeParent/i.test(headerOf(exchange.request, 'prefer') ?? '');
  const showsPointers = drive.flavour !== 'personal' || asksForPointers(exchange);
  const visible = slice.items.filter(
    (item) =>
      isVisible(world, item, folder, cursor.mode) &&
      (showsPointers || item.kind !== 'pointer') &&
      !(cursor.mode === 'full' && isKeptBack(world, item)),
  );
  const ordered = excludesAncestors ? visible : withAncestors(visible, folder);
  const value = ordered.map((item) => toldRow(world, item, rowOf(view, item), 'listed'));
  const link = linkTo(world, exchange, drive);
  const context = `${exchange.origin}/v1.0/$metadata#Collection(driveItem)`;
  if (slice.end === 'more') {
    const next = link({ ...cursor, position: slice.position });
    return jsonReply(200, { '@odata.context': context, '@odata.nextLink': next, value });
  }
  const done = link({
    ...cursor,
    mode: 'changes',
    position: slice.position,
    upTo: 0,
    issuedAtMs: world.now(),
  });
  return jsonReply(200, { '@odata.context': context, '@odata.deltaLink': done, value });
}

/** The answer that makes a client start again; `Location` offers a fresh enumeration. */
export function resyncRefusal(
  exchange: Exchange,
  code: string,
  innerCode: string,
  location: string | undefined,
): Refusal {
  return new Refusal(410, code, 'Resync required. Replace any local items with the server version.', {
    innerCode,
    headers: location === undefined ? {} : { location: `${exchange.origin}${location}` },
  });
}

function cursorFor(
  world: World,
  drive: DriveModel,
  exchange: Exchange,
  token: string | undefined,
): DeltaCursor {
  const head = drive.feed.head();
  const issued = { issuedAtMs: world.now(), epoch: world.deltaEpoch };
  if (token === undefined || token === '') return { mode: 'full', position: 0, upTo: head, ...issued };
  if (token === 'latest') return { mode: 'changes', position: head, upTo: 0, ...issued };
  if (isSharePoint(drive.flavour) && /^\d{4}-\d\d-\d\dT/.test(token)) {
    return { mode: 'changes', position: positionAt(drive, Date.parse(token)), upTo: 0, ...issued };
  }
  const cursor = decodeDeltaToken(drive.driveId, token);
  if (cursor === undefined) throw invalidRequest('The delta token is not valid');
  const isExpired = cursor.issuedAtMs + world.settings.deltaTokenLifetimeMs < world.now();
  if (isExpired || cursor.epoch !== world.deltaEpoch) {
    throw resyncRefusal(exchange, 'resyncRequired', 'resyncChangesApplyDifferences', exchange.path);
  }
  return cursor;
}

/** The feed position just before the first change at or after a time. */
function positionAt(drive: DriveModel, timeMs: number): number {
  const { items } = drive.feed.read(0, drive.feed.head(), Number.POSITIVE_INFINITY);
  const first = items.find((item) => item.changedAtMs >= timeMs);
  return first === undefined ? drive.feed.head() : first.changeSeq - 1;
}

function tokenOf(exchange: Exchange): string | undefined {
  const inFunction = /\/delta\(token='([^']*)'\)/.exec(decodeURIComponent(exchange.path));
  return inFunction?.[1] ?? queryOption(exchange, 'token') ?? queryOption(exchange, 'skiptoken');
}

/** A full enumeration has no tombstones; whether descendants of a removed folder have them is a switch. */
function isVisible(
  world: World,
  item: SimulatedItem,
  folder: SimulatedItem,
  mode: DeltaCursor['mode'],
): boolean {
  if (item.removed) {
    if (mode === 'full') return false;
    if (world.settings.tombstoneDescendants === 'omitted' && item.parent?.removed === true) return false;
  }
  return item.parent === undefined || folder.parent === undefined || isInside(item, folder);
}

/** Ancestors stand before their descendants and once a page, changed or not (onedrive-api-docs issue 295). */
function withAncestors(items: readonly SimulatedItem[], top: SimulatedItem): readonly SimulatedItem[] {
  const rows = new Set<SimulatedItem>();
  const add = (item: SimulatedItem): void => {
    if (rows.has(item)) return;
    if (item !== top && item.parent !== undefined && !item.parent.removed) add(item.parent);
    rows.add(item);
  };
  for (const item of items) add(item);
  return [...rows];
}

function rowOf(view: ItemView, item: SimulatedItem): ItemJson {
  return item.removed ? tombstoneJson(view, item) : driveItemJson(view, item);
}

/** Links keep the query they were asked with, so `$select` and `$top` hold for the whole run. */
function linkTo(world: World, exchange: Exchange, drive: DriveModel): (cursor: DeltaCursor) => string {
  const path = exchange.path.replace(/\/delta\(.*$/, '/delta');
  const kept = exchange.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && !/^(?:\$|%24)?(?:token|skiptoken)=/i.test(part));
  return (cursor) => {
    const token = encodeDeltaToken(drive.driveId, { ...cursor, epoch: world.deltaEpoch });
    if (world.settings.deltaLinkForm === 'query') {
      return `${exchange.origin}${path}?${[...kept, `token=${token}`].join('&')}`;
    }
    return `${exchange.origin}${path}(token='${token}')${kept.length === 0 ? '' : `?${kept.join('&')}`}`;
  };
}
