/**
 * Where both sides showed an item before anything was agreed about it, as when the answer to an upload was lost: whichever of
 * them shows it elsewhere later has moved it.
 */
import type { Item } from '@tidemark/trees';
import { samePlace } from '@tidemark/trees';
import type { State } from './state.ts';

/** The event touched it. What was agreed and forgotten has to be looked at on both sides first. */
export function noteTogether({ together, uncompared, outOfScope }: State, item: Item): void {
  const { id, remote, local, synced } = item;
  const isOpen = remote !== null && local !== null && synced === null;
  if (!isOpen || uncompared.has(id) || outOfScope.has(id)) together.delete(id);
  else if (samePlace(remote, local)) together.set(id, { parent: local.parent, name: local.name });
}
