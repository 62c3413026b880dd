/**
 * What the client asks of its user: to confirm deletions or an empty folder, or whether another folder is to be synced from now
 * on. A person says yes when she finds her files there.
 */
import { heldPlan, type State } from '@tidemark/engine';
import type { ClientEnd } from './client.ts';
import type { World } from './world.ts';

/** What the run that has ended waits for, in words; null when it asks nothing. */
export function askedFor({ state, refusal }: ClientEnd): string | null {
  if (refusal === 'rootSuspended') return 'the sync folder is another one';
  if (state === null) return null;
  if (isStranger(state)) return 'the sync folder is another one';
  if (state.halted?.code === 'rootSuspended') return state.halted.detail;
  return heldPlan(state) === null ? null : 'deletions are held';
}

/** The answer, for the next run: `--force`, or `--resync`. A daemon that waits for another folder is started anew. */
export function answer(end: ClientEnd | null, world: World, saysYes: boolean): void {
  const isAsked = saysYes && end !== null && askedFor(end) !== null;
  world.wishes.confirmed = isAsked && end.refusal === undefined;
  world.wishes.resync = isAsked && end.refusal !== undefined;
  if (isAsked && end.state !== null && isStranger(end.state)) world.beginsAnew = true;
}

/** A run that goes on waits until another folder than the one that stands there is back. */
const isStranger = ({ local: { look } }: State): boolean =>
  look.state === 'suspended' && look.failure?.code === 'rootSuspended';
