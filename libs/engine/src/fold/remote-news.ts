/** What looks at the drive told, folded: rows, what a whole round leaves out, and what reading single items says of it. */
import type {
  DriveItemId,
  ItemId,
  RemoteItemsRead,
  RemoteRoundCompleted,
  RemoteRow,
  RemoteTombstone,
  RemoteUnread,
  Seq,
} from '@tidemark/contracts';
import { doubtOf } from '@tidemark/contracts';
import { observeRemote, observeRemoteGone, observeRemoteUnread, sweepRemoteBelow } from '@tidemark/trees';
import { giveAnotherChance } from './failed.ts';
import { lookEnded, suspend, suspends } from './looks.ts';
import { endAgreement, isDeletedByUs, isTakenByUs, settleUnanswered } from './own-deletion.ts';
import type { State } from './state.ts';
import { isWriting, policyOf } from './state.ts';

/** Rows as the drive showed them: in its feed, or when it was asked about single items. */
export function remoteSeen(
  state: State,
  rows: readonly (RemoteRow | RemoteTombstone | RemoteUnread)[],
  seq: Seq,
): ItemId[] {
  const touched: ItemId[] = [];
  for (const row of rows) {
    state.remote.unseen.delete(row.id);
    if ('deleted' in row) goneFromDrive(state, row.id, touched);
    else if ('unread' in row) for (const id of observeRemoteUnread(state.trees, row)) touched.push(id);
    else {
      state.remote.goneMeanwhile.delete(row.id);
      for (const id of observeRemote(state.trees, row, seq)) touched.push(id);
    }
  }
  noteGoneFolders(state, touched);
  return touched;
}

export function remoteRoundCompleted(state: State, event: RemoteRoundCompleted, at: number): ItemId[] {
  const { remote, trees } = state;
  const touched: ItemId[] = [];
  for (const id of event.gone ?? []) goneFromDrive(state, id, touched);
  noteGoneFolders(state, touched);
  if (event.full) {
    remote.unseen.clear();
    for (const id of event.unseen) {
      const item = trees.byRemoteId.get(id);
      if (item === undefined) continue;
      remote.unseen.add(id);
      touched.push(item);
    }
    const doubt = doubtOf(event, state.started);
    if (doubt !== null) {
      if (suspends(state, doubt)) suspend(state, doubt, at);
      else state.halted = doubt;
      return touched;
    }
  }
  remote.cursor = event.cursor;
  remote.lastAt = at;
  remote.looksSinceFull = event.full ? 0 : remote.looksSinceFull + 1;
  if (remote.look.attempts > 0 && policyOf(state).pace.mode === 'continuous')
    for (const id of giveAnotherChance(state)) touched.push(id);
  settleRemote(state, touched);
  return touched;
}

/** An id without an answer stays as it was: that is no evidence. */
export function remoteItemsRead(state: State, event: RemoteItemsRead, seq: Seq): ItemId[] {
  const { looking, unseen } = state.remote;
  const touched = remoteSeen(state, event.rows, seq);
  if (looking?.type === 'ReadRemoteItems')
    for (const id of looking.ids) {
      const item = state.trees.byRemoteId.get(id);
      unseen.delete(id);
      if (item !== undefined) touched.push(item);
    }
  settleRemote(state, touched);
  return touched;
}

/** The look has told what it could. Without open questions, what is left inside a folder that is gone went with the folder. */
function settleRemote(state: State, touched: ItemId[]): void {
  const { remote, trees } = state;
  const isSettled = remote.unseen.size === 0;
  if (isSettled) {
    for (const folder of remote.goneFolders) {
      if ((trees.items.get(folder)?.remote ?? null) !== null) continue;
      const swept = sweepRemoteBelow(trees, folder);
      if (isDeletedByUs(state, folder)) endAgreement(state, swept);
      for (const id of swept) touched.push(id);
    }
    remote.goneFolders.clear();
    settleUnanswered(state.unanswered.remote, remote.looking);
  }
  lookEnded(remote, !isSettled);
}

function goneFromDrive(state: State, id: DriveItemId, touched: ItemId[]): void {
  const { remote, trees } = state;
  if (isWriting(state, 'writesDrive')) remote.goneMeanwhile.add(id);
  const item = trees.byRemoteId.get(id);
  const isOurs = isTakenByUs(state, id);
  for (const changed of observeRemoteGone(trees, id)) touched.push(changed);
  if (isOurs && item !== undefined) endAgreement(state, [item]);
}

function noteGoneFolders(state: State, touched: readonly ItemId[]): void {
  for (const id of touched) {
    if ((state.trees.items.get(id)?.remote ?? null) === null && !state.trees.remoteNames.isEmpty(id))
      state.remote.goneFolders.add(id);
  }
}
