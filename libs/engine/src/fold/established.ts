/** The merge base that a finished command established: the command names it, the answer has the figures. */
import type { Command, CommandSucceeded, ItemId } from '@tidemark/contracts';
import type { Common, Item, Place, Trees } from '@tidemark/trees';
import { addItem } from '@tidemark/trees';
import type { State } from './state.ts';

/**
 * Null when the command established nothing, or when what its answer tells of is another file or drive item than the item
 * shows by now. The item must show the outcome already.
 */
export function establishedBy(
  trees: Trees,
  item: Item,
  command: Command,
  outcome: CommandSucceeded,
): Common | null {
  if (!('establishes' in command)) return null;
  const rows = rowsOf(outcome);
  const { remote, local } = rows;
  if (remote !== null && item.remote !== null && item.remote.id !== remote.id) return null;
  if (local !== null && item.local?.id !== local.id) return null;
  return {
    version: command.establishes.includes('version') ? versionOf(command, outcome) : null,
    local: local === null ? null : item.local,
    place: command.establishes.includes('place') ? placeOf(trees, rows) : null,
    times: command.establishes.includes('time') ? timesOf(command, rows) : null,
  };
}

/**
 * The item of a command whose answer came after both sides had lost it, under its old number, so that its history stays one. It was
 * there on both for a moment and has been removed on one of them since, so the removal follows on the other one; taken for new, it
 * would come back. Null when the command made nothing, or when something else bears the name by now: then looks will tell.
 */
export function takeUpAgain(state: State, command: Command, outcome: CommandSucceeded): Item | null {
  const { trees } = state;
  const { remote, local } = rowsOf(outcome);
  const place = placeOf(trees, { remote, local });
  if (place === null || !('establishes' in command) || !command.establishes.includes('version')) return null;
  if (command.type === 'CreateRemoteFolder' && outcome.made !== true) return null;
  const found = [remote && trees.byRemoteId.get(remote.id), local && trees.byLocalId.get(local.id)];
  for (const names of [trees.names.remote, trees.names.local])
    for (const id of names.holders(place.parent, place.name))
      if (!found.includes(id) || livesOn(state, id)) return null;
  return addItem(trees, command.item);
}

/** Is it more than what a look has shown of that very file or folder? */
function livesOn({ trees, inFlight }: State, id: ItemId): boolean {
  const item = trees.items.get(id);
  if (item === undefined) return false;
  return item.synced !== null || inFlight.has(id) || (item.remote !== null && item.local !== null);
}

/** The version that the command names, else the one that it made. */
function versionOf(command: Command, outcome: CommandSucceeded): Common['version'] {
  if ('remote' in command) return { kind: 'file', ...command.remote };
  const { remote, local } = rowsOf(outcome);
  // What was there already may hold what no look has shown: no removal may take it along.
  if (command.type === 'CreateRemoteFolder' && outcome.made !== true) return null;
  if (remote !== null) return remote.kind === 'opaque' ? null : { ...remote, kind: remote.kind };
  return local === null ? null : { ...local, eTag: '' };
}

/** What each side made of the time: what the answer shows of it, else what the command gave. */
function timesOf(command: Command, { remote, local }: Rows): Common['times'] {
  const given = 'modifiedAt' in command ? command : 'remote' in command ? command.remote : null;
  const onDrive = remote ?? given;
  const onDisk = local ?? given;
  return onDrive === null || onDisk === null
    ? null
    : { modifiedAt: onDrive.modifiedAt, localModifiedAt: onDisk.modifiedAt };
}

/** Where the answer shows the item; null when its folder is not known. */
function placeOf({ byRemoteId, byLocalId }: Trees, { remote, local }: Rows): Place | null {
  const parent = (remote && byRemoteId.get(remote.parentId)) ?? (local && byLocalId.get(local.parentId));
  const name = remote?.name ?? local?.name;
  return parent == null || name === undefined ? null : { parent, name };
}

type Rows = ReturnType<typeof rowsOf>;

const rowsOf = ({ remote, local }: CommandSucceeded) => ({
  remote: remote === undefined || 'deleted' in remote ? null : remote,
  local: local === undefined || 'gone' in local ? null : local,
});
