/** A confirmation that a start of the program brings along: `--force`, or `apply` with the hash of a plan. It is given once. */
import type { State } from '@tidemark/engine';
import { heldPaths, heldPlan, localKnown, remoteKnown } from '@tidemark/engine';

/**
 * What may go through: nothing, whatever is held when both sides have been looked at, the plan with that hash, or one about nothing
 * but these paths.
 */
export type Wanted =
  'nothing' | 'whatIsHeld' | { readonly hash: string } | { readonly paths: ReadonlySet<string> };

export interface Confirmation {
  /** Whatever is held may go through, and both sides have not been looked at yet. */
  readonly isForced: boolean;
  /** The hash to confirm now; null: nothing, or not before both sides have been looked at. */
  due(state: State): string | null;
  /** Asked when nothing is under way: what is due, once. What is found later is not what the user had in mind. */
  take(state: State): string | null;
}

export function createConfirmation(wanted: Wanted): Confirmation {
  let left: Wanted = wanted;
  const isTime = (state: State): boolean => remoteKnown(state) && localKnown(state);
  const due = (state: State): string | null => {
    if (left === 'nothing' || !isTime(state)) return null;
    const held = heldPlan(state)?.hash ?? null;
    if (typeof left === 'object' && 'paths' in left) {
      const { paths } = left;
      return heldPaths(state).every((path) => paths.has(path)) ? held : null;
    }
    return left === 'whatIsHeld' || left.hash === held ? held : null;
  };
  return {
    get isForced() {
      return left === 'whatIsHeld';
    },
    due,
    take(state) {
      const hash = due(state);
      if (isTime(state)) left = 'nothing';
      return hash;
    },
  };
}
