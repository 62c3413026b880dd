/**
 * Is a name free on a side? A held name is no reason to overwrite: either its holder is about to leave, or holder and
 * newcomer wait for each other in a circle that a temporary name must break, or the local one steps aside.
 */
import type { ItemId, KeptName } from '@tidemark/contracts';
import { keptNameAt, rootItem } from '@tidemark/contracts';
import type { Item } from '@tidemark/trees';
import { depthMax, foldName, isAtRest, itemOf, pathOf } from '@tidemark/trees';
import { changeLocal } from './change-local.ts';
import { deletable } from './deletable.ts';
import { keptName } from './kept-name.ts';
import { ignoredBy } from './scope.ts';
import { temporarySide } from './temporary-name.ts';
import type { Decision, PlanningView } from './view.ts';
import { about, waitFor } from './view.ts';
import type { Side } from './wanted-place.ts';
import { otherSide, wantedPlace, wouldEncircle } from './wanted-place.ts';

export type Target =
  { readonly type: 'free' } | { readonly type: 'held'; readonly holder: ItemId; readonly decision: Decision };

const free: Target = { type: 'free' };

/** The name on disk. Disks compare names byte by byte. */
export function localTarget(view: PlanningView, item: Item, parent: ItemId, name: string): Target {
  for (const id of view.trees.names.local.holders(parent, name)) {
    if (id === item.id) continue;
    const holder = itemOf(view.trees, id);
    if (holder.local?.name !== name) continue;
    // An item that holds the name on disk but not on the drive moves away or steps aside by its own decision.
    return { type: 'held', holder: id, decision: waitFor(id) };
  }
  return free;
}

/** The name on the drive, where case does not tell names apart. The drive's holder stays; the local item gives way. */
export function remoteTarget(view: PlanningView, item: Item, parent: ItemId, name: string): Target {
  for (const id of view.trees.names.remote.holders(parent, name)) {
    if (id === item.id) continue;
    const holder = itemOf(view.trees, id);
    if (view.inFlight.has(id) || leavesPlace(view, holder, 'remote'))
      return { type: 'held', holder: id, decision: waitFor(id) };
    return { type: 'held', holder: id, decision: stepAside(view, item, holder, name) };
  }
  return free;
}

/** The item's own wish takes it away from its place on that side: it was moved or deleted on the other one. */
export function leavesPlace(view: PlanningView, item: Item, side: Side): boolean {
  const other = otherSide(side);
  if (item[side] === null) return true;
  if (view.policy.direction === (side === 'remote' ? 'download' : 'upload') || view.resting(item.id))
    return false;
  if (item[other] === null) {
    if (temporarySide(item) === side) return true;
    const { type } = deletable(view, item, side);
    return item.synced !== null && (type === 'goes' || type === 'undecided');
  }
  return wantedPlace(view, item) === other && (side === 'local' || ignoredBy(view, item, 'local') === null);
}

/** Does the item wait for itself, through the holders of wanted names and of the names of folders still to be made? */
export function isInNameCircle(view: PlanningView, item: Item, side: Side): boolean {
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
function blockerOf(view: PlanningView, item: Item, side: Side): ItemId | null {
  const other = otherSide(side);
  if (item[other] === null) {
    // It is to be deleted, which may have to wait for what is still inside.
    const judged = deletable(view, item, side);
    return judged.type === 'undecided' && judged.waitsFor !== item.id ? judged.waitsFor : null;
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
  const names = view.trees.names[side];
  for (const holder of names.holders(wish.parent, wish.name)) {
    if (holder === wanting.id) continue;
    if (side === 'local' && itemOf(view.trees, holder).local?.name !== wish.name) continue;
    return holder;
  }
  return null;
}

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
  return changeLocal(view, item, local, {
    type: 'MoveLocal',
    ...about(item, path, 'name-taken-on-drive', 'local name held by another remote item'),
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
      (trees.names.local.holders(parent, name).length > 0 ||
        trees.names.remote.holders(parent, name).length > 0);
    if (!isTaken) return { ...kept, from };
  }
}

/** Between `inner` and the folder around it on that side: the item that the planner has to move out first. */
export function unsettledInside(view: PlanningView, outer: ItemId, inner: ItemId, side: Side): ItemId {
  for (let current = inner; current !== outer && current !== rootItem;) {
    const item = itemOf(view.trees, current);
    const entry = item[side];
    if (!isAtRest(item) || entry === null) return current;
    current = entry.parent;
  }
  return inner;
}
