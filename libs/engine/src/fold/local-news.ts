/** What looks at the disk told, folded: rows, and what a second look missed as well. */
import type { EventOf, ItemId, LocalId, LocalOddity, LocalRow } from '@tidemark/contracts';
import { observeLocal, observeLocalGone, rejoin, upwards } from '@tidemark/trees';
import { touchFreedByLinks } from './attempts.ts';
import { noteJustGone } from './just-gone.ts';
import { lookEnded, touchOnDisk, wantLocal } from './looks.ts';
import { observePlaced, placementOf, settlePlacing } from './lost-placement.ts';
import { missingMounts, mountsMet } from './mounts.ts';
import { agreeGone, settleUnanswered } from './own-deletion.ts';
import type { State } from './state.ts';
import { lookFor, policyOf, touch } from './state.ts';
import { provenByScan } from './unproven.ts';

export function localSeen(state: State, rows: readonly LocalRow[]): void {
  for (const row of rows) touchOnDisk(state, seen(state, row));
}

function seen(state: State, row: LocalRow): readonly ItemId[] | null {
  const { seq, trees } = state;
  if (row.stagedAs === undefined) return observeLocal(trees, row, seq);
  const { stagedAs: _, ...shown } = row;
  const placement = placementOf(state, row);
  return placement === null ? observeLocal(trees, shown, seq) : observePlaced(state, shown, placement);
}

/**
 * Users move things while the disk is being scanned, so one look proves no absence. What a complete scan misses is gone when
 * the look before missed it too; the rest is confirmed by another scan. A folder that two looks missed and that stays, since
 * something in it does, is not waited for: a third look would say the same.
 */
export function localScanCompleted(state: State, event: EventOf<'LocalScanCompleted'>): void {
  const { local, trees } = state;
  const { unseen } = local;
  const { oddities = local.oddities } = event;
  const wereOdd = local.oddities;
  const wasConfirming = local.look.state === 'confirming';
  lookFor(state, trees.byLocalId, event.unseen);
  const gone = new Set(event.gone ?? event.unseen.filter((id) => unseen.has(id)));
  const newlyMissed = event.unseen.filter((id) => !unseen.has(id) && !gone.has(id));
  if (event.partial === true) {
    for (const id of newlyMissed) unseen.add(id);
    local.oddities = withMore(local.oddities, oddities);
    if (event.newFolders !== undefined) wantLocal(state, event.newFolders, 'hint-received');
  } else {
    const wereMissing = missingMounts(state);
    keepFoldersOfOthers(state, gone);
    lookFor(state, trees.byLocalId, unseen);
    unseen.clear();
    for (const id of event.unseen) if (!gone.has(id)) unseen.add(id);
    touchFreedByLinks(state, oddities);
    local.oddities = oddities;
    provenByScan(state, gone);
    takeAway(state, gone);
    const areMissing = missingMounts(state);
    for (const id of wereMissing) if (!areMissing.has(id)) state.touched.add(id);
    local.lastAt = state.at;
    settlePlacing(state);
    if (newlyMissed.length === 0) settleUnanswered(local);
  }
  if (local.oddities !== wereOdd) lookAgainAtNames(state);
  touch(state, rejoin(trees, state.seq));
  // A run that ends confirms once: in a busy folder there is always something new, and the next run looks again.
  const isEnough = wasConfirming && policyOf(state).pace.mode === 'once';
  const isUnsettled = newlyMissed.length > 0 && !isEnough;
  if (isUnsettled) local.folders = null;
  lookEnded(local, isUnsettled);
  mountsMet(state, event.mounts ?? []);
}

/** What the disk holds and cannot be synced spares what would go otherwise: other names may be held by it now. */
function lookAgainAtNames(state: State): void {
  const { mirrorLocal, removeSource } = state.started?.policy ?? {};
  if (mirrorLocal === undefined && removeSource !== 'folders') return;
  for (const { id, local, remote, synced } of state.trees.items.values()) {
    const isAlone = local === null && remote !== null && synced === null;
    if (isAlone || local?.kind === 'folder') state.touched.add(id);
  }
}

function takeAway(state: State, ids: ReadonlySet<LocalId>): void {
  const { trees, local } = state;
  for (const id of ids) {
    const item = trees.byLocalId.get(id);
    touch(state, observeLocalGone(trees, id));
    if (item === undefined) continue;
    // What was uploaded is on its way from the disk: gone from there, it says nothing.
    const isSource = state.started?.policy.removeSource !== undefined;
    if (isSource || local.unanswered.has(item)) agreeGone(state, [item]);
    noteJustGone(state, item);
  }
}

/** A folder is not gone before everything in it is: no entry is ever without its parent. */
function keepFoldersOfOthers({ trees }: State, gone: Set<LocalId>): void {
  const idOf = (item: ItemId): LocalId | undefined => trees.items.get(item)?.local?.id;
  const isGone = (id: LocalId | undefined): boolean => id === undefined || gone.has(id);
  for (const id of [...gone]) {
    const folder = trees.byLocalId.get(id);
    if (folder === undefined || [...trees.names.local.children(folder)].map(idOf).every(isGone)) continue;
    for (const above of upwards(trees, folder, 'local')) {
      const kept = idOf(above);
      if (kept === undefined || !gone.delete(kept)) break;
    }
  }
}

function withMore(known: readonly LocalOddity[], more: readonly LocalOddity[]): readonly LocalOddity[] {
  const news = more.filter(({ path, code }) => !known.some((one) => one.path === path && one.code === code));
  return news.length === 0 ? known : [...known, ...news];
}
