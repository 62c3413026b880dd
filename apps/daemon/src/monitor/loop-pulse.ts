/** Whether the loop comes round, for the service manager and for those who ask. */
import type { Clock } from '@tidemark/contracts';
import type { RunHandle } from '../profile-run.ts';

export interface LoopPulse {
  /** Resolves when the loop has come round, or is held up. Null when none runs, or the one that runs is held up. */
  next(): Promise<void> | null;
  /** It comes round in time, or need not. */
  isAlive(): Promise<boolean>;
  /** The loop waits for the state folder, which is no fault of its own. */
  holdUp(isHeldUp: boolean): void;
}

export interface LoopPulseOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly handle: () => Pick<RunHandle, 'pulse'> | null;
}

/** A loop that has not come round after this time stands still. */
const pulseMaxMs = 10_000;

export function createLoopPulse({ clock, handle }: LoopPulseOptions): LoopPulse {
  let isHeldUp = false;
  const asking = new Set<() => void>();

  function next(): Promise<void> | null {
    const run = handle();
    if (run === null || isHeldUp) return null;
    return new Promise((resolve) => {
      const answer = (): void => {
        asking.delete(answer);
        resolve();
      };
      asking.add(answer);
      void run.pulse().then(answer);
    });
  }

  return {
    next,
    async isAlive() {
      const round = next();
      if (round === null) return true;
      const timer = new AbortController();
      const late = clock.sleep(pulseMaxMs, timer.signal).then(() => false);
      const came = await Promise.race([round.then(() => true), late]);
      timer.abort();
      return came;
    },
    holdUp(isNow) {
      isHeldUp = isNow;
      if (isNow) for (const answer of [...asking]) answer();
    },
  };
}
