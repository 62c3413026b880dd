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

/** A file system, or a part of one, at a place. */
export interface Mount {
  /** Tells the file system from others, for as long as it is mounted. */
  readonly device: string;
  /** Which of its folders or files shows at the place: a path from its top. */
  readonly part: string;
  /** Absolute path of the place, without links. */
  readonly point: string;
}

/** In the order of mounting: of two at one place, the later one shows. Empty where the system does not tell. */
export const allMounts = (): Mount[] => mountsIn(mountInfo());

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
  for (const { point } of mountsIn(mountinfo))
    if (point.startsWith(above) && point.length > above.length) points.add(point.slice(above.length));
  return points;
}

/** @param mountinfo as in `/proc/self/mountinfo`, one character a byte */
export function mountsIn(mountinfo: string): Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [, , device, part, point] = line.split(' ');
    if (device === undefined || part === undefined || point === undefined) return [];
    return [{ device, part: pathOf(part), point: pathOf(point) }];
  });
}

/** Space, tab, line break and backslash are written as three octal digits. */
function pathOf(field: string): string {
  const bytes = field.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
