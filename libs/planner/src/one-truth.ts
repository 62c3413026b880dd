/**
 * `cleanup_local_files` and `mirror_local_state`: one side is the truth, and what the other one alone shows goes from there, although
 * both sides never agreed on it. The gate counts it as it counts deletions.
 */
import type { ItemId, Policy } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { Item, Side } from '@tidemark/trees';
import { foldName, itemOf, pathOf } from '@tidemark/trees';
import { isKeptName } from './kept-name.ts';
import { askRules } from './scope.ts';
import type { Decision, PlanningView, ScopeVerdict } from './view.ts';
import { join } from './view.ts';

/** Does the item go from that side, which alone shows it, whatever was agreed on? */
export function goesUnagreed(policy: Policy, { synced }: Item, side: Side): boolean {
  if (side === 'local') return policy.direction === 'download' && policy.cleanupLocal;
  // What was agreed on and has changed on the drive since is no leftover: the change wins, as everywhere.
  return policy.mirrorLocal === true && synced === null;
}

export type SparingView = Pick<PlanningView, 'trees' | 'policy' | 'rules' | 'oddities' | 'leftOut'>;

/** Of folders, by which verdict they or a folder above are left out. Kept for as long as nothing in the trees changes. */
export type LeftOut = Map<ItemId, ScopeVerdict | null>;
export const createLeftOut = (): LeftOut => new Map();

/**
 * It stays all the same: a version that was kept for its user, what lies in a folder that is left out, or what the disk may have in a
 * form that no scan can tell.
 */
export function isSpared(view: SparingView, item: Item, side: Side): boolean {
  if (side === 'remote') return view.oddities.length > 0 && isOddOnDisk(view, item);
  if (item.local !== null && isKeptName(item.local.name, view.policy.hostName)) return true;
  return leftWhereItIs(view, item) !== null;
}

/**
 * A cleanup takes nothing out of a folder that rules leave out, or let in only for what is in it, nor that folder itself: what such rules
 * let in there comes down, and their user keeps the rest of the folder as it pleases them. Null: the item is in none.
 */
export function leftWhereItIs(
  view: Pick<SparingView, 'trees' | 'rules' | 'leftOut'>,
  item: Item,
): Extract<Decision, { type: 'ignored' }> | null {
  const own = item.local?.kind === 'folder' ? askRules(view, item, item.synced !== null, 'local') : null;
  if (own !== null) return { type: 'ignored', plugin: own.plugin, detail: own.detail };
  const verdict = item.local === null ? null : leftOutAt(view, item.local.parent);
  if (verdict === null) return null;
  const detail = `stays although it is not online, in a folder that is left out (${verdict.detail})`;
  return { type: 'ignored', plugin: verdict.plugin, detail, retained: true };
}

/** The innermost folder counts. */
function leftOutAt(view: Pick<SparingView, 'trees' | 'rules' | 'leftOut'>, id: ItemId): ScopeVerdict | null {
  if (id === rootItem) return null;
  const known = view.leftOut.get(id);
  if (known !== undefined) return known;
  // Between two parts of a look folders may be in each other.
  view.leftOut.set(id, null);
  const folder = itemOf(view.trees, id);
  const above = (folder.local ?? folder.remote)?.parent ?? rootItem;
  const verdict = askRules(view, folder, folder.synced !== null) ?? leftOutAt(view, above);
  view.leftOut.set(id, verdict);
  return verdict;
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
