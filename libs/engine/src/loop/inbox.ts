/** The inbox: observations wait here until the loop takes all of them as one batch. */
import type { AbortSignalLike, Clock, Observation } from '@tidemark/contracts';

export interface Received {
  readonly source: string;
  readonly observation: Observation;
}

export interface Inbox {
  /** Resolves when the batch that holds them is durable; that is the backpressure. Rejects when the loop has ended. */
  put(source: string, observations: readonly Observation[]): Promise<void>;
  /** Everything waiting, at least one observation; or an empty batch once `dueAt` (milliseconds since 1970) has passed, or after `nudge`. */
  take(dueAt: number | null): Promise<readonly Received[]>;
  /** The batch last taken is durable. */
  settle(): void;
  /** Lets `take` return with an empty batch. */
  nudge(): void;
  close(reason: Error): void;
}

export function createInbox(clock: Clock): Inbox {
  let waiting: Received[] = [];
  let depositors: { resolve: () => void; reject: (reason: Error) => void }[] = [];
  let taken: typeof depositors = [];
  let closed: Error | null = null;
  let wake: (() => void) | null = null;
  let nudged = false;
  return {
    put(source, observations) {
      if (closed !== null) return Promise.reject(closed);
      for (const observation of observations) waiting.push({ source, observation });
      wake?.();
      return new Promise((resolve, reject) => depositors.push({ resolve, reject }));
    },
    async take(dueAt) {
      while (waiting.length === 0 && !nudged) {
        if (dueAt !== null && dueAt <= clock.now()) return [];
        const timer = createSignal();
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (dueAt !== null)
            void clock.sleep(Math.min(dueAt - clock.now(), longestSleepMs), timer).then(resolve);
        });
        wake = null;
        timer.abort();
      }
      nudged = false;
      const batch = waiting;
      waiting = [];
      taken = depositors;
      depositors = [];
      return batch;
    },
    settle() {
      for (const { resolve } of taken) resolve();
      taken = [];
    },
    nudge() {
      nudged = true;
      wake?.();
    },
    close(reason) {
      closed = reason;
      for (const { reject } of [...taken, ...depositors]) reject(reason);
      taken = [];
      depositors = [];
    },
  };
}

/** Timers of the platform overflow at 2^31 ms; a deadline further away is simply looked at again. */
const longestSleepMs = 24 * 60 * 60 * 1000;

function createSignal(): AbortSignalLike & { abort(): void } {
  const listeners = new Set<() => void>();
  let aborted = false;
  return {
    get aborted() {
      return aborted;
    },
    abort() {
      if (aborted) return;
      aborted = true;
      for (const listener of listeners) listener();
      listeners.clear();
    },
    addEventListener: (_type, listener) => void listeners.add(listener),
    removeEventListener: (_type, listener) => void listeners.delete(listener),
  };
}
