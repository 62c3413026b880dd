/** The merge base that a finished command established: the command names it, the answer has the figures. */
import type { Command, CommandSucceeded } from '@tidemark/contracts';
import type { Common, Item, Place, Trees } from '@tidemark/trees';

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
  const { remote, local } = rowsOf(outcome);
  if (remote !== null && item.remote !== null && item.remote.id !== remote.id) return null;
  if (local !== null && item.local?.id !== local.id) return null;
  return {
    version: command.establishes.includes('version') ? versionOf(command, outcome) : null,
    local: local === null ? null : item.local,
    place: command.establishes.includes('place') ? placeOf(trees, outcome) : null,
    times: command.establishes.includes('time') ? timesOf(command, outcome) : null,
  };
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
function timesOf(command: Command, outcome: CommandSucceeded): Common['times'] {
  const { remote, local } = rowsOf(outcome);
  const given = 'modifiedAt' in command ? command : 'remote' in command ? command.remote : null;
  const onDrive = remote ?? given;
  const onDisk = local ?? given;
  return onDrive === null || onDisk === null
    ? null
    : { modifiedAt: onDrive.modifiedAt, localModifiedAt: onDisk.modifiedAt };
}

/** Where the answer shows the item; null when its folder is not known. */
export function placeOf({ byRemoteId, byLocalId }: Trees, outcome: CommandSucceeded): Place | null {
  const { remote, local } = rowsOf(outcome);
  const parent = (remote && byRemoteId.get(remote.parentId)) ?? (local && byLocalId.get(local.parentId));
  const name = remote?.name ?? local?.name;
  return parent == null || name === undefined ? null : { parent, name };
}

const rowsOf = ({ remote, local }: CommandSucceeded) => ({
  remote: remote === undefined || 'deleted' in remote ? null : remote,
  local: local === undefined || 'gone' in local ? null : local,
});
