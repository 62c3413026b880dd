/** Items back from a snapshot. */
import { rootItem } from '@tidemark/contracts';
import { setBase } from './base.ts';
import { CompactItem, folderOf, storedEntries } from './compact-item.ts';
import type { Item, RestingItem, StoredItem } from './item.ts';
import type { Trees } from './trees.ts';
import { addItem, setLocal, setRemote } from './trees.ts';

export function restoreItem(trees: Trees, stored: StoredItem): Item {
  if ('length' in stored && stored[0] !== rootItem) return restoreResting(trees, stored);
  const { id, remote, local, synced, last, match } = storedEntries(stored);
  const item = trees.items.get(id) ?? addItem(trees, id);
  setBase(item, synced);
  if (match !== undefined) item.match = match;
  if (remote !== null) setRemote(trees, item, remote);
  if (local !== null) setLocal(trees, item, local);
  if (last?.remote) trees.gone.remote.note(id, last.remote);
  if (last?.local) trees.gone.local.note(id, last.local);
  if ('length' in stored) item.rest();
  return item;
}

/** Nearly all of a snapshot: the indexes want no more of it than its folder, its name and its identities. */
function restoreResting(trees: Trees, stored: RestingItem): Item {
  const [id, remoteId, localId, name] = stored;
  const item = CompactItem.resting(stored);
  const folder = folderOf(stored);
  trees.items.set(id, item);
  trees.byRemoteId.set(remoteId, id);
  trees.byLocalId.set(localId, id);
  trees.names.remote.add(folder, name, id);
  trees.names.local.add(folder, name, id);
  return item;
}
