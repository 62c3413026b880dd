/**
 * What the client asks of its user: to confirm deletions or an empty folder, or whether another folder is to be synced from now
 * on. A person says yes when she finds her files there.
 */
import { heldPlan } from '@tidemark/engine';
import type { ClientEnd } from './client.ts';
import type { World } from './world.ts';

/** What the run that has ended waits for, in words; null when it asks nothing. */
export function askedFor({ state, refusal }: ClientEnd): string | null {
  if (refusal === 'rootSuspended') return 'the sync folder is another one';
  if (state === null) return null;
  if (state.halted?.code === 'rootSuspended') return state.halted.detail;
  return heldPlan(state) === null ? null : 'deletions are held';
}

/** The answer, for the next run: `--force`, or `--resync`. */
export function answer(end: ClientEnd | null, wishes: World['wishes'], saysYes: boolean): void {
  const isAsked = saysYes && end !== null && askedFor(end) !== null;
  wishes.confirmed = isAsked && end.refusal === undefined;
  wishes.resync = isAsked && end.refusal !== undefined;
}
