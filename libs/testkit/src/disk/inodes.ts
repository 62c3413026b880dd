/** An in-memory file system: inodes with identity, names, bytes and times. Numbers are used again at once, as ext4 does. */

export interface Inode {
  readonly number: number;
  /** Ticks. */
  readonly birth: number;
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
  /** The inode has no name left: its number may be used again. */
  free(inode: Inode): void;
}

const nothing = new Uint8Array(0);

/** @param seconds the time that folders get when their content changes */
export function createInodes(seconds: () => number): Inodes {
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
      const birth = tick();
      const inode: Inode = {
        number,
        birth,
        kind,
        bytes: kind === 'file' ? bytes : nothing,
        modifiedAt,
        modifiedTick: birth,
        changedTick: birth,
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
