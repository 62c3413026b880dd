/** What becomes of a write that the disk refuses: by default it is refused for good, and with patience it is tried again. */
import type { Failure } from '@tidemark/contracts';
import { diskFailure, saysRefused } from './damage.ts';
import type { Witness } from './witness.ts';

export interface Patience {
  /** The disk refused a write, and nothing is written since. Resolves to whether to try again; to false, and the failure is passed on. */
  outwait(failure: Failure): Promise<boolean>;
  /** The disk takes writes again. */
  over(): void;
}

export const noPatience: Patience = { outwait: async () => false, over: () => {} };

/** Repeats what the disk refuses for as long as there is patience, and then throws Failure. */
export async function patiently<Result>(
  patience: Patience,
  action: string,
  work: (isRepeated: boolean) => Promise<Result>,
): Promise<Result> {
  for (let isRepeated = false; ; isRepeated = true) {
    try {
      const result = await work(isRepeated);
      if (isRepeated) patience.over();
      return result;
    } catch (error) {
      if (!saysRefused(error)) throw error;
      const failure = diskFailure(action, error);
      if (!(await patience.outwait(failure))) throw failure;
    }
  }
}

/** A write that was cut short spoils one slot, and the same slot is written again. */
export const patientWitness = (witness: Witness, patience: Patience): Witness => ({
  ...witness,
  write: (position) => patiently(patience, 'Cannot write the head witness', () => witness.write(position)),
});
