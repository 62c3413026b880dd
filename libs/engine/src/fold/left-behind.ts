/**
 * The item of a command whose answer came after both sides had lost it. It was there on both for a moment and has been removed
 * on one of them since, so the removal follows on the other one. Taken for new, it would come back.
 */
import type { Command, CommandSucceeded, ItemId } from '@tidemark/contracts';
import type { Item } from '@tidemark/trees';
import { addItem } from '@tidemark/trees';
import { placeOf } from './established.ts';
import type { State } from './state.ts';

/**
 * The item under its old number, so that its history stays one. Null when the command made nothing, or when something else
 * bears the name by now: then looks will tell.
 */
export function takeUpAgain(state: State, command: Command, outcome: CommandSucceeded): Item | null {
  const { trees } = state;
  const place = placeOf(trees, outcome);
  if (place === null || !('establishes' in command) || !command.establishes.includes('version')) return null;
  if (command.type === 'CreateRemoteFolder' && outcome.made !== true) return null;
  const { remote, local } = outcome;
  const found = [
    remote === undefined ? undefined : trees.byRemoteId.get(remote.id),
    local === undefined ? undefined : trees.byLocalId.get(local.id),
  ];
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
