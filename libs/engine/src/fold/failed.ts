/** A failed command, folded: what it tells of the drive, what has to be looked at again, and that another attempt follows. */
import type { Command, CommandFailed, RemoteRow, RemoteTombstone } from '@tidemark/contracts';
import { commandEffects, failureGuide } from '@tidemark/contracts';
import { establish, isRemoteNews } from '@tidemark/trees';
import { forgetTried, postpone, takeBackStanding } from './attempts.ts';
import { uploadRefused } from './drive-full.ts';
import { lookFailed, suspend, suspends, wantLocal, wantRemote } from './looks.ts';
import { leaveSending, mayHaveArrived } from './lost-answer.ts';
import { isFlushOpen, leavePlacing, mayBePlaced } from './lost-placement.ts';
import { leaveUnanswered } from './own-deletion.ts';
import { reconsider } from './reconsider.ts';
import { isOvertaken, remoteAnswered } from './remote-news.ts';
import type { State } from './state.ts';
import { commandUnderWay } from './state.ts';
import { subscriptionFailed } from './subscription.ts';

export function failed(state: State, event: CommandFailed): void {
  const command = commandUnderWay(state, event.command);
  if (command === null) return;
  const { failure, remote } = event;
  if (remote !== undefined && !isOvertaken(state, remote.id, command))
    contradicted(state, event, remote, command);
  const isSuspending = suspends(state, failure);
  if (failureGuide[failure.code].retry === 'stop' && !isSuspending) state.halted = failure;
  if (command === state.subscription.underWay) return subscriptionFailed(state, failure);
  if (command !== state.inFlight.get(command.item)) return lookFailed(state, failure, command);
  state.inFlight.delete(command.item);
  state.touched.add(command.item);
  takeBackStanding(state, command.item);
  leaveUnanswered(state, command);
  leaveSending(state, command);
  if (mayBePlaced(event, command)) leavePlacing(state, command);
  const isFull = command.type === 'UploadFile' && failure.code === 'quotaReached';
  if (isSuspending || isFull) {
    // The item is as ready as before; its side is not.
    if (isFull) uploadRefused(state, command, failure);
    else suspend(state, failure);
    state.activities.delete(command.item);
    return;
  }
  postpone(state, command.item, failure);
  // The attempt met something else than expected. What the drive shows is in the failure; the disk has to be looked at.
  if (isAboutDisk(event, command) || isFlushOpen(event, command)) wantLocal(state, null, 'look-again');
  else if ((isAboutDrive(event) || mayHaveArrived(event, command)) && remote === undefined)
    wantRemote(state, 'look-again');
}

const isAboutDisk = ({ failure: { code } }: CommandFailed, { type }: Command): boolean =>
  code === 'changedMeanwhile' ||
  code === 'localGone' ||
  (code === 'nameTaken' && commandEffects[type] === 'writesDisk');

const isAboutDrive = ({ failure: { code } }: CommandFailed): boolean =>
  code === 'nameTaken' || code === 'preconditionFailed' || code === 'notFound';

/**
 * What the drive showed of one item, asked after it had refused the command: an observation like any row of its feed, which
 * may never tell it.
 */
function contradicted(
  state: State,
  { failure }: CommandFailed,
  remote: RemoteRow | RemoteTombstone,
  { type, item: id }: Command,
): void {
  const { trees, seq } = state;
  const isNews = 'deleted' in remote ? trees.byRemoteId.has(remote.id) : isRemoteNews(trees, remote);
  if (isNews) {
    // The change feed tells what went with a folder, and where a folder is that no look has shown.
    if ('deleted' in remote || !trees.byRemoteId.has(remote.parentId)) wantRemote(state, 'look-again');
    remoteAnswered(state, [remote]);
    // The item itself waits for its next attempt; whatever else this tells something new of may try again at once.
    forgetTried(state, id, true);
    const others = [...state.touched].filter((other) => other !== id);
    reconsider(state, others, true);
  }
  if (type !== 'UploadFile' || failure.code !== 'contentMismatch') return;
  // The answer to a write of ours, as after a success: no read, which may be behind the feed.
  state.remote.readAgain.delete(remote.id);
  // What the drive stored in place of a file is no version of it: the file on disk is what has changed, and no conflict.
  const item = trees.items.get(id);
  const version = item?.remote;
  if (item !== undefined && version?.id === remote.id && version.kind === 'file')
    establish(item, { version: { ...version, kind: 'file' }, local: null, place: null, times: null }, seq);
}
