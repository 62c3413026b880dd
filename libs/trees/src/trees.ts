/**
 * The three trees as three columns of one table of items. Owned by one fold and changed in place: a tree is a view over
 * a column, and an item is found by the drive's id, by the disk's identity, or by folder and name on either side.
 */
import type { DriveItemId, ItemId, LocalId, RemoteRow } from '@tidemark/contracts';
import { itemId, rootItem } from '@tidemark/contracts';
import type { Item, ItemEntries, LocalEntry, Place, RemoteEntry, Side } from './item.ts';
import { otherSide, samePlace } from './item.ts';
import { CompactItem } from './compact-item.ts';
import type { Gone } from './gone.ts';
import { createGone } from './gone.ts';
import type { NameIndex } from './name-index.ts';
import { createNameIndexes, foldName } from './name-index.ts';
import type { Orphans } from './orphans.ts';
import { createOrphans } from './orphans.ts';

export interface Trees {
  readonly items: Map<ItemId, Item>;
  readonly byRemoteId: Map<DriveItemId, ItemId>;
  readonly byLocalId: Map<LocalId, ItemId>;
  readonly names: { readonly [side in Side]: NameIndex };
  readonly orphans: Orphans;
  readonly gone: { readonly remote: Gone<{ readonly id: DriveItemId }>; readonly local: Gone<LocalEntry> };
  /** Folders whose place has changed, or that got or lost a marker: rules may judge what is in them anew. The fold empties it. */
  readonly rescoped: Set<ItemId>;
  /** Folded names of files that rules look for in folders. */
  markers: ReadonlySet<string>;
  /** Folders whose content the drive does not list: what is in them is unknown, not gone. */
  readonly unlistable: Set<ItemId>;
  nextItem: number;
}

export function createTrees(): Trees {
  const trees: Trees = {
    items: new Map(),
    byRemoteId: new Map(),
    byLocalId: new Map(),
    names: createNameIndexes(),
    orphans: createOrphans(),
    gone: { remote: createGone(), local: createGone() },
    rescoped: new Set(),
    markers: new Set(),
    unlistable: new Set(),
    nextItem: 1,
  };
  trees.items.set(rootItem, new CompactItem(rootItem));
  return trees;
}

/** The item must exist: ids are only made by the trees themselves. */
export function itemOf(trees: Trees, id: ItemId): Item {
  const item = trees.items.get(id);
  if (item === undefined) throw new Error(`No item ${id}: an id outlived its item`);
  return item;
}

export const createItem = (trees: Trees): Item => addItem(trees, itemId(trees.nextItem++));

/** An item that had its number before. */
export function addItem(trees: Trees, id: ItemId): Item {
  const item = new CompactItem(id);
  trees.items.set(id, item);
  return item;
}

export function setRemote(trees: Trees, item: Item, entry: RemoteEntry | null): void {
  const old = item.remote;
  item.remote = entry;
  if (entry?.kind === 'folder' && entry.oddity !== undefined) trees.unlistable.add(item.id);
  else if (trees.unlistable.size > 0) trees.unlistable.delete(item.id);
  follow(trees, 'remote', item.id, trees.byRemoteId, old, entry);
}

export function setLocal(trees: Trees, item: Item, entry: LocalEntry | null): void {
  const old = item.local;
  item.local = entry;
  follow(trees, 'local', item.id, trees.byLocalId, old, entry);
}

/** The indexes of a side follow what the item shows there. The root is in no folder, so that no index of names has it. */
function follow<Id>(
  trees: Trees,
  side: Side,
  item: ItemId,
  byId: Map<Id, ItemId>,
  old: Shown<Id> | null,
  entry: Shown<Id> | null,
): void {
  if (old !== null && old.id !== entry?.id && byId.get(old.id) === item) byId.delete(old.id);
  if (entry !== null) {
    byId.set(entry.id, item);
    trees.gone[side].forget(item);
  }
  if (item === rootItem) return;
  if (old === null || entry === null || !samePlace(old, entry)) {
    if (old !== null) trees.names[side].remove(old.parent, old.name, item);
    if (entry !== null) trees.names[side].add(entry.parent, entry.name, item);
    if (old?.kind === 'folder') trees.rescoped.add(item);
    for (const place of [old, entry])
      if (place !== null && trees.markers.has(foldName(place.name))) trees.rescoped.add(place.parent);
  }
  if (entry === null) dropIfGone(trees, item);
  if (old !== null && old.parent !== entry?.parent) dropIfGone(trees, old.parent);
}

type Shown<Id> = Place & { readonly id: Id; readonly kind: string };

/** Relative path on the side, `/` separated, empty for the root; null while a parent is missing there. */
export function pathOf(trees: Trees, item: ItemEntries, side: Side | 'synced'): string | null {
  const names: string[] = [];
  let current: ItemEntries | undefined = item;
  for (let depth = 0; current.id !== rootItem; depth++) {
    const entry: { parent: ItemId; name: string } | null = current[side];
    if (entry === null || depth > depthMax) return null;
    names.push(entry.name);
    current = trees.items.get(entry.parent);
    if (current === undefined) return null;
  }
  return names.reverse().join('/');
}

/** The path a person would use: on disk if it is there, else on the drive, else where it was. */
export function shownPath(trees: Trees, item: ItemEntries): string {
  return (
    pathOf(trees, item, 'local') ??
    pathOf(trees, item, 'remote') ??
    pathOf(trees, item, 'synced') ??
    (item.local ?? item.remote ?? item.synced)?.name ??
    ''
  );
}

/** Is `folder` the item itself or above it on that side? */
export function isWithin(trees: Trees, item: ItemId, folder: ItemId, side: Side): boolean {
  for (const current of upwards(trees, item, side)) if (current === folder) return true;
  return false;
}

/** The item, and the folders above it on that side. Between two parts of a look folders may be in each other. */
export function* upwards({ items }: Trees, item: ItemId, side: Side): Iterable<ItemId> {
  let current: ItemId | undefined = item;
  for (let depth = 0; current !== undefined && depth <= depthMax; depth++) {
    yield current;
    const entry: Place | null | undefined = current === rootItem ? null : items.get(current)?.[side];
    current = entry?.parent;
  }
}

/** Is the item inside a folder whose content the drive does not list? A listing that lacks it says nothing then. */
export function isUnlistable(trees: Trees, item: ItemId): boolean {
  for (const folder of trees.unlistable)
    if (folder !== item && isWithin(trees, item, folder, 'remote')) return true;
  return false;
}

/**
 * Gone on both sides: nothing is left to agree about, and the log keeps the history. A folder waits for what is still
 * shown inside it, so that no entry is ever without its parent.
 */
function dropIfGone(trees: Trees, id: ItemId): void {
  const item = trees.items.get(id);
  if (item === undefined || id === rootItem || item.remote !== null || item.local !== null) return;
  if (!trees.names.remote.isEmpty(id) || !trees.names.local.isEmpty(id)) return;
  trees.items.delete(id);
  trees.gone.remote.forget(id);
  trees.gone.local.forget(id);
}

/** No path of 400 characters is deeper; a longer chain is a circle. */
export const depthMax = 512;

/**
 * What only that side shows under the name, in whatever case, and of that kind: it becomes one item with what the other side
 * shows there.
 */
export function counterpart(
  trees: Trees,
  side: Side,
  parent: ItemId,
  { name, kind }: Pick<RemoteRow, 'name' | 'kind'>,
): Item | null {
  const alone = trees.names[side]
    .holders(parent, name)
    .map((id) => itemOf(trees, id))
    .filter((item) => item[otherSide(side)] === null && item[side]?.kind === kind);
  return alone.find((item) => item[side]?.name === name) ?? alone[0] ?? null;
}
