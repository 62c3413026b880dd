/** Runs work of one kind, first come first served, with a bound on how much runs at once and how much waits. */

export interface Limiter {
  /** Resolves when the work was taken in, at once unless too much is waiting. */
  enter(work: () => Promise<void>): Promise<void>;
  /** Drops what waits and takes nothing more. */
  close(): void;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

const waitingMax = 4096;

/** `work` must not reject. */
export function createLimiter(runningMax: number): Limiter {
  const waiting: (() => Promise<void>)[] = [];
  const blocked: (() => void)[] = [];
  const resting: (() => void)[] = [];
  let running = 0;
  let closed = false;

  return {
    async enter(work) {
      while (waiting.length >= waitingMax && !closed) {
        await new Promise<void>((resolve) => blocked.push(resolve));
      }
      if (closed) return;
      waiting.push(work);
      startNext();
    },
    close() {
      closed = true;
      waiting.length = 0;
      release(blocked);
    },
    async idle() {
      while (running > 0) await new Promise<void>((resolve) => resting.push(resolve));
    },
  };

  function startNext(): void {
    while (running < runningMax) {
      const work = waiting.shift();
      if (work === undefined) return;
      blocked.shift()?.();
      running += 1;
      void work().finally(() => {
        running -= 1;
        startNext();
        if (running === 0) release(resting);
      });
    }
  }
}

function release(callbacks: (() => void)[]): void {
  for (const callback of callbacks.splice(0)) callback();
}
