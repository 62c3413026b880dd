/** Who may do what with a file stays as it is when a new version arrives: a web server goes on reading what it could read. */
import { type BigIntStats, fchownSync, fstatSync, lstatSync } from 'node:fs';
import { whereAllowed } from './file-times.ts';
import type { Folder } from './folders.ts';
import { isFile } from './identity.ts';

/** Of the file that is about to be replaced; null when none is there. */
export function accessAt(folder: Folder, name: string): BigIntStats | null {
  const stats = lstatSync(folder.base + name, { bigint: true, throwIfNoEntry: false });
  return stats !== undefined && isFile(stats) ? stats : null;
}

/**
 * Gives an open file the owner and the group of another one, as far as the system allows.
 *
 * @returns the mode of the other one. Where the group could not be kept, the group that the file has gets no more than everybody has.
 * @throws what is more than a refusal
 */
export function takeOwner(fd: number, like: BigIntStats): number {
  const before = fstatSync(fd, { bigint: true });
  const give = (uid: bigint, gid: bigint): boolean =>
    whereAllowed('permissions', () => fchownSync(fd, Number(uid), Number(gid))) === null;
  const isKept = before.uid === like.uid && before.gid === like.gid;
  // Only root gives files away; a user may at least name another group of theirs.
  if (!isKept && !give(like.uid, like.gid) && before.gid !== like.gid) give(before.uid, like.gid);
  const mode = Number(like.mode & 0o777n);
  const everybody = mode & 0o007;
  return fstatSync(fd, { bigint: true }).gid === like.gid ? mode : (mode & 0o707) | (mode & (everybody << 3));
}
