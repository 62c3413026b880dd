/** Who waits for whom: changes of the store behind the events come one after the other, and what moves events has no reader beside it. */

export interface Turns {
  /** Resolves when nothing moves. Call what it gives when the reading is over. */
  reading(): Promise<() => void>;
  changing<Result>(work: () => Promise<Result>): Promise<Result>;
  moving<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Resolves when the changes so far are made. */
  finish(): Promise<void>;
}

export function createTurns(): Turns {
  const readings = new Set<Promise<void>>();
  let changes: Promise<void> = Promise.resolve();
  let move: Promise<void> | null = null;

  function changing<Result>(work: () => Promise<Result>): Promise<Result> {
    const change = changes.then(work);
    changes = change.then(
      () => {},
      () => {},
    );
    return change;
  }

  return {
    async reading() {
      while (move !== null) await move;
      const { promise, resolve } = Promise.withResolvers<void>();
      readings.add(promise);
      return () => {
        readings.delete(promise);
        resolve();
      };
    },
    changing,
    moving: (work) =>
      changing(async () => {
        while (readings.size > 0) await Promise.all(readings);
        const { promise, resolve } = Promise.withResolvers<void>();
        move = promise;
        try {
          return await work();
        } finally {
          move = null;
          resolve();
        }
      }),
    finish: () => changes,
  };
}
