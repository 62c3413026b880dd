/** A confirmation that a start of the program brings along: `--force`, or `apply` with the hash of a plan. It is given once. */
import type { State } from '@tidemark/engine';
import { heldPlan, localKnown, remoteKnown } from '@tidemark/engine';

/** What may go through: nothing, whatever is held when both sides have been looked at, or the plan with that hash. */
export type Wanted = 'nothing' | 'whatIsHeld' | { readonly hash: string };

export interface Confirmation {
  /** Asked when nothing is under way: the hash to confirm now; null: nothing, or not before both sides have been looked at. */
  take(state: State): string | null;
}

export function createConfirmation(wanted: Wanted): Confirmation {
  let left: Wanted = wanted;
  return {
    take(state) {
      const given = left;
      if (given === 'nothing' || !remoteKnown(state) || !localKnown(state)) return null;
      // Found later is not what the user had in mind.
      left = 'nothing';
      const held = heldPlan(state)?.hash ?? null;
      return given === 'whatIsHeld' || given.hash === held ? held : null;
    },
  };
}
