/**
 * Where something is mounted below a folder, as the kernel says it. The number of the device does not tell: a bind mount has that
 * of the file system it shows.
 */
import { readFileSync, realpathSync } from 'node:fs';
import { errnoOf } from './errno.ts';

/** Paths relative to the folder, which itself is not among them. Empty where the system does not tell. */
export function mountPointsBelow(folder: string): ReadonlySet<string> {
  try {
    return pointsIn(readFileSync('/proc/self/mountinfo', 'latin1'), realpathSync(folder));
  } catch (error) {
    // No /proc, or no such folder, which is found out by acting on it.
    if (errnoOf(error) === null) throw error;
    return new Set();
  }
}

/** @param mountinfo as in `/proc/self/mountinfo`, one character a byte */
export function pointsIn(mountinfo: string, folder: string): Set<string> {
  const above = folder === '/' ? '/' : `${folder}/`;
  const points = new Set<string>();
  for (const line of mountinfo.split('\n')) {
    const field = line.split(' ')[4];
    if (field === undefined) continue;
    const path = Buffer.from(unescaped(field), 'latin1').toString('utf8');
    if (path.startsWith(above) && path.length > above.length) points.add(path.slice(above.length));
  }
  return points;
}

/** Space, tab, line break and backslash are written as three octal digits. */
const unescaped = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
