/**
 * An item under a temporary name in the middle of a name swap, whose other side is gone meanwhile. No side says any more where
 * it belongs, and the temporary name must not become its own, so it gets the name that it was on the way to.
 */
import type { ItemId } from '@tidemark/contracts';
import type { Item, Side } from '@tidemark/trees';
import { itemOf, otherSide } from '@tidemark/trees';
import { busyBelow } from './folders-above.ts';
import { freeKeptName } from './kept-name.ts';
import { move } from './move.ts';
import { leavesPlace, noFreeName } from './names.ts';
import { temporarySide, wantedName } from './temporary-name.ts';
import type { Decision, PlanningView } from './view.ts';
import { mayWrite, waitFor } from './view.ts';

/** Null when the item has no temporary name on that side. */
export function leaveTemporaryName(view: PlanningView, item: Item, side: Side): Decision | null {
  const entry = item[side];
  if (entry === null || temporarySide(item) !== side || !mayWrite(view.policy, side)) return null;
  if (!view.remoteKnown) return waitFor('remoteKnown');
  if (!view.localKnown) return waitFor('localKnown');
  const below = busyBelow(view, item.id, side);
  if (below !== null) return waitFor(below);
  const wanted = wantedName(entry.name);
  const holder = holderOf(view, item, entry.parent, wanted);
  if (holder?.isLeaving === true) return waitFor(holder.id);
  const name = holder === null ? wanted : freeKeptName(view, entry.parent, wanted);
  if (name === null) return noFreeName;
  return move(
    view,
    item,
    side,
    { parent: entry.parent, name },
    {
      rule: 'swap-abandoned',
      differs: `no ${otherSide(side)}, under a temporary name`,
    },
  );
}

/** Who bears the name on either side: the item is to be on both in the end. Null when it is free. */
function holderOf(
  view: PlanningView,
  item: Item,
  parent: ItemId,
  name: string,
): { readonly id: ItemId; readonly isLeaving: boolean } | null {
  for (const side of ['local', 'remote'] as const)
    for (const id of view.trees.names[side].holders(parent, name))
      if (id !== item.id)
        return { id, isLeaving: view.inFlight.has(id) || leavesPlace(view, itemOf(view.trees, id), side) };
  return null;
}
