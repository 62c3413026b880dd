/** The person (or program) at the other end of the sync folder. Also what a real folder offers to the conformance suite. */
import { hasBirthTime, inodeOf, type LocalId, type LocalRow } from '@tidemark/contracts';
import {
  contains,
  filesBelow,
  type Inode,
  type Inodes,
  pathTo,
  type SimulatedFileSystem,
  withAllBelow,
} from './inodes.ts';
import { type FollowedPlace, resolve } from './simulated-links.ts';
import { identityOf, numberIn } from './simulation.ts';
import {
  barePoints,
  carryMounts,
  isBusy,
  mount,
  mountHolding,
  renumber,
  type SimulatedMounts,
  unmount,
} from './simulated-mounts.ts';
import type { Watchers } from './watchers.ts';

export interface TreeEntry {
  readonly kind: 'file' | 'folder' | 'symlink' | 'special';
  /** Empty for anything but files. */
  readonly bytes: Uint8Array;
}

/**
 * Paths are relative to the sync folder; those that begin with `/` are outside of it, and a link may lead there. A path that does not
 * fit throws an Error: users get errors too.
 */
export interface DiskUser {
  /** Writes in place when the file exists: same identity. Parents must exist. */
  write(path: string, bytes: Uint8Array, modifiedAt?: number): void;
  /** As most editors save: a new file is renamed over the old one. */
  replace(path: string, bytes: Uint8Array, modifiedAt?: number): void;
  makeFolder(path: string): void;
  /** rename(2): a file at the new path is replaced, an empty folder as well. */
  rename(path: string, toPath: string): void;
  /** With everything inside. */
  remove(path: string): void;
  link(path: string, newPath: string): void;
  symlink(path: string, target: string): void;
  setModifiedAt(path: string, modifiedAt: number): void;
  /** Mounts something on the folder; what has the same name is the same with what is in it, whenever it is mounted again. */
  mount(path: string, source: string): void;
  unmount(path: string): void;
  read(path: string): Uint8Array | null;
  /** Everything below the root by path, without what belongs to Tidemark. Parents come first. */
  tree(): Map<string, TreeEntry>;
  /** Files in the trash, by path relative to it. */
  trashContents(): Map<string, Uint8Array>;
}

/** A file or folder on disk, whatever it is called and whatever is written into it. */
export type DiskToken = Inode;

/** What only a simulation can do. */
export interface SimulatedUser extends DiskUser {
  /** What has that identity now; if it is weak, what has that path. */
  tokenOf(row: Pick<LocalRow, 'id' | 'kind'>, path: string): DiskToken | null;
  /**
   * Where it is below the root, or would be; null when it is gone, or only in a folder that cannot be read. What is under a
   * mount is nowhere, unless that is the path it was known by: then what is mounted has taken its place. The same holds of what
   * was under a mount before: looks missed it there, and the mount may have gone after the last of them.
   */
  holds(token: DiskToken, knownAs: string): string | null;
  special(path: string): void;
  /** Where it is mounted, or was last; null when it never was, or that folder is gone. */
  mountPoint(source: string): { readonly path: string; readonly isMounted: boolean } | null;
  /** The inside of the folder cannot be read until this is taken back. */
  setUnreadable(path: string, unreadable: boolean): void;
  /**
   * `missing`: nothing is there; `emptied`: another, empty folder is there, as a mount point is; `present`: as it was before;
   * `copied`: a copy stands in its place (`cp -a`) from now on, with the same content and times.
   */
  setRoot(state: 'present' | 'missing' | 'emptied' | 'copied'): void;
  /** Contents of files that are not below the root now, and come back: in mounts that are away, under mounts, and of the root. */
  hiddenContents(): readonly Uint8Array[];
  /** Another name of the file, outside the sync folder: hard-linked backups are made like this. */
  linkOutside(path: string): void;
  /** The file system is mounted anew and numbers its inodes in another order; the root keeps its number. */
  renumber(): void;
}

export interface SimulatedFolder {
  readonly inodes: Inodes;
  readonly fileSystem: SimulatedFileSystem;
  /** The folder at the path of the sync folder. */
  root: Inode;
  readonly trash: Map<string, Inode>;
  /** By place in the trash: the path that the file had. */
  readonly trashedFrom: Map<string, string>;
  /** Under which key each file was staged that was placed. */
  readonly placed: Map<LocalId, string>;
  readonly seconds: () => number;
  isRootThere: boolean;
  readonly mounts: SimulatedMounts;
  /** What is beside the sync folder, where links may lead. */
  readonly outside: Inode;
  readonly followsLinks: boolean;
  /** By path: links that are followed, as of the last look at them. */
  readonly links: Map<string, FollowedPlace>;
  /** Told after each change, whoever made it. */
  readonly watchers: Watchers;
}

export function createSimulatedUser(folder: SimulatedFolder): SimulatedUser {
  const { inodes, seconds, watchers } = folder;
  let own = folder.root;
  /** What is not below the root now, and comes back. */
  const wasCovered = new WeakSet<DiskToken>();
  const hidden = (): readonly Inode[] => [
    own,
    folder.outside,
    ...folder.mounts.covered.values(),
    ...[...folder.mounts.sources.values()].map(({ top }) => top),
  ];

  return {
    write(path, bytes, modifiedAt = seconds()) {
      const [parent, name] = locate(path);
      const known = parent.children.get(name);
      if (known === undefined) inodes.add(parent, name, inodes.create('file', bytes.slice(), modifiedAt));
      else if (known.kind === 'file') inodes.write(known, bytes.slice(), modifiedAt);
      else throw new Error(`not a file: ${path}`);
      watchers.changed(path);
    },
    replace(path, bytes, modifiedAt = seconds()) {
      const [parent, name] = locate(path);
      const known = parent.children.get(name);
      if (known !== undefined && known.kind === 'folder') throw new Error(`a folder: ${path}`);
      const made = inodes.create('file', bytes.slice(), modifiedAt);
      drop(parent, name);
      inodes.add(parent, name, made);
      watchers.changed(path);
    },
    makeFolder(path) {
      add(path, inodes.create('folder', new Uint8Array(0), seconds()));
    },
    rename(path, toPath) {
      const [parent, name] = locate(path);
      const [toParent, toName] = locate(toPath);
      const moved = parent.children.get(name);
      if (moved === undefined) throw new Error(`not there: ${path}`);
      const there = toParent.children.get(toName);
      if (there === moved) return;
      if (moved.kind === 'folder' && contains(moved, toParent)) throw new Error(`into itself: ${path}`);
      for (const inode of [moved, there])
        if (inode !== undefined && folder.mounts.covered.has(inode)) throw new Error(`busy: ${path}`);
      if (mountHolding(folder.mounts, parent) !== mountHolding(folder.mounts, toParent))
        throw new Error(`on another file system: ${toPath}`);
      if (there !== undefined) {
        if ((there.kind === 'folder') !== (moved.kind === 'folder'))
          throw new Error(`another kind: ${toPath}`);
        if (there.children.size > 0) throw new Error(`not empty: ${toPath}`);
        drop(toParent, toName);
      }
      inodes.take(parent, name);
      inodes.add(toParent, toName, moved);
      carryMounts(folder.mounts, path, toPath);
      watchers.changed(path, toPath);
    },
    remove(path) {
      const [parent, name] = locate(path);
      const removed = parent.children.get(name);
      if (removed === undefined) throw new Error(`not there: ${path}`);
      if (isBusy(folder.mounts, removed)) throw new Error(`busy: ${path}`);
      drop(parent, name);
      watchers.changed(path);
    },
    link(path, newPath) {
      const linked = find(path);
      if (linked.kind === 'folder') throw new Error(`a folder: ${path}`);
      if (mountHolding(folder.mounts, locate(path)[0]) !== mountHolding(folder.mounts, locate(newPath)[0]))
        throw new Error(`on another file system: ${newPath}`);
      add(newPath, linked);
    },
    symlink(path, target) {
      add(path, inodes.create('symlink', new Uint8Array(0), seconds(), target));
    },
    special(path) {
      add(path, inodes.create('special', new Uint8Array(0), seconds()));
    },
    setModifiedAt(path, modifiedAt) {
      inodes.setModifiedAt(find(path), modifiedAt);
      watchers.changed(path);
    },
    mount(path, source) {
      const [parent, name] = locate(path);
      const under = parent.children.get(name);
      mount(folder.mounts, inodes, { path, parent, name }, source);
      for (const inode of under === undefined ? [] : withAllBelow(under)) wasCovered.add(inode);
      watchers.changedAnywhere();
    },
    unmount(path) {
      const [parent, name] = locate(path);
      unmount(folder.mounts, { path, parent, name });
      watchers.changedAnywhere();
    },
    mountPoint(source) {
      const known = folder.mounts.sources.get(source);
      if (known === undefined) return null;
      const isMounted = folder.mounts.covered.has(known.top);
      const path = pathTo(isMounted ? known.top : known.under, folder.root, '');
      return path === null ? null : { path, isMounted };
    },
    setUnreadable(path, unreadable) {
      find(path).unreadable = unreadable;
    },
    setRoot(state) {
      if (state === 'copied') own = inodes.copy(own);
      folder.root = state === 'emptied' ? inodes.create('folder', new Uint8Array(0), seconds()) : own;
      folder.isRootThere = state !== 'missing';
      watchers.changedAnywhere();
    },
    hiddenContents: () => hidden().flatMap((folder) => [...filesBelow(folder)].map(({ bytes }) => bytes)),
    linkOutside(path) {
      find(path).links++;
    },
    renumber: () => renumber(folder.mounts, inodes, folder.root),
    read(path) {
      const inode = at(path);
      return inode !== undefined && inode.kind === 'file' ? inode.bytes : null;
    },
    tree() {
      const entries = new Map<string, TreeEntry>();
      const walk = (inode: Inode, prefix: string): void => {
        for (const [name, child] of inode.children) {
          entries.set(prefix + name, { kind: child.kind, bytes: child.bytes });
          walk(child, `${prefix}${name}/`);
        }
      };
      walk(folder.root, '');
      return entries;
    },
    tokenOf({ id, kind }, path) {
      if (hasBirthTime(id)) {
        const inode = inodes.at(numberIn(id));
        return inode !== undefined && inodeOf(id) === inodeOf(identityOf(inode, id, '')) ? inode : null;
      }
      const inode = at(path);
      return inode?.kind === kind ? inode : null;
    },
    holds(token, knownAs) {
      // An identity without birth time is not the same any more in another folder.
      const closed = new Set(token.birth === null ? barePoints(folder.mounts) : []);
      const seen = pathTo(token, folder.root, '', closed);
      if (seen !== null) return seen === knownAs || !wasCovered.has(token) ? seen : null;
      for (const [top, under] of folder.mounts.covered) {
        const place = pathTo(top, folder.root, '');
        if (place === null) continue;
        const inside = token === under ? place : pathTo(token, under, `${place}/`, closed);
        if (inside !== null) return inside === knownAs ? `(under a mount) ${knownAs}` : null;
      }
      for (const away of hidden()) {
        const inside = token === away ? '' : pathTo(token, away, '', closed);
        if (inside !== null) return `(away) ${inside}`;
      }
      return null;
    },
    trashContents: () =>
      new Map(
        [...folder.trash].flatMap(([path, { kind, bytes }]) => (kind === 'file' ? [[path, bytes]] : [])),
      ),
  };

  function add(path: string, inode: Inode): void {
    const [parent, name] = locate(path);
    if (parent.children.has(name)) throw new Error(`already there: ${path}`);
    inodes.add(parent, name, inode);
    watchers.changed(path);
  }

  function drop(parent: Inode, name: string): void {
    const dropped = inodes.take(parent, name);
    if (dropped !== null) inodes.free(dropped);
  }

  function at(path: string): Inode | undefined {
    return resolve(folder, ['root'], path)?.inode;
  }

  function find(path: string): Inode {
    const [parent, name] = locate(path);
    const inode = parent.children.get(name);
    if (inode === undefined) throw new Error(`not there: ${path}`);
    return inode;
  }

  function locate(path: string): readonly [Inode, string] {
    const names = path.split('/');
    const name = names.pop() ?? '';
    const above = `${path.startsWith('/') ? '/' : ''}${names.join('/')}`;
    const parent = resolve(folder, ['root'], above)?.inode;
    if (parent?.kind !== 'folder') throw new Error(`no such folder: ${path}`);
    if (name === '') throw new Error('a name is missing');
    return [parent, name];
  }
}
