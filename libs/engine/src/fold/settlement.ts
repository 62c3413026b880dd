/** What both sides agreed on by a finished command. Mostly that follows from what they show; some commands know more. */
import type { Command, CommandOf, CommandSucceeded, ExpectedRemote, Seq } from '@tidemark/contracts';
import type { Item, Trees } from '@tidemark/trees';
import {
  acceptDiskAsBase,
  acceptPlaceAsBase,
  acceptRemoteAsBase,
  acceptTimesAsBase,
  acceptVersionAsBase,
  remoteTagOf,
} from '@tidemark/trees';

/** The item must show the outcome already. */
export function settleAgreement(
  trees: Trees,
  item: Item,
  command: Command,
  outcome: CommandSucceeded,
  seq: Seq,
): void {
  if (outcome.agreed === 'remote') {
    // The copy is of the version that was asked for. If the drive shows a newer one by now, nothing keeps that one yet.
    if (command.type === 'KeepRemoteCopy' && item.local !== null && isStillThere(item, command.remote))
      acceptRemoteAsBase(item, seq);
    if (command.type === 'UploadFile') acceptSentAsBase(trees, item, outcome.remote, seq);
    // Renamed or removed on disk before the answer came: it was on both sides, where it was made.
    if (command.type === 'CreateRemoteFolder' && item.synced === null)
      acceptSentAsBase(trees, item, outcome.remote, seq);
    return;
  }
  if (command.type === 'MoveRemote' || command.type === 'MoveLocal')
    return settlePlace(trees, item, command, outcome, seq);
  if (command.type === 'SetRemoteTime' || command.type === 'SetLocalTime')
    return settleTime(item, command, outcome, seq);
  const { local } = item;
  if (local === null || outcome.local === undefined || 'gone' in outcome.local) return;
  if (command.type === 'CreateLocalFolder') {
    // The drive has moved or removed it in the meantime: it was there on both sides, where it was made.
    if (item.synced === null) acceptDiskAsBase(item, '', null, local.modifiedAt, seq, local);
  } else if (command.type === 'DownloadFile') {
    // The bytes on disk were checked against this version of the drive, even if the drive has moved on since.
    const { remote: version } = command;
    const isCurrent = item.remote?.eTag === version.eTag;
    acceptDiskAsBase(
      item,
      isCurrent && item.remote !== null ? remoteTagOf(item.remote) : version.eTag,
      version.hash,
      version.modifiedAt,
      seq,
      // Where the drive had it when that version was asked for. Where it shows it by now, somebody has moved it since.
      local,
    );
    // Not so of a file that was there already and held the same bytes: its time is its user's.
    if (command.keepAs === null || outcome.kept !== undefined)
      acceptTimesAsBase(
        item,
        { modifiedAt: version.modifiedAt, localModifiedAt: outcome.local.modifiedAt },
        seq,
      );
  } else if (
    command.type === 'UploadFile' &&
    outcome.remote !== undefined &&
    !('deleted' in outcome.remote)
  ) {
    const { remote } = outcome;
    // Another drive item bears the name by now: with that one nothing was agreed on.
    if (item.remote !== null && item.remote.id !== remote.id) return;
    const parent = trees.byRemoteId.get(remote.parentId);
    // Agreed on is the place it was uploaded to. Where the feed shows it by now, somebody has moved it since.
    const place = parent === undefined ? undefined : { parent, name: remote.name };
    acceptDiskAsBase(item, remote.cTag ?? remote.eTag, remote.hash, remote.modifiedAt, seq, place);
    acceptTimesAsBase(item, { modifiedAt: remote.modifiedAt, localModifiedAt: command.modifiedAt }, seq);
  }
}

/**
 * The disk has moved on from the version that was sent, which is the base of what it shows now. Of that version and no other:
 * where the drive shows a newer one by now, both sides have changed.
 */
function acceptSentAsBase(trees: Trees, item: Item, sent: CommandSucceeded['remote'], seq: Seq): void {
  if (sent === undefined || 'deleted' in sent || item.remote?.id !== sent.id) return;
  const parent = trees.byRemoteId.get(sent.parentId);
  acceptVersionAsBase(item, sent, parent === undefined ? item.remote : { parent, name: sent.name }, seq);
}

/**
 * Agreed on is the place it was moved to. What the side that was followed shows by then may be another rename already; taken
 * for the old agreement, it would lose to our own move. A stop in between is nobody's wish.
 */
function settlePlace(
  trees: Trees,
  item: Item,
  command: CommandOf<'MoveRemote' | 'MoveLocal'>,
  { remote, local }: CommandSucceeded,
  seq: Seq,
): void {
  if (command.provisional) return;
  if (command.type === 'MoveRemote') {
    const parent = trees.byRemoteId.get(command.toParentId);
    if (parent === undefined || remote === undefined || item.remote?.id !== remote.id) return;
    acceptPlaceAsBase(item, { parent, name: command.toName }, seq);
  } else {
    if (local === undefined || 'gone' in local || item.local?.id !== local.id) return;
    const parent = trees.byLocalId.get(local.parentId);
    if (parent !== undefined) acceptPlaceAsBase(item, { parent, name: local.name }, seq);
  }
}

/** What the other side made of the time is what it shows. Whatever either shows by now came later. */
function settleTime(
  item: Item,
  command: CommandOf<'SetRemoteTime' | 'SetLocalTime'>,
  { remote, local }: CommandSucceeded,
  seq: Seq,
): void {
  const { modifiedAt } = command;
  if (command.type === 'SetLocalTime') {
    if (local !== undefined && !('gone' in local))
      acceptTimesAsBase(item, { modifiedAt, localModifiedAt: local.modifiedAt }, seq);
  } else if (remote !== undefined && !('deleted' in remote))
    acceptTimesAsBase(item, { modifiedAt: remote.modifiedAt, localModifiedAt: modifiedAt }, seq);
}

function isStillThere({ remote }: Item, { eTag, hash }: ExpectedRemote): boolean {
  return remote !== null && (remote.eTag === eTag || (remote.hash !== null && remote.hash === hash));
}
