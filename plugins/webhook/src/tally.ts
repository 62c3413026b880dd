/** A tally: counts everything and tells now and then. */
import type { AbortSignalLike, Clock } from '@tidemark/plugin-sdk';

export interface Tally {
  count(more: number): void;
}

/** Tells the first at once, then the sum every `quietMs` for as long as it grows. */
export function createTally(
  clock: Clock,
  signal: AbortSignalLike,
  quietMs: number,
  tell: (count: number) => void,
): Tally {
  let sum = 0;
  let told = 0;
  let resting = false;
  const say = (): void => {
    if (resting || sum === told || signal.aborted) return;
    told = sum;
    tell(sum);
    resting = true;
    void clock.sleep(quietMs, signal).then(() => {
      resting = false;
      say();
    });
  };
  return {
    count(more) {
      sum += more;
      say();
    },
  };
}
