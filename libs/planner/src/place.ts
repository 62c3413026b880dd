/** Renames and moves of items that both sides show. A move is one change of one item, whatever lies below it. */
import type { RuleId } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { SyncedEntry } from '@tidemark/trees';
import { itemOf, pathOf, samePlace, shownPath } from '@tidemark/trees';
import { changeLocal } from './change-local.ts';
import { busyAt, busyBelow, missingAt } from './folders-above.ts';
import { isInNameCircle, nameHeld, unsettledInside } from './names.ts';
import { temporaryName, temporarySide } from './temporary-name.ts';
import { ignoredBy } from './scope.ts';
import type { Both, Decision, PlanningView } from './view.ts';
import { act, join, reason, rest, waitFor } from './view.ts';
import { wantedPlace, wouldEncircle } from './wanted-place.ts';

export function reconcilePlace(view: PlanningView, both: Both, synced: SyncedEntry | null): Decision {
  const { item, remote, local } = both;
  if (samePlace(remote, local)) return rest;
  if (!view.remoteKnown) return waitFor('remoteKnown');
  if (!view.localKnown) return waitFor('localKnown');
  const { direction } = view.policy;
  if (wantedPlace(view, item) === 'local') {
    if (direction === 'download') return rest;
    if (wouldEncircle(view, item, local.parent, 'remote')) return waitFor(local.parent);
    return moveRemote(view, both);
  }
  if (direction === 'upload') return rest;
  const movedOnDisk = synced !== null && !samePlace(local, synced) && temporarySide(item) !== 'local';
  if (!movedOnDisk) return moveLocal(view, both, 'remote-moved', 'remote place≠synced, local=synced');
  const differs = samePlace(remote, synced)
    ? 'the move would put the folder inside itself on the drive'
    : 'remote≠synced, local≠synced';
  return moveLocal(view, both, 'moved-on-both-sides', differs);
}

function moveRemote(view: PlanningView, both: Both): Decision {
  const { item, remote, local } = both;
  const parent = itemOf(view.trees, local.parent);
  const below = busyBelow(view, item.id, 'remote');
  if (below !== null) return waitFor(below);
  const path = pathOf(view.trees, item, 'local');
  const root = itemOf(view.trees, rootItem).remote;
  if (path === null || root === null) return waitFor(parent.id);
  const common = {
    type: 'MoveRemote' as const,
    fromPath: pathOf(view.trees, item, 'remote') ?? remote.name,
    item: item.id,
    path,
    driveItemId: remote.id,
    ifMatch: remote.eTag,
    modifiedAt: remote.modifiedAt,
  };
  const outOfScope = ignoredBy(view, item, 'local');
  if (outOfScope !== null) return outOfScope;
  const held = parent.remote === null ? null : nameHeld(view, item, 'remote', local);
  if (parent.remote !== null && held === null) {
    const movedFrom =
      item.synced === null ? 'remote place out of scope' : 'local place≠synced, remote=synced';
    return act({
      ...common,
      reason: reason('local-moved', movedFrom, item),
      establishes: ['place'],
      toParentId: parent.remote.id,
      toName: local.name,
      provisional: false,
    });
  }
  if (temporarySide(item) !== 'remote' && isInNameCircle(view, item, 'remote')) {
    return act({
      ...common,
      reason: reason('name-swap', 'the wanted name is held in a circle', item),
      establishes: [],
      // While its folder is still to be made, only the root is sure to be no part of the circle.
      toParentId: (parent.remote ?? root).id,
      toName: temporaryName(local.name, item.id),
      provisional: true,
    });
  }
  return held ?? waitFor(parent.id);
}

function moveLocal(view: PlanningView, both: Both, rule: RuleId, differs: string): Decision {
  const { item, remote, local } = both;
  const parent = itemOf(view.trees, remote.parent);
  // The folder it belongs into lies inside it on disk: that one has to leave first.
  if (wouldEncircle(view, item, remote.parent, 'local'))
    return waitFor(unsettledInside(view, item.id, remote.parent, 'local'));
  const busy = busyBelow(view, item.id, 'local') ?? busyAt(view, parent) ?? missingAt(view, parent);
  if (busy !== null) return waitFor(busy);
  const path = pathOf(view.trees, item, 'local');
  const folder = pathOf(view.trees, parent, 'local');
  if (path === null) return waitFor(parent.id);
  // It was moved out of scope: its folder never comes, and what is on disk stays where it is.
  const outOfScope = folder === null ? ignoredBy(view, parent) : null;
  if (outOfScope !== null) {
    const folderName = shownPath(view.trees, parent);
    return { ...outOfScope, detail: `moved on the drive into "${folderName}", which is out of scope` };
  }
  const common = {
    type: 'MoveLocal' as const,
    item: item.id,
    path,
    expected: { id: local.id, stamp: local.stamp },
  };
  const held = folder === null ? null : nameHeld(view, item, 'local', remote);
  if (folder !== null && held === null) {
    return changeLocal(view, item, local, {
      ...common,
      reason: reason(rule, differs, item),
      establishes: ['place'],
      toPath: join(folder, remote.name),
      provisional: false,
    });
  }
  if (temporarySide(item) !== 'local' && isInNameCircle(view, item, 'local')) {
    const toPath = join(folder ?? '', temporaryName(remote.name, item.id));
    return changeLocal(view, item, local, {
      ...common,
      reason: reason('name-swap', 'the wanted name is held in a circle', item),
      establishes: [],
      toPath,
      provisional: true,
    });
  }
  return held ?? waitFor(parent.id);
}
