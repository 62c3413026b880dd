/**
 * Where something is mounted below a folder, as the kernel says it. The number of the device does not tell: a bind mount has that
 * of the file system it shows.
 */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from './errno.ts';
import type { Links } from './links.ts';

/** Also below what links lead to, by the path that it has through the link. */
export function pointsOf(root: string, links: Links): ReadonlySet<string> {
  const points = new Set(mountPointsBelow(root));
  const info = links.size === 0 ? '' : mountInfo();
  for (const [path, { kind, target }] of links)
    if (kind === 'folder') for (const below of pointsIn(info, target)) points.add(`${path}/${below}`);
  return points;
}

/** Finds the mount point that an absolute path without links is on, or below; `/` where the system does not tell. */
export function mountPointFinder(): (path: string) => string {
  const points = pointsIn(mountInfo(), '/');
  return (path) => {
    let at = path;
    while (at !== '/' && !points.has(at.slice(1))) at = dirname(at);
    return at;
  };
}

/** Paths relative to the folder, which itself is not among them. Empty where the system does not tell. */
export function mountPointsBelow(folder: string): ReadonlySet<string> {
  try {
    return pointsIn(mountInfo(), realpathSync(folder));
  } catch (error) {
    // No such folder, which is found out by acting on it.
    if (errnoOf(error) === null) throw error;
    return new Set();
  }
}

function mountInfo(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'latin1');
  } catch (error) {
    // No /proc.
    if (errnoOf(error) === null) throw error;
    return '';
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
