/**
 * Modification times and permissions are set here and nowhere else. What the disk makes of them is what it shows afterwards:
 * some file systems (FAT, SMB, files of another owner) refuse either, and a file with its bytes is worth more than its date. A
 * refusal is returned, so that the caller can have it said.
 */
import { type BigIntStats, fchmodSync, futimesSync, utimesSync } from 'node:fs';
import { errnoOf } from './errno.ts';

export interface Refusal {
  readonly what: 'times' | 'permissions' | 'attributes';
  /** As the system names it: `EPERM`. */
  readonly code: string;
}

/**
 * Node takes a negative number for "now"; a text is taken as it is, so that dates before 1970 stay what they are.
 *
 * @param file descriptor, or path
 * @param before of the file, whose access time is kept; null: it gets the same time
 * @throws a system error
 */
export function setTimes(
  file: number | string,
  before: BigIntStats | null,
  modifiedAt: number,
): Refusal | null {
  const accessedAt = String(before === null ? modifiedAt : Number(before.atimeMs) / 1000);
  return whereAllowed('times', () => {
    if (typeof file === 'number') futimesSync(file, accessedAt, String(modifiedAt));
    else utimesSync(file, accessedAt, String(modifiedAt));
  });
}

/** @throws a system error */
export const setMode = (fd: number, mode: number): Refusal | null =>
  whereAllowed('permissions', () => fchmodSync(fd, mode));

/** @throws what is more than a refusal */
export function whereAllowed(what: Refusal['what'], change: () => void): Refusal | null {
  try {
    change();
    return null;
  } catch (error) {
    const code = errnoOf(error) ?? '';
    if (!refusals.has(code)) throw error;
    return { what, code };
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
