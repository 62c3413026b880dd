/** What a look at the drive told, folded: rows, and what a whole round leaves out. */
import type { ItemId, RemoteRoundCompleted, RemoteSeen, Seq } from '@tidemark/contracts';
import { observeRemote, observeRemoteGone, sweepRemoteBelow } from '@tidemark/trees';
import { endAgreement, isDeletedByUs, isTakenByUs, settleUnanswered } from './own-deletion.ts';
import { giveAnotherChance } from './failed.ts';
import type { State } from './state.ts';
import { completeLook, isWriting, lookAgain, policyOf } from './state.ts';

export function remoteSeen(state: State, event: RemoteSeen, seq: Seq): ItemId[] {
  const touched: ItemId[] = [];
  const isWritingDrive = isWriting(state, 'writesDrive');
  for (const row of event.rows) {
    state.remote.unlisted.delete(row.id);
    if (!('deleted' in row)) state.remote.buried.delete(row.id);
    else if (isWritingDrive) state.remote.buried.add(row.id);
    const item = state.trees.byRemoteId.get(row.id);
    const isOurs = 'deleted' in row && isTakenByUs(state, row.id);
    const changed =
      'deleted' in row ? observeRemoteGone(state.trees, row.id) : observeRemote(state.trees, row, seq);
    for (const id of changed) touched.push(id);
    if (isOurs && item !== undefined) endAgreement(state, [item]);
  }
  noteHeadless(state, touched);
  return touched;
}

export function remoteRoundCompleted(state: State, event: RemoteRoundCompleted, at: number): ItemId[] {
  const { trees } = state;
  const { unlisted } = state.remote;
  const touched: ItemId[] = [];
  unlisted.clear();
  for (const id of event.unlisted) {
    const item = trees.byRemoteId.get(id);
    if (item === undefined) continue;
    unlisted.add(id);
    touched.push(item);
  }
  for (const id of event.absent) {
    const item = trees.byRemoteId.get(id);
    const isOurs = isTakenByUs(state, id);
    for (const changed of observeRemoteGone(trees, id)) touched.push(changed);
    if (isOurs && item !== undefined) endAgreement(state, [item]);
    if (isWriting(state, 'writesDrive')) state.remote.buried.add(id);
  }
  noteHeadless(state, touched);
  // What the round left inside a folder that is gone went with the folder.
  for (const folder of state.remote.headless) {
    if ((trees.items.get(folder)?.remote ?? null) !== null) continue;
    const swept = sweepRemoteBelow(trees, folder);
    if (isDeletedByUs(state, folder)) endAgreement(state, swept);
    for (const id of swept) touched.push(id);
  }
  state.remote.headless.clear();
  state.remote.cursor = event.cursor;
  state.remote.lastAt = at;
  state.remote.looksSinceFull = event.full ? 0 : state.remote.looksSinceFull + 1;
  if (state.remote.activity !== null && policyOf(state).pace.mode === 'continuous')
    for (const id of giveAnotherChance(state)) touched.push(id);
  completeLook(state.remote);
  if (unlisted.size > 0) lookAgain(state.remote, 'unlisted-read');
  else settleUnanswered(state.unanswered.remote, state.remote.looking);
  return touched;
}

function noteHeadless(state: State, touched: readonly ItemId[]): void {
  for (const id of touched) {
    if ((state.trees.items.get(id)?.remote ?? null) === null && !state.trees.remoteNames.isEmpty(id))
      state.remote.headless.add(id);
  }
}
