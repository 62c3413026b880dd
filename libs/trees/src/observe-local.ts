/** What the disk shows, folded into the local column. Each function returns the items of which that says anything new. */
import type { ItemId, LocalId, LocalRow, Seq } from '@tidemark/contracts';
import { isSameStamp, isWeakId, isYoungStamp, rootItem, settledStamp, youngStamp } from '@tidemark/contracts';
import { agree } from './base.ts';
import { emptyHash, type Item, type LocalEntry, shared } from './item.ts';
import { seenAgain } from './gone.ts';
import { join } from './rejoin.ts';
import { loseIdentity } from './weak-identity.ts';
import type { Trees } from './trees.ts';
import { counterpart, createItem, itemOf, setLocal } from './trees.ts';

/**
 * A row as it is now. Null when its folder is not known: then only a scan can tell. A strong identity says which item it is,
 * wherever it stands; a weak one says nothing, and the item is the one whose name this is (see `rejoin` for what was moved).
 */
export function observeLocal(trees: Trees, row: LocalRow, seq: Seq): ItemId[] | null {
  const parent = trees.byLocalId.get(row.parentId);
  if (parent === undefined) return null;
  const known = knownAs(trees, parent, row);
  if (known?.id === rootItem) return [];
  const item = known ?? counterpart(trees, 'remote', parent, row) ?? createItem(trees);
  const left = item.local?.parent ?? parent;
  const touched = left === parent ? [item.id] : [item.id, left];
  const isRenumbered = isWeakId(row.id) && item.local !== null && isToldBy(item.local, row, parent);
  const others = show(trees, item, row, parent, seq);
  return isRenumbered ? others : [...touched, ...others];
}

/** The row of one item, whatever its identity was before: a replaced file has a new inode. */
export function replaceLocal(trees: Trees, item: Item, row: LocalRow, seq: Seq): ItemId[] | null {
  const parent = trees.byLocalId.get(row.parentId);
  if (parent === undefined) return null;
  return [item.id, ...show(trees, item, row, parent, seq)];
}

/**
 * The folder at the place of an item that lacked one: made for it, or found there. One with a life of its own stays what it
 * is, only that it is here now: taking its identity away would read as a deletion.
 */
export function adoptFolder(trees: Trees, item: Item, row: LocalRow, seq: Seq): ItemId[] | null {
  const parent = trees.byLocalId.get(row.parentId);
  if (parent === undefined) return null;
  const found = knownAs(trees, parent, row);
  if (found === null || found.id === item.id) return replaceLocal(trees, item, row, seq);
  const touched = observeLocal(trees, row, seq);
  if (touched === null || found.id === rootItem) return touched;
  if (found.remote !== null || found.synced !== null || item.local !== null) return touched;
  join(trees, item, found, seq, touched);
  return touched;
}

/** The item shows this row. Another item that had its identity loses it: that one is gone if the identity is strong, else to be looked for. */
function show(trees: Trees, item: Item, row: LocalRow, parent: ItemId, seq: Seq): ItemId[] {
  const other = trees.byLocalId.get(row.id);
  const isAnothers = other !== undefined && other !== item.id && other !== rootItem;
  const isGone = isAnothers && !isWeakId(row.id);
  if (isGone) setLocal(trees, itemOf(trees, other), null);
  else if (isAnothers) loseIdentity(trees, itemOf(trees, other), seq);
  setLocal(trees, item, toEntry(row, parent, item, seq));
  agree(item, seq);
  return isGone ? [other] : [];
}

/**
 * Which item the row is, as far as the disk can tell: the one with its strong identity, wherever it stands. Without one it is
 * the one of that name, since the disk holds one entry per name. A file with a new identity goes on as that one too: editors
 * save like this (write beside, rename over).
 */
function knownAs(trees: Trees, parent: ItemId, row: LocalRow): Item | null {
  const holder = trees.byLocalId.get(row.id);
  const isWeak = isWeakId(row.id) && holder !== rootItem;
  const known = isWeak ? undefined : (holder ?? seenAgain(trees, trees.gone.local.find(row.id), row.kind));
  if (known !== undefined) return itemOf(trees, known);
  return isWeak || row.kind === 'file' ? itemNamed(trees, parent, row) : null;
}

export function observeLocalGone(trees: Trees, id: LocalId): ItemId[] {
  const known = trees.byLocalId.get(id);
  if (known === undefined || known === rootItem) return [];
  const item = itemOf(trees, known);
  const last = item.local;
  const parent = last?.parent;
  if (last !== null) trees.gone.local.note(known, last);
  setLocal(trees, item, null);
  // A folder that waits for what is in it waits for the items themselves.
  return parent === undefined || !trees.names.local.isEmpty(parent) ? [known] : [known, parent];
}

/** Does the row say anything that the entry does not? */
export function isLocalNews(trees: Trees, row: LocalRow): boolean {
  const known = trees.byLocalId.get(row.id);
  if (known === undefined) return true;
  if (known === rootItem) return false;
  const entry = itemOf(trees, known).local;
  if (entry === null) return true;
  const parent = trees.byLocalId.get(row.parentId);
  if (parent === undefined) return true;
  if (isWeakId(row.id) && itemNamed(trees, parent, row)?.id !== known) return true;
  return !isToldBy(entry, row, parent) && !(isDoubtKnown(trees, entry, row) && isShownBy(entry, row, parent));
}

/**
 * A young stamp says that the bytes may be others. They are still to be read, or were read in this run, when no other save could
 * get that stamp any more: where the clock was set back, or another one dates the files, a file looks young for minutes.
 */
const isDoubtKnown = ({ items }: Trees, { stamp, hash, seq }: LocalEntry, row: LocalRow): boolean =>
  row.stamp === youngStamp(settledStamp(stamp)) &&
  (isYoungStamp(stamp) ? hash === null : seq > (items.get(rootItem)?.local?.seq ?? seq));

const isToldBy = (entry: LocalEntry, row: LocalRow, parent: ItemId | undefined): boolean =>
  isSameStamp(entry.stamp, row.stamp) && isShownBy(entry, row, parent);

const isShownBy = (entry: LocalEntry, row: LocalRow, parent: ItemId | undefined): boolean =>
  entry.name === row.name &&
  entry.kind === row.kind &&
  entry.parent === parent &&
  (row.hash === null || row.hash === entry.hash);

/**
 * The item of that kind that had the name when the disk was last looked at. Where several had it, the one with the row's stamp:
 * numbers that change with each look would otherwise make them take turns, and none of them would be missed twice.
 */
function itemNamed(
  trees: Trees,
  parent: ItemId,
  { name, kind, stamp }: Pick<LocalRow, 'name' | 'kind'> & Partial<Pick<LocalRow, 'stamp'>>,
): Item | null {
  let first: Item | null = null;
  for (const id of trees.names.local.holders(parent, name)) {
    const item = itemOf(trees, id);
    if (item.local?.name !== name || item.local.kind !== kind) continue;
    if (stamp !== undefined && settledStamp(item.local.stamp) === settledStamp(stamp)) return item;
    first ??= item;
  }
  return first;
}

/** The folder that these names lead to from the root. */
export function folderOnDisk(trees: Trees, names: readonly string[]): Item | null {
  let folder: Item | null = itemOf(trees, rootItem);
  for (const name of names) folder = folder && itemNamed(trees, folder.id, { name, kind: 'folder' });
  return folder;
}

function toEntry(row: LocalRow, parent: ItemId, item: Item, seq: Seq): LocalEntry {
  const old = item.local;
  // A weak identity has led nowhere, so that the name and the stamp have to be witness enough.
  const sameBytes =
    old !== null &&
    (old.id === row.id || isWeakId(row.id)) &&
    isSameStamp(old.stamp, row.stamp) &&
    old.kind === row.kind;
  const { parentId: _, ...shown } = row;
  return {
    ...shown,
    parent,
    name: shared(row.name, item.remote?.name),
    hash:
      row.hash === null
        ? sameBytes
          ? old.hash
          : null
        : shared(row.hash, row.sizeBytes === 0 ? emptyHash : item.remote?.hash),
    seq,
  };
}
