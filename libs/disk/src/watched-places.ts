/** What is watched: the sync folder, and what its followed links lead to, each known by its path in the sync folder. */
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Links } from './links.ts';
import { pointsOf } from './mount-points.ts';
import { rootAt } from './root-at.ts';

export interface WatchedPlaces {
  /** Absolute path without links: path in the sync folder. */
  readonly tops: ReadonlyMap<string, string>;
  /** Those of them that are files. */
  readonly files: ReadonlySet<string>;
  /** Changes with what stands there and is mounted there. */
  readonly key: string;
  /** Path in the sync folder of an absolute one; null when it is in none of these places. */
  relative(path: string): string | null;
}

/** Null when there is no folder at that path. */
export function watchedPlaces(root: string, links: Links): WatchedPlaces | null {
  const standing = [rootAt(root)];
  if (standing[0] === null) return null;
  const tops = new Map([[realpathSync(root), '']]);
  const files = new Set<string>();
  for (const [path, { kind, target }] of links) {
    tops.set(target, path);
    if (kind === 'file') files.add(target);
    // Programs save a file by replacing it: another one at its path is no other place.
    else standing.push(rootAt(target));
  }
  return {
    ...{ tops, files },
    key: JSON.stringify([standing, [...tops], [...pointsOf(root, links)].sort()]),
    relative(path) {
      let top = path;
      while (top !== '/' && !tops.has(top)) top = dirname(top);
      const at = tops.get(top);
      if (at === undefined) return null;
      const below = path.slice(top.length + 1);
      return at === '' || below === '' ? at + below : `${at}/${below}`;
    },
  };
}

/** The folder that something of the sync folder is in. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
