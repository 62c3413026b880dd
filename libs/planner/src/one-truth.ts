/**
 * `cleanup_local_files` and `mirror_local_state`: one side is the truth, and what the other one alone shows goes from there, although
 * both sides never agreed on it. The gate counts it as it counts deletions.
 */
import type { Policy } from '@tidemark/contracts';
import type { Item, Side } from '@tidemark/trees';
import { foldName, itemOf, pathOf } from '@tidemark/trees';
import { isKeptName } from './kept-name.ts';
import type { PlanningView } from './view.ts';
import { join } from './view.ts';

/** Does the item go from that side, which alone shows it, whatever was agreed on? */
export function goesUnagreed(policy: Policy, { synced }: Item, side: Side): boolean {
  if (side === 'local') return policy.direction === 'download' && policy.cleanupLocal;
  // What was agreed on and has changed on the drive since is no leftover: the change wins, as everywhere.
  return policy.mirrorLocal === true && synced === null;
}

export type SparingView = Pick<PlanningView, 'trees' | 'policy' | 'oddities'>;

/** It stays all the same: a version that was kept for its user, or one that the disk may have in a form that no scan can tell. */
export function isSpared(view: SparingView, item: Item, side: Side): boolean {
  if (side === 'local') return item.local !== null && isKeptName(item.local.name, view.policy.hostName);
  return view.oddities.length > 0 && isOddOnDisk(view, item);
}

function isOddOnDisk({ trees, oddities }: SparingView, { remote }: Item): boolean {
  if (remote === null) return false;
  const parent = itemOf(trees, remote.parent);
  const folder = pathOf(trees, parent, 'local') ?? pathOf(trees, parent, 'remote');
  const path = foldName(join(folder ?? '', remote.name));
  return oddities.some((oddity) => {
    const odd = foldName(oddity.path);
    return odd === path || odd.startsWith(`${path}/`) || path.startsWith(`${odd}/`);
  });
}
