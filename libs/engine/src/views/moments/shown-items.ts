/** The items of a state as a person reads a tree: by path, each with its three entries. */
import type { ItemId } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { Item, ItemEntries, LocalEntry, RemoteEntry, SyncedEntry } from '@tidemark/trees';
import { isAtRest, pathOf, shownPath } from '@tidemark/trees';
import type { State } from '../../fold/state.ts';

export interface Entries {
  readonly remote: RemoteEntry | null;
  readonly local: LocalEntry | null;
  readonly synced: SyncedEntry | null;
}

export interface ShownItem {
  readonly item: ItemId;
  readonly path: string;
  readonly atRest: boolean;
  readonly entries: Entries;
}

/** All but the root, in the order of their paths. */
export function shownItems({ trees }: State): ShownItem[] {
  const shown = [...trees.items.values()]
    .filter(({ id }) => id !== rootItem)
    .map((item) => ({
      item: item.id,
      path: shownPath(trees, item),
      atRest: isAtRest(item),
      entries: entriesOf(item),
    }));
  return shown.sort((one, other) => compare(one.path, other.path) || one.item - other.item);
}

export const entriesOf = ({ remote, local, synced }: ItemEntries): Entries => ({ remote, local, synced });

/** An item whose entries two states show differently; null: that state does not know the item. */
export interface ItemDifference {
  readonly item: ItemId;
  /** In the later state; in the earlier one where the later state does not know the item. */
  readonly path: string;
  readonly before: Entries | null;
  readonly after: Entries | null;
}

/** Which items the two states show differently, in the order of their paths. */
export function differencesBetween(before: State, after: State): ItemDifference[] {
  const differences: ItemDifference[] = [];
  const ids = new Set([...before.trees.items.keys(), ...after.trees.items.keys()]);
  ids.delete(rootItem);
  for (const id of ids) {
    const [one, other] = [before.trees.items.get(id), after.trees.items.get(id)];
    if (textOf(one) === textOf(other)) continue;
    const [state, item] = other === undefined ? [before, one] : [after, other];
    if (item === undefined) continue;
    const path = shownPath(state.trees, item);
    differences.push({ item: id, path, before: shownOf(one), after: shownOf(other) });
  }
  return differences.sort((one, other) => compare(one.path, other.path) || one.item - other.item);
}

const shownOf = (item: Item | undefined): Entries | null => (item === undefined ? null : entriesOf(item));
const textOf = (item: Item | undefined): string | null =>
  item === undefined ? null : JSON.stringify(entriesOf(item));

/** The items that hold the path on a side, as that side spells it. */
export function holdersOf({ trees }: State, path: string): Item[] {
  const names = path.split('/');
  const found = new Map<ItemId, Item>();
  for (const side of ['remote', 'local'] as const) {
    let reached: readonly ItemId[] = [rootItem];
    for (const name of names) reached = reached.flatMap((id) => trees.names[side].holders(id, name));
    for (const id of reached) {
      const item = trees.items.get(id);
      if (item !== undefined && pathOf(trees, item, side) === path) found.set(id, item);
    }
  }
  return [...found.values()];
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
