/** What a look did not meet. Whether it is gone is for the fold to say, after a second look. */
import type { Command, DriveItemId, ItemId, LocalId, ScanEnd } from '@tidemark/contracts';
import { plannedAt, rootItem } from '@tidemark/contracts';
import type { Trees } from '@tidemark/trees';
import { isUnlistable } from '@tidemark/trees';
import type { State } from '../fold/state.ts';

/** Known to be on disk before the scan began, and not met by it. What the scan could not see is unknown. */
export function unseenByScan(
  { trees }: State,
  looking: Command,
  seen: ReadonlySet<LocalId>,
  unknown: UnknownOnDisk,
): LocalId[] {
  const startedAt = plannedAt(looking.id);
  const unseen: LocalId[] = [];
  for (const [id, item] of trees.byLocalId) {
    if (item === rootItem || seen.has(id) || unknown.has(item)) continue;
    const entry = trees.items.get(item)?.local ?? null;
    if (entry !== null && entry.seq <= startedAt) unseen.push(id);
  }
  return unseen;
}

/**
 * What should be directly inside these folders and was not met, with everything below it. A look into a few folders finds what is
 * new; what it misses may be anywhere else, so only a complete scan can tell.
 */
export function unseenInFolders(
  { trees }: State,
  listed: ReadonlySet<LocalId>,
  seen: ReadonlySet<LocalId>,
  unknown: UnknownOnDisk,
): LocalId[] {
  const unseen = new Set<LocalId>();
  const addMissed = (folder: ItemId): void => {
    for (const child of trees.names.local.children(folder)) {
      const id = trees.items.get(child)?.local?.id;
      // Between two parts of a scan folders may be in each other.
      if (id === undefined || seen.has(id) || unknown.has(child) || unseen.has(id)) continue;
      unseen.add(id);
      addMissed(child);
    }
  };
  for (const id of listed) {
    const folder = trees.byLocalId.get(id);
    if (folder !== undefined) addMissed(folder);
  }
  return [...unseen];
}

/** Items that the look could not tell of: folders that it could not read, and names that something holds that is not synced (a link, a device), with everything below them. */
export type UnknownOnDisk = ReadonlySet<ItemId>;

export function unknownOnDisk({ trees }: State, { unreadable, oddities }: ScanEnd): UnknownOnDisk {
  const unknown = new Set<ItemId>();
  for (const id of unreadable) addWithin(trees, trees.byLocalId.get(id), unknown);
  for (const { holds } of oddities) {
    const folder = holds === undefined ? undefined : trees.byLocalId.get(holds.folder);
    if (folder === undefined || holds === undefined) continue;
    for (const item of trees.names.local.holders(folder, holds.name))
      if (trees.items.get(item)?.local?.name === holds.name) addWithin(trees, item, unknown);
  }
  return unknown;
}

function addWithin(trees: Trees, item: ItemId | undefined, into: Set<ItemId>): void {
  if (item === undefined || into.has(item)) return;
  into.add(item);
  for (const child of trees.names.local.children(item)) addWithin(trees, child, into);
}

/** Known to be on the drive before the listing began, in a folder that was listed, and not met. In the order of their ids. */
export function unseenByListing(
  { trees }: State,
  looking: Command,
  seen: ReadonlySet<DriveItemId>,
): DriveItemId[] {
  const startedAt = plannedAt(looking.id);
  const unseen: DriveItemId[] = [];
  for (const [id, item] of trees.byRemoteId) {
    if (item === rootItem || seen.has(id)) continue;
    const entry = trees.items.get(item)?.remote ?? null;
    if (entry !== null && entry.seq <= startedAt && !isUnlistable(trees, item)) unseen.push(id);
  }
  return unseen.sort();
}
