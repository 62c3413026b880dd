/**
 * The schedule: everything that is under way waits for its turn, and the seed decides whose turn it is. A process that was
 * killed gets none any more: whatever it was doing stays undone, or done and unreported.
 */
import type { SeededRandom } from '@tidemark/testkit';

/** One process, from its start to its end. */
export interface Life {
  alive: boolean;
}

export interface Schedule {
  /** Resolves when it is its turn; never once the process is dead. */
  turn(life: Life, label: string): Promise<void>;
  /** How many could go on now. */
  readonly waiting: number;
  /** Lets one of them go on, and says which. */
  next(): string;
}

export function createSchedule(random: SeededRandom): Schedule {
  let waiting: { readonly life: Life; readonly label: string; readonly go: () => void }[] = [];
  const bury = (): void => {
    waiting = waiting.filter(({ life }) => life.alive);
  };
  return {
    turn: (life, label) =>
      new Promise((go) => {
        if (life.alive) waiting.push({ life, label, go });
      }),
    get waiting() {
      bury();
      return waiting.length;
    },
    next() {
      bury();
      const [chosen] = waiting.splice(random.below(waiting.length), 1);
      if (chosen === undefined) throw new Error('nobody waits for a turn');
      chosen.go();
      return chosen.label;
    },
  };
}

/** Everything that is ready has run. */
export const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** What a dead process is left with. */
export const never = (): Promise<never> => new Promise(() => undefined);
