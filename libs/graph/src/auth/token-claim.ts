/**
 * One process at a time renews a login: two that redeem the same refresh token may each lose what the other has got. The claim is a
 * lock of the kernel on a file beside the token, so that it ends with its process. SQLite takes it, since Node offers no lock of its own.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import { Failure, type Clock } from '@tidemark/contracts';

/** Lets others have it. */
export type Release = () => void;

const waitMaxMs = 60_000;
const pauseMs = 100;

/** Throws Failure `timedOut` when another process does not let go of it, and what `work` throws. */
export async function whileClaimed<Result>(
  claim: () => Promise<Release | null>,
  { action, clock }: { readonly action: string; readonly clock: Pick<Clock, 'monotonic' | 'sleep'> },
  work: () => Promise<Result>,
): Promise<Result> {
  const waitUntil = clock.monotonic() + waitMaxMs;
  let release = await claim();
  while (release === null) {
    if (clock.monotonic() >= waitUntil) {
      const detail = `${action}: another process has been at it for ${waitMaxMs / 1_000} seconds`;
      throw new Failure({ code: 'timedOut', detail });
    }
    await clock.sleep(pauseMs);
    release = await claim();
  }
  try {
    return await work();
  } finally {
    release();
  }
}

/** null: another has it. `found`: the file is not made, as a dry run wants it. Throws what opening the file throws. */
export async function claimFile(path: string, file: 'made' | 'found' = 'made'): Promise<Release | null> {
  await openPrivate(path, file === 'made' ? constants.O_CREAT : 0);
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    // Nothing is ever written, so no journal has to be made, for which a full disk would have no room.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return () => database.close();
  } catch (error) {
    return refused(database, error);
  }
}

/** SQLite would make a file that others can read, and so lock. */
async function openPrivate(path: string, flags: number): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW | flags, 0o600);
  await file.close();
}

const busy = 5;

function refused(database: DatabaseSync, error: unknown): null {
  database.close();
  if (error instanceof Error && 'errcode' in error && error.errcode === busy) return null;
  throw error;
}
