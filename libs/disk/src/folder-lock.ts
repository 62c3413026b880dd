/**
 * One process at a time syncs a folder, or anything in it or around it (docs/adr/0005-one-folder-one-process.md). The kernel keeps the
 * lock: nothing is written anywhere, and nothing is left when a process is killed.
 */
import { closeSync, fstatSync, openSync, type BigIntStats } from 'node:fs';
import { errnoOf } from './errno.ts';
import { type LockHolder, lockHolderOf } from './lock-holder.ts';
import { allMounts } from './mount-points.ts';
import { findNative } from './native.ts';
import { openFolder } from './open-flags.ts';
import { foldersAbove, mountsInto, placeKey } from './overlap.ts';
import { realPath } from './real-path.ts';

export type FolderLocking =
  | { readonly type: 'locked'; readonly release: () => void }
  | {
      readonly type: 'taken';
      /** How what the other one syncs lies: it is the folder, in it, around it, or a part of it through a mount. */
      readonly where: 'same' | 'inside' | 'around' | 'mounted';
      /** The folder at which the two meet. */
      readonly folder: string;
      /** Null where the system does not tell, as of a process in another container. */
      readonly holder: LockHolder | null;
    };

/** @param folder absolute path; what does not exist or cannot be read is not locked, only what is above it */
export function lockFolder(folder: string): FolderLocking {
  const mounts = allMounts();
  const root = realPath(folder);
  const above = foldersAbove(root, mounts);
  const own = placeKey(root);
  const held: number[] = [];
  const release = (): void => {
    for (const fd of held.splice(0)) closeSync(fd);
  };
  try {
    for (const [key, { folder: at }] of above) {
      const tried = tryLock(at, key === own ? 'alone' : 'shared');
      if (typeof tried === 'number') held.push(tried);
      else if (tried !== null) {
        release();
        const isInside = tried.holder?.isShared ?? false;
        const where = key !== own ? 'around' : isInside ? 'inside' : 'same';
        return { type: 'taken', where, folder: at, holder: tried.holder };
      }
    }
    // Only looked at: who keeps a folder open keeps its file system from being unmounted.
    for (const { point } of mountsInto(root, mounts))
      for (const [key, { folder: at }] of foldersAbove(point, mounts)) {
        if (above.has(key)) continue;
        const tried = tryLock(at, at === point ? 'alone' : 'shared');
        if (typeof tried === 'number') closeSync(tried);
        else if (tried !== null) {
          release();
          return { type: 'taken', where: 'mounted', folder: point, holder: tried.holder };
        }
      }
    return { type: 'locked', release };
  } catch (error) {
    release();
    throw error;
  }
}

/** A descriptor that holds the lock; null where there can be none. */
function tryLock(
  folder: string,
  how: 'alone' | 'shared',
): number | null | { readonly holder: LockHolder | null } {
  if (native === null) return null;
  let fd: number;
  try {
    fd = openSync(folder, openFolder);
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return null;
  }
  if (native.flock(fd, (how === 'alone' ? LOCK_EX : LOCK_SH) | LOCK_NB) === 0) return fd;
  // Who cannot let go of a lock could not have taken one either: the system offers none.
  const isOffered = native.flock(fd, LOCK_UN) === 0;
  const stats = fstatSync(fd, { bigint: true });
  closeSync(fd);
  if (!isOffered) return null;
  const holder = lockHolderOf(stats, how === 'alone' ? 'any' : 'alone');
  return holder !== null && !maySync(holder, stats) ? null : { holder };
}

/** Any user may lock what they may read. Only who could change something in the folder is in our way. */
const maySync = ({ uid }: LockHolder, { uid: owner, mode }: BigIntStats): boolean =>
  uid === null || uid === 0 || BigInt(uid) === owner || (mode & 0o022n) !== 0n;

const [LOCK_SH, LOCK_EX, LOCK_NB, LOCK_UN] = [1, 2, 4, 8];

const native = findNative({ flock: { arguments: ['i32', 'i32'], return: 'i32' } });
