/**
 * What a command made for an item that both sides had lost before its answer came. It was there on both sides for a moment
 * and has been removed on one since, so the removal follows it. Taken for new, it would come back.
 */
import type { Command, CommandOf, CommandSucceeded, ItemId, Seq } from '@tidemark/contracts';
import { acceptRemoteAsBase, observeLocal, observeRemote } from '@tidemark/trees';
import { settle } from './settlement.ts';
import type { State } from './state.ts';

/** Returns the items it touched. */
export function leftBehind(
  state: State,
  command: Command,
  outcome: CommandSucceeded,
  seq: Seq,
): readonly ItemId[] {
  if (command.type === 'UploadFile' || command.type === 'CreateRemoteFolder')
    return leftOnDrive(state, outcome, seq);
  if (command.type === 'DownloadFile' || command.type === 'CreateLocalFolder')
    return leftOnDisk(state, command, outcome, seq);
  return [];
}

function leftOnDrive(
  { trees, remote: side }: State,
  { agreed, remote }: CommandSucceeded,
  seq: Seq,
): ItemId[] {
  if (agreed !== 'remote' || remote === undefined || 'deleted' in remote) return [];
  if (side.buried.has(remote.id) || trees.byRemoteId.has(remote.id)) return [];
  const touched = [...observeRemote(trees, remote, seq)];
  const id = trees.byRemoteId.get(remote.id);
  const item = id === undefined ? undefined : trees.items.get(id);
  if (item !== undefined && item.local === null) acceptRemoteAsBase(item, seq);
  return touched;
}

function leftOnDisk(
  state: State,
  command: CommandOf<'DownloadFile' | 'CreateLocalFolder'>,
  { local }: CommandSucceeded,
  seq: Seq,
): readonly ItemId[] {
  const { trees } = state;
  if (local === undefined || 'gone' in local) return [];
  const touched = observeLocal(trees, local, seq) ?? [];
  const id = trees.byLocalId.get(local.id);
  const item = id === undefined ? undefined : trees.items.get(id);
  // With a life of its own, or already being sent as something new, it is not what was made here.
  if (item === undefined || item.remote !== null || item.synced !== null || state.inFlight.has(item.id))
    return touched;
  if (command.type === 'CreateLocalFolder') settle(item, '', null, local.modifiedAt, seq);
  else settle(item, command.remote.eTag, command.remote.hash, command.remote.modifiedAt, seq);
  return touched;
}
