/**
 * What each side showed last of items that are gone from it. A look may see such an item again: where it went could not be read
 * for a while, or the drive was put back to an earlier state. Then it is the item that it was, whatever was to follow from its
 * absence.
 */
import type { ItemId, RemoteRow } from '@tidemark/contracts';
import type { Trees } from './trees.ts';

export interface Gone<Last extends { readonly id: string }> {
  note(item: ItemId, last: Last): void;
  /** The side shows the item again, or it is no item any more. */
  forget(item: ItemId): void;
  last(item: ItemId): Last | null;
  /** Who had the identity last. */
  find(id: Last['id']): ItemId | null;
  items(): Iterable<ItemId>;
}

export function createGone<Last extends { readonly id: string }>(): Gone<Last> {
  const byItem = new Map<ItemId, Last>();
  const byId = new Map<Last['id'], ItemId>();
  const forget = (item: ItemId): void => {
    const last = byItem.get(item);
    if (last === undefined) return;
    byItem.delete(item);
    byId.delete(last.id);
  };
  return {
    note(item, last) {
      forget(item);
      const other = byId.get(last.id);
      if (other !== undefined) forget(other);
      byItem.set(item, last);
      byId.set(last.id, item);
    },
    forget,
    last: (item) => byItem.get(item) ?? null,
    find: (id) => byId.get(id) ?? null,
    items: () => byItem.keys(),
  };
}

/** The item that was gone, as long as the other side has it and nothing has ended the agreement. */
export function seenAgain({ items }: Trees, id: ItemId | null, kind: RemoteRow['kind']): ItemId | undefined {
  const item = id === null ? undefined : items.get(id);
  return item?.synced?.kind === kind && (item.remote ?? item.local) !== null ? item.id : undefined;
}
