/** Paths of the port, cut into names that are safe to hand to the operating system (F61). */
import { failure } from './errno.ts';

export interface PathNames {
  readonly path: string;
  /** Names of the folders above it, from the root downwards. */
  readonly folders: readonly string[];
  readonly name: string;
}

/** Names at the top of the sync folder that are ours. */
export const earlierMarkerName = '.tidemark-root';
export const innerWorkspaceName = '.tidemark-staging';

/** The path of what has that name in a folder. */
export const pathBelow = (folderPath: string, name: string): string =>
  folderPath === '' ? name : `${folderPath}/${name}`;

/** @throws Failure `invalidName`, `nameTooLong` */
export function pathNames(action: string, path: string): PathNames {
  const names = folderNames(action, path);
  const name = names[names.length - 1];
  if (name === undefined) throw failure('invalidName', action, path, 'the sync folder itself is not meant');
  return { path, folders: names.slice(0, -1), name };
}

/** Like `pathNames` for a path whose last name is a folder too; the empty path is the root. */
export function folderNames(action: string, path: string): readonly string[] {
  if (path === '') return [];
  const names = path.split('/');
  for (const name of names) checkName(action, path, name);
  // A workspace may also be at the top of each nested file system.
  if (names[0] === earlierMarkerName || names.includes(innerWorkspaceName))
    throw failure('invalidName', action, path, 'the name is reserved');
  return names;
}

/** @throws Failure `invalidName`, `nameTooLong` */
export function checkName(action: string, path: string, name: string): void {
  if (name === '' || name === '.' || name === '..')
    throw failure('invalidName', action, path, 'a part of it is no name');
  if (name.includes('/') || name.includes('\0'))
    throw failure('invalidName', action, path, 'a name contains a separator or a zero byte');
  if (!name.isWellFormed()) throw failure('invalidName', action, path, 'a name is not valid Unicode');
  // 255 bytes is the limit of ext4, XFS, btrfs and tmpfs; at most three bytes a code unit.
  if (name.length > 85 && Buffer.byteLength(name) > 255)
    throw failure('nameTooLong', action, path, 'a name is longer than 255 bytes');
}
