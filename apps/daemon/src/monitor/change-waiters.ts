/** Those who ask to be answered when something has changed. */
export interface ChangeWaiters {
  /** Resolves with the next change, or when the time is up. */
  wait(limitMs: number): Promise<void>;
  wake(): void;
}

export function createChangeWaiters(): ChangeWaiters {
  const waiters: (() => void)[] = [];
  return {
    wait: (limitMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, limitMs);
        waiters.push(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
    wake() {
      for (const wake of waiters.splice(0)) wake();
    },
  };
}
