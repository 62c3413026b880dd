/** Items back from a snapshot. */
import { setBase } from './base.ts';
import { storedEntries } from './compact-item.ts';
import type { Item, StoredItem } from './item.ts';
import type { Trees } from './trees.ts';
import { addItem, setLocal, setRemote } from './trees.ts';

export function restoreItem(trees: Trees, stored: StoredItem): Item {
  const { id, remote, local, synced, last } = storedEntries(stored);
  const item = trees.items.get(id) ?? addItem(trees, id);
  setBase(item, synced);
  if (remote !== null) setRemote(trees, item, remote);
  if (local !== null) setLocal(trees, item, local);
  if (last?.remote) trees.gone.remote.note(id, last.remote);
  if (last?.local) trees.gone.local.note(id, last.local);
  if ('length' in stored) item.rest();
  return item;
}
