/**
 * Where an item belongs that both sides show. One answer for all that follows from it: which side is moved, whether a deletion
 * must wait for the item to leave, and whether a name is about to become free.
 */
import type { ItemId } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { Item, Place, Side } from '@tidemark/trees';
import { contentBetween, isWithin, itemOf, samePlace } from '@tidemark/trees';
import { ignoredBy } from './scope.ts';
import { temporarySide } from './temporary-name.ts';
import type { PlanningView } from './view.ts';

/** The side whose place counts; `same` when they show one place, or when only one side shows the item. */
export function wantedPlace(view: PlanningView, item: Item): Side | 'same' {
  const { remote, local } = item;
  if (remote === null || local === null || samePlace(remote, local)) return 'same';
  // No user chose a temporary name: the other side still says where the item belongs.
  const temporary = temporarySide(item);
  if (temporary === 'local') return 'remote';
  const base = placeBefore(view, item);
  // Without a base it can still only have been moved on disk when its place on the drive is out of scope.
  const movedHere = base === null ? isLeftAloneOnDrive(view, item) : !samePlace(local, base);
  if (temporary !== 'remote' && !movedHere) return 'remote';
  const movedOnDrive = temporary === null && base !== null && !samePlace(remote, base);
  if (!movedOnDrive) return yieldsToDrive(view, item) ? 'remote' : 'local';
  const { direction, localFirst } = view.policy;
  if (direction !== 'both') return direction === 'upload' ? 'local' : 'remote';
  return localFirst && fitsOnDrive(view, item, local.parent) ? 'local' : 'remote';
}

/**
 * Where it was before one of the sides moved it: as agreed, or where both showed it. Two files that are not the same only met under
 * one name.
 */
export function placeBefore({ together }: PlanningView, item: Item): Place | null {
  const { id, remote, local, synced, match } = item;
  if (synced !== null || remote === null || local === null) return synced;
  return contentBetween(remote, local, match) === 'same' ? (together.get(id) ?? null) : null;
}

/** Would the item end up inside itself on that side? */
export function wouldEncircle(view: PlanningView, item: Item, parent: ItemId, side: Side): boolean {
  return parent !== rootItem && isWithin(view.trees, parent, item.id, side);
}

/** Not inside itself there, nor under a name that the drive cannot hold. */
const fitsOnDrive = (view: PlanningView, item: Item, parent: ItemId): boolean =>
  !wouldEncircle(view, item, parent, 'remote') && ignoredBy(view, item, 'local') === null;

/** Moved to its place on the drive it would leave the scope, back into what its user took it out of. */
const isLeftAloneOnDrive = (view: PlanningView, { id, remote, synced }: Item): boolean =>
  ignoredBy(view, { id, remote, local: null, synced }) !== null;

/** Both sides moved folders into each other: the move on disk cannot be repeated on the drive, whose arrangement wins. */
function yieldsToDrive(view: PlanningView, item: Item): boolean {
  const parent = item.local?.parent;
  if (parent === undefined || !wouldEncircle(view, item, parent, 'remote')) return false;
  return wantedPlace(view, itemOf(view.trees, parent)) !== 'local';
}
