/** An in-memory file system: inodes with identity, names, bytes and times. Numbers are used again at once, as ext4 does. */

export interface Inode {
  /** Changes when the file system is mounted anew and numbers its inodes by itself. */
  number: number;
  /** Ticks; null where the file system keeps no birth times. */
  birth: number | null;
  readonly kind: 'file' | 'folder' | 'symlink' | 'special';
  bytes: Uint8Array;
  /** Of a symbolic link: where it leads. */
  readonly target: string;
  /** Seconds since 1970. */
  modifiedAt: number;
  /** Ticks; with the seconds it stands for the nanoseconds. */
  modifiedTick: number;
  changedTick: number;
  links: number;
  /** Of the topmost folder of a mount: what identities in it begin with. Empty for anything else. */
  mark: string;
  readonly children: Map<string, Inode>;
  /** Looking inside (folder) fails. */
  unreadable: boolean;
}

export interface Inodes {
  /** Strictly growing. */
  tick(): number;
  create(kind: Inode['kind'], bytes: Uint8Array, modifiedAt: number, target?: string): Inode;
  add(folder: Inode, name: string, inode: Inode): void;
  take(folder: Inode, name: string): Inode | null;
  write(inode: Inode, bytes: Uint8Array, modifiedAt: number): void;
  setModifiedAt(inode: Inode, modifiedAt: number): void;
  /** How long another save could still get the same stamp, in milliseconds. */
  youngMs(inode: Inode): number;
  /** What has that number now. */
  at(number: number): Inode | undefined;
  /** With everything inside, as `cp -a` does: other inodes with the same content and times. Hard links become files of their own. */
  copy(inode: Inode): Inode;
  /**
   * The same inodes in the same order, each with the number of the next one. The folder itself keeps its own, and what lies
   * behind the tops of other file systems is none of it.
   */
  renumber(root: Inode, tops: ReadonlySet<Inode>): void;
  /** The inode has no name left: its number may be used again. */
  free(inode: Inode): void;
}

/** Each once, however many names it has. */
function inodesBelow(
  folder: Inode,
  except: ReadonlySet<Inode> = new Set(),
  found = new Set<Inode>(),
): Set<Inode> {
  for (const child of folder.children.values()) {
    if (except.has(child)) continue;
    found.add(child);
    inodesBelow(child, except, found);
  }
  return found;
}

/** Itself among them. */
export function countFolders(inode: Inode): number {
  let folders = inode.kind === 'folder' ? 1 : 0;
  for (const child of inode.children.values()) folders += countFolders(child);
  return folders;
}

const nothing = new Uint8Array(0);

/** What file systems differ in. Without anything: what ext4 does today. */
export interface SimulatedFileSystem {
  /** `false`: none, as on FUSE, NFS 3, and ext4 with small inodes. */
  readonly birthTimes?: boolean;
  /** Inodes get other numbers before each complete scan, as on FUSE whenever its cache was dropped; the root keeps its own. */
  readonly renumbers?: boolean;
  /** Two inodes have the same number, as in a pool of disks that hands on the numbers of each. */
  readonly sharesNumbers?: boolean;
  /** Times are multiples of so many seconds (FAT: 2, old file systems: 1), so that two saves may have one stamp. */
  readonly tickSeconds?: number;
  /** Seconds since 1970 that a file can be dated with; others become the nearest of these. */
  readonly times?: { readonly from: number; readonly to: number };
}

/** As on a real disk: what is dated farther ahead than clocks differ gets another time by the next save. */
const skewMs = 300_000;

/** @param now milliseconds since 1970 */
export function createInodes(now: () => number, fileSystem: SimulatedFileSystem = {}): Inodes {
  const seconds = (): number => Math.floor(now() / 1000);
  let ticks = 0;
  let created = 0;
  let highest = 1;
  const freed: number[] = [];
  const byNumber = new Map<number, Inode>();
  const tick = (): number => ++ticks;
  const { tickSeconds, times } = fileSystem;
  /** The time as the file system keeps it. */
  const kept = (modifiedAt: number): number => {
    const within = times === undefined ? modifiedAt : Math.min(Math.max(modifiedAt, times.from), times.to);
    return tickSeconds === undefined ? within : Math.floor(within / tickSeconds) * tickSeconds;
  };
  /** What stands for a fraction of a second, where there is one. */
  const modified = (): number => (tickSeconds === undefined ? tick() : 0);
  const changed = (): number => (tickSeconds === undefined ? ticks : kept(seconds()));

  const changeFolder = (folder: Inode): void => {
    folder.modifiedAt = kept(seconds());
    folder.modifiedTick = modified();
    folder.changedTick = changed();
  };

  return {
    tick,
    create(kind, bytes, modifiedAt, target = '') {
      const born = tick();
      const isShared = fileSystem.sharesNumbers === true && ++created % 2 === 0;
      const number = isShared ? highest : (freed.pop() ?? ++highest);
      const inode: Inode = {
        number,
        birth: fileSystem.birthTimes === false ? null : born,
        kind,
        bytes: kind === 'file' ? bytes : nothing,
        target,
        modifiedAt: kept(modifiedAt),
        modifiedTick: tickSeconds === undefined ? born : 0,
        changedTick: changed(),
        links: 0,
        mark: '',
        children: new Map(),
        unreadable: false,
      };
      byNumber.set(number, inode);
      return inode;
    },
    youngMs(inode) {
      if (tickSeconds === undefined || inode.kind !== 'file') return 0;
      const leftMs = (inode.modifiedAt + tickSeconds) * 1000 - now();
      return leftMs > skewMs ? 0 : Math.min(Math.max(leftMs, 0), tickSeconds * 1000);
    },
    at: (number) => byNumber.get(number),
    add(folder, name, inode) {
      folder.children.set(name, inode);
      inode.links++;
      changeFolder(folder);
      inode.changedTick = changed();
    },
    take(folder, name) {
      const inode = folder.children.get(name) ?? null;
      if (inode === null) return null;
      folder.children.delete(name);
      inode.links--;
      changeFolder(folder);
      inode.changedTick = changed();
      return inode;
    },
    write(inode, bytes, modifiedAt) {
      inode.bytes = bytes;
      inode.modifiedAt = kept(modifiedAt);
      inode.modifiedTick = modified();
      inode.changedTick = changed();
    },
    setModifiedAt(inode, modifiedAt) {
      inode.modifiedAt = kept(modifiedAt);
      // A time that was set has no fraction of a second.
      inode.modifiedTick = 0;
      tick();
      inode.changedTick = changed();
    },
    copy(inode) {
      const made = this.create(inode.kind, inode.bytes, inode.modifiedAt, inode.target);
      for (const [name, child] of inode.children) this.add(made, name, this.copy(child));
      made.modifiedAt = inode.modifiedAt;
      made.modifiedTick = inode.modifiedTick;
      return made;
    },
    renumber(root, tops) {
      const all = [...inodesBelow(root, tops)];
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

/** It and everything below it. */
export function* withAllBelow(inode: Inode): Iterable<Inode> {
  yield inode;
  for (const child of inode.children.values()) yield* withAllBelow(child);
}

export function* filesBelow(inode: Inode): Iterable<Inode> {
  for (const one of withAllBelow(inode)) if (one.kind === 'file') yield one;
}

/** @param closed folders that are not looked into */
export function pathTo(
  wanted: Inode,
  folder: Inode,
  prefix: string,
  closed: ReadonlySet<Inode> = new Set(),
): string | null {
  if (folder.unreadable || closed.has(folder)) return null;
  for (const [name, child] of folder.children) {
    if (child === wanted) return prefix + name;
    const below = pathTo(wanted, child, `${prefix}${name}/`, closed);
    if (below !== null) return below;
  }
  return null;
}

export function contains(folder: Inode, wanted: Inode): boolean {
  if (folder === wanted) return true;
  for (const child of folder.children.values())
    if (child.kind === 'folder' && contains(child, wanted)) return true;
  return false;
}
