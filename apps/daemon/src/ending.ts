/**
 * When a run is over, and why. One that ends by itself does so when both sides agree; one that goes on ends when it is asked
 * to: as soon as nothing is under way any more, or when the time for that is up.
 */
import type { Clock } from '@tidemark/contracts';
import type { Cause, Inbox, State, Turn } from '@tidemark/engine';
import { statusOf } from '@tidemark/engine';
import type { Confirmation } from './confirmation.ts';

export interface Ending {
  /** Ends the run within `graceMs`. `takeDown`: with what the service keeps for us. */
  leave(how: { readonly graceMs: number; readonly takeDown: boolean }): void;
  /** Why the run is over; null while it goes on. */
  causeOf(turn: Turn): Cause | null;
}

export interface EndingOptions {
  readonly state: State;
  readonly inbox: Inbox;
  readonly clock: Clock;
  readonly monitoring: boolean;
  readonly confirmation?: Pick<Confirmation, 'due'>;
  /** A plugin of the run brings facts that its rules need. */
  readonly needsFacts?: boolean;
  /** Aborted by the first signal of the user. */
  readonly interrupted: AbortSignal;
  /** A message of the run was lost: the next one finds every difference again. */
  readonly isLost: () => boolean;
  /** The run is over: it need not be woken any more. */
  readonly ended: AbortSignal;
}

/** A service manager waits half a minute for our end; the host needs its part of that to end transfers. */
const stopGraceMs = 10_000;
/** A run that ends by itself does not wait for facts for ever. It ends then, and never goes on without them. */
const factsPatienceMs = 300_000;

export function createEnding(options: EndingOptions): Ending {
  const { state, inbox, clock, monitoring, interrupted, ended } = options;
  let leaveBy: number | null = null;
  let takesDown = false;
  const isTimeUp = (): boolean => leaveBy !== null && clock.monotonic() >= leaveBy;
  const factsBy = monitoring || options.needsFacts !== true ? null : clock.monotonic() + factsPatienceMs;
  if (factsBy !== null) void clock.sleep(factsPatienceMs + 20, ended).then(() => inbox.nudge());

  function leave({ graceMs, takeDown }: Parameters<Ending['leave']>[0]): void {
    takesDown ||= takeDown;
    // A run that has ended meanwhile has nothing to take down.
    if (takeDown) void inbox.put('user', [{ type: 'StopRequested' }]).catch(() => undefined);
    leaveBy = Math.min(leaveBy ?? Infinity, clock.monotonic() + graceMs);
    // A timer may be a moment early.
    void clock.sleep(graceMs + 20, ended).then(() => inbox.nudge());
    inbox.nudge();
  }

  const interrupt = (): void => {
    if (monitoring) leave({ graceMs: stopGraceMs, takeDown: true });
    else inbox.nudge();
  };
  interrupted.addEventListener('abort', interrupt, { once: true, signal: ended });

  return {
    leave,
    causeOf({ quiet, dueAt }) {
      if (options.isLost()) return 'failed';
      // Nothing under way is no end before the plan has seen that it is to take down.
      const isLeft = quiet && (!takesDown || state.phase === 'stopping');
      if (interrupted.aborted) return !monitoring || isLeft || isTimeUp() ? 'interrupted' : null;
      if (leaveBy !== null && (isLeft || isTimeUp())) return isLeft ? 'finished' : 'interrupted';
      if (factsBy !== null && state.factsAwaited.size > 0 && clock.monotonic() >= factsBy) return 'failed';
      if (!quiet) return null;
      if (state.halted !== null) return 'failed';
      if ((options.confirmation?.due(state) ?? null) !== null) return null;
      if (dueAt !== null || monitoring) return null;
      return isIncomplete(state) ? 'failed' : 'finished';
    },
  };
}

/** It ends, and has not done everything: something waits for a confirmation, or a part could not be looked at. */
function isIncomplete(state: State): boolean {
  const { held, unseen } = statusOf(state);
  return held !== null || unseen.length > 0;
}
