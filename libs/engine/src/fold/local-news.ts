/** What looks at the disk told, folded: rows, and what a second look missed as well. */
import type { EventOf, ItemId, LocalId, LocalOddity, LocalRow, Seq } from '@tidemark/contracts';
import { observeLocal, observeLocalGone, rejoin } from '@tidemark/trees';
import { freedByLinks } from './failed.ts';
import { lookEnded, wantLocal } from './looks.ts';
import { missingMounts, mountsMet } from './mounts.ts';
import { endAgreement, settleUnanswered } from './own-deletion.ts';
import type { State } from './state.ts';
import { policyOf } from './state.ts';

export function localSeen(state: State, rows: readonly LocalRow[], seq: Seq): ItemId[] {
  const touched: ItemId[] = [];
  for (const row of rows) {
    const changed = observeLocal(state.trees, row, seq);
    if (changed === null) wantLocal(state, null, 'look-again');
    else for (const id of changed) touched.push(id);
  }
  return touched;
}

/**
 * Users move things while the disk is being scanned, so one look proves no absence. What a complete scan misses is gone when
 * the look before missed it too; the rest is confirmed by another scan. A folder that two looks missed and that stays, since
 * something in it does, is not waited for: a third look would say the same. `missed` gets the items that the scan does not show.
 */
export function localScanCompleted(
  state: State,
  event: EventOf<'LocalScanCompleted'>,
  missed: ItemId[],
): ItemId[] {
  const { local, trees, unanswered } = state;
  const { unseen } = local;
  const wasConfirming = local.look.state === 'confirming';
  const touched: ItemId[] = [];
  for (const id of event.unseen) {
    const item = trees.byLocalId.get(id);
    if (item !== undefined) missed.push(item);
  }
  const gone = new Set(event.gone ?? event.unseen.filter((id) => unseen.has(id)));
  const newlyMissed = event.unseen.filter((id) => !unseen.has(id) && !gone.has(id));
  if (event.partial === true) {
    for (const id of newlyMissed) unseen.add(id);
    local.oddities = withMore(local.oddities, event.oddities);
    if (event.newFolders !== undefined) wantLocal(state, event.newFolders, 'hint-received');
  } else {
    const wereMissing = missingMounts(state);
    keepFoldersOfOthers(state, gone);
    for (const id of unseen) {
      const item = trees.byLocalId.get(id);
      if (item !== undefined) missed.push(item);
    }
    unseen.clear();
    for (const id of event.unseen) if (!gone.has(id)) unseen.add(id);
    takeAway(state, gone, touched);
    for (const id of freedByLinks(state, event.oddities)) touched.push(id);
    local.oddities = event.oddities;
    const areMissing = missingMounts(state);
    for (const id of wereMissing) if (!areMissing.has(id)) touched.push(id);
    local.lastAt = state.at;
    if (newlyMissed.length === 0) settleUnanswered(unanswered.local, local.looking);
  }
  for (const id of rejoin(trees, state.seq)) touched.push(id);
  // A run that ends confirms once: in a busy folder there is always something new, and the next run looks again.
  const isEnough = wasConfirming && policyOf(state).pace.mode === 'once';
  const isUnsettled = newlyMissed.length > 0 && !isEnough;
  if (isUnsettled) local.folders = null;
  lookEnded(local, isUnsettled);
  for (const id of mountsMet(state, event.mounts ?? [])) touched.push(id);
  return touched;
}

function takeAway(state: State, ids: ReadonlySet<LocalId>, touched: ItemId[]): void {
  const { trees, unanswered } = state;
  for (const id of ids) {
    const item = trees.byLocalId.get(id);
    for (const changed of observeLocalGone(trees, id)) touched.push(changed);
    if (item !== undefined && unanswered.local.has(item)) endAgreement(state, [item]);
  }
}

/** A folder is not gone before everything in it is: no entry is ever without its parent. */
function keepFoldersOfOthers({ trees }: State, gone: Set<LocalId>): void {
  for (const id of [...gone]) {
    const folder = trees.byLocalId.get(id);
    if (folder === undefined) continue;
    let isLeft = false;
    for (const child of trees.names.local.children(folder)) {
      const entry = trees.items.get(child)?.local;
      isLeft = entry !== undefined && entry !== null && !gone.has(entry.id);
      if (isLeft) break;
    }
    let kept = isLeft ? trees.items.get(folder)?.local : null;
    while (kept !== undefined && kept !== null && gone.delete(kept.id))
      kept = trees.items.get(kept.parent)?.local;
  }
}

function withMore(known: readonly LocalOddity[], more: readonly LocalOddity[]): readonly LocalOddity[] {
  const news = more.filter(({ path, code }) => !known.some((one) => one.path === path && one.code === code));
  return news.length === 0 ? known : [...known, ...news];
}
