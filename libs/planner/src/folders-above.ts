import type { ItemId } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { Item } from '@tidemark/trees';
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

/** A command under way below a folder pins its path. */
export function busyBelow(view: PlanningView, folder: ItemId, side: 'remote' | 'local'): ItemId | null {
  for (const id of view.inFlight.keys()) {
    const item = view.trees.items.get(id);
    if (item === undefined) continue;
    for (const above of foldersAbove(view, item, side)) if (above === folder) return id;
  }
  return null;
}

const depthMax = 512;
