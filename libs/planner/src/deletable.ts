/** May an item be deleted whose other side is gone? For a folder this follows from everything in it. */
import type { ItemId, Policy } from '@tidemark/contracts';
import type { ContentState, Item, Side } from '@tidemark/trees';
import { heirOf, itemOf, localContent, otherSide, remoteContent, samePlace } from '@tidemark/trees';
import { leftOnTheWay } from './on-the-way.ts';
import { goesUnagreed, isSpared } from './one-truth.ts';
import { ignoredBy } from './scope.ts';
import { temporarySide } from './temporary-name.ts';
import type { PlanningView } from './view.ts';
import { mayWrite } from './view.ts';
import { wantedPlace } from './wanted-place.ts';

/** Verdicts about folders, kept for the length of one plan: a folder of 10,000 files is judged once, not 10,000 times. */
export type Judged = { readonly [side in Side]: Map<ItemId, Deletable> };
export const createJudged = (): Judged => ({ remote: new Map(), local: new Map() });

/** What becomes of something whose other side is gone. `count` includes everything below. */
export type Deletable =
  | { readonly type: 'goes'; readonly count: number }
  | { readonly type: 'stays' }
  /** Something below must act or be looked at first. */
  | { readonly type: 'undecided'; readonly waitsFor: ItemId }
  /** Holds something out of scope or unknown, which a deletion must not take along. */
  | { readonly type: 'pinned'; readonly waitsFor: ItemId };

export function deletable(view: PlanningView, item: Item, side: Side): Deletable {
  const known = view.judged[side].get(item.id);
  if (known !== undefined) return known;
  // Between two pages of the drive folders may be in each other: then neither goes before one of them is shown elsewhere.
  view.judged[side].set(item.id, { type: 'undecided', waitsFor: item.id });
  const judged = judge(view, item, side);
  view.judged[side].set(item.id, judged);
  return judged;
}

function judge(view: PlanningView, item: Item, side: Side): Deletable {
  const { remote } = item;
  if (item[side] === null) return { type: 'goes', count: 0 };
  if (view.inFlight.has(item.id)) return { type: 'undecided', waitsFor: item.id };
  if (remote?.kind === 'opaque' || remote?.oddity !== undefined) return { type: 'pinned', waitsFor: item.id };
  if (ignoredBy(view, item) !== null) return { type: 'pinned', waitsFor: item.id };
  if (side === 'local' && view.refused(item.id)) return { type: 'pinned', waitsFor: item.id };
  if (item[otherSide(side)] !== null) {
    // The other side still has it. Where that one's place counts, its own move takes it out first; otherwise it belongs in here.
    return wantedPlace(view, item) === otherSide(side)
      ? { type: 'undecided', waitsFor: item.id }
      : { type: 'stays' };
  }
  if (side === 'remote' && view.justGone(item.id)) return { type: 'undecided', waitsFor: item.id };
  const since = sinceAgreed(item, side);
  if (since === 'unknown') return { type: 'undecided', waitsFor: item.id };
  const losesName = side === 'local' && losesNameOnDisk(view.policy, item);
  if (since === 'changed' && goesUnagreed(view.policy, item, side)) {
    const isKept = losesName && !view.policy.bypassPreservation;
    if (isKept || isSpared(view, item, side)) return { type: 'pinned', waitsFor: item.id };
  } else if (leftOnTheWay(view, item, side) !== null) return { type: 'pinned', waitsFor: item.id };
  else if (since === 'changed' && !(losesName && view.policy.bypassPreservation)) return { type: 'stays' };
  const heir = side === 'remote' ? heirOf(view.trees, item.id) : null;
  if (heir !== null) return { type: 'undecided', waitsFor: heir.id };
  const names = view.trees.names[side];
  return judgeChildren(names.children(item.id), (child) => deletable(view, itemOf(view.trees, child), side));
}

/** Has the item changed on that side since both agreed? The temporary name of a name swap is no change. */
export function sinceAgreed(item: Item, side: Side): ContentState {
  const { remote, local, synced } = item;
  const entry = item[side];
  if (entry === null || synced === null) return 'changed';
  if (!samePlace(entry, synced) && temporarySide(item) !== side) return 'changed';
  if (side === 'local') return local === null ? 'changed' : localContent(local, synced);
  return remote === null ? 'changed' : remoteContent(remote, synced);
}

/**
 * Deleted on the drive where its bytes changed on disk: the deletion takes the name, and the changed version does not go with it. What
 * was moved on disk has a name that the drive did not delete, and keeps it; so does every file where the disk has the say about names.
 */
export function losesNameOnDisk(policy: Policy, item: Item): boolean {
  const { remote, local, synced } = item;
  if (remote !== null || local?.kind !== 'file' || synced === null) return false;
  if (policy.localFirst || !mayDelete(policy, 'local')) return false;
  if (!samePlace(local, synced) && temporarySide(item) !== 'local') return false;
  return localContent(local, synced) === 'changed';
}

/** Does the policy repeat on that side what was deleted on the other one? */
export function mayDelete(policy: Policy, side: Side): boolean {
  if (!mayWrite(policy, side)) return false;
  if (side === 'remote') return !policy.keepRemote && policy.removeSource === undefined;
  return policy.direction === 'both' || policy.cleanupLocal;
}

/**
 * One survivor keeps the folder; one pinned child keeps it too, but out of sight of the other side. Of several that it waits
 * for, the highest: the plan takes it last, and the order in which names came into the folder is no information.
 */
function judgeChildren(children: Iterable<ItemId>, judgeChild: (child: ItemId) => Deletable): Deletable {
  let count = 1;
  let pinned: Waiting | null = null;
  let undecided: Waiting | null = null;
  for (const child of children) {
    const judged = judgeChild(child);
    if (judged.type === 'stays') return judged;
    if (judged.type === 'pinned') pinned = later(pinned, judged);
    else if (judged.type === 'undecided') undecided = later(undecided, judged);
    else count += judged.count;
  }
  return undecided ?? pinned ?? { type: 'goes', count };
}

type Waiting = Extract<Deletable, { waitsFor: ItemId }>;

const later = (one: Waiting | null, other: Waiting): Waiting =>
  one === null || other.waitsFor > one.waitsFor ? other : one;
