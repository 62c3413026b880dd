/** Items back from a snapshot. */
import { rootItem } from '@tidemark/contracts';
import { restoreBase } from './base.ts';
import { storedEntries } from './compact-item.ts';
import type { Item, StoredItem } from './item.ts';
import type { Trees } from './trees.ts';
import { addItem, itemOf, setLocal, setRemote } from './trees.ts';

export function restoreItem(trees: Trees, stored: StoredItem): Item {
  const { id, remote, local, synced, last } = storedEntries(stored);
  const item = id === rootItem ? itemOf(trees, id) : addItem(trees, id);
  restoreBase(item, synced);
  if (id === rootItem) {
    // In no folder, so that no index of names has it.
    item.remote = remote;
    item.local = local;
    if (remote !== null) trees.byRemoteId.set(remote.id, id);
    if (local !== null) trees.byLocalId.set(local.id, id);
  } else {
    if (remote !== null) setRemote(trees, item, remote);
    if (local !== null) setLocal(trees, item, local);
    if (last?.remote) trees.gone.remote.note(id, last.remote);
    if (last?.local) trees.gone.local.note(id, last.local);
  }
  if ('length' in stored) item.rest();
  return item;
}
