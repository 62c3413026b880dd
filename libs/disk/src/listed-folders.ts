/** The folders that one scan has listed, and which of them changed since. */
import { lstatSync, statSync, type BigIntStats } from 'node:fs';
import type { LocalId } from '@tidemark/contracts';
import { errnoOf } from './errno.ts';
import type { Folder } from './folders.ts';

export interface ListedFolders {
  has(id: LocalId): boolean;
  /** Mounted at two places, a folder has two identities and one content. */
  isListedElsewhere(folder: Folder): boolean;
  /** @param times as `timesOf` told them before it was read */
  add(folder: Folder, times: string): void;
  remove(id: LocalId): void;
  changed(): readonly { readonly id: LocalId; readonly path: string }[];
}

export const timesOf = (stats: BigIntStats): string => `${stats.ino}.${stats.mtimeNs}.${stats.ctimeNs}`;

export function createListedFolders(root: Folder): ListedFolders {
  const listed = new Map<
    LocalId,
    { readonly path: string; readonly times: string; readonly inode: string }
  >();
  const pathOf = new Map<string, string>();
  return {
    has: (id) => listed.has(id),
    isListedElsewhere(folder) {
      const known = pathOf.get(inodeOf(folder));
      return known !== undefined && known !== folder.path;
    },
    add(folder, times) {
      const { id, path } = folder;
      const inode = inodeOf(folder);
      pathOf.set(inode, path);
      listed.set(id, { path, times, inode });
    },
    remove(id) {
      pathOf.delete(listed.get(id)?.inode ?? '');
      listed.delete(id);
    },
    changed: () =>
      [...listed]
        .filter(([, { path, times }]) => hasChanged(root, path, times))
        .map(([id, { path }]) => ({ id, path })),
  };
}

const inodeOf = ({ dev, ino }: Folder): string => `${dev}/${ino}`;

/** By path: a wrong answer only leads to a second look. A path longer than the system takes is not asked about. */
function hasChanged(root: Folder, path: string, times: string): boolean {
  try {
    const look = root.mounts.links.has(path) ? statSync : lstatSync;
    const stats = look(root.base + path, { bigint: true, throwIfNoEntry: false });
    return stats === undefined || timesOf(stats) !== times;
  } catch (error) {
    if (errnoOf(error) !== 'ENAMETOOLONG') throw error;
    return false;
  }
}
