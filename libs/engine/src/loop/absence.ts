/** What a look did not meet. Whether that is evidence is for the door to say. */
import type { Command, DriveItemId, ItemId, LocalId, LocalScanEnded } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import { isWithin } from '@tidemark/trees';
import type { State } from '../fold/state.ts';

/** Known to be on disk before the scan began, and not met by it. */
export function missedBy(
  state: State,
  seen: ReadonlySet<LocalId>,
  looking: Command,
  end: LocalScanEnded,
): Set<LocalId> {
  const startedAt = Number(looking.id.split('/')[0]);
  const missed = new Set<LocalId>();
  for (const [id, item] of state.trees.byLocalId) {
    if (item === rootItem || seen.has(id)) continue;
    const entry = state.trees.items.get(item)?.local;
    if (entry === undefined || entry === null || entry.seq > startedAt) continue;
    if (!end.unreadable.some((folder) => isBelow(state, item, folder))) missed.add(id);
  }
  return missed;
}

/** What should be directly inside and was not met, with everything below it. */
export function gatherUnmet(
  state: State,
  folder: ItemId,
  seen: ReadonlySet<LocalId>,
  into: Set<LocalId>,
): void {
  for (const child of state.trees.localNames.children(folder)) {
    const entry = state.trees.items.get(child)?.local;
    if (entry === undefined || entry === null || seen.has(entry.id)) continue;
    into.add(entry.id);
    gatherUnmet(state, child, seen, into);
  }
}

/** Known to be on the drive, but not in a listing of everything. */
export function unmet(state: State, seen: ReadonlySet<DriveItemId>): DriveItemId[] {
  const looking = state.remote.looking;
  const startedAt = Number(looking?.id.split('/')[0] ?? 0);
  const unlisted: DriveItemId[] = [];
  for (const [id, item] of state.trees.byRemoteId) {
    const entry = state.trees.items.get(item)?.remote;
    if (item !== rootItem && !seen.has(id) && entry !== undefined && entry !== null && entry.seq <= startedAt)
      unlisted.push(id);
  }
  return unlisted;
}

/** A folder is not gone before everything in it is: no entry is ever without its parent. */
export function keepFoldersOfOthers({ trees }: State, gone: Set<LocalId>): void {
  for (const id of [...gone]) {
    const folder = trees.byLocalId.get(id);
    if (folder === undefined) continue;
    const isLeft = [...trees.localNames.children(folder)].some((child) => {
      const entry = trees.items.get(child)?.local;
      return entry !== undefined && entry !== null && !gone.has(entry.id);
    });
    let kept = isLeft ? trees.items.get(folder)?.local : null;
    while (kept !== undefined && kept !== null && gone.delete(kept.id))
      kept = trees.items.get(kept.parent)?.local;
  }
}

function isBelow(state: State, item: Parameters<typeof isWithin>[1], folder: LocalId): boolean {
  const above = state.trees.byLocalId.get(folder);
  return above !== undefined && item !== above && isWithin(state.trees, item, above, 'local');
}
