/**
 * Whether two places of the disk overlap, told by device and inode: links and bind mounts give one folder several paths, and some
 * file systems take a name in any letter case.
 */
import { statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { errnoOf } from './errno.ts';
import { allMounts, type Mount } from './mount-points.ts';
import { isWithin, realPath } from './real-path.ts';

/** `holds`: the first place is the second one, or holds it. `isIn`: the first lies in the second. */
export interface Overlap {
  readonly type: 'holds' | 'isIn';
  /** The inner of the two, by a path that leads through the outer one. */
  readonly path: string;
}

/** Absolute paths; what does not exist yet counts as lying where it would be made. */
export function overlapOf(one: string, other: string): Overlap | null {
  const mounts = allMounts();
  const held = foldersAbove(other, mounts).get(placeKey(realPath(one)));
  if (held !== undefined) return { type: 'holds', path: held.path };
  const inner = foldersAbove(one, mounts).get(placeKey(realPath(other)));
  return inner === undefined ? null : { type: 'isIn', path: inner.path };
}

export interface Above {
  readonly folder: string;
  /** The path through that folder of what lies in it. */
  readonly path: string;
}

/** The place itself and every folder that it lies in, on each path that leads to it, by `placeKey`. */
export function foldersAbove(place: string, mounts: readonly Mount[]): Map<string, Above> {
  const above = new Map<string, Above>();
  for (const path of pathsTo(realPath(place), mounts))
    for (let folder = path; ; folder = dirname(folder)) {
      const key = placeKey(folder);
      if (!above.has(key)) above.set(key, { folder, path });
      if (folder === '/') break;
    }
  return above;
}

/** Of a path without links. */
export function placeKey(path: string): string {
  return keyOfExisting(path) ?? `${placeKey(dirname(path))}/${basename(path)}`;
}

/** The root of a file system that cannot be asked has no key, nor has anything else then. */
function keyOfExisting(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    if (errnoOf(error) === null || path === '/') throw error;
    return null;
  }
}

/** The same place through each mount that shows it; the path that was given is the first. */
function pathsTo(path: string, mounts: readonly Mount[]): string[] {
  const inFileSystem = pathInFileSystem(path, mounts);
  if (inFileSystem === null) return [path];
  const key = placeKey(path);
  const others = mounts
    .filter(({ device, part }) => device === inFileSystem.device && isWithin(inFileSystem.path, part))
    .map(({ part, point }) => join(point, relative(part, inFileSystem.path)))
    // Something else may be mounted over it.
    .filter((other) => other !== path && placeKey(other) === key);
  return [path, ...new Set(others)];
}

/** Mounts that show something of the folder, or something in it: not what they are mounted on, and not the folder itself. */
export function mountsInto(folder: string, mounts: readonly Mount[]): Mount[] {
  const inFileSystem = pathInFileSystem(folder, mounts);
  return mounts.filter(
    ({ device, part, point }) =>
      (point !== folder && isWithin(point, folder)) ||
      (inFileSystem !== null &&
        device === inFileSystem.device &&
        part !== inFileSystem.path &&
        isWithin(part, inFileSystem.path)),
  );
}

function pathInFileSystem(
  path: string,
  mounts: readonly Mount[],
): { readonly device: string; readonly path: string } | null {
  const on = mounts.reduce<Mount | null>(
    (found, mount) =>
      isWithin(path, mount.point) && mount.point.length >= (found?.point.length ?? 0) ? mount : found,
    null,
  );
  return on === null ? null : { device: on.device, path: join(on.part, relative(on.point, path)) };
}
