/** What a look did not meet. Whether it is gone is for the fold to say, after a second look. */
import type { Command, DriveItemId, ItemId, LocalId } from '@tidemark/contracts';
import { plannedAt, rootItem } from '@tidemark/contracts';
import { isWithin, isUnlistable } from '@tidemark/trees';
import type { State } from '../fold/state.ts';

/** Known to be on disk before the scan began, and not met by it. What is below `unreadable` is unknown. */
export function unseenByScan(
  state: State,
  looking: Command,
  seen: ReadonlySet<LocalId>,
  unreadable: readonly LocalId[],
): LocalId[] {
  const startedAt = plannedAt(looking.id);
  const unseen: LocalId[] = [];
  for (const [id, item] of state.trees.byLocalId) {
    if (item === rootItem || seen.has(id)) continue;
    const entry = state.trees.items.get(item)?.local;
    if (entry === undefined || entry === null || entry.seq > startedAt) continue;
    if (!unreadable.some((folder) => isBelow(state, item, folder))) unseen.push(id);
  }
  return unseen;
}

/** What should be directly inside and was not met, with everything below it. */
export function unseenInFolder(
  state: State,
  folder: ItemId,
  seen: ReadonlySet<LocalId>,
  into: Set<LocalId>,
): void {
  for (const child of state.trees.localNames.children(folder)) {
    const entry = state.trees.items.get(child)?.local;
    if (entry === undefined || entry === null || seen.has(entry.id)) continue;
    into.add(entry.id);
    unseenInFolder(state, child, seen, into);
  }
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

function isBelow(state: State, item: ItemId, folder: LocalId): boolean {
  const above = state.trees.byLocalId.get(folder);
  return above !== undefined && item !== above && isWithin(state.trees, item, above, 'local');
}
