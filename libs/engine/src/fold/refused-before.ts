/**
 * What was refused in an earlier run. The run that met it first names it as a problem. When nothing that a user saved
 * depends on it (a deletion is refused, a version cannot be had, a mount point cannot be moved), later runs do not fail for it, until one of the sides shows
 * something new of the item. Where only something new can help, they do not try it either, for a day: what was mended without a
 * sign is found then. An error of the service may be over, which one attempt in each run tells.
 */
import type { FailureCode, ItemId, Started } from '@tidemark/contracts';
import { failureGuide } from '@tidemark/contracts';
import { restMs } from '@tidemark/machines';
import { isAtRest, localContent } from '@tidemark/trees';
import type { State } from './state.ts';

/** A run begins: what was a problem at the end of the one before has been named. Another client or setting may get on with it. */
export function takeOverRefused(state: State, before: Started | null, now: Started): void {
  const { activities, at, refusedBefore } = state;
  if (now.forget !== null) {
    refusedBefore.clear();
    activities.clear();
    return;
  }
  const isSame = before !== null && clientOf(before) === clientOf(now);
  for (const [id, { state: standing, failure, dueAt }] of [...activities]) {
    const code = standing === 'problem' ? failure?.code : undefined;
    if (code !== undefined && isNothingSaved(state, id, code)) refusedBefore.set(id, code);
    // A clock that was set back must not make the day longer.
    const isDue = dueAt === null || dueAt <= at || dueAt > at + restMs;
    if (!isSame || isDue || code === undefined || !rests(state, id, code)) activities.delete(id);
  }
}

const clientOf = ({ version, policy, plugins }: Started): string =>
  JSON.stringify([version, policy, plugins]);

export const isRefusedAgain = (state: State, id: ItemId, code: FailureCode): boolean =>
  state.refusedBefore.get(id) === code && isNothingSaved(state, id, code);

/** Only something new of the item helps. */
export const rests = (state: State, id: ItemId, code: FailureCode): boolean =>
  code === 'contentMismatch' || (failureGuide[code].retry === 'never' && isNothingSaved(state, id, code));

/** `news`: one of the sides shows something new of the item. */
export function forgetRefused(state: State, id: ItemId, news: boolean): void {
  const item = state.trees.items.get(id);
  if (news || item === undefined || isAtRest(item)) state.refusedBefore.delete(id);
}

/** Whatever becomes of it, no version waits: what is on disk is on the drive as well, or was deleted there. */
function isNothingSaved({ trees }: State, id: ItemId, code: FailureCode): boolean {
  const item = trees.items.get(id);
  if (item === undefined) return false;
  const { remote, local, synced } = item;
  const isUnchanged = local !== null && synced !== null && localContent(local, synced) === 'same';
  if (code === 'mountBoundary') return isUnchanged;
  if (remote === null) return false;
  if (code === 'contentMismatch') return local === null || isUnchanged;
  if (local !== null) return false;
  return (
    code === 'notFound' || (synced !== null && (code === 'accessDenied' || code === 'serviceUnavailable'))
  );
}
