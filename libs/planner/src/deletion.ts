/**
 * Deletions. A delete needs positive evidence from the other side and an unchanged item on this one (I-8); whatever changed
 * meanwhile wins over the deletion (I-9). On the drive a folder goes with one call once everything in it may go; on disk
 * children go first, so that a folder with something unexpected in it stays.
 */
import type { ItemId } from '@tidemark/contracts';
import type { Item, LocalEntry, RemoteEntry, SyncedEntry } from '@tidemark/trees';
import { itemOf, localContent, pathOf, remoteContent, samePlace } from '@tidemark/trees';
import { bringDown, bringUp } from './bring.ts';
import { ignoredBy } from './scope.ts';
import type { Decision, PlanningView } from './view.ts';
import { act, reason, rest, waitFor } from './view.ts';

/** Verdicts about folders, kept for the length of one plan: a folder of 10,000 files is judged once, not 10,000 times. */
export type DeletionMemo = { readonly remote: Map<ItemId, Fate>; readonly local: Map<ItemId, Fate> };
export const createDeletionMemo = (): DeletionMemo => ({ remote: new Map(), local: new Map() });

/** What becomes of something whose other side is gone. `count` includes everything below. */
type Fate =
  | { readonly type: 'goes'; readonly count: number }
  | { readonly type: 'stays' }
  /** Something below must act or be looked at first. */
  | { readonly type: 'undecided'; readonly waitsFor: ItemId }
  /** Holds something out of scope, which a deletion must not take along. */
  | { readonly type: 'pinned' };

/** S and R, no L: deleted on disk. */
export function deleteRemote(
  view: PlanningView,
  item: Item,
  remote: RemoteEntry,
  memo: DeletionMemo,
): Decision {
  const { policy } = view;
  if (policy.direction === 'download' || policy.keepRemote) return rest;
  if (!view.remoteKnown) return waitFor('remoteKnown');
  if (!view.localKnown) return waitFor('localKnown');
  const fate = remoteFate(view, item, memo);
  if (fate.type === 'pinned') return rest;
  if (fate.type === 'undecided') return waitFor(fate.waitsFor);
  if (fate.type === 'stays') {
    const kept = remote.kind === 'folder';
    return bringDown(
      view,
      item,
      remote,
      kept ? 'holds-survivors' : 'remote-edit-beats-local-delete',
      kept ? 'something below survives' : 'local gone, remote≠synced',
    );
  }
  // The folder above goes as a whole: its one call covers this item.
  const parent = itemOf(view.trees, remote.parent);
  if (
    parent.synced !== null &&
    parent.local === null &&
    parent.remote !== null &&
    remoteFate(view, parent, memo).type === 'goes'
  )
    return waitFor(parent.id);
  if (view.deletionsHeld) return waitFor('deletions');
  return act({
    type: 'DeleteRemote',
    item: item.id,
    path: pathOf(view.trees, item, 'remote') ?? remote.name,
    reason: reason('local-deleted', 'local gone, remote=synced', item),
    driveItemId: remote.id,
    ifMatch: remote.eTag,
    itemCount: fate.count,
  });
}

/** S and L, no R: deleted on the drive. */
export function deleteLocal(
  view: PlanningView,
  item: Item,
  local: LocalEntry,
  synced: SyncedEntry,
  memo: DeletionMemo,
): Decision {
  const { policy } = view;
  if (policy.direction === 'upload')
    return bringUp(view, item, local, 'local-edit-beats-remote-delete', 'remote gone, upload only');
  if (policy.direction === 'download' && !policy.cleanupLocal) return rest;
  if (!view.remoteKnown) return waitFor('remoteKnown');
  if (!view.localKnown) return waitFor('localKnown');
  const path = pathOf(view.trees, item, 'local');
  if (path === null) return waitFor(local.parent);
  const expected = { id: local.id, stamp: local.stamp };
  if (local.kind === 'file' && localContent(local, synced) === 'unknown') {
    return act({
      type: 'HashFile',
      item: item.id,
      path,
      reason: reason('compare-content', 'remote gone, local hash unknown', item),
      expected,
    });
  }
  const fate = localFate(view, item, memo);
  if (fate.type === 'pinned') return rest;
  if (fate.type === 'undecided') return waitFor(fate.waitsFor);
  if (fate.type === 'stays') {
    const kept = local.kind === 'folder';
    return bringUp(
      view,
      item,
      local,
      kept ? 'holds-survivors' : 'local-edit-beats-remote-delete',
      kept ? 'something below survives' : 'remote gone, local≠synced',
    );
  }
  for (const child of view.trees.localNames.children(item.id)) return waitFor(child);
  if (view.deletionsHeld) return waitFor('deletions');
  return act({
    type: 'DeleteLocal',
    item: item.id,
    path,
    reason: reason('remote-deleted', 'remote gone, local=synced', item),
    kind: local.kind,
    expected,
  });
}

function remoteFate(view: PlanningView, item: Item, memo: DeletionMemo): Fate {
  const known = memo.remote.get(item.id);
  if (known !== undefined) return known;
  const fate = judgeRemote(view, item, memo);
  memo.remote.set(item.id, fate);
  return fate;
}

function judgeRemote(view: PlanningView, item: Item, memo: DeletionMemo): Fate {
  const { remote, local, synced } = item;
  if (remote === null) return { type: 'goes', count: 0 };
  if (view.inFlight.has(item.id)) return { type: 'undecided', waitsFor: item.id };
  if (remote.kind === 'opaque' || ignoredBy(view, item) !== null) return { type: 'pinned' };
  // Still on disk, elsewhere: its own move takes it out first.
  if (local !== null) return { type: 'undecided', waitsFor: item.id };
  if (synced === null || !samePlace(remote, synced) || remoteContent(remote, synced) !== 'same')
    return { type: 'stays' };
  return judgeChildren([...view.trees.remoteNames.children(item.id)], (child) =>
    remoteFate(view, itemOf(view.trees, child), memo),
  );
}

function localFate(view: PlanningView, item: Item, memo: DeletionMemo): Fate {
  const known = memo.local.get(item.id);
  if (known !== undefined) return known;
  const fate = judgeLocal(view, item, memo);
  memo.local.set(item.id, fate);
  return fate;
}

function judgeLocal(view: PlanningView, item: Item, memo: DeletionMemo): Fate {
  const { remote, local, synced } = item;
  if (local === null) return { type: 'goes', count: 0 };
  if (view.inFlight.has(item.id)) return { type: 'undecided', waitsFor: item.id };
  if (ignoredBy(view, item) !== null) return { type: 'pinned' };
  // Still on the drive, elsewhere: its own move takes it out first.
  if (remote !== null) return { type: 'undecided', waitsFor: item.id };
  if (synced === null || !samePlace(local, synced)) return { type: 'stays' };
  const content = localContent(local, synced);
  if (content === 'changed') return { type: 'stays' };
  if (content === 'unknown') return { type: 'undecided', waitsFor: item.id };
  return judgeChildren([...view.trees.localNames.children(item.id)], (child) =>
    localFate(view, itemOf(view.trees, child), memo),
  );
}

/** One survivor keeps the folder; one pinned child keeps it too, but out of sight of the other side. */
function judgeChildren(children: readonly ItemId[], judge: (child: ItemId) => Fate): Fate {
  let count = 1;
  let pinned = false;
  let undecided: Fate | null = null;
  for (const child of children) {
    const fate = judge(child);
    if (fate.type === 'stays') return fate;
    if (fate.type === 'pinned') pinned = true;
    else if (fate.type === 'undecided') undecided ??= fate;
    else count += fate.count;
  }
  if (undecided !== null) return undecided;
  return pinned ? { type: 'pinned' } : { type: 'goes', count };
}
