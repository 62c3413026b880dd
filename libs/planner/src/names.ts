/**
 * Is a name free on a side? A held name is no reason to overwrite: either its holder is about to leave, or holder and
 * newcomer wait for each other in a circle that a temporary name must break, or the local one steps aside.
 */
import type { ItemId } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { Item, Place, Side } from '@tidemark/trees';
import { foldName, isAtRest, itemOf, otherSide } from '@tidemark/trees';
import { deletable, losesNameOnDisk } from './deletable.ts';
import { freeKeptName } from './kept-name.ts';
import { move } from './move.ts';
import { goesUnagreed } from './one-truth.ts';
import { ignoredBy } from './scope.ts';
import { temporarySide, wantedName } from './temporary-name.ts';
import type { Decision, PlanningView } from './view.ts';
import { mayWrite, waitFor } from './view.ts';
import { wantedPlace, wouldEncircle } from './wanted-place.ts';

/** What the item has to wait for or to do before it can have that place on that side; null when the name is free. */
export function nameHeld(view: PlanningView, item: Item, side: Side, place: Place): Decision | null {
  const holder = holderOf(view, item, side, place);
  if (holder === null) return null;
  // An item that holds the name on disk but not on the drive moves away or steps aside by its own decision.
  if (side === 'local' || view.inFlight.has(holder.id) || leavesPlace(view, holder, 'remote'))
    return waitFor(holder.id);
  return stepAside(view, item, holder, place.name);
}

/** Which other item has the name on that side. Disks compare names byte by byte, and the drive without case. */
export function holderOf(
  { trees }: PlanningView,
  item: Item,
  side: Side,
  { parent, name }: Place,
): Item | null {
  for (const id of trees.names[side].holders(parent, name)) {
    const holder = itemOf(trees, id);
    if (id !== item.id && (side === 'remote' || holder.local?.name === name)) return holder;
  }
  return null;
}

/** The item's own wish takes it away from its place on that side: it was moved or deleted on the other one. */
export function leavesPlace(view: PlanningView, item: Item, side: Side): boolean {
  const other = otherSide(side);
  if (item[side] === null) return true;
  if (!mayWrite(view.policy, side) || view.resting(item.id)) return false;
  if (item[other] === null) {
    if (temporarySide(item) === side || (side === 'local' && losesNameOnDisk(view.policy, item))) return true;
    const { type } = deletable(view, item, side);
    const mayGo = item.synced !== null || goesUnagreed(view.policy, item, side);
    return mayGo && (type === 'goes' || type === 'undecided');
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

/** What stands between the item and its wish on that side: a folder still to be made, the holder of the name, or what is inside. */
function blockerOf(view: PlanningView, item: Item, side: Side): ItemId | null {
  const wish = placeShown(item, side);
  if (wish === null) {
    // It is to be deleted, which may have to wait for what is still inside.
    const judged = deletable(view, item, side);
    return judged.type === 'undecided' && judged.waitsFor !== item.id ? judged.waitsFor : null;
  }
  if (wouldEncircle(view, item, wish.parent, side)) return unsettledInside(view, item.id, wish.parent, side);
  if (itemOf(view.trees, wish.parent)[side] === null) return wish.parent;
  return holderOf(view, item, side, wish)?.id ?? null;
}

/** The place that the other side shows. Before it is created on `side`, an item leaves a temporary name there. */
function placeShown(item: Item, side: Side): Place | null {
  const other = otherSide(side);
  const shown = item[other];
  if (shown === null || item[side] !== null || temporarySide(item) !== other) return shown;
  return { parent: shown.parent, name: wantedName(shown.name) };
}

/** The local item takes a kept name; both survive under different names. */
function stepAside(view: PlanningView, item: Item, holder: Item, name: string): Decision {
  const { local } = item;
  if (local === null) return waitFor(holder.id);
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
  // The disk holds one entry of a name: one of the two is not there any more, and only a look tells which.
  if (holder.local?.name === name && holder.local.parent === local.parent) return waitFor(holder.id);
  const newName = freeKeptName(view, local.parent, name);
  if (newName === null) return noFreeName;
  return move(
    view,
    item,
    'local',
    { parent: local.parent, name: newName },
    {
      rule: 'name-taken-on-drive',
      differs: 'local name held by another remote item',
    },
  );
}

export const noFreeName: Decision = {
  type: 'stuck',
  code: 'preservationFailed',
  detail: 'No free safeBackup name could be found after 1000 attempts',
};

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
