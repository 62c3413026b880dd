/**
 * Open folders (I-23). A path is walked name by name from the root's descriptor, through no symbolic link but those that a look
 * found and follows, and every operation acts below the descriptor of the last folder. Descriptors are kept for reuse; each use first makes
 * sure that every name on the way still leads to the very folder that is open.
 */
import { closeSync, fstatSync } from 'node:fs';
import { type Failure, type LocalId, localId } from '@tidemark/contracts';
import type { IsApart } from './apart.ts';
import { asFailure, errnoOf, failure } from './errno.ts';
import { folderBelow } from './folder-below.ts';
import { statsAt, openFolderAt, type FollowedLink } from './links.ts';
import { pointsOf } from './mount-points.ts';
import { type Mounts, refuseStranger } from './nested-mounts.ts';
import { pathBelow } from './path-names.ts';
import { openRoot, refuseOtherRoot } from './root-folder.ts';

export interface Folder {
  readonly path: string;
  readonly fd: number;
  /** `/proc/self/fd/N/`: a name put behind it is looked up in this very folder. */
  readonly base: string;
  readonly id: LocalId;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly rootDev: bigint;
  /** Mark of a nested file system, see `mountMark`; empty on the root's. */
  readonly mount: string;
  /** Path of the topmost folder on the same file system. */
  readonly mountPath: string;
  /** Of the whole sync folder. */
  readonly mounts: Mounts;
  /** Of a folder that is reached through the link of a file in it: the folder and name of that link. */
  readonly seenAs?: { readonly folder: Folder; readonly name: string };
}

/** A folder that is held open. */
export interface Entered extends Folder {
  users: number;
  readonly forgotten: boolean;
}

export interface Folders {
  /** Runs `work` with the folder held open. @throws Failure when the way there is no longer made of folders. */
  within<Result>(
    action: string,
    names: readonly string[],
    work: (folder: Folder) => Promise<Result>,
  ): Promise<Result>;
  /** The same in two steps, for readers that are driven from outside: each `enter` is followed by one `leave`. */
  enter(action: string, names: readonly string[]): Entered;
  leave(folder: Entered): void;
  /** The root, after a check that its path still leads to it. @throws Failure `rootSuspended` */
  root(): Folder;
  /** Forgets all descriptors and opens the root anew. @throws Failure `rootSuspended` */
  reopen(): Folder;
  isOpen(): boolean;
  close(): void;
}

interface Kept extends Entered {
  readonly parent: Kept | null;
  forgotten: boolean;
}

/** Descriptors kept for reuse. */
const keptMax = 128;

/**
 * @param left called when no operation on a file system is under way any more: '' is the root's, else its `mountPath`
 * @param isApart told of each folder on the way: what is synced on its own is not entered
 * @param hear brings what another process that looks has found out, and says whether there was something new
 */
export function createFolders(
  rootPath: string,
  left: (mountPath: string) => void = () => {},
  hear: (mounts: Mounts) => boolean = () => false,
  isApart: IsApart = () => false,
): Folders {
  const kept = new Map<string, Kept>();
  /** How many act on each file system, by `mountPath`. */
  const acting = new Map<string, number>();
  const mounts: Mounts = { points: new Set(), expected: null, links: new Map() };
  let root: Kept | null = null;

  function verifiedRoot(): Kept {
    root ??= keep(openRoot(rootPath, mounts), null);
    refuseOtherRoot(rootPath, root);
    if (hear(mounts)) mounts.points = pointsOf(rootPath, mounts.links);
    return root;
  }

  function child(parent: Kept, name: string): Kept {
    const path = pathBelow(parent.path, name);
    const known = kept.get(path);
    if (known !== undefined) {
      const now = statsAt(parent, name);
      kept.delete(path);
      const isSame =
        now !== undefined && now.ino === known.ino && now.dev === known.dev && known.parent === parent;
      if (isSame && !isApart(now)) {
        kept.set(path, known);
        return known;
      }
      forget(known);
    }
    const { fd, link } = openChild(parent, name, path);
    const stats = fstatSync(fd, { bigint: true });
    if (isApart(stats)) {
      closeSync(fd);
      throw failure('diskDenied', 'enter', path, 'it is synced on its own');
    }
    const opened = keep(folderBelow(parent, name, { fd, link, stats }), parent);
    try {
      // What a link leads to was compared with what is expected there when the link was found.
      if (link === null) refuseStranger(mounts, 'enter', path, opened.id);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    kept.set(path, opened);
    for (const [oldest, folder] of kept) {
      if (kept.size <= keptMax) break;
      kept.delete(oldest);
      forget(folder);
    }
    return opened;
  }

  function openChild(
    parent: Kept,
    name: string,
    path: string,
  ): { readonly fd: number; readonly link: FollowedLink | null } {
    try {
      return openFolderAt(parent, name, path);
    } catch (error) {
      // Some mount points go with what was mounted on them.
      if (errnoOf(error) === 'ENOENT') refuseStranger(mounts, 'enter', path, localId(''));
      throw error;
    }
  }

  return {
    root: verifiedRoot,
    reopen() {
      forgetAll();
      root = keep(openRoot(rootPath, mounts), null);
      mounts.points = pointsOf(rootPath, mounts.links);
      return root;
    },
    isOpen: () => root !== null,
    async within(action, names, work) {
      const folder = enter(action, names);
      try {
        return await work(folder);
      } finally {
        leave(folder);
      }
    },
    enter,
    leave,
    close: forgetAll,
  };

  function enter(action: string, names: readonly string[]): Kept {
    try {
      let folder = verifiedRoot();
      for (const name of names) folder = child(folder, name);
      folder.users++;
      acting.set(folder.mountPath, (acting.get(folder.mountPath) ?? 0) + 1);
      return folder;
    } catch (error) {
      throw asFailure(action, names.join('/'), error);
    }
  }

  function leave(folder: Entered): void {
    folder.users--;
    if (folder.forgotten && folder.users === 0) closeSync(folder.fd);
    const { mountPath } = folder;
    const others = (acting.get(mountPath) ?? 1) - 1;
    acting.set(mountPath, others);
    if (others > 0) return;
    acting.delete(mountPath);
    // What is kept open below a mount point would keep its user from unmounting it.
    if (mountPath !== '') forgetBelow(mountPath);
    left(mountPath);
  }

  function forgetBelow(mountPath: string): void {
    for (const [path, folder] of kept) {
      if (folder.mountPath !== mountPath) continue;
      kept.delete(path);
      forget(folder);
    }
  }

  function forgetAll(): void {
    for (const folder of kept.values()) forget(folder);
    kept.clear();
    if (root !== null) forget(root);
    root = null;
  }
}

const keep = (folder: Folder, parent: Kept | null): Kept => ({
  ...folder,
  parent,
  users: 0,
  forgotten: false,
});

/** Nothing is left behind by a folder that is gone: the last user closes it. */
function forget(folder: Kept): void {
  folder.forgotten = true;
  if (folder.users === 0) closeSync(folder.fd);
}

/** A Failure for a leaf that is held by something that is neither file nor folder. */
export function notSyncable(action: string, path: string): Failure {
  return failure('diskDenied', action, path, 'it is a symbolic link or a special file, which is not synced');
}
