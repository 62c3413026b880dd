/**
 * What our own deletions leave behind. A deletion carries out what one side showed; what that side shows by the time it is
 * done came later. Without this, a file that a user makes again while its old self is being deleted would read as one that
 * the other side has just lost, and would be deleted as well.
 */
import type { Command, DriveItemId, ItemId, Seq } from '@tidemark/contracts';
import { plannedAt } from '@tidemark/contracts';
import { depthMax, end } from '@tidemark/trees';
import type { State } from './state.ts';

/** Both sides agreed that they are gone. Whatever is there again on one of them is new. */
export function endAgreement({ trees }: State, ids: readonly ItemId[]): void {
  for (const id of ids) {
    const item = trees.items.get(id);
    if (item !== undefined && (item.remote === null || item.local === null)) end(item);
  }
}

/** A command of ours takes the item away on the drive, or may have done so without telling. */
export const isDeletedByUs = ({ inFlight, unanswered }: State, item: ItemId): boolean =>
  inFlight.get(item)?.type === 'DeleteRemote' || unanswered.remote.has(item);

/** The same by itself or with a folder above it. */
export function isTakenByUs(state: State, id: DriveItemId): boolean {
  const { trees } = state;
  let current = trees.byRemoteId.get(id);
  for (let depth = 0; current !== undefined && depth < depthMax; depth++) {
    if (isDeletedByUs(state, current)) return true;
    const entry: { readonly parent: ItemId } | null = trees.items.get(current)?.remote ?? null;
    if (entry === null || entry.parent === current) return false;
    current = entry.parent;
  }
  return false;
}

/** The run was killed before the answer came, or there was a failure instead, which says nothing of what was done. */
export function leaveUnanswered({ unanswered }: State, { type, item }: Command, at: Seq): void {
  if (type === 'DeleteRemote') unanswered.remote.set(item, at);
  else if (type === 'DeleteLocal') unanswered.local.set(item, at);
}

/** A look that began since has shown what became of it. */
export function settleUnanswered(unanswered: Map<ItemId, Seq>, look: Command | null): void {
  const startedAt = look === null ? 0 : plannedAt(look.id);
  for (const [item, at] of unanswered) if (at < startedAt) unanswered.delete(item);
}
