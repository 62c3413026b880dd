/**
 * Symbolic links of the simulated disk. The user's world has two folders at its top: `root`, the sync folder, and `outside`, which
 * absolute paths lead into. The rules by which links are followed are those of the real disk.
 */
import type { HeldName, LocalOddity } from '@tidemark/contracts';
import type { Inode } from './inodes.ts';
import type { SimulatedFolder } from './simulated-user.ts';

/** Where something is: names from the top of the world, with no link on the way. */
export interface Place {
  readonly names: readonly string[];
  readonly inode: Inode;
}

/** A link that is followed. */
export interface FollowedPlace extends Place {
  /** The target, or the folder that holds it if it is a file. */
  readonly home: Inode;
}

const hopsMax = 40;

/** Where a path leads, each link followed; null when nowhere. @param from names of the folder that it begins in */
export function resolve(
  world: SimulatedFolder,
  from: readonly string[],
  path: string,
  hops = { left: hopsMax },
): Place | null {
  let names = path.startsWith('/') ? ['outside'] : [...from];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      names.pop();
      continue;
    }
    const next = inodeAt(world, [...names, part]);
    if (next === undefined) return null;
    if (next.kind !== 'symlink') names.push(part);
    else {
      const place = hops.left-- === 0 ? null : resolve(world, names, next.target, hops);
      if (place === null) return null;
      names = [...place.names];
    }
  }
  const inode = inodeAt(world, names);
  return inode === undefined ? null : { names, inode };
}

function inodeAt(world: SimulatedFolder, [top, ...names]: readonly string[]): Inode | undefined {
  let inode: Inode | undefined = top === undefined || top === 'root' ? world.root : undefined;
  if (top === 'outside') inode = world.outside;
  for (const name of names) inode = inode?.children.get(name);
  return inode;
}

/** Where the link at that path leads now; null when nowhere. */
export function leadsTo(world: SimulatedFolder, path: string): FollowedPlace | null {
  const place = resolve(world, ['root'], path);
  if (place === null || (place.inode.kind !== 'file' && place.inode.kind !== 'folder')) return null;
  const { names, inode } = place;
  const home = inode.kind === 'folder' ? inode : inodeAt(world, names.slice(0, -1));
  return home === undefined ? null : { names, inode, home };
}

/** Where the link at that path leads, if it is followed and leads there still. */
export function followed(world: SimulatedFolder, path: string): FollowedPlace | null {
  const known = world.links.get(path);
  const now = known === undefined ? null : leadsTo(world, path);
  return known !== undefined && now !== null && isSame(known, now) ? now : null;
}

const isSame = (one: FollowedPlace, other: FollowedPlace): boolean =>
  one.home === other.home && one.names.join('/') === other.names.join('/');

/** What is at a path of the sync folder, through links that are followed. @param isLast the link at its end as well */
export function inodeAtPath(world: SimulatedFolder, path: string, isLast: boolean): Inode | undefined {
  let inode: Inode | undefined = world.root;
  const names = path === '' ? [] : path.split('/');
  for (const [index, name] of names.entries()) {
    inode = inode?.children.get(name);
    if (inode?.kind !== 'symlink' || (index === names.length - 1 && !isLast)) continue;
    inode = followed(world, names.slice(0, index + 1).join('/'))?.inode;
  }
  return inode;
}

export interface SimulatedLinkScan {
  /** What the link at that path stands for; null when it is not followed, or waits. */
  inodeFor(path: string, link: Inode, holds: HeldName): Inode | null;
  /** Decides on those that wait, the oldest first. @returns the folders that have to be listed again */
  settle(): string[];
  forgetOthers(): void;
}

export function createSimulatedLinkScan(
  world: SimulatedFolder,
  isComplete: boolean,
  odd: (oddity: LocalOddity) => void,
): SimulatedLinkScan {
  const decided = new Map(isComplete ? [] : world.links);
  const waiting = new Map<
    string,
    { readonly link: Inode; readonly place: FollowedPlace; readonly holds: HeldName }
  >();
  return {
    inodeFor(path, link, holds) {
      const place = world.followsLinks ? leadsTo(world, path) : null;
      const before = decided.get(path) ?? world.links.get(path);
      decided.delete(path);
      if (place === null) odd({ path, code: 'symlink', detail: 'the link leads nowhere', holds });
      else if (before !== undefined && isSame(before, place) && isAllowed(place, decided)) {
        decided.set(path, place);
        world.links.set(path, place);
        return place.inode;
      } else waiting.set(path, { link, place, holds });
      world.links.delete(path);
      return null;
    },
    settle() {
      const again = new Set<string>();
      const all = [...waiting].sort(
        ([a, one], [b, other]) => (one.link.birth ?? 0) - (other.link.birth ?? 0) || (a < b ? -1 : 1),
      );
      waiting.clear();
      for (const [path, { place, holds }] of all) {
        if (!isAllowed(place, decided))
          odd({ path, code: 'unfollowed', detail: 'the link leads to what is synced elsewhere', holds });
        else {
          decided.set(path, place);
          again.add(path.slice(0, Math.max(path.lastIndexOf('/'), 0)));
        }
      }
      return [...again];
    },
    forgetOthers() {
      for (const path of world.links.keys()) if (!decided.has(path)) world.links.delete(path);
    },
  };
}

/** Outside the sync folder, and reached through no other link. */
function isAllowed({ names }: Place, others: ReadonlyMap<string, Place>): boolean {
  if (names[0] !== 'outside') return false;
  const target = `${names.join('/')}/`;
  for (const other of others.values()) {
    const known = `${other.names.join('/')}/`;
    if (target.startsWith(known) || known.startsWith(target)) return false;
  }
  return true;
}
