/** Another device of the same drive. Also what a real service offers to the conformance suite. */
import type { DriveItemId } from '@tidemark/contracts';
import type { DriveFeed } from './drive-feed.ts';
import { type DriveItems, type DriveNode, drivePath, withDescendants } from './drive-items.ts';

export interface DriveTreeEntry {
  readonly kind: 'file' | 'folder' | 'opaque';
  /** Empty for anything but files. */
  readonly bytes: Uint8Array;
  /** Seconds since 1970. */
  readonly modifiedAt: number;
}

/** Paths start below the root, without a slash, and fold case. A path that does not fit throws an Error. */
export interface DriveUser {
  /** Replaces the content of a file, which stays the same item, or makes a new one. */
  write(path: string, bytes: Uint8Array, modifiedAt?: number): void;
  makeFolder(path: string): void;
  /** A notebook: neither file nor folder, but it holds a name. */
  makeNotebook(path: string): void;
  /** Renames, moves, or both. */
  move(path: string, toPath: string): void;
  /** With everything inside, to the recycle bin. */
  remove(path: string): void;
  setModifiedAt(path: string, modifiedAt: number): void;
  /** Everything below the root, by path. Parents come first. */
  tree(): Map<string, DriveTreeEntry>;
  /** Paths that were removed with everything in them, oldest first. */
  recycled(): readonly string[];
  /** Every link of the change feed is void. */
  expireLinks(): void;
}

/** What only a simulation can do. */
export interface SimulatedDriveUser extends DriveUser {
  /** A new eTag and nothing else. */
  bumpTag(path: string): void;
  read(path: string): Uint8Array | null;
  /** The answer puts the drive back to what it is now: the provider restored it. All links are void then. */
  remember(): () => void;
  /** Is the item on the drive now? */
  has(id: DriveItemId): boolean;
  /** Null when nothing is there. */
  idAt(path: string): DriveItemId | null;
  /** Below the root; null when it is not on the drive now. */
  pathOf(id: DriveItemId): string | null;
  /** The contents of all files in the recycle bin. */
  recycledContents(): readonly Uint8Array[];
}

export function createSimulatedDriveUser(
  items: DriveItems,
  feed: DriveFeed,
  seconds: () => number,
): SimulatedDriveUser {
  const { root } = items;

  return {
    write(path, bytes, modifiedAt = seconds()) {
      const { parent, name, node } = locate(path);
      if (node === undefined) items.create('write', parent, name, 'file', bytes.slice(), modifiedAt);
      else if (node.kind === 'file') items.write(node, bytes.slice(), modifiedAt);
      else throw new Error(`not a file: ${path}`);
    },
    makeFolder: (path) => make(path, 'folder'),
    makeNotebook: (path) => make(path, 'opaque'),
    move(path, toPath) {
      const node = at(path);
      const { parent, name } = locate(toPath);
      items.relocate('move', node, parent, name, node.modifiedAt);
    },
    remove: (path) => items.remove(at(path)),
    setModifiedAt: (path, modifiedAt) => items.setModifiedAt(at(path), modifiedAt),
    bumpTag: (path) => items.touch(at(path)),
    read(path) {
      const node = find(path);
      return node?.kind === 'file' ? node.bytes : null;
    },
    remember() {
      const restore = items.remember();
      return () => {
        restore();
        feed.expire();
      };
    },
    has: (id) => items.find(id) !== undefined,
    idAt: (path) => find(path)?.id ?? null,
    pathOf(id) {
      const node = items.find(id);
      return node === undefined ? null : drivePath(node);
    },
    tree() {
      const entries = new Map<string, DriveTreeEntry>();
      const walk = (folder: DriveNode, prefix: string): void => {
        for (const child of folder.children.values()) {
          const { kind, bytes, modifiedAt } = child;
          entries.set(prefix + child.name, { kind, bytes, modifiedAt });
          walk(child, `${prefix}${child.name}/`);
        }
      };
      walk(root, '');
      return entries;
    },
    recycled: () => items.recycled.map(drivePath),
    recycledContents: () =>
      items.recycled.flatMap((node) =>
        [...withDescendants(node)].filter(({ kind }) => kind === 'file').map(({ bytes }) => bytes),
      ),
    expireLinks: () => feed.expire(),
  };

  function find(path: string): DriveNode | undefined {
    let node: DriveNode | undefined = root;
    for (const name of path.split('/')) node = node === undefined ? undefined : items.child(node, name);
    return node;
  }

  function make(path: string, kind: 'folder' | 'opaque'): void {
    const { parent, name } = locate(path);
    items.create('make', parent, name, kind, new Uint8Array(0), seconds());
  }

  function at(path: string): DriveNode {
    const { node } = locate(path);
    if (node === undefined) throw new Error(`not there: ${path}`);
    return node;
  }

  function locate(path: string): { parent: DriveNode; name: string; node: DriveNode | undefined } {
    const names = path.split('/');
    const name = names.pop() ?? '';
    let parent = root;
    for (const part of names) {
      const next = items.child(parent, part);
      if (next === undefined || next.kind !== 'folder') throw new Error(`no such folder: ${path}`);
      parent = next;
    }
    if (name === '') throw new Error('a name is missing');
    return { parent, name, node: items.child(parent, name) };
  }
}
