/**
 * Folders that are only on the way to what rules let in: made when something in them needs it, never by themselves. What both
 * sides agreed on is a folder like any other, whatever is in it: this never takes anything away.
 */
import type { ItemId } from '@tidemark/contracts';
import type { Item, Side } from '@tidemark/trees';
import { itemOf, otherSide } from '@tidemark/trees';
import { askRules, ignoredBy } from './scope.ts';
import type { Decision, PlanningView } from './view.ts';

/** Of folders on that side, whether something in them needs them. Kept for the length of one plan, as nothing changes it meanwhile. */
export type Needed = { readonly [side in Side]: Map<ItemId, boolean> };
export const createNeeded = (): Needed => ({ remote: new Map(), local: new Map() });

/** A folder that only that side shows, and that the other one needs for nothing; null otherwise. */
export function leftOnTheWay(
  view: PlanningView,
  item: Item,
  side: Side,
): Extract<Decision, { type: 'ignored' }> | null {
  if (!isNew(item) || item[side]?.kind !== 'folder') return null;
  const verdict = askRules(view, item, false);
  if (verdict?.onTheWay !== true || holdsNeedy(view, item, side)) return null;
  return { type: 'ignored', plugin: verdict.plugin, detail: verdict.detail, until: 'content' };
}

const isNew = ({ remote, local, synced }: Item): boolean =>
  synced === null && (remote === null || local === null);

function holdsNeedy(view: PlanningView, folder: Item, side: Side): boolean {
  const known = view.needed[side].get(folder.id);
  if (known !== undefined) return known;
  // Between two pages of the drive folders may be in each other.
  view.needed[side].set(folder.id, false);
  const isNeeded = [...view.trees.names[side].children(folder.id)].some((id) =>
    needsItsFolder(view, itemOf(view.trees, id), side),
  );
  view.needed[side].set(folder.id, isNeeded);
  return isNeeded;
}

function needsItsFolder(view: PlanningView, item: Item, side: Side): boolean {
  const entry = item[side];
  if (entry === null || entry.kind === 'opaque' || ignoredBy(view, item) !== null) return false;
  if (entry.kind === 'file') return item.remote?.oddity === undefined;
  if (!isNew(item) || item[otherSide(side)] !== null) return true;
  return askRules(view, item, false)?.onTheWay !== true || holdsNeedy(view, item, side);
}
