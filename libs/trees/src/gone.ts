/**
 * What the disk showed last of items that are gone from it. A look may see such a file or folder again: where it went could not
 * be read for a while. Then it is the item that it was, whatever was to follow from its absence.
 */
import type { ItemId, LocalId } from '@tidemark/contracts';
import type { LocalEntry } from './item.ts';

export interface Gone {
  note(item: ItemId, last: LocalEntry): void;
  /** The item is on disk again, or no item any more. */
  forget(item: ItemId): void;
  last(item: ItemId): LocalEntry | null;
  /** Who had the identity last. */
  find(id: LocalId): ItemId | null;
  items(): Iterable<ItemId>;
  clear(): void;
}

export function createGone(): Gone {
  const byItem = new Map<ItemId, LocalEntry>();
  const byId = new Map<LocalId, ItemId>();
  const forget = (item: ItemId): void => {
    const last = byItem.get(item);
    if (last === undefined) return;
    byItem.delete(item);
    if (byId.get(last.id) === item) byId.delete(last.id);
  };
  return {
    note(item, last) {
      forget(item);
      byItem.set(item, last);
      byId.set(last.id, item);
    },
    forget,
    last: (item) => byItem.get(item) ?? null,
    find: (id) => byId.get(id) ?? null,
    items: () => byItem.keys(),
    clear() {
      byItem.clear();
      byId.clear();
    },
  };
}
