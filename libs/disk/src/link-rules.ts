/** Which symbolic links may be followed: what one leads to is not reached in another way, and is not ours. */
import { dirname } from 'node:path';
import type { FollowedLink, Links } from './links.ts';
import { mountPointFinder } from './mount-points.ts';
import { quoted } from './quoted.ts';
import { isWithin, realPath } from './real-path.ts';

export interface LinkOptions {
  readonly follow: boolean;
  /** Absolute paths of the sync folder, and of what is ours outside of it. */
  readonly root: string;
  readonly own: readonly string[];
}

export interface LinkRules {
  /** Why it is not followed, in words; null when it is. @param path of the link itself, relative to the sync folder */
  whyNot(path: string, link: FollowedLink): string | null;
  add(path: string, link: FollowedLink): void;
  remove(path: string): void;
  get(path: string): FollowedLink | undefined;
  /** Of an absolute path without links. */
  mountPointOf(path: string): string;
  /** That of the sync folder. */
  readonly rootMount: string;
}

/** @param links that are followed already */
export function createLinkRules({ root: rootPath, own }: LinkOptions, links: Links): LinkRules {
  const root = realPath(rootPath);
  const ours = own.map(realPath);
  const mountPointOf = mountPointFinder();
  const followed = new Map(links);
  /** By target, and by each folder above one: the path of the link. */
  let targets = new Map<string, string>();
  let above = new Map<string, string>();
  const note = (path: string, target: string): void => {
    targets.set(target, path);
    for (const folder of foldersAbove(target)) above.set(folder, path);
  };
  for (const [path, { target }] of links) note(path, target);

  return {
    whyNot(path, { target }) {
      const said = `the link leads to ${quoted(target)}`;
      if (isWithin(target, root)) return `${said}, which is in the sync folder and synced there`;
      if (isWithin(root, target)) return `${said}, which the sync folder is in`;
      if (ours.some((folder) => isWithin(target, folder) || isWithin(folder, target)))
        return `${said}, where Tidemark keeps files of its own`;
      for (const other of [
        targets.get(target),
        above.get(target),
        ...foldersAbove(target).map((folder) => targets.get(folder)),
      ])
        if (other !== undefined && other !== path)
          return `${said}, which is synced, or a part of it, through the link ${quoted(other)}`;
      return null;
    },
    add(path, link) {
      followed.set(path, link);
      note(path, link.target);
    },
    remove(path) {
      if (!followed.delete(path)) return;
      targets = new Map();
      above = new Map();
      for (const [other, { target }] of followed) note(other, target);
    },
    get: (path) => followed.get(path),
    mountPointOf,
    rootMount: mountPointOf(root),
  };
}

/** From the one it is in up to `/`. */
function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let folder = path; folder !== '/';) {
    folder = dirname(folder);
    folders.push(folder);
  }
  return folders;
}
