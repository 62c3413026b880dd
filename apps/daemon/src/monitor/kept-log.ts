/** The log of a daemon from one run to the next: locked all the time, and read when the first run needs it. */
import type { EventLog, Failure } from '@tidemark/contracts';
import { initialState, type State } from '@tidemark/engine';
import type { LogLock } from '@tidemark/event-log';
import type { LockedLog } from '../open-run.ts';
import { createSnapshotKeeping } from '../snapshot-keeping.ts';

export interface KeptLog {
  /** As far as it was read: at first nothing is known. */
  state(): State;
  /** Null while none is open. */
  log(): EventLog | null;
  /** Reads it, or gives what the run before has left. */
  opened(): Promise<LockedLog>;
  /** What a run has left of it. */
  keep(left: LockedLog): void;
  /**
   * Keeps a snapshot when the next start would have much to fold without one. For the time between two runs: as long as the drive
   * cannot be reached no run comes to its rest, or to its end.
   */
  keepSnapshot(onFailure: (failure: Failure) => void): Promise<void>;
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
    async keepSnapshot(onFailure) {
      // What the log had to say is told when a run begins. It is found among the events behind the snapshot.
      if (locked === null || locked.forget !== null || locked.notices.length > 0) return;
      const { log, state } = locked;
      await createSnapshotKeeping({ log, state, onFailure }).atEnd();
    },
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
