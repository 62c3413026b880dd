/**
 * What a command made for an item that both sides had lost before its answer came. It was there on both sides for a moment
 * and has been removed on one since, so the removal follows it. Taken for new, it would come back.
 */
import type { Command, CommandOf, CommandSucceeded, ItemId, Seq } from '@tidemark/contracts';
import type { Item, Trees } from '@tidemark/trees';
import {
  acceptDiskAsBase,
  acceptRemoteAsBase,
  addItem,
  observeLocal,
  observeRemote,
  replaceLocal,
  replaceRemote,
} from '@tidemark/trees';
import type { State } from './state.ts';

/** Returns the items it touched. */
export function leftBehind(
  state: State,
  command: Command,
  outcome: CommandSucceeded,
  seq: Seq,
): readonly ItemId[] {
  if (command.type === 'UploadFile' || command.type === 'CreateRemoteFolder')
    return leftOnDrive(state, command, outcome, seq);
  if (command.type === 'DownloadFile' || command.type === 'CreateLocalFolder')
    return leftOnDisk(state, command, outcome, seq);
  return [];
}

function leftOnDrive(
  { trees, remote: side }: State,
  command: CommandOf<'UploadFile' | 'CreateRemoteFolder'>,
  { agreed, remote }: CommandSucceeded,
  seq: Seq,
): readonly ItemId[] {
  if (agreed !== 'remote' || remote === undefined || 'deleted' in remote) return [];
  if (side.goneMeanwhile.has(remote.id) || trees.byRemoteId.has(remote.id)) return [];
  const own = takenUpAgain(trees, command.item, trees.byRemoteId.get(remote.parentId), remote.name);
  const touched =
    own === null ? observeRemote(trees, remote, seq) : (replaceRemote(trees, own, remote, seq) ?? []);
  const item = own ?? holderOf(trees, trees.byRemoteId.get(remote.id));
  if (item !== undefined && item.local === null) acceptRemoteAsBase(item, seq);
  return touched;
}

function leftOnDisk(
  { trees, inFlight }: State,
  command: CommandOf<'DownloadFile' | 'CreateLocalFolder'>,
  { local }: CommandSucceeded,
  seq: Seq,
): readonly ItemId[] {
  if (local === undefined || 'gone' in local) return [];
  const own = trees.byLocalId.has(local.id)
    ? null
    : takenUpAgain(trees, command.item, trees.byLocalId.get(local.parentId), local.name);
  const touched =
    (own === null ? observeLocal(trees, local, seq) : replaceLocal(trees, own, local, seq)) ?? [];
  const item = own ?? holderOf(trees, trees.byLocalId.get(local.id));
  // With a life of its own, or already being sent as something new, it is not what was made here.
  if (item === undefined || item.remote !== null || item.synced !== null || inFlight.has(item.id))
    return touched;
  if (command.type === 'CreateLocalFolder') acceptDiskAsBase(item, '', null, local.modifiedAt, seq);
  else acceptDiskAsBase(item, command.remote.eTag, command.remote.hash, command.remote.modifiedAt, seq);
  return touched;
}

/** The item under its old number, so that its history stays one; null when something else bears the name by now. */
function takenUpAgain(trees: Trees, id: ItemId, parent: ItemId | undefined, name: string): Item | null {
  if (parent === undefined) return null;
  const isHeld = [trees.remoteNames, trees.localNames].some(
    (names) => names.holders(parent, name).length > 0,
  );
  return isHeld ? null : addItem(trees, id);
}

const holderOf = (trees: Trees, id: ItemId | undefined): Item | undefined =>
  id === undefined ? undefined : trees.items.get(id);
