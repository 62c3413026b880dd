/** What the drive shows, folded into the remote column. Each function returns the items it touched. */
import type { DriveItemId, ItemId, RemoteRow, RemoteUnread, Seq } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import { type Item, type RemoteEntry, shared, type Side } from './item.ts';
import type { Trees } from './trees.ts';
import { counterpart, createItem, itemOf, setLocal, setRemote } from './trees.ts';
import { agree } from './base.ts';
import { seenAgain } from './gone.ts';

/** A row as it is now. Invisible until its parent is known (`orphans`), since nothing promises that parents come first. */
export function observeRemote(trees: Trees, row: RemoteRow, seq: Seq): ItemId[] {
  const parent = trees.byRemoteId.get(row.parentId);
  if (parent === undefined) {
    trees.orphans.hold(row);
    return [];
  }
  trees.orphans.drop(row.id);
  const known = trees.byRemoteId.get(row.id) ?? seenAgain(trees, trees.gone.remote.find(row.id), row.kind);
  if (known === rootItem) return [];
  const item =
    known === undefined
      ? (counterpart(trees, 'local', parent, row) ?? createItem(trees))
      : itemOf(trees, known);
  return show(trees, item, row, parent, seq);
}

/**
 * The row of one item, which a command made or changed. Null when its folder is not known any more: then it went with the
 * folder, or the feed will tell where it is.
 */
export function replaceRemote(trees: Trees, item: Item, row: RemoteRow, seq: Seq): ItemId[] | null {
  const parent = trees.byRemoteId.get(row.parentId);
  if (parent === undefined) return null;
  trees.orphans.drop(row.id);
  return show(trees, item, row, parent, seq);
}

function show(trees: Trees, item: Item, row: RemoteRow, parent: ItemId, seq: Seq): ItemId[] {
  const touched = [
    item.id,
    ...(item.remote === null || item.remote.parent === parent ? [] : [item.remote.parent]),
    ...setChildrenApart(trees, item, row.id),
  ];
  setRemote(trees, item, toEntry(row, parent, item, seq));
  agree(item, seq);
  return [...touched, ...adoptOrphans(trees, row.id, seq)];
}

/** What the drive showed of one item is another one's, with all that is in it. */
export function handOver(trees: Trees, item: Item, heir: Item, seq: Seq): ItemId[] {
  const entry = item.remote;
  if (entry === null) return [];
  const children = moveChildren(trees, item.id, heir.id);
  setRemote(trees, item, null);
  setRemote(trees, heir, entry);
  for (const id of [heir.id, ...children]) agree(itemOf(trees, id), seq);
  return [item.id, heir.id, ...children];
}

function moveChildren(trees: Trees, folder: ItemId, to: ItemId): ItemId[] {
  const children = [...trees.names.remote.children(folder)];
  for (const id of children) {
    const child = itemOf(trees, id);
    if (child.remote !== null) setRemote(trees, child, { ...child.remote, parent: to });
  }
  return children;
}

/** The drive would not tell of the item: it stays as it was shown last, and is left alone until the drive shows it again. */
export function observeRemoteUnread(trees: Trees, { id, unread }: RemoteUnread): ItemId[] {
  const known = trees.byRemoteId.get(id);
  if (known === undefined || known === rootItem) return [];
  const item = itemOf(trees, known);
  if (item.remote === null || item.remote.oddity === unread) return [];
  setRemote(trees, item, { ...item.remote, oddity: unread });
  return [known];
}

/** Positive evidence that the item is gone from the drive. What was inside a folder is settled at the end of the round. */
export function observeRemoteGone(trees: Trees, id: DriveItemId): ItemId[] {
  trees.orphans.drop(id);
  const known = trees.byRemoteId.get(id);
  if (known === undefined || known === rootItem) return [];
  const item = itemOf(trees, known);
  const parent = item.remote?.parent;
  const touched = loseRemote(trees, item);
  if (parent !== undefined) touched.push(parent);
  return touched;
}

/** A file that was saved over this one is no version of it any more: it is the item again that it was before. */
function loseRemote(trees: Trees, item: Item): ItemId[] {
  if (item.remote !== null) trees.gone.remote.note(item.id, { id: item.remote.id });
  setRemote(trees, item, null);
  const { local } = item;
  const before = local === null ? null : trees.gone.local.find(local.id);
  const saved = before === null ? undefined : trees.items.get(before);
  if (local === null || saved === undefined || saved.remote === null || saved.synced === null)
    return [item.id];
  setLocal(trees, item, null);
  setLocal(trees, saved, local);
  return [item.id, saved.id];
}

/** Whatever that side still shows inside a folder that is gone went with it. */
export function sweepBelow(
  trees: Trees,
  folder: ItemId,
  side: Side,
  touched: ItemId[] = [],
): readonly ItemId[] {
  for (const child of [...trees.names[side].children(folder)]) {
    touched.push(child);
    sweepBelow(trees, child, side, touched);
    const item = trees.items.get(child);
    if (item === undefined) continue;
    if (side === 'remote') for (const id of loseRemote(trees, item)) touched.push(id);
    else setLocal(trees, item, null);
  }
  return touched;
}

/** Does the row say anything that the entry does not? A delta row may omit what a direct answer carried. */
export function isRemoteNews(trees: Trees, row: RemoteRow): boolean {
  const orphan = trees.orphans.find(row.id);
  if (orphan !== undefined) return orphan.eTag !== row.eTag || orphan.parentId !== row.parentId;
  const known = trees.byRemoteId.get(row.id);
  if (known === undefined) return true;
  if (known === rootItem) return false;
  const entry = itemOf(trees, known).remote;
  if (entry === null) return true;
  return !(
    entry.eTag === row.eTag &&
    entry.name === row.name &&
    entry.kind === row.kind &&
    entry.oddity === row.oddity &&
    // In one version it is in one folder: when that one is unknown, it has just gone.
    (trees.byRemoteId.get(row.parentId) ?? entry.parent) === entry.parent &&
    entry.sizeBytes === row.sizeBytes &&
    entry.modifiedAt === row.modifiedAt &&
    (row.hash === null || row.hash === entry.hash) &&
    (row.cTag === null || row.cTag === entry.cTag)
  );
}

function toEntry(row: RemoteRow, parent: ItemId, item: Item, seq: Seq): RemoteEntry {
  const old = item.remote;
  // Another size is another version, whatever its tag: a drive that was put back gives its tags again.
  const sameVersion =
    old !== null && old.eTag === row.eTag && old.id === row.id && old.sizeBytes === row.sizeBytes;
  const { parentId: _, ...shown } = row;
  return {
    ...shown,
    parent,
    name: shared(row.name, item.local?.name),
    hash: row.hash === null ? (sameVersion ? old.hash : null) : shared(row.hash, item.local?.hash),
    cTag: row.cTag ?? (sameVersion ? old.cTag : null),
    seq,
  };
}

/**
 * When a new folder of the drive takes over the item of a folder that is gone, the children of the old folder are not in the new
 * one. They wait under a placeholder item until the round ends and tells what became of them.
 */
function setChildrenApart(trees: Trees, item: Item, id: DriveItemId): ItemId[] {
  const isSame = trees.gone.remote.last(item.id)?.id === id;
  if (isSame || item.remote !== null || trees.names.remote.isEmpty(item.id)) return [];
  const holder = createItem(trees);
  moveChildren(trees, item.id, holder.id);
  return [holder.id];
}

/** Rows that waited for their folder become visible with it. */
function adoptOrphans(trees: Trees, parent: DriveItemId, seq: Seq): ItemId[] {
  return trees.orphans.take(parent).flatMap((row) => observeRemote(trees, row, seq));
}
