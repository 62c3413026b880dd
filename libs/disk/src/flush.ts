/**
 * fsync, in rounds: whatever was asked for while one round runs goes into the next one together. A journaling file system
 * commits once for a whole round; and while it commits, everybody who creates a file waits.
 */
import { fdatasync, fsync } from 'node:fs';
import { promisify } from 'node:util';
import { errnoOf } from './errno.ts';

const flushData = promisify(fdatasync);
const flushAll = promisify(fsync);

export interface Flush {
  /** Resolves when the bytes written before the call are durable. The descriptor must stay open meanwhile. */
  file(fd: number): Promise<void>;
  /** Resolves when everything done in the folder before the call is durable. The descriptor must stay open meanwhile. */
  folder(folder: { readonly fd: number; readonly dev: bigint; readonly ino: bigint }): Promise<void>;
}

interface Round {
  /** By what is flushed, each thing once. */
  readonly done: Map<string, Promise<void>>;
  readonly start: Promise<void>;
}

export function createFlush(): Flush {
  let last: Promise<unknown> = Promise.resolve();
  let next: Round | null = null;

  function add(key: string, work: () => Promise<void>): Promise<void> {
    next ??= newRound();
    const round = next;
    const known = round.done.get(key);
    if (known !== undefined) return known;
    const done = round.start.then(work);
    round.done.set(key, done);
    return done;
  }

  function newRound(): Round {
    const round: Round = {
      done: new Map(),
      // One turn of the event loop more, for those who are about to ask.
      start: last
        .then(() => new Promise((resolve) => setImmediate(resolve)))
        .then(() => {
          next = null;
          last = Promise.allSettled(round.done.values());
        }),
    };
    return round;
  }

  return {
    file: (fd) => add(`file ${fd}`, () => flushData(fd)),
    folder: ({ fd, dev, ino }) => add(`folder ${dev}/${ino}`, () => flushFolder(fd)),
  };
}

async function flushFolder(fd: number): Promise<void> {
  try {
    await flushAll(fd);
  } catch (error) {
    // Some file systems have no fsync for folders and say so with EINVAL: there is nothing to wait for.
    if (errnoOf(error) !== 'EINVAL') throw error;
  }
}
