/**
 * What our own deletions leave behind. A deletion carries out what one side showed; what that side shows by the time it is
 * done came later. Without this, a file that a user makes again while its old self is being deleted would read as one that
 * the other side has just lost, and would be deleted as well.
 */
import type { DriveItemId, ItemId } from '@tidemark/contracts';
import type { State } from './state.ts';

/** Both sides agreed that they are gone. Whatever is there again on one of them is new. */
export function endAgreement({ trees }: State, ids: readonly ItemId[]): void {
  for (const id of ids) {
    const item = trees.items.get(id);
    if (item !== undefined && (item.remote === null || item.local === null)) item.synced = null;
  }
}

/** A command of ours is at work that takes the drive item away, by itself or with a folder above it. */
export function isBeingDeleted({ trees, inFlight }: State, id: DriveItemId): boolean {
  let current = trees.byRemoteId.get(id);
  for (let depth = 0; current !== undefined && depth < depthMax; depth++) {
    if (inFlight.get(current)?.type === 'DeleteRemote') return true;
    const entry: { readonly parent: ItemId } | null = trees.items.get(current)?.remote ?? null;
    if (entry === null || entry.parent === current) return false;
    current = entry.parent;
  }
  return false;
}

const depthMax = 512;
