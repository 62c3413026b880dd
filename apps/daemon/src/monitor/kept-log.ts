/** The log of a daemon from one run to the next: locked all the time, and read when the first run needs it. */
import type { EventLog } from '@tidemark/contracts';
import { initialState, type State } from '@tidemark/engine';
import type { LogLock } from '@tidemark/event-log';
import type { LockedLog } from '../open-run.ts';

export interface KeptLog {
  /** As far as it was read: at first nothing is known. */
  state(): State;
  /** Null while none is open. */
  log(): EventLog | null;
  /** Reads it, or gives what the run before has left. */
  opened(): Promise<LockedLog>;
  /** What a run has left of it. */
  keep(left: LockedLog): void;
  /** Closes it when it has refused a batch: it takes no other one, and what reached the disk is only known when it is opened anew. */
  renew(): Promise<void>;
  close(): Promise<void>;
}

export interface KeptLogOptions {
  readonly lock: () => Promise<LogLock>;
  readonly read: (lock: LogLock) => Promise<LockedLog>;
}

/** @param first the lock that is held already */
export function createKeptLog(first: LogLock, { lock: lockAgain, read }: KeptLogOptions): KeptLog {
  let lock = first;
  let locked: LockedLog | null = null;
  const unread = initialState();
  return {
    state: () => locked?.state ?? unread,
    log: () => locked?.log ?? null,
    opened: async () => (locked ??= await read(lock)),
    keep: (left) => void (locked = left),
    async renew() {
      if (locked === null || (await takesEvents(locked.log))) return;
      await locked.log.close();
      locked = null;
      lock = await lockAgain();
    },
    async close() {
      if (locked === null) await lock.release();
      else await locked.log.close();
    },
  };
}

/** A log that has refused a batch refuses an empty one as well. */
const takesEvents = (log: EventLog): Promise<boolean> =>
  log.append([]).then(
    () => true,
    () => false,
  );
