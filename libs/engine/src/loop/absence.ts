/** What a look did not meet. Whether it is gone is for the fold to say, after a second look. */
import type { Command, DriveItemId, ItemId, LocalId, LocalOddity } from '@tidemark/contracts';
import { plannedAt, rootItem } from '@tidemark/contracts';
import { depthMax, isUnlistable } from '@tidemark/trees';
import type { State } from '../fold/state.ts';

/** Known to be on disk before the scan began, and not met by it. What the scan could not see is unknown. */
export function unseenByScan(
  state: State,
  looking: Command,
  seen: ReadonlySet<LocalId>,
  unknown: UnknownOnDisk,
): LocalId[] {
  const startedAt = plannedAt(looking.id);
  const unseen: LocalId[] = [];
  for (const [id, item] of state.trees.byLocalId) {
    if (item === rootItem || seen.has(id)) continue;
    const entry = state.trees.items.get(item)?.local;
    if (entry === undefined || entry === null || entry.seq > startedAt) continue;
    if (!isUnknown(state, item, unknown)) unseen.push(id);
  }
  return unseen;
}

/** What should be directly inside and was not met, with everything below it. */
export function unseenInFolder(
  state: State,
  folder: ItemId,
  seen: ReadonlySet<LocalId>,
  unknown: UnknownOnDisk,
  into: Set<LocalId>,
): void {
  for (const child of state.trees.localNames.children(folder)) {
    const entry = state.trees.items.get(child)?.local;
    if (entry === undefined || entry === null || seen.has(entry.id) || unknown.has(child)) continue;
    // Between two parts of a scan folders may be in each other.
    if (into.has(entry.id)) continue;
    into.add(entry.id);
    unseenInFolder(state, child, seen, unknown, into);
  }
}

/** Items that the look could not tell of, with everything below them: folders that it could not read, and names that something holds that is not synced (a link, a device). */
export type UnknownOnDisk = ReadonlySet<ItemId>;

export function unknownOnDisk(
  { trees }: State,
  {
    unreadable,
    oddities,
  }: { readonly unreadable: readonly LocalId[]; readonly oddities: readonly LocalOddity[] },
): UnknownOnDisk {
  const unknown = new Set<ItemId>();
  for (const id of unreadable) {
    const folder = trees.byLocalId.get(id);
    if (folder !== undefined) unknown.add(folder);
  }
  for (const { holds } of oddities) {
    const folder = holds === undefined ? undefined : trees.byLocalId.get(holds.folder);
    if (folder === undefined || holds === undefined) continue;
    for (const item of trees.localNames.holders(folder, holds.name))
      if (trees.items.get(item)?.local?.name === holds.name) unknown.add(item);
  }
  return unknown;
}

/** Known to be on the drive before the listing began, in a folder that was listed, and not met. In the order of their ids. */
export function unseenByListing(
  state: State,
  looking: Command,
  seen: ReadonlySet<DriveItemId>,
): DriveItemId[] {
  const startedAt = plannedAt(looking.id);
  const unseen: DriveItemId[] = [];
  for (const [id, item] of state.trees.byRemoteId) {
    const entry = state.trees.items.get(item)?.remote;
    if (item !== rootItem && !seen.has(id) && entry !== undefined && entry !== null && entry.seq <= startedAt)
      if (!isUnlistable(state.trees, item)) unseen.push(id);
  }
  return unseen.sort();
}

function isUnknown({ trees }: State, item: ItemId, unknown: UnknownOnDisk): boolean {
  if (unknown.size === 0) return false;
  let current = item;
  for (let depth = 0; depth < depthMax; depth++) {
    if (unknown.has(current)) return true;
    const entry = trees.items.get(current)?.local;
    if (current === rootItem || entry === undefined || entry === null) return false;
    current = entry.parent;
  }
  return false;
}
