/**
 * Items that became equal again by what was seen of a side long ago: since then no look could see where they are (I-12). What
 * was agreed about them so holds as long as they are there. Once they are not, nothing tells whether that was before.
 */
import type { DriveItemId, ItemId, LocalId } from '@tidemark/contracts';
import type { Item } from '@tidemark/trees';
import { end, isUnlistable, itemOf, pathOf } from '@tidemark/trees';
import type { State } from './state.ts';

/** These have just been compared. The last looks told where they could not look. */
export function noteUnproven(state: State, compared: Iterable<ItemId>): void {
  const isHidden = hiddenFrom(state);
  for (const id of compared) {
    if (isHidden?.(id) === true) state.unproven.add(id);
    const { remote } = itemOf(state.trees, id);
    if (remote !== null && isHiddenOnDrive(state, id)) state.unprovenOnDrive.set(id, remote.seq);
  }
}

/** A listing of everything ended, which lacks these. */
export function provenByListing(state: State, unseen: readonly DriveItemId[]): void {
  const { trees, unprovenOnDrive } = state;
  if (unprovenOnDrive.size === 0) return;
  const missed = new Set(unseen);
  for (const id of unprovenOnDrive.keys()) {
    const remote = trees.items.get(id)?.remote ?? null;
    if (remote !== null && !missed.has(remote.id) && !isHiddenOnDrive(state, id)) unprovenOnDrive.delete(id);
  }
}

/** After an event: of some the drive has shown more, and some are gone from it. */
export function settleUnprovenOnDrive({ trees, unprovenOnDrive }: State): void {
  for (const [id, seenAt] of unprovenOnDrive) {
    const item: Item | undefined = trees.items.get(id);
    if (item?.remote?.seq === seenAt) continue;
    unprovenOnDrive.delete(id);
    if (item?.remote === null) end(item);
  }
}

/** The drive would not tell of it, or not what is in the folder that it is in. */
const isHiddenOnDrive = ({ trees }: State, id: ItemId): boolean =>
  itemOf(trees, id).remote?.oddity !== undefined || isUnlistable(trees, id);

/** A complete scan ended, and found these gone. */
export function provenByScan(state: State, gone: ReadonlySet<LocalId>): void {
  const { trees, unproven, local } = state;
  const isHidden = unproven.size === 0 ? null : hiddenFrom(state);
  for (const id of unproven) {
    const item = itemOf(trees, id);
    if (item.local === null) unproven.delete(id);
    else if (gone.has(item.local.id)) {
      unproven.delete(id);
      if (!local.unanswered.has(id)) end(item);
    } else if (!local.unseen.has(item.local.id) && isHidden?.(id) !== true) unproven.delete(id);
  }
}

/** Null where the last scan could look everywhere. */
function hiddenFrom({ trees, local: { oddities } }: State): ((id: ItemId) => boolean) | null {
  if (oddities.length === 0) return null;
  const hidden = new Set(oddities.map(({ path }) => path));
  return (id) => {
    const path = pathOf(trees, itemOf(trees, id), 'local');
    const parts = path?.split('/') ?? [];
    return parts.some((_, index) => hidden.has(parts.slice(0, index + 1).join('/')));
  };
}
