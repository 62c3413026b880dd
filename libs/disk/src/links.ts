/**
 * Symbolic links that are followed. Each leads to a file or folder outside the sync folder that nothing else in it leads to, so
 * that no content is met twice. A link is followed to where the last look found that it leads, and nowhere else (I-23).
 */
import { fstatSync, lstatSync, openSync, closeSync, realpathSync, statSync, type BigIntStats } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Kind } from '@tidemark/contracts';
import { errnoOf, failure } from './errno.ts';
import type { Folder } from './folders.ts';
import { isFile, isFolder, isLink, mountMark } from './identity.ts';
import { openFolder, viaDescriptor } from './open-flags.ts';
import { pathBelow } from './path-names.ts';
import { quoted } from './quoted.ts';

export interface FollowedLink {
  readonly kind: Kind;
  /** Absolute path of what it leads to, with no link on the way. */
  readonly target: string;
  /** Of the target's folder if it is a file, else of the target: programs save a file by replacing it. */
  readonly dev: bigint;
  readonly ino: bigint;
  /** Mark of the file system of the target; empty on that of the sync folder. See `mountMark`. */
  readonly mount: string;
}

/** By path, relative to the sync folder. */
export type Links = Map<string, FollowedLink>;

export interface Resolved extends FollowedLink {
  /** Of the target. */
  readonly stats: BigIntStats;
}

/** Where the link leads now, or in words why it leads nowhere. @param rootMount mount point of the sync folder */
export function resolveLink(
  folder: Folder,
  name: string,
  rootMount: string,
  mountPointOf: (path: string) => string,
): Resolved | string {
  try {
    const target = realpathSync.native(folder.base + name);
    const stats = statSync(target, { bigint: true });
    if (!isFile(stats) && !isFolder(stats))
      return `the link leads to ${quoted(target)}, which is neither a file nor a folder`;
    const { dev, ino } = isFolder(stats) ? stats : statSync(dirname(target), { bigint: true });
    const isRootMount = dev === folder.rootDev && mountPointOf(target) === rootMount;
    const mount = isRootMount ? '' : mountMark(target);
    return { kind: isFolder(stats) ? 'folder' : 'file', ...{ target, dev, ino, mount, stats } };
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === null) throw error;
    return errno === 'ENOENT' ? 'the link leads nowhere' : `the link leads nowhere (${errno})`;
  }
}

export const isSameLink = (one: FollowedLink, other: FollowedLink): boolean =>
  one.kind === other.kind &&
  one.target === other.target &&
  one.dev === other.dev &&
  one.ino === other.ino &&
  one.mount === other.mount;

/** Opens a folder, through a link if that is followed. @throws a system error, also when the link leads elsewhere by now */
export function openFolderAt(
  parent: Folder,
  name: string,
  path: string,
): { readonly fd: number; readonly link: FollowedLink | null } {
  try {
    return { fd: openSync(parent.base + name, openFolder), link: null };
  } catch (error) {
    const link = parent.mounts.links.get(path);
    if (link?.kind !== 'folder' || !isLinkError(error)) throw error;
    const fd = openTarget(parent, name, link);
    if (fd === null) throw error;
    return { fd, link };
  }
}

/** What open(2) says of a link that must not be followed. */
const isLinkError = (error: unknown): boolean => ['ELOOP', 'ENOTDIR'].includes(errnoOf(error) ?? '');

/** The folder that the link leads to, or that holds the file that it leads to; null when it leads elsewhere by now. */
function openTarget(parent: Folder, name: string, link: FollowedLink): number | null {
  if (realpathSync.native(parent.base + name) !== link.target) return null;
  const fd = openSync(link.kind === 'folder' ? link.target : dirname(link.target), openFolder);
  const { dev, ino } = fstatSync(fd, { bigint: true });
  if (dev === link.dev && ino === link.ino) return fd;
  closeSync(fd);
  return null;
}

/** What is at that name, or where the link there leads when it is followed. @throws a system error */
export function statsAt(folder: Folder, name: string): BigIntStats | undefined {
  const stats = lstatSync(folder.base + name, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined || !isLink(stats) || followedAt(folder, name) === null) return stats;
  return statSync(folder.base + name, { bigint: true, throwIfNoEntry: false });
}

/** The link at that name, when it is followed. */
export function followedAt(folder: Folder, name: string): FollowedLink | null {
  const link = folder.mounts.links.get(pathBelow(folder.path, name));
  if (link === undefined) return null;
  const stats = lstatSync(folder.base + name, { bigint: true, throwIfNoEntry: false });
  return stats !== undefined && isLink(stats) ? link : null;
}

/** Where a file really is: in its folder, or where the link at its name leads. `close` comes after the last use. */
export interface FileSpot {
  readonly folder: Folder;
  readonly name: string;
  close(): void;
}

/** @throws Failure `changedMeanwhile` when the link leads elsewhere by now, or a system error */
export function spotOf(action: string, folder: Folder, name: string): FileSpot {
  const link = followedAt(folder, name);
  if (link?.kind !== 'file') return { folder, name, close: () => undefined };
  const fd = openTarget(folder, name, link);
  if (fd === null) throw failure('changedMeanwhile', action, name, 'the link leads elsewhere by now');
  const { dev, ino, mount } = link;
  return {
    folder: {
      ...folder,
      ...{ fd, base: `${viaDescriptor(fd)}/`, dev, ino, mount },
      mountPath: '',
      seenAs: { folder, name },
    },
    name: basename(link.target),
    close: () => closeSync(fd),
  };
}

/** Runs `work` where the file really is. */
export async function atSpot<Result>(
  action: string,
  folder: Folder,
  name: string,
  work: (folder: Folder, name: string) => Promise<Result> | Result,
): Promise<Result> {
  const spot = spotOf(action, folder, name);
  try {
    return await work(spot.folder, spot.name);
  } finally {
    spot.close();
  }
}

/** A folder with links in it has another path by now. */
export function linksMoved(links: Links, path: string, toPath: string): void {
  for (const [at, link] of [...links]) {
    if (at !== path && !at.startsWith(`${path}/`)) continue;
    links.delete(at);
    links.set(toPath + at.slice(path.length), link);
  }
}
