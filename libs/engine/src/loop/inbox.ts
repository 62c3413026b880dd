/**
 * The inbox: observations wait here until the loop takes all of them as one batch. What arrives while a batch is made durable
 * is the next one, so load makes batches larger and not slower.
 */
import type { AbortSignalLike, Clock, Observation } from '@tidemark/contracts';
import { rowsIn, waitingRowsMax } from './weight.ts';

export interface Received {
  readonly source: string;
  readonly observation: Observation;
}

export interface Inbox {
  /**
   * Takes them in. Resolves at once as long as few rows wait, and otherwise when the loop has taken them: that is the
   * back-pressure. Rejects when the loop has ended.
   */
  put(source: string, observations: readonly Observation[]): Promise<void>;
  /** Takes them in. Resolves when the batch that holds them is durable. Rejects when the loop has ended. */
  putDurably(source: string, observations: readonly Observation[]): Promise<void>;
  /** Everything waiting, at least one observation; or an empty batch once `dueAt` (milliseconds since 1970) has passed, or after `nudge`. */
  take(dueAt: number | null): Promise<readonly Received[]>;
  /** The batch last taken is durable. */
  settle(): void;
  /** Lets `take` return with an empty batch. */
  nudge(): void;
  close(reason: Error): void;
}

interface Batch {
  readonly received: Received[];
  rows: number;
  /** Depositors wait for the loop to take it, and for it to be durable. */
  taken?: PromiseWithResolvers<void>;
  durable?: PromiseWithResolvers<void>;
}

export function createInbox(clock: Clock): Inbox {
  let next: Batch = { received: [], rows: 0 };
  let last: Batch | null = null;
  let closed: Error | null = null;
  let wake: (() => void) | null = null;
  let nudged = false;

  /** Throws when the loop has ended. */
  function add(source: string, observations: readonly Observation[]): void {
    if (closed !== null) throw closed;
    for (const observation of observations) {
      next.received.push({ source, observation });
      next.rows += rowsIn(observation);
    }
    wake?.();
  }

  return {
    async put(source, observations) {
      add(source, observations);
      if (next.rows >= waitingRowsMax) await (next.taken ??= Promise.withResolvers()).promise;
    },
    async putDurably(source, observations) {
      add(source, observations);
      await (next.durable ??= Promise.withResolvers()).promise;
    },
    async take(dueAt) {
      while (next.received.length === 0 && !nudged) {
        if (dueAt !== null && dueAt <= clock.now()) return [];
        let cancel = (): void => {};
        const timer: AbortSignalLike = {
          aborted: false,
          addEventListener: (_type, listener) => void (cancel = listener),
          removeEventListener: () => {},
        };
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (dueAt !== null)
            void clock.sleep(Math.min(dueAt - clock.now(), longestSleepMs), timer).then(resolve);
        });
        wake = null;
        cancel();
      }
      nudged = false;
      const batch = next;
      last = batch;
      next = { received: [], rows: 0 };
      batch.taken?.resolve();
      return batch.received;
    },
    settle() {
      last?.durable?.resolve();
    },
    nudge() {
      nudged = true;
      wake?.();
    },
    close(reason) {
      closed = reason;
      for (const waits of [next.taken, next.durable, last?.durable]) waits?.reject(reason);
    },
  };
}

/** Timers of the platform overflow at 2^31 ms; a deadline further away is simply looked at again. */
const longestSleepMs = 24 * 60 * 60 * 1000;
