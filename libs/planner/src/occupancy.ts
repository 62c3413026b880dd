/**
 * Is a name free on a side? A held name is no reason to overwrite: either its holder is about to leave, or holder and
 * newcomer wait for each other in a circle that a stop in between must break, or the local one steps aside.
 */
import type { ItemId, KeptName } from '@tidemark/contracts';
import { keptNameAt, rootItem } from '@tidemark/contracts';
import type { Item } from '@tidemark/trees';
import { foldName, isAtRest, isWithin, itemOf, pathOf, samePlace } from '@tidemark/trees';
import type { Fate } from './fate.ts';
import { localFate, localPlaceWins, remoteFate } from './fate.ts';
import { keptName } from './kept-name.ts';
import { ignoredBy } from './scope.ts';
import type { Decision, PlanningView } from './view.ts';
import { act, reason, waitFor } from './view.ts';

export type Target =
  { readonly type: 'free' } | { readonly type: 'held'; readonly holder: ItemId; readonly decision: Decision };

const free: Target = { type: 'free' };

/** The name on disk. Disks compare names byte by byte. */
export function localTarget(view: PlanningView, item: Item, parent: ItemId, name: string): Target {
  for (const id of view.trees.localNames.holders(parent, name)) {
    if (id === item.id) continue;
    const holder = itemOf(view.trees, id);
    if (holder.local?.name !== name) continue;
    // Whoever holds the name on disk but not on the drive moves away or steps aside by its own decision.
    return { type: 'held', holder: id, decision: waitFor(id) };
  }
  return free;
}

/** The name on the drive, where case does not tell names apart. The drive's holder stays; the local item gives way. */
export function remoteTarget(view: PlanningView, item: Item, parent: ItemId, name: string): Target {
  for (const id of view.trees.remoteNames.holders(parent, name)) {
    if (id === item.id) continue;
    const holder = itemOf(view.trees, id);
    if (view.inFlight.has(id) || leavesRemotePlace(view, holder))
      return { type: 'held', holder: id, decision: waitFor(id) };
    return { type: 'held', holder: id, decision: stepAside(view, item, holder, name) };
  }
  return free;
}

/** The item's own wish takes it away from its place on the drive: it was moved or deleted on disk. */
export function leavesRemotePlace(view: PlanningView, item: Item): boolean {
  const { remote, local, synced } = item;
  if (remote === null) return true;
  if (view.policy.direction === 'download' || view.resting(item.id)) return false;
  const stop = view.provisional(item.id);
  if (stop !== undefined) return stop === 'remote';
  if (localPlaceWins(view, item)) return true;
  if (synced === null || !samePlace(remote, synced)) return false;
  return local === null
    ? mayGo(remoteFate(view, item))
    : !samePlace(local, synced) && !yieldsToDrive(view, item) && ignoredBy(view, item, 'local') === null;
}

/** The item's own wish takes it away from its place on disk: it was moved or deleted on the drive. */
export function leavesLocalPlace(view: PlanningView, item: Item): boolean {
  const { remote, local, synced } = item;
  if (local === null) return true;
  if (view.policy.direction === 'upload' || view.resting(item.id)) return false;
  const stop = view.provisional(item.id);
  if (stop !== undefined) return stop === 'local';
  if (synced === null) return false;
  if (remote === null) return mayGo(localFate(view, item));
  return !samePlace(remote, synced) && !localPlaceWins(view, item);
}

/** Both sides moved folders into each other: the move on disk cannot be repeated on the drive, whose arrangement wins. */
export function yieldsToDrive(view: PlanningView, item: Item): boolean {
  const { local } = item;
  return (
    local !== null &&
    wouldEncircle(view, item, local.parent, 'remote') &&
    !movesOutOfTheWay(view, local.parent)
  );
}

function movesOutOfTheWay(view: PlanningView, id: ItemId): boolean {
  const item = itemOf(view.trees, id);
  const { local, remote, synced } = item;
  return (
    local !== null &&
    remote !== null &&
    synced !== null &&
    samePlace(remote, synced) &&
    !samePlace(local, synced) &&
    !leavesLocalPlace(view, item)
  );
}

const mayGo = (fate: Fate): boolean => fate.type === 'goes' || fate.type === 'undecided';

/** Does the item wait for itself, through the holders of wanted names and of the names of folders still to be made? */
export function isInNameCircle(view: PlanningView, item: Item, side: 'remote' | 'local'): boolean {
  const seen = new Set<ItemId>();
  let current = blockerOf(view, item, side);
  while (current !== null && !seen.has(current)) {
    if (view.inFlight.has(current)) return false;
    if (current === item.id) return true;
    seen.add(current);
    current = blockerOf(view, itemOf(view.trees, current), side);
  }
  return false;
}

/** Who holds the name that the item, or the outermost folder it still lacks, wants on that side? */
function blockerOf(view: PlanningView, item: Item, side: 'remote' | 'local'): ItemId | null {
  const other = side === 'remote' ? 'local' : 'remote';
  if (item[other] === null) {
    // It is to be deleted, which may have to wait for what is still inside.
    const fate = side === 'remote' ? remoteFate(view, item) : localFate(view, item);
    return fate.type === 'undecided' && fate.waitsFor !== item.id ? fate.waitsFor : null;
  }
  const place = item[other];
  if (wouldEncircle(view, item, place.parent, side))
    return unsettledInside(view, item.id, place.parent, side);
  let wanting = item;
  for (let depth = 0; depth < depthMax; depth++) {
    const wish = wanting[other];
    if (wish === null || wish.parent === rootItem) break;
    const parent = view.trees.items.get(wish.parent);
    if (parent === undefined || parent[side] !== null) break;
    wanting = parent;
  }
  const wish = wanting[other];
  if (wish === null) return null;
  const names = side === 'remote' ? view.trees.remoteNames : view.trees.localNames;
  for (const holder of names.holders(wish.parent, wish.name)) {
    if (holder === wanting.id) continue;
    if (side === 'local' && itemOf(view.trees, holder).local?.name !== wish.name) continue;
    return holder;
  }
  return null;
}

const depthMax = 512;

/** A name nobody else uses, recognisable should a crash leave it behind. */
export const provisionalName = (name: string, item: ItemId): string =>
  `${provisionalPrefix(item)}${name}`.slice(0, 200);

export const isProvisionalName = (name: string, item: ItemId): boolean =>
  name.startsWith(provisionalPrefix(item));

/** The name that the item was on the way to. */
export const wantedName = (name: string, item: ItemId): string =>
  name.slice(provisionalPrefix(item).length) || name;

const provisionalPrefix = (item: ItemId): string => `tidemark-swap-${item}-`;

/** The local item takes a kept name; both survive under different names. */
function stepAside(view: PlanningView, item: Item, holder: Item, name: string): Decision {
  const { local } = item;
  if (local === null) return waitFor(holder.id);
  const path = pathOf(view.trees, item, 'local');
  const folder = pathOf(view.trees, itemOf(view.trees, local.parent), 'local');
  if (path === null || folder === null) return waitFor(local.parent);
  const held = holder.remote?.name ?? name;
  if (holder.local !== null && held !== name && foldName(held) === foldName(name)) {
    return {
      type: 'stuck',
      code: 'caseClash',
      detail: `The drive cannot hold both "${held}" and "${name}" in one folder`,
      until: holder.id,
    };
  }
  if (view.policy.direction === 'upload' || holder.remote?.kind === 'opaque') {
    return {
      type: 'stuck',
      code: 'nameTaken',
      detail: `On the drive the name "${name}" belongs to another item`,
      until: holder.id,
    };
  }
  if (!view.localKnown) return waitFor('localKnown');
  const newName = firstFree(view, local.parent, keptName(name, view.policy.hostName));
  if (newName === null)
    return {
      type: 'stuck',
      code: 'preservationFailed',
      detail: 'No free safeBackup name could be found after 1000 attempts',
    };
  return act({
    type: 'MoveLocal',
    item: item.id,
    path,
    reason: reason('name-taken-on-drive', 'local name held by another remote item', item),
    establishes: [],
    toPath: folder === '' ? newName : `${folder}/${newName}`,
    expected: { id: local.id, stamp: local.stamp },
    provisional: false,
  });
}

/** Free on both sides, also of names that differ in case only; null when all are taken. */
export function firstFree(view: PlanningView, parent: ItemId, kept: KeptName): string | null {
  return keptNameAt(kept, fromFirstFree(view, parent, kept).from);
}

/** The same names, counted from the first that is free. The disk alone would take one that the drive cannot hold beside another. */
export function fromFirstFree({ trees }: PlanningView, parent: ItemId, kept: KeptName): KeptName {
  for (let from = kept.from; ; from++) {
    const name = keptNameAt(kept, from);
    const isTaken =
      name !== null &&
      (trees.localNames.holders(parent, name).length > 0 ||
        trees.remoteNames.holders(parent, name).length > 0);
    if (!isTaken) return { ...kept, from };
  }
}

/** Would the item end up inside itself on that side? */
export function wouldEncircle(
  view: PlanningView,
  item: Item,
  parent: ItemId,
  side: 'remote' | 'local',
): boolean {
  return parent !== rootItem && isWithin(view.trees, parent, item.id, side);
}

/** Between `inner` and the folder around it on that side: whoever has to be moved out first. */
export function unsettledInside(
  view: PlanningView,
  outer: ItemId,
  inner: ItemId,
  side: 'remote' | 'local',
): ItemId {
  for (let current = inner; current !== outer && current !== rootItem;) {
    const item = itemOf(view.trees, current);
    const entry = item[side];
    if (!isAtRest(item) || entry === null) return current;
    current = entry.parent;
  }
  return inner;
}
