/**
 * A delay between what looks at the disk found gone and its deletion on the drive. Programs save by deleting a file and writing it
 * anew, and users take deletions back: what is there again by the end of the delay goes on as the item it was, with its versions and
 * links. Each item has a delay of its own, so that deletions which never cease hold up neither each other nor anything else.
 */
import type { ItemId } from '@tidemark/contracts';
import { pathOf } from '@tidemark/trees';
import { foldersMax, wantLocal } from './looks.ts';
import type { State } from './state.ts';
import { policyOf } from './state.ts';

/** Looks found it gone from the disk. */
export function noteJustGone(state: State, id: ItemId): void {
  const { at, local, trees } = state;
  const item = trees.items.get(id);
  if (delayMs(state) === 0 || !item?.synced || !isGone(state, id)) return;
  // In the order of the times.
  local.justGone.delete(id);
  local.justGone.set(id, at);
}

/** When the first delay is over, in milliseconds since 1970; null when there is none. */
export function justGoneUntil(state: State): number | null {
  const [first] = state.local.justGone.values();
  return first === undefined ? null : first + delayMs(state);
}

/** Time passes: what is still gone is looked for where it was. The planner does not act before that look has ended. */
export function lookForJustGone(state: State): void {
  const { at, local, touched } = state;
  const folders = new Set<string>();
  for (const [id, since] of local.justGone) {
    if (since + delayMs(state) > at) break;
    local.justGone.delete(id);
    touched.add(id);
    if (isGone(state, id)) folders.add(folderLeft(state, id));
  }
  if (folders.size > 0)
    wantLocal(state, folders.size > foldersMax ? null : [...folders].sort(), 'still-gone');
}

/** A run begins, by looking everywhere. */
export function forgetJustGone({ local: { justGone }, touched }: State): void {
  for (const id of justGone.keys()) touched.add(id);
  justGone.clear();
}

const delayMs = (state: State): number => policyOf(state).pace.deletionDelayMs ?? 0;

const isGone = ({ trees }: State, id: ItemId): boolean => {
  const item = trees.items.get(id);
  return item !== undefined && item.local === null && item.remote !== null;
};

/** The path of the folder that it was in or, when that is gone as well, of the next one above. */
function folderLeft({ trees }: State, id: ItemId): string {
  const { gone, items } = trees;
  for (let last = gone.local.last(id); last !== null; last = gone.local.last(last.parent)) {
    const folder = items.get(last.parent);
    const path = folder && pathOf(trees, folder, 'local');
    if (path != null) return path;
  }
  return '';
}
