/** Two folds of nearly the same events may number their items otherwise: an item is the same when a side knows it by the same identity. */
import type { ItemId } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { State } from '../../fold/state.ts';

/** Null when the other fold knows no such item. */
export function itemInOther({ trees: { items } }: State, { trees }: State, id: ItemId): ItemId | null {
  if (id === rootItem) return id;
  const item = items.get(id);
  const { remote = null, local = null, synced = null } = item ?? {};
  const found =
    (remote && trees.byRemoteId.get(remote.id)) ?? (local && trees.byLocalId.get(local.id)) ?? null;
  if (found !== null) return found;
  // Gone from a side in one fold and not in the other.
  return synced !== null && trees.items.get(id)?.synced?.remoteTag === synced.remoteTag ? id : null;
}
