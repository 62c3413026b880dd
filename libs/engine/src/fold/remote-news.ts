/** What looks at the drive told, folded: rows, what a whole round leaves out, and what reading single items says of it. */
import type {
  Command,
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
import { isRemoteNews, observeRemote, observeRemoteGone, observeRemoteUnread } from '@tidemark/trees';
import { giveAnotherChance } from './attempts.ts';
import { noteListed } from './cleanup.ts';
import { noteFreed } from './drive-full.ts';
import { noteArrivals } from './lost-answer.ts';
import { lookEnded, suspend, suspends, wantRemote } from './looks.ts';
import {
  agreeGone,
  isDeletedByUs,
  settleTakenAlong,
  isTakenByUs,
  settleUnanswered,
  takeAlong,
} from './own-deletion.ts';
import type { State } from './state.ts';
import { isWriting, policyOf, lookFor, touch } from './state.ts';
import { provenByListing } from './unproven.ts';

/** What the drive said of one item. */
type Answer = RemoteRow | RemoteTombstone | RemoteUnread;

/** Rows as the drive showed them: in its feed, or when it was asked about single items. */
export const remoteSeen = (state: State, rows: readonly Answer[]): void => touch(state, shown(state, rows));

/** Returns the items that the rows touched. */
function shown(state: State, rows: readonly Answer[]): readonly ItemId[] {
  const { remote, trees, seq } = state;
  const touched = rows.flatMap((row) => {
    noteFreed(state, row);
    remote.unseen.delete(row.id);
    remote.readAgain.delete(row.id);
    if ('deleted' in row) return goneFromDrive(state, row.id);
    if ('unread' in row) return observeRemoteUnread(trees, row);
    remote.goneMeanwhile.delete(row.id);
    const isNew = !trees.byRemoteId.has(row.id);
    const touched = observeRemote(trees, row, seq);
    // With a folder comes what was told of its inside before.
    if (isNew) noteArrivals(state, touched);
    return touched;
  });
  noteGoneFolders(state, touched, seq);
  return touched;
}

/**
 * What reads by id answered. An item that the drive would not tell of, or of which it told another version than its feed, or a name
 * that another item has, is read again: a read may be behind the feed, or the other way round, and the feed need not tell of
 * the item ever.
 */
export function remoteAnswered(state: State, answers: readonly Answer[]): void {
  const { remote, trees } = state;
  for (const answer of answers) {
    const item = trees.byRemoteId.get(answer.id);
    const known = item === undefined ? undefined : trees.items.get(item)?.remote?.eTag;
    const told = remote.readAgain.get(answer.id) ?? known;
    const isNews = !('eTag' in answer) || isRemoteNews(trees, answer);
    const touched = shown(state, [answer]);
    if (isNews) touch(state, touched);
    const isOpen =
      'unread' in answer || ('eTag' in answer && (answer.eTag !== told || sharesName(trees, answer)));
    if (isOpen && told !== undefined) remote.readAgain.set(answer.id, told);
  }
}

const sharesName = ({ byRemoteId, names }: Trees, { parentId, name }: RemoteRow): boolean => {
  const folder = byRemoteId.get(parentId);
  return folder !== undefined && names.remote.holders(folder, name).length > 1;
};

/** The feed has spoken of the drive item since the command was planned. It may be ahead of an answer and is never behind for good. */
export function isOvertaken({ remote, trees }: State, id: DriveItemId, command: Command): boolean {
  const item = trees.byRemoteId.get(id);
  const shownAt = item === undefined ? undefined : trees.items.get(item)?.remote?.seq;
  return remote.goneMeanwhile.has(id) || (shownAt !== undefined && shownAt > plannedAt(command.id));
}

export function remoteRoundCompleted(state: State, event: EventOf<'RemoteRoundCompleted'>): void {
  const { remote, trees } = state;
  const gone = (event.gone ?? []).flatMap((id) => goneFromDrive(state, id));
  touch(state, gone);
  noteGoneFolders(state, gone, seq(0));
  if (event.full) {
    remote.unseen.clear();
    for (const id of event.unseen) if (trees.byRemoteId.has(id)) remote.unseen.add(id);
    lookFor(state, trees.byRemoteId, event.unseen);
    provenByListing(state, event.unseen);
    const doubt = doubtOf(event, state.started, remote.lastAt === null);
    if (doubt !== null) {
      if (suspends(state, doubt)) suspend(state, doubt);
      else state.halted = doubt;
      return;
    }
  }
  for (const id of remote.readAgain.keys()) if (!trees.byRemoteId.has(id)) remote.readAgain.delete(id);
  lookFor(state, trees.byRemoteId, remote.readAgain.keys());
  const toBeRead = [...remote.unseen, ...remote.readAgain.keys()].sort();
  remote.unseen.clear();
  for (const id of toBeRead) remote.unseen.add(id);
  remote.cursor = event.cursor;
  remote.lastAt = state.at;
  remote.looksSinceFull = event.full ? 0 : remote.looksSinceFull + 1;
  if (remote.look.attempts > 0 && policyOf(state).pace.mode === 'continuous') giveAnotherChance(state);
  noteListed(state, event.full);
  settleRemote(state);
}

/** An id without an answer stays as it was: that is no evidence. */
export function remoteItemsRead(state: State, { rows }: EventOf<'RemoteItemsRead'>): void {
  const { look, unseen } = state.remote;
  remoteAnswered(state, rows);
  if (look.command?.type === 'ReadRemoteItems') {
    for (const id of look.command.ids) unseen.delete(id);
    lookFor(state, state.trees.byRemoteId, look.command.ids);
  }
  settleRemote(state);
}

/** The look has told what it could. What it left open is asked for, or told by the round that follows. */
function settleRemote(state: State): void {
  const { remote } = state;
  const isUnseen = remote.unseen.size > 0;
  const { command } = remote.look;
  if (command?.type === 'ReadRemote' && settleTakenAlong(state, plannedAt(command.id))) {
    remote.cursor = null;
    wantRemote(state, 'look-again');
  }
  if (!isUnseen) {
    sweepGoneFolders(state);
    // A folder that went in this round: only the next one tells what was moved out of it meanwhile.
    if (remote.goneFolders.size > 0) wantRemote(state, 'look-again');
    else settleUnanswered(remote);
  }
  lookEnded(remote, isUnseen);
}

/**
 * The feed may tell of a folder alone. What it still shows inside went with the folder, unless it was moved out behind the end of
 * the round that told of it: a round that began after that would have shown it.
 */
function sweepGoneFolders(state: State): void {
  const { remote, trees } = state;
  if (remote.look.command?.type !== 'ReadRemote') return;
  const beganAt = plannedAt(remote.look.command.id);
  for (const [folder, goneAt] of remote.goneFolders) {
    if (goneAt > beganAt) continue;
    remote.goneFolders.delete(folder);
    if ((trees.items.get(folder)?.remote ?? null) !== null) continue;
    const swept = takeAlong(state, folder);
    if (isDeletedByUs(state, folder)) agreeGone(state, swept);
    touch(state, swept);
  }
}

function goneFromDrive(state: State, id: DriveItemId): readonly ItemId[] {
  const { remote, trees } = state;
  if (isWriting(state, 'writesDrive')) remote.goneMeanwhile.add(id);
  const item = trees.byRemoteId.get(id);
  const taken = item !== undefined && isTakenByUs(state, item) ? [item] : [];
  const touched = observeRemoteGone(trees, id);
  agreeGone(state, taken);
  return touched;
}

/** `at`: the event that told it. */
function noteGoneFolders(state: State, touched: readonly ItemId[], at: Seq): void {
  const { items, names } = state.trees;
  const { goneFolders } = state.remote;
  for (const id of touched) {
    const isLeft = (items.get(id)?.remote ?? null) === null && !names.remote.isEmpty(id);
    if (!isLeft) goneFolders.delete(id);
    else if (!goneFolders.has(id)) goneFolders.set(id, at);
  }
}
