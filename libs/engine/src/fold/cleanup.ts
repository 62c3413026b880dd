/**
 * When what is on disk alone goes from there. In a run that goes on a user may be saving a file right now, into a folder where only what
 * is online is to stay: it is left alone until a look at the drive has ended that the settings count.
 */
import type { State } from './state.ts';
import { policyOf } from './state.ts';

/** A round has told everything. What is known of the disk by now may go. */
export function noteListed(state: State, isFull: boolean): void {
  const cleanupAfter = state.started?.policy.pace.cleanupAfter;
  const isHinted = state.remote.look.command?.reason.rule === 'hint-received';
  if (cleanupAfter === undefined || (cleanupAfter === 'full' && !isFull)) return;
  if (cleanupAfter === 'due' && isHinted) return;
  state.remote.listedAt = state.seq;
  state.agenda.openGate('cleanup');
}

/** What the disk has shown since then stays for now. */
export const cleansUpTo = (state: State): number =>
  policyOf(state).pace.cleanupAfter === undefined ? Infinity : (state.remote.listedAt ?? 0);
