/** What the drive shows, folded into the remote column. Each function returns the items it touched. */
import type { DriveItemId, ItemId, RemoteRow, Seq } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { Item, RemoteEntry } from './item.ts';
import type { Trees } from './trees.ts';
import { createItem, itemOf, setRemote } from './trees.ts';
import { agree } from './agreement.ts';

/** A row as it is now. Invisible until its parent is known (`orphans`), since nothing promises that parents come first. */
export function observeRemote(trees: Trees, row: RemoteRow, seq: Seq): ItemId[] {
  const parent = trees.byRemoteId.get(row.parentId);
  if (parent === undefined) {
    const waiting = trees.orphans.get(row.parentId);
    if (waiting === undefined) trees.orphans.set(row.parentId, [row]);
    else trees.orphans.set(row.parentId, [...waiting.filter((other) => other.id !== row.id), row]);
    return [];
  }
  const known = trees.byRemoteId.get(row.id);
  if (known === rootItem) return [];
  const item =
    known === undefined ? (localCounterpart(trees, parent, row) ?? createItem(trees)) : itemOf(trees, known);
  const touched = [
    item.id,
    ...(item.remote === null || item.remote.parent === parent ? [] : [item.remote.parent]),
  ];
  setRemote(trees, item, toEntry(row, parent, item, seq));
  agree(item, seq);
  for (const orphan of takeOrphans(trees, row.id)) touched.push(...observeRemote(trees, orphan, seq));
  return touched;
}

/** Positive evidence that the item is gone from the drive. What was inside a folder is settled at the end of the round. */
export function observeRemoteGone(trees: Trees, id: DriveItemId): ItemId[] {
  for (const [parent, rows] of trees.orphans) {
    const left = rows.filter((row) => row.id !== id);
    if (left.length === 0) trees.orphans.delete(parent);
    else if (left.length < rows.length) trees.orphans.set(parent, left);
  }
  const known = trees.byRemoteId.get(id);
  if (known === undefined || known === rootItem) return [];
  const item = itemOf(trees, known);
  const parent = item.remote?.parent;
  setRemote(trees, item, null);
  return parent === undefined ? [known] : [known, parent];
}

/** Whatever still lies inside a folder that is gone went with it. */
export function sweepRemoteBelow(trees: Trees, folder: ItemId): ItemId[] {
  const touched: ItemId[] = [];
  for (const child of [...trees.remoteNames.children(folder)]) {
    touched.push(child, ...sweepRemoteBelow(trees, child));
    const item = trees.items.get(child);
    if (item !== undefined) setRemote(trees, item, null);
  }
  return touched;
}

/** Does the row say anything that the entry does not? A delta row may omit what a direct answer carried. */
export function isRemoteNews(trees: Trees, row: RemoteRow): boolean {
  const known = trees.byRemoteId.get(row.id);
  if (known === undefined)
    return !(trees.orphans.get(row.parentId) ?? []).some(
      (orphan) => orphan.eTag === row.eTag && orphan.id === row.id,
    );
  if (known === rootItem) return false;
  const entry = itemOf(trees, known).remote;
  if (entry === null) return true;
  return !(
    entry.eTag === row.eTag &&
    entry.name === row.name &&
    entry.kind === row.kind &&
    entry.parent === trees.byRemoteId.get(row.parentId) &&
    entry.sizeBytes === row.sizeBytes &&
    entry.modifiedAt === row.modifiedAt &&
    (row.hash === null || row.hash === entry.hash) &&
    (row.cTag === null || row.cTag === entry.cTag)
  );
}

/** Something on disk under the same name, of the same kind, that the drive has not shown: one item from now on. */
function localCounterpart(trees: Trees, parent: ItemId, row: RemoteRow): Item | null {
  if (row.kind === 'opaque') return null;
  let folded: Item | null = null;
  for (const id of trees.localNames.holders(parent, row.name)) {
    const item = itemOf(trees, id);
    if (item.remote !== null || item.local === null || item.local.kind !== row.kind) continue;
    if (item.local.name === row.name) return item;
    folded ??= item;
  }
  return folded;
}

function toEntry(row: RemoteRow, parent: ItemId, item: Item, seq: Seq): RemoteEntry {
  const old = item.remote;
  const sameVersion = old !== null && old.eTag === row.eTag && old.id === row.id;
  return {
    id: row.id,
    parent,
    name: row.name,
    kind: row.kind,
    sizeBytes: row.sizeBytes,
    hash: row.hash ?? (sameVersion ? old.hash : null),
    modifiedAt: row.modifiedAt,
    eTag: row.eTag,
    cTag: row.cTag ?? (sameVersion ? old.cTag : null),
    seq,
  };
}

function takeOrphans(trees: Trees, parent: DriveItemId): readonly RemoteRow[] {
  const rows = trees.orphans.get(parent);
  if (rows === undefined) return [];
  trees.orphans.delete(parent);
  return rows;
}
