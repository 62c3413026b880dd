/**
 * Scope, folded (I-12): an item that filters or a plugin leave alone has no agreement. What happens to it meanwhile, on either
 * side, then says nothing: back in scope it is compared anew, and what is on one side only is copied. With the agreement kept,
 * a folder that was excluded and removed to save space would be deleted on the other side as soon as it is included again.
 */
import type { ItemId, Started } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import { scopeOf } from '@tidemark/planner';
import type { Item } from '@tidemark/trees';
import { agree, end, samePlace } from '@tidemark/trees';
import { wantLocal, wantRemote } from './looks.ts';
import { reconsiderRules } from './reconsider.ts';
import type { State } from './state.ts';
import { localKnown, remoteKnown } from './state.ts';
import { noteUnproven } from './unproven.ts';

/** After an event: what it touched, and what is in folders that it placed elsewhere. Touches the items that left or came back. */
export function settleScope(state: State): void {
  const { touched, lookedFor } = state;
  const { items, rescoped } = state.trees;
  if (state.factsAwaited.size > 0) return rescoped.clear();
  const asked = new Set<ItemId>();
  for (const ids of [touched, lookedFor]) for (const id of ids) if (!isOnlyGone(items.get(id))) asked.add(id);
  for (const folder of rescoped) {
    if (folder === rootItem) continue;
    for (const id of within(state, folder)) {
      asked.add(id);
      const item = items.get(id);
      // Never agreed on, or gone from the drive, it may have been left alone where it was.
      if (item?.synced === null || item?.remote === null) reconsiderRules(state, item);
    }
  }
  rescoped.clear();
  lookAtWhatCameBack(state, () => {
    for (const id of asked) {
      const item = items.get(id);
      if (item !== undefined && id !== rootItem && settle(state, item, true)) touched.add(id);
    }
  });
}

/** Rules may say something else from now on, while a run goes on. */
export const settleAllNow = (state: State): void => lookAtWhatCameBack(state, () => settleAll(state));

/** What comes back is compared with what looks tell from now on: what was seen of it before may have changed while it was left alone. */
function lookAtWhatCameBack(state: State, settling: () => void): void {
  const before = state.uncompared.size;
  settling();
  if (state.uncompared.size <= before) return;
  wantRemote(state, 'scope-widened');
  wantLocal(state, null, 'scope-widened');
}

/** A run begins, and its rules may be others than those of the run before. */
export function settleScopeAtStart(state: State, before: Started | null, now: Started): void {
  if (before === null) return;
  if (before.policy.filter.skipSizeBytes !== now.policy.filter.skipSizeBytes) state.limitIsNew = true;
  if (state.factsAwaited.size > 0) return;
  if (state.rules.mayChange || scopeKey(before) !== scopeKey(now)) settleAll(state);
}

/** Every item is asked again. */
export function settleAll(state: State): void {
  // A limit that is new holds for what was synced before it, too: who sets it wants those files left alone.
  const isKnown = !state.limitIsNew;
  for (const item of state.trees.items.values())
    if (item.id !== rootItem && settle(state, item, isKnown)) state.touched.add(item.id);
  state.trees.rescoped.clear();
  state.limitIsNew = false;
}

/** True when the item left the scope, or came back. */
function settle(state: State, item: Item, isKnown: boolean): boolean {
  const { outOfScope, uncompared } = state;
  const { id } = item;
  const wasOut = outOfScope.has(id);
  if (!wasOut && item.synced === null) return false;
  const verdict = scopeOf(state, item, isKnown && !wasOut);
  if (verdict?.forThisRun === true) return false;
  if (verdict === null) {
    // While facts are awaited nothing is settled: both sides may have shown the same meanwhile, and that is no agreement.
    if (wasOut) end(item);
    if (outOfScope.delete(id)) uncompared.add(id);
    return wasOut;
  }
  end(item);
  uncompared.delete(id);
  if (!wasOut) outOfScope.set(id, verdict);
  return !wasOut;
}

/**
 * What was agreed was forgotten: by a run that trusts nothing of before, or because the item was out of scope. Only when both
 * sides have been looked at since does what they show alike count as agreed. Before that, one of them may be how it was long
 * ago, and its next look would read as a deletion.
 */
export function compareAnew(state: State): void {
  const { uncompared, touched, lookedFor } = state;
  if (uncompared.size === 0) return;
  const { items } = state.trees;
  if (remoteKnown(state) && localKnown(state) && state.factsAwaited.size === 0) {
    // What a look finds unchanged is no news, so nothing else would compare it.
    for (const id of uncompared) {
      const item = items.get(id);
      if (item === undefined) continue;
      agree(item, state.seq);
      settle(state, item, false);
    }
    noteUnproven(
      state,
      [...uncompared].filter((id) => items.has(id)),
    );
    uncompared.clear();
    return;
  }
  for (const id of [...touched, ...lookedFor]) {
    if (!uncompared.has(id)) continue;
    const item = items.get(id);
    // On one side only there is nothing to compare: it is copied.
    if (item === undefined || item.remote === null || item.local === null) uncompared.delete(id);
    else end(item);
  }
}

/** It has left the disk and is as agreed on the drive: what was said of it before still holds. */
function isOnlyGone(item: Item | undefined): boolean {
  const { remote = null, local = null, synced = null } = item ?? {};
  return local === null && remote !== null && synced !== null && samePlace(remote, synced);
}

/** The folder and what is in it on either side. Each once: two folders may be in each other, one on disk and the other on the drive. */
function within({ trees }: State, folder: ItemId): Iterable<ItemId> {
  const met = new Set<ItemId>([folder]);
  // A set goes on with what is added meanwhile.
  for (const current of met)
    for (const names of [trees.names.local, trees.names.remote])
      for (const child of names.children(current)) met.add(child);
  return met;
}

/** What verdicts follow from, apart from the items. */
const scopeKey = ({ version, policy, plugins }: Started): string =>
  JSON.stringify([version, policy.filter, plugins]);
