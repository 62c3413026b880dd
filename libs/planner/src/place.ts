/** Renames and moves of items that both sides show. A move is one change of one item, whatever lies below it. */
import type { ItemId, RuleId } from '@tidemark/contracts';
import type { SyncedEntry } from '@tidemark/trees';
import { isWithin, itemOf, pathOf, samePlace } from '@tidemark/trees';
import { join } from './bring.ts';
import {
  isNameCircle,
  leavesLocalPlace,
  localTarget,
  provisionalName,
  remoteTarget,
  wouldEncircle,
} from './occupancy.ts';
import type { Both, Decision, PlanningView } from './view.ts';
import { act, reason, rest, waitFor } from './view.ts';

export function reconcilePlace(view: PlanningView, both: Both, synced: SyncedEntry | null): Decision {
  const { item, remote, local } = both;
  if (samePlace(remote, local)) return rest;
  if (!view.remoteKnown) return waitFor('remoteKnown');
  if (!view.localKnown) return waitFor('localKnown');
  const stop = view.provisional(item.id);
  const localMoved = stop !== 'local' && synced !== null && !samePlace(local, synced);
  const remoteMoved = stop !== 'remote' && (synced === null || !samePlace(remote, synced));

  // A stop in between is nobody's wish: the other side still says where the item belongs.
  if (localMoved && !remoteMoved) {
    if (view.policy.direction === 'download') return rest;
    // Both sides may have moved folders into each other: the drive's arrangement wins, and the circle opens.
    if (wouldEncircle(view, item, local.parent, 'remote')) {
      if (!movesOutOfTheWay(view, local.parent))
        return moveLocal(
          view,
          both,
          'moved-on-both-sides',
          'the move would put the folder inside itself on the drive',
        );
      return waitFor(local.parent);
    }
    return moveRemote(view, both);
  }
  if (view.policy.direction === 'upload') return localMoved ? moveRemote(view, both) : rest;
  if (localMoved && view.policy.localFirst && !wouldEncircle(view, item, local.parent, 'remote'))
    return moveRemote(view, both);
  return moveLocal(
    view,
    both,
    localMoved ? 'moved-on-both-sides' : 'remote-moved',
    localMoved ? 'remote≠synced, local≠synced' : 'remote place≠synced, local=synced',
  );
}

function moveRemote(view: PlanningView, { item, remote, local }: Both): Decision {
  const parent = itemOf(view.trees, local.parent);
  if (parent.remote === null) return waitFor(parent.id);
  const below = busyBelow(view, item.id, 'remote');
  if (below !== null) return waitFor(below);
  const target = remoteTarget(view, item, local.parent, local.name);
  const circle =
    target.type === 'held' &&
    isNameCircle(view, item, target.holder, 'remote') &&
    !view.inFlight.has(target.holder);
  if (target.type === 'held' && !circle) return target.decision;
  const toPath = pathOf(view.trees, item, 'local');
  if (toPath === null) return waitFor(parent.id);
  return act({
    type: 'MoveRemote',
    item: item.id,
    path: toPath,
    reason: circle
      ? reason('name-swap', 'the wanted name is held in a circle', item)
      : reason('local-moved', 'local place≠synced, remote=synced', item),
    driveItemId: remote.id,
    ifMatch: remote.eTag,
    toParentId: parent.remote.id,
    toName: circle ? provisionalName(local.name, item.id) : local.name,
    modifiedAt: remote.modifiedAt,
    provisional: circle,
  });
}

function moveLocal(
  view: PlanningView,
  { item, remote, local }: Both,
  rule: RuleId,
  differs: string,
): Decision {
  const parent = itemOf(view.trees, remote.parent);
  if (parent.local === null) return waitFor(parent.id);
  const path = pathOf(view.trees, item, 'local');
  const folder = pathOf(view.trees, parent, 'local');
  if (path === null || folder === null) return waitFor(parent.id);
  // The folder it belongs into lies inside it on disk: that one has to leave first.
  if (wouldEncircle(view, item, remote.parent, 'local'))
    return waitFor(outermostInside(view, item.id, remote.parent));
  const below = busyBelow(view, item.id, 'local');
  if (below !== null) return waitFor(below);
  const target = localTarget(view, item, remote.parent, remote.name);
  const circle =
    target.type === 'held' &&
    isNameCircle(view, item, target.holder, 'local') &&
    !view.inFlight.has(target.holder);
  if (target.type === 'held' && !circle) {
    // A holder without a wish of its own (never on the drive, or parked) would wait for us for ever: it steps aside by itself
    // when the drive shows us under its name; nothing else to do here.
    return target.decision;
  }
  return act({
    type: 'MoveLocal',
    item: item.id,
    path,
    reason: circle
      ? reason('name-swap', 'the wanted name is held in a circle', item)
      : reason(rule, differs, item),
    toPath: join(folder, circle ? provisionalName(remote.name, item.id) : remote.name),
    expected: { id: local.id, stamp: local.stamp },
    provisional: circle,
  });
}

/** A command under way below a folder pins its path. */
function busyBelow(view: PlanningView, folder: ItemId, side: 'remote' | 'local'): ItemId | null {
  for (const id of view.inFlight.keys()) {
    if (id !== folder && isWithin(view.trees, id, folder, side)) return id;
  }
  return null;
}

function movesOutOfTheWay(view: PlanningView, id: ItemId): boolean {
  const item = itemOf(view.trees, id);
  const { local, remote, synced } = item;
  return (
    local !== null &&
    remote !== null &&
    synced !== null &&
    samePlace(remote, synced) &&
    !samePlace(local, synced) &&
    !leavesLocalPlace(view, item)
  );
}

/** The child of `outer` on the way down to `inner` on disk: the one that has to be moved out. */
function outermostInside(view: PlanningView, outer: ItemId, inner: ItemId): ItemId {
  let current = inner;
  for (;;) {
    const entry = itemOf(view.trees, current).local;
    if (entry === null || entry.parent === outer) return current;
    current = entry.parent;
  }
}
