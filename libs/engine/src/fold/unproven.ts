/**
 * Items that became equal again by what was seen of the disk long ago: since then no scan could look where they are (I-12). What
 * was agreed about them so holds as long as they are there. Once they are not, nothing tells whether that was before.
 */
import type { ItemId, LocalId } from '@tidemark/contracts';
import { end, itemOf, pathOf } from '@tidemark/trees';
import type { State } from './state.ts';

/** These have just been compared. The last scan told where it could not look. */
export function noteUnproven(state: State, compared: Iterable<ItemId>): void {
  const isHidden = hiddenFrom(state);
  if (isHidden === null) return;
  for (const id of compared) if (isHidden(id)) state.unproven.add(id);
}

/** A complete scan ended, and found these gone. */
export function provenByScan(state: State, gone: ReadonlySet<LocalId>): void {
  const { trees, unproven, local } = state;
  const isHidden = unproven.size === 0 ? null : hiddenFrom(state);
  for (const id of unproven) {
    const item = itemOf(trees, id);
    if (item.local === null) unproven.delete(id);
    else if (gone.has(item.local.id)) {
      unproven.delete(id);
      if (!local.unanswered.has(id)) end(item);
    } else if (!local.unseen.has(item.local.id) && isHidden?.(id) !== true) unproven.delete(id);
  }
}

/** Null where the last scan could look everywhere. */
function hiddenFrom({ trees, local: { oddities } }: State): ((id: ItemId) => boolean) | null {
  if (oddities.length === 0) return null;
  const hidden = new Set(oddities.map(({ path }) => path));
  return (id) => {
    const path = pathOf(trees, itemOf(trees, id), 'local');
    const parts = path?.split('/') ?? [];
    return parts.some((_, index) => hidden.has(parts.slice(0, index + 1).join('/')));
  };
}
