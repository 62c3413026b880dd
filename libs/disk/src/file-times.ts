/**
 * Modification times and permissions are set here and nowhere else. What the disk makes of them is what it shows afterwards:
 * some file systems (FAT, SMB, files of another owner) refuse either, and a file with its bytes is worth more than its date.
 */
import { type BigIntStats, fchmodSync, futimesSync, utimesSync } from 'node:fs';
import { errnoOf } from './errno.ts';

/**
 * Node takes a negative number for "now"; a text is taken as it is, so that dates before 1970 stay what they are.
 *
 * @param file descriptor, or path
 * @param before of the file, whose access time is kept; null: it gets the same time
 * @throws a system error
 */
export function setTimes(file: number | string, before: BigIntStats | null, modifiedAt: number): void {
  const accessedAt = String(before === null ? modifiedAt : Number(before.atimeMs) / 1000);
  whereAllowed(() => {
    if (typeof file === 'number') futimesSync(file, accessedAt, String(modifiedAt));
    else utimesSync(file, accessedAt, String(modifiedAt));
  });
}

/** @throws a system error */
export const setMode = (fd: number, mode: number): void => whereAllowed(() => fchmodSync(fd, mode));

/** @throws what is more than a refusal */
export function whereAllowed(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!refusals.has(errnoOf(error) ?? '')) throw error;
  }
}

const refusals: ReadonlySet<string> = new Set([
  'EPERM',
  'EACCES',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EINVAL',
]);
