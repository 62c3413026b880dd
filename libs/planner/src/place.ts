/** Renames and moves of items that both sides show. A move is one change of one item, whatever lies below it. */
import { rootItem } from '@tidemark/contracts';
import type { Item, Place, Side } from '@tidemark/trees';
import { contentBetween, itemOf, otherSide, pathOf, samePlace, shownPath } from '@tidemark/trees';
import { readLocal } from './read-local.ts';
import { busyAt, busyBelow, missingAt } from './folders-above.ts';
import { move } from './move.ts';
import { holderOf, isInNameCircle, nameHeld, unsettledInside } from './names.ts';
import { temporaryName, temporarySide } from './temporary-name.ts';
import { ignoredBy } from './scope.ts';
import type { Both, Decision, PlanningView, Why } from './view.ts';
import { mayWrite, rest, waitFor } from './view.ts';
import { placeBefore, wantedPlace, wouldEncircle } from './wanted-place.ts';

export function reconcilePlace(view: PlanningView, both: Both): Decision {
  const { item, remote, local } = both;
  if (samePlace(remote, local)) return rest;
  if (!view.remoteKnown) return waitFor('remoteKnown');
  if (!view.localKnown) return waitFor('localKnown');
  if (mayBeOneFile(view, both)) return readLocal(view, item, 'local hash unknown');
  const side = wantedPlace(view, item) === 'local' ? 'remote' : 'local';
  if (!mayWrite(view.policy, side)) return rest;
  return moveOn(view, both, side, whyMoved(both, placeBefore(view, item), side));
}

/** Moved on disk since both sides showed it at one place. Only bytes tell whether it is what the drive shows. */
function mayBeOneFile({ together }: PlanningView, { item, remote, local }: Both): boolean {
  const before = item.synced === null ? together.get(item.id) : undefined;
  if (before === undefined || samePlace(local, before) || local.hash !== null || remote.hash === null)
    return false;
  return contentBetween(remote, local, item.match) === 'unknown';
}

function whyMoved({ item, remote, local }: Both, before: Place | null, side: Side): Why {
  if (side === 'remote') {
    const differs = before === null ? 'remote place out of scope' : 'local place≠synced, remote=synced';
    return { rule: 'local-moved', differs };
  }
  const movedOnDisk = before !== null && !samePlace(local, before) && temporarySide(item) !== 'local';
  if (!movedOnDisk) return { rule: 'remote-moved', differs: 'remote place≠synced, local=synced' };
  const differs = samePlace(remote, before)
    ? 'the move would put the folder inside itself on the drive'
    : 'remote≠synced, local≠synced';
  return { rule: 'moved-on-both-sides', differs };
}

/** To the place that the other side shows. */
function moveOn(view: PlanningView, both: Both, side: Side, why: Why): Decision {
  const { item, [otherSide(side)]: wanted } = both;
  const parent = itemOf(view.trees, wanted.parent);
  // The folder it belongs into lies inside it there: that one has to leave first.
  if (wouldEncircle(view, item, parent.id, side))
    return waitFor(unsettledInside(view, item.id, parent.id, side));
  const busy = busyBelow(view, item.id, side) ?? (side === 'local' ? notReady(view, parent) : null);
  if (busy !== null) return waitFor(busy);
  const isFolderThere = pathOf(view.trees, parent, side) !== null;
  const outOfScope =
    side === 'remote' ? ignoredBy(view, item, 'local') : isFolderThere ? null : folderIgnored(view, parent);
  if (outOfScope !== null) return outOfScope;
  const held = isFolderThere ? nameHeld(view, item, side, wanted) : waitFor(parent.id);
  if (held === null) return move(view, item, side, wanted, why);
  if (temporarySide(item) === side || !isInNameCircle(view, item, side)) return held;
  // While its folder is still to be made, only the root is sure to be no part of the circle.
  const folder = isFolderThere ? parent.id : rootItem;
  let aside = { parent: folder, name: temporaryName(wanted.name, item.id) };
  while (holderOf(view, item, side, aside) !== null)
    aside = { parent: folder, name: temporaryName(aside.name, item.id) };
  const differs = 'the wanted name is held in a circle';
  return move(view, item, side, aside, { rule: 'name-swap', differs });
}

const notReady = (view: PlanningView, folder: Item) => busyAt(view, folder) ?? missingAt(view, folder);

/** It was moved out of scope: its folder never comes, and what is on disk stays where it is. */
function folderIgnored(view: PlanningView, folder: Item): Decision | null {
  const detail = `moved on the drive into "${shownPath(view.trees, folder)}", which is out of scope`;
  const ignored = ignoredBy(view, folder);
  return ignored === null ? null : { ...ignored, detail };
}
