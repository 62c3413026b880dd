/** What becomes of an item whose other side is gone. A folder's fate follows from everything in it. */
import type { ItemId } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { Item } from '@tidemark/trees';
import { isWithin, itemOf, localContent, remoteContent, samePlace } from '@tidemark/trees';
import { ignoredBy } from './scope.ts';
import type { PlanningView } from './view.ts';

/** Verdicts about folders, kept for the length of one plan: a folder of 10,000 files is judged once, not 10,000 times. */
export type Fates = { readonly remote: Map<ItemId, Fate>; readonly local: Map<ItemId, Fate> };
export const createFates = (): Fates => ({ remote: new Map(), local: new Map() });

/** What becomes of something whose other side is gone. `count` includes everything below. */
export type Fate =
  | { readonly type: 'goes'; readonly count: number }
  | { readonly type: 'stays' }
  /** Something below must act or be looked at first. */
  | { readonly type: 'undecided'; readonly waitsFor: ItemId }
  /** Holds something out of scope or unknown, which a deletion must not take along. */
  | { readonly type: 'pinned' };

export function remoteFate(view: PlanningView, item: Item): Fate {
  const known = view.fates.remote.get(item.id);
  if (known !== undefined) return known;
  const fate = judgeRemote(view, item);
  view.fates.remote.set(item.id, fate);
  return fate;
}

function judgeRemote(view: PlanningView, item: Item): Fate {
  const { remote, local, synced } = item;
  if (remote === null) return { type: 'goes', count: 0 };
  if (view.inFlight.has(item.id)) return { type: 'undecided', waitsFor: item.id };
  if (remote.kind === 'opaque' || remote.oddity !== undefined) return { type: 'pinned' };
  if (ignoredBy(view, item) !== null) return { type: 'pinned' };
  if (local !== null) {
    // Still on disk. If the user moved it there, its own move takes it out first; otherwise it belongs in here.
    // A stop in between is nobody's wish.
    const stop = view.provisional(item.id);
    const leaves =
      stop === undefined
        ? localPlaceWins(view, item) ||
          (synced !== null && samePlace(remote, synced) && !samePlace(local, synced))
        : stop === 'remote' && local.parent !== remote.parent;
    return leaves ? { type: 'undecided', waitsFor: item.id } : { type: 'stays' };
  }
  if (synced === null || remoteContent(remote, synced) !== 'same') return { type: 'stays' };
  if (!samePlace(remote, synced) && view.provisional(item.id) !== 'remote') return { type: 'stays' };
  return judgeChildren(view.trees.remoteNames.children(item.id), (child) =>
    remoteFate(view, itemOf(view.trees, child)),
  );
}

export function localFate(view: PlanningView, item: Item): Fate {
  const known = view.fates.local.get(item.id);
  if (known !== undefined) return known;
  const fate = judgeLocal(view, item);
  view.fates.local.set(item.id, fate);
  return fate;
}

function judgeLocal(view: PlanningView, item: Item): Fate {
  const { remote, local, synced } = item;
  if (local === null) return { type: 'goes', count: 0 };
  if (view.inFlight.has(item.id)) return { type: 'undecided', waitsFor: item.id };
  if (ignoredBy(view, item) !== null) return { type: 'pinned' };
  if (remote !== null) {
    // Still on the drive. If it was moved there, its own move takes it out first; otherwise it belongs in here.
    const stop = view.provisional(item.id);
    const leaves =
      stop === undefined
        ? !localPlaceWins(view, item) && (synced === null || !samePlace(remote, synced))
        : stop === 'local' && local.parent !== remote.parent;
    return leaves ? { type: 'undecided', waitsFor: item.id } : { type: 'stays' };
  }
  if (synced === null) return { type: 'stays' };
  if (!samePlace(local, synced) && view.provisional(item.id) !== 'local') return { type: 'stays' };
  const content = localContent(local, synced);
  if (content === 'changed') return { type: 'stays' };
  if (content === 'unknown') return { type: 'undecided', waitsFor: item.id };
  return judgeChildren(view.trees.localNames.children(item.id), (child) =>
    localFate(view, itemOf(view.trees, child)),
  );
}

/**
 * One survivor keeps the folder; one pinned child keeps it too, but out of sight of the other side. Lowest first: the order
 * in which names came into the folder is no information, and a restored snapshot does not know it.
 */
function judgeChildren(children: Iterable<ItemId>, judge: (child: ItemId) => Fate): Fate {
  let count = 1;
  let pinned = false;
  let undecided: Fate | null = null;
  for (const child of [...children].sort((a, b) => a - b)) {
    const fate = judge(child);
    if (fate.type === 'stays') return fate;
    if (fate.type === 'pinned') pinned = true;
    else if (fate.type === 'undecided') undecided ??= fate;
    else count += fate.count;
  }
  if (undecided !== null) return undecided;
  return pinned ? { type: 'pinned' } : { type: 'goes', count };
}

/**
 * It was moved on both sides, and by policy the place on disk is the one that counts, unless it lies inside the item or has a
 * name that the drive cannot hold.
 */
export function localPlaceWins(view: PlanningView, item: Item): boolean {
  const { id, remote, local, synced } = item;
  if (view.policy.direction === 'download') return false;
  // A stop in between is nobody's wish.
  if (!view.policy.localFirst || view.provisional(id) !== undefined) return false;
  if (remote === null || local === null || synced === null) return false;
  if (samePlace(local, synced) || samePlace(remote, synced)) return false;
  if (local.parent !== rootItem && isWithin(view.trees, local.parent, id, 'remote')) return false;
  return ignoredBy(view, item, 'local') === null;
}
