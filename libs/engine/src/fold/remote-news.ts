/** What looks at the drive told, folded: rows, what a whole round leaves out, and what reading single items says of it. */
import type {
  DriveItemId,
  EventOf,
  ItemId,
  RemoteRow,
  RemoteTombstone,
  RemoteUnread,
  Seq,
} from '@tidemark/contracts';
import { doubtOf, plannedAt, seq } from '@tidemark/contracts';
import type { Trees } from '@tidemark/trees';
import {
  isRemoteNews,
  observeRemote,
  observeRemoteGone,
  observeRemoteUnread,
  sweepBelow,
} from '@tidemark/trees';
import { giveAnotherChance } from './failed.ts';
import { lookEnded, suspend, suspends, wantRemote } from './looks.ts';
import { endAgreement, isDeletedByUs, isTakenByUs, settleUnanswered } from './own-deletion.ts';
import type { State } from './state.ts';
import { isWriting, policyOf } from './state.ts';

/** Rows as the drive showed them: in its feed, or when it was asked about single items. */
export function remoteSeen(
  state: State,
  rows: readonly (RemoteRow | RemoteTombstone | RemoteUnread)[],
  at: Seq,
): ItemId[] {
  const touched: ItemId[] = [];
  for (const row of rows) {
    state.remote.unseen.delete(row.id);
    state.remote.readAgain.delete(row.id);
    if ('deleted' in row) goneFromDrive(state, row.id, touched);
    else if ('unread' in row) for (const id of observeRemoteUnread(state.trees, row)) touched.push(id);
    else {
      state.remote.goneMeanwhile.delete(row.id);
      for (const id of observeRemote(state.trees, row, at)) touched.push(id);
    }
  }
  noteGoneFolders(state, touched, at);
  return touched;
}

/**
 * What reads by id answered. An item that the drive would not tell of, or of which it told another version than its feed, or a name
 * that another item has, is read again: a read may be behind the feed, or the other way round, and the feed need not tell of
 * the item ever.
 */
export function remoteAnswered(
  state: State,
  answers: readonly (RemoteRow | RemoteTombstone | RemoteUnread)[],
  at: Seq,
): ItemId[] {
  const { remote, trees } = state;
  const touched: ItemId[] = [];
  for (const answer of answers) {
    const item = trees.byRemoteId.get(answer.id);
    const known = item === undefined ? undefined : trees.items.get(item)?.remote?.eTag;
    const told = remote.readAgain.get(answer.id) ?? known;
    const isNews = !('eTag' in answer) || isRemoteNews(trees, answer);
    const seen = remoteSeen(state, [answer], at);
    if (isNews) for (const id of seen) touched.push(id);
    const isOpen =
      'unread' in answer || ('eTag' in answer && (answer.eTag !== told || sharesName(trees, answer)));
    if (isOpen && told !== undefined) remote.readAgain.set(answer.id, told);
  }
  return touched;
}

const sharesName = ({ byRemoteId, names }: Trees, { parentId, name }: RemoteRow): boolean => {
  const folder = byRemoteId.get(parentId);
  return folder !== undefined && names.remote.holders(folder, name).length > 1;
};

/** `missed` gets the items that the round leaves open. */
export function remoteRoundCompleted(
  state: State,
  event: EventOf<'RemoteRoundCompleted'>,
  missed: ItemId[],
): ItemId[] {
  const { remote, trees, at } = state;
  const touched: ItemId[] = [];
  for (const id of event.gone ?? []) goneFromDrive(state, id, touched);
  noteGoneFolders(state, touched, seq(0));
  if (event.full) {
    remote.unseen.clear();
    for (const id of event.unseen) {
      const item = trees.byRemoteId.get(id);
      if (item === undefined) continue;
      remote.unseen.add(id);
      missed.push(item);
    }
    const doubt = doubtOf(event, state.started, remote.lastAt === null);
    if (doubt !== null) {
      if (suspends(state, doubt)) suspend(state, doubt, at);
      else state.halted = doubt;
      return touched;
    }
  }
  for (const id of remote.readAgain.keys()) {
    const item = trees.byRemoteId.get(id);
    if (item === undefined) remote.readAgain.delete(id);
    else {
      remote.unseen.add(id);
      missed.push(item);
    }
  }
  inOrder(remote.unseen);
  remote.cursor = event.cursor;
  remote.lastAt = at;
  remote.looksSinceFull = event.full ? 0 : remote.looksSinceFull + 1;
  if (remote.look.attempts > 0 && policyOf(state).pace.mode === 'continuous')
    for (const id of giveAnotherChance(state)) touched.push(id);
  settleRemote(state, touched);
  return touched;
}

function inOrder(ids: Set<DriveItemId>): void {
  const sorted = [...ids].sort();
  ids.clear();
  for (const id of sorted) ids.add(id);
}

/** An id without an answer stays as it was: that is no evidence. `asked` gets the items, whatever the answer was. */
export function remoteItemsRead(state: State, event: EventOf<'RemoteItemsRead'>, asked: ItemId[]): ItemId[] {
  const { looking, unseen } = state.remote;
  const touched = remoteAnswered(state, event.rows, state.seq);
  if (looking?.type === 'ReadRemoteItems')
    for (const id of looking.ids) {
      const item = state.trees.byRemoteId.get(id);
      unseen.delete(id);
      if (item !== undefined) asked.push(item);
    }
  settleRemote(state, touched);
  return touched;
}

/** The look has told what it could. What it left open is asked for, or told by the round that follows. */
function settleRemote(state: State, touched: ItemId[]): void {
  const { remote } = state;
  const isUnseen = remote.unseen.size > 0;
  if (!isUnseen) {
    sweepGoneFolders(state, touched);
    // A folder that went in this round: only the next one tells what was moved out of it meanwhile.
    if (remote.goneFolders.size > 0) wantRemote(state, 'look-again');
    else settleUnanswered(state.unanswered.remote, remote.looking);
  }
  lookEnded(remote, isUnseen);
}

/**
 * The feed may tell of a folder alone. What it still shows inside went with the folder, unless it was moved out behind the end of
 * the round that told of it: a round that began after that would have shown it.
 */
function sweepGoneFolders(state: State, touched: ItemId[]): void {
  const { remote, trees } = state;
  if (remote.looking?.type !== 'ReadRemote') return;
  const beganAt = plannedAt(remote.looking.id);
  for (const [folder, goneAt] of remote.goneFolders) {
    if (goneAt > beganAt) continue;
    remote.goneFolders.delete(folder);
    if ((trees.items.get(folder)?.remote ?? null) !== null) continue;
    const swept = sweepBelow(trees, folder, 'remote');
    if (isDeletedByUs(state, folder)) endAgreement(state, swept);
    for (const id of swept) touched.push(id);
  }
}

function goneFromDrive(state: State, id: DriveItemId, touched: ItemId[]): void {
  const { remote, trees } = state;
  if (isWriting(state, 'writesDrive')) remote.goneMeanwhile.add(id);
  const item = trees.byRemoteId.get(id);
  const isOurs = isTakenByUs(state, id);
  for (const changed of observeRemoteGone(trees, id)) touched.push(changed);
  if (isOurs && item !== undefined) endAgreement(state, [item]);
}

function noteGoneFolders(state: State, touched: readonly ItemId[], at: Seq): void {
  const { items, names } = state.trees;
  const { goneFolders } = state.remote;
  for (const id of touched) {
    const isLeft = (items.get(id)?.remote ?? null) === null && !names.remote.isEmpty(id);
    if (!isLeft) goneFolders.delete(id);
    else if (!goneFolders.has(id)) goneFolders.set(id, at);
  }
}
