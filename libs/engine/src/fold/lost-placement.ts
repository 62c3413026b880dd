/**
 * The answer to a download may be lost: the run is killed when the file has its name and nothing of it is recorded. A file that a
 * user renames before the next look would be there twice: as a new one, and downloaded once more under its first name. Size, time
 * and bytes prove nothing, since the user's own copy has them as well. The disk remembers which file it placed for which version
 * (`LocalRow.stagedAs`), so that this very file is known wherever it stands.
 */
import type { Command, CommandFailed, CommandOf, ItemId, LocalRow } from '@tidemark/contracts';
import { stagingKey } from '@tidemark/contracts';
import type { Item, LocalEntry, Place } from '@tidemark/trees';
import { establish, observeLocal, pathOf, replaceLocal } from '@tidemark/trees';
import { leaveOpen } from './open-commands.ts';
import type { State } from './state.ts';

/** Gives a version of the drive a name on disk. */
export type Placing = CommandOf<'DownloadFile'> | CommandOf<'KeepRemoteCopy'>;

/** The run was killed before the answer came, or there was a failure that leaves open whether the file has its name. */
export function leavePlacing({ local: { placing } }: State, command: Command): void {
  if (isPlacing(command)) leaveOpen(placing, command);
}

/** The file gets its name first; then the folder that holds it is flushed, which the disk may refuse. */
export const mayBePlaced = (event: CommandFailed, command: Command): boolean => {
  const { code } = event.failure;
  return (
    isFlushOpen(event, command) ||
    (isPlacing(command) && (code === 'diskReadOnly' || code === 'rootSuspended'))
  );
};

/** Another attempt may come before any look at the disk, so that one is wanted. */
export const isFlushOpen = ({ failure: { code } }: CommandFailed, command: Command): boolean =>
  isPlacing(command) && (code === 'diskFault' || code === 'pluginAbsent');

/** A complete look has told of each file that there is. */
export const settlePlacing = ({ local: { placing } }: State): void => placing.clear();

/** What placed a file. */
export interface Placement {
  readonly command: Placing;
  readonly item: Item;
}

/** What placed this file, if that was never answered. Null also when the item is gone meanwhile: then the file is a new one. */
export function placementOf(state: State, { id, stagedAs }: LocalRow): Placement | null {
  if (stagedAs === undefined || state.local.placing.size === 0) return null;
  for (const command of state.local.placing.values()) {
    const item = state.trees.items.get(command.item);
    if (item === undefined || state.inFlight.has(item.id)) continue;
    if (stagingKey(command.remote) === stagedAs && mayBelong(state, id, { command, item }))
      return { command, item };
  }
  return null;
}

/** @returns the items touched; null when no scan has shown its folder yet */
export function observePlaced(state: State, row: LocalRow, { command, item }: Placement): ItemId[] | null {
  const { local, seq, trees } = state;
  const before = item.local;
  const isCopy = command.type === 'KeepRemoteCopy';
  const touched = isCopy ? observeLocal(trees, row, seq) : replaceLocal(trees, item, row, seq);
  if (touched === null) return null;
  local.placing.delete(item.id);
  const { modifiedAt } = command.remote;
  // The stamp at that moment is not known: what a user has written into the file since is for its bytes to tell.
  const version = { ...command.remote, kind: 'file' } as const;
  const times = command.establishes.includes('time') ? { modifiedAt, localModifiedAt: modifiedAt } : null;
  const place = isCopy ? null : placeGiven(state, command, item);
  establish(item, { version, local: null, place, times }, seq);
  const apart = isCopy || before === null ? [] : (showApart(state, before, item) ?? []);
  return [item.id, ...touched, ...apart];
}

/** Where both sides had it, when it still stands there on disk: another place on the drive is a move that came later. */
function placeGiven({ trees }: State, { establishes, path }: Placing, item: Item): Place | null {
  const { local } = item;
  if (local === null || !establishes.includes('place') || pathOf(trees, item, 'local') !== path) return null;
  return { parent: local.parent, name: local.name };
}

/** What the item was taken for is another file: one that a user put there since, or the one that was replaced, if it is back. */
function showApart({ trees }: State, before: LocalEntry, { local }: Item): ItemId[] | null {
  const parentId = trees.items.get(before.parent)?.local?.id;
  const isReplaced = local?.parent === before.parent && local.name === before.name;
  if (parentId === undefined || isReplaced || trees.byLocalId.has(before.id)) return [];
  const { parent: _, ...shown } = before;
  // It was seen when it was seen: a look that began later and misses it tells that it is gone.
  return observeLocal(trees, { ...shown, parentId }, before.seq);
}

/**
 * No item has that file, or one that is only a new file on disk, as which an earlier look has shown it; or the very item that it was
 * placed for, since a look met it before the answer was lost. A copy stands beside that one: its own file was placed before, perhaps as
 * the same version, and holds what a user has written since.
 */
function mayBelong(
  { inFlight, remote, trees }: State,
  id: LocalRow['id'],
  { command, item: placedFor }: Placement,
): boolean {
  const holder = trees.byLocalId.get(id);
  const item = holder === undefined ? undefined : trees.items.get(holder);
  if (item === undefined) return true;
  if (item === placedFor) return command.type === 'DownloadFile';
  return (
    item.remote === null && item.synced === null && !inFlight.has(item.id) && !remote.sending.has(item.id)
  );
}

const isPlacing = (command: Command): command is Placing =>
  command.type === 'DownloadFile' || command.type === 'KeepRemoteCopy';
