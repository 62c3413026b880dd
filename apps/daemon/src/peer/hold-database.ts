/**
 * The `onedrive` client keeps its item database in exclusive mode while it runs: that is its lock. A program that holds the database keeps
 * it from starting, and it keeps others out (docs/adr/0004-the-peers-database-is-held-and-not-believed.md).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { escaped, lockHolderAt } from '@tidemark/disk';
import type { Profile } from '../profile.ts';

export type PeerDatabase =
  /** No `onedrive` client has synced with this profile. */
  | { readonly type: 'none' }
  | { readonly type: 'held'; readonly database: DatabaseSync; readonly release: () => void }
  /** It cannot be opened: damaged, or not ours to open. In words, without a full stop. */
  | { readonly type: 'unusable'; readonly why: string };

/** The `onedrive` client runs with this profile. */
export class PeerRuns extends Error {
  constructor(path: string) {
    const pid = lockHolderAt(path);
    super(`it has "${escaped(path)}" open${pid === null ? '' : ` (process ${pid})`}`);
    this.name = 'PeerRuns';
  }
}

export const peerDatabasePath = ({ locations }: Pick<Profile, 'locations'>): string =>
  join(locations.directory, 'items.sqlite3');

/**
 * Until `release`, or the end of this process. It is only read: the file stays as it is to the byte, unless the client was killed. What
 * that left in the write-ahead log goes into the file then, as at the client's own next start. Nothing else in this process may open
 * the file, since closing any descriptor of a file gives up the process's locks on it. Throws PeerRuns.
 */
export async function holdPeerDatabase(profile: Pick<Profile, 'locations'>): Promise<PeerDatabase> {
  const path = peerDatabasePath(profile);
  if (!existsSync(path)) return { type: 'none' };
  const { DatabaseSync: Database } = await import('node:sqlite');
  let database: DatabaseSync | null = null;
  try {
    database = new Database(path, { timeout: patienceMs });
    // Before the first read: it is then locked by it, and no file for shared memory is made beside it.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF');
    database.prepare('PRAGMA user_version').get();
    // In a journal mode other than that of the client a read alone does not lock it against others.
    database.exec('BEGIN EXCLUSIVE; ROLLBACK');
    const held = database;
    return { type: 'held', database: held, release: () => held.close() };
  } catch (error) {
    database?.close();
    if (!isOfDatabase(error)) throw error;
    if ((error.errcode & 0xff) === busy) throw new PeerRuns(path);
    return { type: 'unusable', why: `"${escaped(path)}": ${error.message}` };
  }
}

/** For one of its commands that only asks; in milliseconds. */
const patienceMs = 1000;
const busy = 5;

export const isOfDatabase = (error: unknown): error is Error & { readonly errcode: number } =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
