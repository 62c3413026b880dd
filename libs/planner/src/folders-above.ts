import type { ItemId } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { Item } from '@tidemark/trees';
import { depthMax } from '@tidemark/trees';
import type { PlanningView } from './view.ts';

/** Folders above the item on that side, innermost first. Where it has no place there yet: above the place that it would get. */
export function* foldersAbove(
  { trees }: PlanningView,
  item: Item,
  side: 'remote' | 'local',
): Iterable<ItemId> {
  const other = side === 'remote' ? 'local' : 'remote';
  let current: Item | undefined = item;
  for (let depth = 0; current !== undefined && depth < depthMax; depth++) {
    const entry: Item['local'] | Item['remote'] = current[side] ?? current[other];
    if (entry === null || entry.parent === rootItem) return;
    yield entry.parent;
    current = trees.items.get(entry.parent);
  }
}

/** The disk cannot tell of the item, nor act on it or in it: what is mounted there, or at a folder above, is away. */
export function missingAt(view: PlanningView, item: Item): ItemId | null {
  if (view.missing.size === 0) return null;
  for (const id of [item.id, ...foldersAbove(view, item, 'local')]) if (view.missing.has(id)) return id;
  return null;
}

/** A command under way for the folder, or for one above it, makes the path on disk into it stale. */
export function busyAt(view: PlanningView, folder: Item): ItemId | null {
  for (const id of [folder.id, ...foldersAbove(view, folder, 'local')]) if (view.inFlight.has(id)) return id;
  return null;
}

/** A command under way below a folder, or on the way into it, pins its path. */
export function busyBelow(view: PlanningView, folder: ItemId, side: 'remote' | 'local'): ItemId | null {
  for (const id of view.inFlight.keys()) {
    const item = view.trees.items.get(id);
    if (item === undefined) continue;
    for (const above of foldersAbove(view, item, side)) if (above === folder) return id;
    const wanted = side === 'local' ? item.remote?.parent : undefined;
    const target = wanted === undefined ? undefined : view.trees.items.get(wanted);
    if (target === undefined) continue;
    if (target.id === folder) return id;
    for (const above of foldersAbove(view, target, side)) if (above === folder) return id;
  }
  return null;
}
