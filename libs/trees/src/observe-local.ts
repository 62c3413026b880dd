/** What the disk shows, folded into the local column. Each function returns the items it touched. */
import type { ItemId, LocalId, LocalRow, Seq } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import { agree } from './base.ts';
import { emptyHash, type Item, type LocalEntry, shared } from './item.ts';
import type { Trees } from './trees.ts';
import { createItem, itemOf, setLocal } from './trees.ts';

/** A row as it is now. Null when its folder is not known: then only a scan can tell. */
export function observeLocal(trees: Trees, row: LocalRow, seq: Seq): ItemId[] | null {
  const parent = trees.byLocalId.get(row.parentId);
  if (parent === undefined) return null;
  const known = trees.byLocalId.get(row.id);
  if (known === rootItem) return [];
  const item =
    known === undefined
      ? (successorOf(trees, parent, row) ?? remoteCounterpart(trees, parent, row) ?? createItem(trees))
      : placeTaken(trees, parent, row, itemOf(trees, known));
  const touched = [
    item.id,
    ...(known === undefined || known === item.id ? [] : [known]),
    ...(item.local === null || item.local.parent === parent ? [] : [item.local.parent]),
  ];
  setLocal(trees, item, toEntry(row, parent, item, seq));
  agree(item, seq);
  return touched;
}

/** The row of one item, whatever its identity was before: a replaced file has a new inode. */
export function replaceLocal(trees: Trees, item: Item, row: LocalRow, seq: Seq): ItemId[] | null {
  const parent = trees.byLocalId.get(row.parentId);
  if (parent === undefined) return null;
  const other = trees.byLocalId.get(row.id);
  const touched = [item.id];
  if (other !== undefined && other !== item.id && other !== rootItem) {
    touched.push(other);
    setLocal(trees, itemOf(trees, other), null);
  }
  setLocal(trees, item, toEntry(row, parent, item, seq));
  agree(item, seq);
  return touched;
}

/**
 * The folder at the place of an item that lacked one: made for it, or found there. One with a life of its own stays what it
 * is, only that it is here now: taking its identity away would read as a deletion.
 */
export function adoptFolder(trees: Trees, item: Item, row: LocalRow, seq: Seq): ItemId[] | null {
  const other = trees.byLocalId.get(row.id);
  if (other === undefined || other === item.id) return replaceLocal(trees, item, row, seq);
  const touched = observeLocal(trees, row, seq);
  if (touched === null || other === rootItem) return touched;
  const found = itemOf(trees, other);
  if (found.remote !== null || found.synced !== null || item.local !== null) return touched;
  join(trees, item, found, seq, touched);
  return touched;
}

export function observeLocalGone(trees: Trees, id: LocalId): ItemId[] {
  const known = trees.byLocalId.get(id);
  if (known === undefined || known === rootItem) return [];
  const item = itemOf(trees, known);
  const parent = item.local?.parent;
  setLocal(trees, item, null);
  return parent === undefined ? [known] : [known, parent];
}

/**
 * A tree that was deleted and made again (unpacked, restored, checked out) shows new identities under old names. When the
 * old folder has proved to be gone, its items go on as the new ones: one content comparison instead of a delete and an upload.
 */
export function rejoinRecreated(trees: Trees, gone: readonly ItemId[], seq: Seq): ItemId[] {
  const touched: ItemId[] = [];
  for (const id of gone) {
    const item = trees.items.get(id);
    if (item === undefined || item.local !== null || item.remote === null) continue;
    for (const holder of trees.localNames.holders(item.remote.parent, item.remote.name)) {
      const newcomer = trees.items.get(holder);
      if (newcomer !== undefined && canJoin(item, newcomer)) {
        join(trees, item, newcomer, seq, touched);
        break;
      }
    }
  }
  return touched;
}

/** Does the row say anything that the entry does not? */
export function isLocalNews(trees: Trees, row: LocalRow): boolean {
  const known = trees.byLocalId.get(row.id);
  if (known === undefined) return true;
  if (known === rootItem) return false;
  const entry = itemOf(trees, known).local;
  if (entry === null) return true;
  return !(
    entry.stamp === row.stamp &&
    entry.name === row.name &&
    entry.kind === row.kind &&
    entry.parent === trees.byLocalId.get(row.parentId) &&
    (row.hash === null || row.hash === entry.hash)
  );
}

function canJoin(item: Item, newcomer: Item): boolean {
  return (
    newcomer.id !== item.id &&
    newcomer.remote === null &&
    newcomer.synced === null &&
    newcomer.local !== null &&
    newcomer.local.name === item.remote?.name &&
    newcomer.local.kind === item.remote.kind
  );
}

function join(trees: Trees, item: Item, newcomer: Item, seq: Seq, touched: ItemId[]): void {
  const entry = newcomer.local;
  if (entry === null) return;
  touched.push(item.id, newcomer.id);
  const children = [...trees.localNames.children(newcomer.id)];
  setLocal(trees, newcomer, null);
  setLocal(trees, item, entry);
  agree(item, seq);
  for (const id of children) {
    const child = itemOf(trees, id);
    if (child.local === null) continue;
    setLocal(trees, child, { ...child.local, parent: item.id });
    touched.push(id);
    for (const holder of trees.remoteNames.holders(item.id, child.local.name)) {
      const counterpart = trees.items.get(holder);
      if (counterpart !== undefined && counterpart.local === null && canJoin(counterpart, child)) {
        join(trees, counterpart, child, seq, touched);
        break;
      }
    }
    const left = trees.items.get(id);
    if (left !== undefined) agree(left, seq);
  }
}

/**
 * Who the known file is that bears this name now: itself, or the one whose name it took. Editors write a new file beside and
 * rename it over the old one, and a look may come in between. Nobody has agreed on the new one yet, so it was no file of its
 * own; taken for one, each such save would end the history of the document.
 */
function placeTaken(trees: Trees, parent: ItemId, row: LocalRow, known: Item): Item {
  if (known.synced !== null || known.remote !== null) return known;
  const holder = successorOf(trees, parent, row);
  if (holder === null || holder.id === known.id || holder.synced === null) return known;
  setLocal(trees, known, null);
  return holder;
}

/**
 * A file with a new identity under the very name of a known one: the disk holds one entry per name, so the known file is
 * not there any more. Editors save like this (write beside, rename over); the item goes on under its name.
 */
function successorOf(trees: Trees, parent: ItemId, row: LocalRow): Item | null {
  if (row.kind !== 'file') return null;
  for (const id of trees.localNames.holders(parent, row.name)) {
    const item = itemOf(trees, id);
    if (item.local?.name === row.name && item.local.kind === 'file') return item;
  }
  return null;
}

/** Something on the drive under the same name, of the same kind, that is not on disk: one item from now on. */
function remoteCounterpart(trees: Trees, parent: ItemId, row: LocalRow): Item | null {
  let folded: Item | null = null;
  for (const id of trees.remoteNames.holders(parent, row.name)) {
    const item = itemOf(trees, id);
    if (item.local !== null || item.remote === null || item.remote.kind !== row.kind) continue;
    if (item.remote.name === row.name) return item;
    folded ??= item;
  }
  return folded;
}

function toEntry(row: LocalRow, parent: ItemId, item: Item, seq: Seq): LocalEntry {
  const old = item.local;
  const sameBytes = old !== null && old.id === row.id && old.stamp === row.stamp;
  return {
    id: row.id,
    parent,
    name: shared(row.name, item.remote?.name),
    kind: row.kind,
    sizeBytes: row.sizeBytes,
    hash:
      row.hash === null
        ? sameBytes
          ? old.hash
          : null
        : shared(row.hash, row.sizeBytes === 0 ? emptyHash : item.remote?.hash),
    modifiedAt: row.modifiedAt,
    stamp: row.stamp,
    seq,
  };
}
