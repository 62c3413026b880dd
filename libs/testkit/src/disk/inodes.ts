/** An in-memory file system: inodes with identity, names, bytes and times. Numbers are used again at once, as ext4 does. */

export interface Inode {
  /** Changes when the file system is mounted anew and numbers its inodes by itself. */
  number: number;
  /** Ticks; null where the file system keeps no birth times. */
  readonly birth: number | null;
  readonly kind: 'file' | 'folder' | 'symlink' | 'special';
  bytes: Uint8Array;
  /** Seconds since 1970. */
  modifiedAt: number;
  /** Ticks; with the seconds it stands for the nanoseconds. */
  modifiedTick: number;
  changedTick: number;
  links: number;
  readonly children: Map<string, Inode>;
  /** Looking inside (folder) fails. */
  unreadable: boolean;
}

export interface Inodes {
  /** Strictly growing. */
  tick(): number;
  create(kind: Inode['kind'], bytes: Uint8Array, modifiedAt: number): Inode;
  add(folder: Inode, name: string, inode: Inode): void;
  take(folder: Inode, name: string): Inode | null;
  write(inode: Inode, bytes: Uint8Array, modifiedAt: number): void;
  setModifiedAt(inode: Inode, modifiedAt: number): void;
  /** What has that number now. */
  at(number: number): Inode | undefined;
  /** With everything inside, as `cp -a` does: other inodes with the same content and times. Hard links become files of their own. */
  copy(inode: Inode): Inode;
  /** The same inodes in the same order, each with the number of the next one; the folder itself keeps its own. */
  renumber(root: Inode): void;
  /** The inode has no name left: its number may be used again. */
  free(inode: Inode): void;
}

/** Each once, however many names it has. */
function inodesBelow(folder: Inode, found = new Set<Inode>()): Set<Inode> {
  for (const child of folder.children.values()) {
    found.add(child);
    inodesBelow(child, found);
  }
  return found;
}

const nothing = new Uint8Array(0);

/** What file systems differ in. Without anything: what ext4 does today. */
export interface SimulatedFileSystem {
  /** `false`: none, as on FUSE, NFS 3, and ext4 with small inodes. */
  readonly birthTimes?: boolean;
  /** Inodes get other numbers before each complete scan, as on FUSE whenever its cache was dropped; the root keeps its own. */
  readonly renumbers?: boolean;
}

/** @param seconds the time that folders get when their content changes */
export function createInodes(seconds: () => number, fileSystem: SimulatedFileSystem = {}): Inodes {
  let ticks = 0;
  let highest = 1;
  const freed: number[] = [];
  const byNumber = new Map<number, Inode>();
  const tick = (): number => ++ticks;

  const changeFolder = (folder: Inode): void => {
    folder.modifiedAt = seconds();
    folder.modifiedTick = tick();
    folder.changedTick = ticks;
  };

  return {
    tick,
    create(kind, bytes, modifiedAt) {
      const number = freed.pop() ?? ++highest;
      const born = tick();
      const inode: Inode = {
        number,
        birth: fileSystem.birthTimes === false ? null : born,
        kind,
        bytes: kind === 'file' ? bytes : nothing,
        modifiedAt,
        modifiedTick: born,
        changedTick: born,
        links: 0,
        children: new Map(),
        unreadable: false,
      };
      byNumber.set(number, inode);
      return inode;
    },
    at: (number) => byNumber.get(number),
    add(folder, name, inode) {
      folder.children.set(name, inode);
      inode.links++;
      changeFolder(folder);
      inode.changedTick = ticks;
    },
    take(folder, name) {
      const inode = folder.children.get(name) ?? null;
      if (inode === null) return null;
      folder.children.delete(name);
      inode.links--;
      changeFolder(folder);
      inode.changedTick = ticks;
      return inode;
    },
    write(inode, bytes, modifiedAt) {
      inode.bytes = bytes;
      inode.modifiedAt = modifiedAt;
      inode.modifiedTick = tick();
      inode.changedTick = ticks;
    },
    setModifiedAt(inode, modifiedAt) {
      inode.modifiedAt = modifiedAt;
      // A time that was set has no fraction of a second.
      inode.modifiedTick = 0;
      inode.changedTick = tick();
    },
    copy(inode) {
      const made = this.create(inode.kind, inode.bytes, inode.modifiedAt);
      for (const [name, child] of inode.children) this.add(made, name, this.copy(child));
      made.modifiedAt = inode.modifiedAt;
      made.modifiedTick = inode.modifiedTick;
      return made;
    },
    renumber(root) {
      const all = [...inodesBelow(root)];
      const [first, ...others] = all.map(({ number }) => number);
      for (const inode of all) inode.number = others.shift() ?? first ?? inode.number;
      for (const inode of all) byNumber.set(inode.number, inode);
    },
    free(inode) {
      if (inode.links > 0) return;
      for (const child of inode.children.values()) {
        child.links--;
        this.free(child);
      }
      inode.children.clear();
      byNumber.delete(inode.number);
      freed.push(inode.number);
    },
  };
}
