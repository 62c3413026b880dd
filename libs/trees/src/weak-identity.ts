/** Weak identities: a number that the file system may have given to another file since. */
import { inodeOf, isWeakId, type ItemId, localId, type Seq } from '@tidemark/contracts';
import { agree } from './base.ts';
import type { Item, LocalEntry } from './item.ts';
import type { Trees } from './trees.ts';
import { itemOf, setLocal } from './trees.ts';

/**
 * Another item shows the item's number. Whether the item is still there under another number is for its name to say, or for a
 * look that misses it: until then it keeps its place, and an identity that no look shows. What is in a folder is met under
 * other names as well, if the folder is.
 */
export function loseIdentity(trees: Trees, item: Item, seq: Seq, met = new Set<ItemId>()): void {
  const { local } = item;
  // Between two parts of a scan folders may be in each other.
  if (local === null || met.has(item.id)) return;
  met.add(item.id);
  setLocal(trees, item, { ...local, id: localId(`${inodeOf(local.id)}${lost}${item.id}`) });
  agree(item, seq);
  for (const child of [...trees.names.local.children(item.id)]) {
    const inside = itemOf(trees, child);
    if (inside.local !== null && isWeakId(inside.local.id)) loseIdentity(trees, inside, seq, met);
  }
}

const lost = '~?';

/** No look has shown where it is since another item shows its number. */
export const hasLostIdentity = ({ id }: Pick<LocalEntry, 'id'>): boolean => id.includes(lost);
