import type { ItemId } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { Item, ItemEntries, Place, Side, Trees } from '@tidemark/trees';
import { depthMax, otherSide } from '@tidemark/trees';
import type { PlanningView } from './view.ts';

/** Folders above the item on that side, innermost first. Where it has no place there yet: above the place that it would get. */
export function* foldersAbove(trees: Trees, item: ItemEntries, side: Side): Iterable<ItemId> {
  let current: ItemEntries | undefined = item;
  for (let depth = 0; current !== undefined && depth < depthMax; depth++) {
    const entry: Place | null = current[side] ?? current[otherSide(side)];
    if (entry === null || entry.parent === rootItem) return;
    yield entry.parent;
    current = trees.items.get(entry.parent);
  }
}

/** The first folder above the item, on either side, of which that is so. */
export function folderAbove(trees: Trees, item: Item, isSo: (folder: ItemId) => boolean): ItemId | null {
  for (const side of ['local', 'remote'] as const)
    for (const folder of foldersAbove(trees, item, side)) if (isSo(folder)) return folder;
  return null;
}

/** The disk cannot tell of the item, nor act on it or in it: what is mounted there, or at a folder above, is away. */
export const missingAt = ({ trees, missing }: PlanningView, item: Item): ItemId | null =>
  missing.size === 0 ? null : firstUpwards(trees, item, (id) => missing.has(id));

/** A command under way for the folder, or for one above it, makes the path on disk into it stale. */
export const busyAt = ({ trees, inFlight }: PlanningView, folder: Item): ItemId | null =>
  firstUpwards(trees, folder, (id) => inFlight.has(id));

function firstUpwards(trees: Trees, item: Item, isSo: (id: ItemId) => boolean): ItemId | null {
  for (const id of [item.id, ...foldersAbove(trees, item, 'local')]) if (isSo(id)) return id;
  return null;
}

/** A command under way below a folder, or on the way into it, pins its path. */
export function busyBelow({ trees, inFlight }: PlanningView, folder: ItemId, side: Side): ItemId | null {
  for (const id of inFlight.keys()) {
    const item = trees.items.get(id);
    if (item === undefined) continue;
    for (const above of foldersAbove(trees, item, side)) if (above === folder) return id;
    const target = side === 'local' && item.remote !== null ? trees.items.get(item.remote.parent) : undefined;
    if (target === undefined) continue;
    if (target.id === folder) return id;
    for (const above of foldersAbove(trees, target, side)) if (above === folder) return id;
  }
  return null;
}
