/** Which items have held a path, on either side, at any moment of a log? */
import type { ItemId } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { Trees } from '@tidemark/trees';
import { itemOf, pathOf } from '@tidemark/trees';

export interface PathFinder {
  /** To be asked after each event is folded. */
  look(trees: Trees): void;
  /**
   * Items that hold the path now come first, then the others, latest first. When no item ever held exactly this path: those that
   * differ in letter case or Unicode form only.
   */
  found(): readonly ItemId[];
}

/** `path`: relative to the sync folder. */
export function createPathFinder(path: string): PathFinder {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  const exact = new Set<ItemId>();
  const alike = new Set<ItemId>();
  return {
    look(trees) {
      for (const side of ['remote', 'local'] as const) {
        // A handful of look-ups, whatever the size of the tree.
        let reached: readonly ItemId[] = [rootItem];
        for (const name of names) reached = reached.flatMap((id) => trees.names[side].holders(id, name));
        for (const id of reached) {
          const isExact = pathOf(trees, itemOf(trees, id), side) === names.join('/');
          const held = isExact ? exact : alike;
          held.delete(id);
          held.add(id);
        }
      }
    },
    found: () => [...(exact.size > 0 ? exact : alike)].reverse(),
  };
}
