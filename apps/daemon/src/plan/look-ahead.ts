/** Lets a rehearsal go on behind what is held: what it does before is the plan, what it does then waits for the confirmation. */
import type { Command } from '@tidemark/contracts';
import type { HeldPlan, State, Status } from '@tidemark/engine';
import { heldPlan, localKnown, remoteKnown, statusOf } from '@tidemark/engine';
import type { Confirmation } from '../confirmation.ts';

/** What a rehearsal found. */
export interface Ahead {
  readonly commands: readonly Command[];
  readonly held: { readonly plan: HeldPlan; readonly commands: readonly Command[] } | null;
  /** After all of `commands`. */
  readonly status: Status;
}

export interface LookAhead extends Confirmation {
  /** @param end of the rehearsal */
  found(end: { readonly rehearsed: readonly Command[]; readonly status: Status }): Ahead;
}

export function createLookAhead(): LookAhead {
  let met: { readonly plan: HeldPlan; readonly seq: number; readonly status: Status } | null = null;
  const due = (state: State): HeldPlan | null =>
    met === null && remoteKnown(state) && localKnown(state) ? heldPlan(state) : null;
  return {
    isForced: false,
    due: (state) => due(state)?.hash ?? null,
    take(state) {
      const plan = due(state);
      if (plan !== null) met = { plan, seq: state.seq, status: statusOf(state) };
      return plan?.hash ?? null;
    },
    found({ rehearsed, status }) {
      if (met === null) return { commands: rehearsed, held: null, status };
      const { plan, seq } = met;
      const isBefore = ({ id }: Command): boolean => Number(id.split('/')[0]) <= seq;
      return {
        commands: rehearsed.filter(isBefore),
        held: { plan, commands: rehearsed.filter((command) => !isBefore(command)) },
        status: met.status,
      };
    },
  };
}
