/**
 * What the drive refused in an earlier run, and refuses again. When nothing that a user saved depends on it (an item that is not
 * on disk: its deletion is refused, or its content is nowhere), the run that met it first names it as a problem, and later runs
 * try it again without failing for it, until one of the sides shows something new of the item.
 */
import type { FailureCode, ItemId } from '@tidemark/contracts';
import { isAtRest } from '@tidemark/trees';
import type { State } from './state.ts';

/** A run begins: what was a problem at the end of the one before has been named. */
export function noteRefused(state: State): void {
  for (const [id, { state: standing, failure }] of state.activities)
    if (standing === 'problem' && failure !== null && isLeftOnDrive(state, id, failure.code))
      state.refusedBefore.set(id, failure.code);
}

export const isRefusedAgain = (state: State, id: ItemId, code: FailureCode): boolean =>
  state.refusedBefore.get(id) === code && isLeftOnDrive(state, id, code);

/** `news`: one of the sides shows something new of the item. */
export function forgetRefused(state: State, id: ItemId, news: boolean): void {
  const item = state.trees.items.get(id);
  if (news || item === undefined || isAtRest(item)) state.refusedBefore.delete(id);
}

function isLeftOnDrive({ trees }: State, id: ItemId, code: FailureCode): boolean {
  const item = trees.items.get(id);
  if (item === undefined || item.local !== null || item.remote === null) return false;
  if (code === 'notFound') return true;
  return item.synced !== null && (code === 'accessDenied' || code === 'serviceUnavailable');
}
