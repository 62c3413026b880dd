/**
 * What our own deletions leave behind. A deletion carries out what one side showed; what that side shows by the time it is
 * done came later. Without this, a file that a user makes again while its old self is being deleted would read as one that
 * the other side has just lost, and would be deleted as well.
 */
import type { Command, DriveItemId, ItemId, Seq } from '@tidemark/contracts';
import { plannedAt } from '@tidemark/contracts';
import type { Trees } from '@tidemark/trees';
import { end, sweepBelow, upwards } from '@tidemark/trees';
import type { SideState, State } from './state.ts';

/** Both sides agreed that they are gone. Whatever is there again on one of them is new. */
export function agreeGone({ trees }: State, ids: readonly ItemId[]): void {
  for (const id of ids) {
    const item = trees.items.get(id);
    if (item !== undefined && (item.remote === null || item.local === null)) end(item);
  }
}

/** A command of ours takes the item away on the drive, or may have done so without telling. */
export const isDeletedByUs = ({ inFlight, remote }: State, item: ItemId): boolean =>
  inFlight.get(item)?.type === 'DeleteRemote' || remote.unanswered.has(item);

/** The same by itself or with a folder above it. */
export const isTakenByUs = (state: State, item: ItemId): boolean =>
  [...upwards(state.trees, item, 'remote')].some((folder) => isDeletedByUs(state, folder));

/** The run was killed before the answer came, or there was a failure instead, which says nothing of what was done. */
export function leaveUnanswered({ remote, local, seq }: State, { type, item }: Command): void {
  if (type === 'DeleteRemote') remote.unanswered.set(item, seq);
  else if (type === 'DeleteLocal') local.unanswered.set(item, seq);
}

/** A look that began since has shown what became of it. */
export function settleUnanswered({ unanswered, look: { command } }: SideState): void {
  const startedAt = command === null ? 0 : plannedAt(command.id);
  for (const [item, at] of unanswered) if (at < startedAt) unanswered.delete(item);
}

/** A folder that is gone from the drive took everything in it along, as far as it was shown. Returns that. */
export function takeAlong({ remote, trees, seq }: State, folder: ItemId): readonly ItemId[] {
  noteFolders(trees, folder, remote.takenAlong, seq);
  return sweepBelow(trees, folder, 'remote');
}

function noteFolders(trees: Trees, folder: ItemId, into: Map<DriveItemId, Seq>, at: Seq): void {
  for (const child of trees.names.remote.children(folder)) {
    const entry = trees.items.get(child)?.remote ?? null;
    if (entry?.kind === 'folder') into.set(entry.id, at);
    noteFolders(trees, child, into, at);
  }
}

/**
 * A round has ended. A folder that it shows again was moved out right before the one above was deleted, and the feed tells of it
 * alone: only enumerating everything tells what is in it. A folder is gone when a round that began after the deletion lacks it.
 *
 * @param beganAt the event that planned the round
 * @returns whether a folder is shown again
 */
export function settleTakenAlong({ remote: { takenAlong }, trees }: State, beganAt: Seq): boolean {
  const isBack = [...takenAlong.keys()].some((id) => trees.byRemoteId.has(id));
  for (const [id, at] of takenAlong) if (isBack || at <= beganAt) takenAlong.delete(id);
  return isBack;
}
