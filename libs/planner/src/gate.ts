/** The gate (I-11): what waits for a confirmation when there is much of it at once, on which side, and what is lost by it. */
import type { Policy } from '@tidemark/contracts';
import type { Item } from '@tidemark/trees';
import { localContent, otherSide, remoteContent } from '@tidemark/trees';
import { losesNameOnDisk, mayDelete, sinceAgreed } from './deletable.ts';
import { goesUnagreed } from './one-truth.ts';
import { mayWrite } from './view.ts';

/** `deletionsOnDrive`: gone from the disk. `deletionsOnDisk`: gone from the drive. `replacementsOnDrive`: rewritten on disk. */
export type HeldKind = 'deletionsOnDrive' | 'deletionsOnDisk' | 'replacementsOnDrive';
export const heldKinds: readonly HeldKind[] = ['deletionsOnDrive', 'deletionsOnDisk', 'replacementsOnDrive'];

/**
 * Would the item go, or be replaced, if nothing held it? Whatever changed on the losing side meanwhile would not; the temporary
 * name of a name swap is no change.
 */
export function wouldLose(policy: Policy, item: Item, kind: HeldKind): boolean {
  const { remote, synced } = item;
  if (kind === 'replacementsOnDrive') {
    if (remote === null || synced === null || !mayWrite(policy, 'remote')) return false;
    return isRewritten(item) && remoteContent(remote, synced) === 'same';
  }
  const side = kind === 'deletionsOnDrive' ? 'remote' : 'local';
  if (item[otherSide(side)] !== null || !mayDelete(policy, side)) return false;
  if (side === 'local' && losesNameOnDisk(policy, item)) return policy.bypassPreservation;
  return sinceAgreed(item, side) !== 'changed' || goesUnagreed(policy, item, side);
}

/** Its bytes on disk are others than those last agreed on. A new stamp counts as other bytes until the file is read. */
export function isRewritten({ remote, local, synced }: Item): boolean {
  if (synced === null || local?.kind !== 'file' || remote?.kind !== 'file') return false;
  return local.stamp !== synced.stamp && localContent(local, synced) !== 'same';
}

/** Rewritten, and with another extension: what encrypts files without being asked likes to do both. */
export function isRewrittenAsAnother(item: Item): boolean {
  const { local, synced } = item;
  if (local === null || synced === null || !isRewritten(item)) return false;
  return extensionOf(local.name) !== extensionOf(synced.name);
}

const extensionOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase();
