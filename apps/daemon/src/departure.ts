/** How a run that goes on comes to its end: when nothing is under way any more, or when the time for that is up. */
import type { AbortSignalLike, Clock } from '@tidemark/contracts';
import type { Inbox } from '@tidemark/engine';

export interface Departure {
  /** Ends the run within `graceMs`. `takeDown`: with what the service keeps for us. */
  leave(how: { readonly graceMs: number; readonly takeDown: boolean }): void;
  readonly isLeaving: boolean;
  readonly isTimeUp: boolean;
}

/** @param ended nobody has to be woken any more */
export function createDeparture(clock: Clock, inbox: Inbox, ended: AbortSignalLike): Departure {
  let leaveBy: number | null = null;
  return {
    leave({ graceMs, takeDown }) {
      // A run that has ended meanwhile has nothing to take down.
      if (takeDown) void inbox.put('user', [{ type: 'StopRequested' }]).catch(() => undefined);
      leaveBy = Math.min(leaveBy ?? Infinity, clock.monotonic() + graceMs);
      // A timer may be a moment early.
      void clock.sleep(graceMs + 20, ended).then(() => inbox.nudge());
      inbox.nudge();
    },
    get isLeaving() {
      return leaveBy !== null;
    },
    get isTimeUp() {
      return leaveBy !== null && clock.monotonic() >= leaveBy;
    },
  };
}
