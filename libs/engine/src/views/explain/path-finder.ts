/** Which items have held a path, on either side, at any moment of a log? A watcher for `replay`. */
import type { ItemId, Seq } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import { foldName, itemOf } from '@tidemark/trees';
import type { State } from '../../fold/state.ts';

export interface PathFinder {
  /** To be asked before each event is folded, and once after the last one. */
  look(state: State): void;
  /**
   * Items that hold the path now come first, then the others, latest first. When no item ever held exactly this path: those that
   * differ in letter case or Unicode form only.
   */
  found(): readonly ItemId[];
}

/** `path`: relative to the sync folder. */
export function createPathFinder(path: string): PathFinder {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  const holdings = new Map<ItemId, { readonly isExact: boolean; readonly lastSeq: Seq }>();
  return {
    look(state) {
      for (const side of ['local', 'remote'] as const)
        for (const { item, names: held } of holdersOf(state, names, side)) {
          const isExact = holdings.get(item)?.isExact === true || held.join('/') === names.join('/');
          holdings.set(item, { isExact, lastSeq: state.seq });
        }
    },
    found() {
      const all = [...holdings].map(([item, holding]) => ({ item, ...holding }));
      const exact = all.filter(({ isExact }) => isExact);
      return (exact.length > 0 ? exact : all)
        .sort((a, b) => b.lastSeq - a.lastSeq || b.item - a.item)
        .map(({ item }) => item);
    },
  };
}

/** Items at the path on the side, by folded names; a handful of look-ups, whatever the size of the tree. */
function holdersOf(
  state: State,
  names: readonly string[],
  side: 'remote' | 'local',
): readonly { readonly item: ItemId; readonly names: readonly string[] }[] {
  const index = state.trees.names[side];
  let reached: { readonly item: ItemId; readonly names: readonly string[] }[] = [
    { item: rootItem, names: [] },
  ];
  for (const name of names) {
    reached = reached.flatMap((folder) =>
      index.holders(folder.item, name).map((item) => ({
        item,
        names: [...folder.names, itemOf(state.trees, item)[side]?.name ?? foldName(name)],
      })),
    );
    if (reached.length === 0) break;
  }
  return reached;
}
