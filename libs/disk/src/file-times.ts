/** Modification times are set here and nowhere else. What the disk makes of them is what it shows afterwards. */
import { type BigIntStats, futimesSync, utimesSync } from 'node:fs';

/**
 * Node takes a negative number for "now"; a text is taken as it is, so that dates before 1970 stay what they are.
 *
 * @param file descriptor, or path
 * @param before of the file, whose access time is kept; null: it gets the same time
 * @throws a system error
 */
export function setTimes(file: number | string, before: BigIntStats | null, modifiedAt: number): void {
  const accessedAt = before === null ? modifiedAt : Number(before.atimeMs) / 1000;
  if (typeof file === 'number') futimesSync(file, String(accessedAt), String(modifiedAt));
  else utimesSync(file, String(accessedAt), String(modifiedAt));
}
