/** Opening a folder by its name in another one, and what it is known by then. */
import { closeSync, fstatSync, type BigIntStats } from 'node:fs';
import { apartError, type IsApart } from './apart.ts';
import type { Folder } from './folders.ts';
import { identityOf, mountMark } from './identity.ts';
import { type FollowedLink, openFolderAt } from './links.ts';
import { viaDescriptor } from './open-flags.ts';
import { pathBelow } from './path-names.ts';

/** @throws a system error: also for one that is synced on its own, as if it was not there */
export function openBelow(parent: Folder, name: string, isApart: IsApart): Folder {
  const { fd, link } = openFolderAt(parent, name, pathBelow(parent.path, name));
  const stats = fstatSync(fd, { bigint: true });
  if (!isApart(stats)) return folderBelow(parent, name, { fd, link, stats });
  closeSync(fd);
  throw apartError();
}

/** @param opened with the link that led there, if one did */
export function folderBelow(
  parent: Folder,
  name: string,
  opened: { readonly fd: number; readonly link: FollowedLink | null; readonly stats: BigIntStats },
): Folder {
  const { fd, link, stats } = opened;
  const path = pathBelow(parent.path, name);
  const mount = link?.mount ?? mountOf(parent, stats, path);
  return {
    path,
    fd,
    base: `${viaDescriptor(fd)}/`,
    id: identityOf(stats, { parentId: parent.id, name, mount }),
    dev: stats.dev,
    ino: stats.ino,
    rootDev: parent.rootDev,
    mount,
    mountPath: mount === parent.mount ? parent.mountPath : path,
    mounts: parent.mounts,
  };
}

/** The mark of the file system that the folder at `path` is on. */
export function mountOf(
  parent: Pick<Folder, 'dev' | 'rootDev' | 'mount' | 'mounts'>,
  stats: BigIntStats,
  path: string,
): string {
  if (parent.mounts.points.has(path)) return mountMark(path);
  if (stats.dev === parent.dev) return parent.mount;
  return stats.dev === parent.rootDev ? '' : mountMark(path);
}
