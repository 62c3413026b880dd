/** Mounts inside the simulated sync folder: what the user mounts, and what a scan was told to expect. The rules are those of the real disk. */
import type { LocalId, LocalRow, NestedMount } from '@tidemark/contracts';
import { contains, type Inode, type Inodes } from './inodes.ts';
import { refuse } from './simulation.ts';

export interface SimulatedMounts {
  /** The folder under each mount, by the topmost folder of what is mounted now. It goes where the folder above goes. */
  readonly covered: Map<Inode, Inode>;
  /** By its name, whether it is mounted now or not; where and on what it was last. */
  readonly sources: Map<string, Mounted>;
  /** Null: whatever is mounted is looked into. */
  expected: ReadonlyMap<string, NestedMount> | null;
}

interface Mounted {
  readonly top: Inode;
  readonly under: Inode;
  readonly path: string;
}

export const noMounts = (): SimulatedMounts => ({ covered: new Map(), sources: new Map(), expected: null });

export interface PlaceOfMount {
  readonly path: string;
  readonly parent: Inode;
  readonly name: string;
}

export function mount(mounts: SimulatedMounts, inodes: Inodes, at: PlaceOfMount, source: string): void {
  const { covered, sources } = mounts;
  const under = at.parent.children.get(at.name);
  if (under?.kind !== 'folder') throw new Error(`no such folder: ${at.path}`);
  const known = sources.get(source);
  const top = known?.top ?? inodes.create('folder', new Uint8Array(0), under.modifiedAt);
  if (covered.has(top) || covered.has(under)) throw new Error(`busy: ${at.path}`);
  top.links = 1;
  top.mark = markOf(at.path);
  sources.set(source, { top, under, path: at.path });
  covered.set(top, under);
  at.parent.children.set(at.name, top);
}

export function unmount({ covered }: SimulatedMounts, at: PlaceOfMount): void {
  const top = at.parent.children.get(at.name);
  const under = top === undefined ? undefined : covered.get(top);
  if (top === undefined || under === undefined) throw new Error(`nothing is mounted on ${at.path}`);
  covered.delete(top);
  at.parent.children.set(at.name, under);
}

/** Each file system below the root numbers its inodes by itself; its topmost folder keeps its number, as on a real one. */
export function renumber({ covered }: SimulatedMounts, inodes: Inodes, root: Inode): void {
  const tops = new Set(covered.keys());
  for (const top of [root, ...tops]) inodes.renumber(top, tops);
}

/** What lies in a mount is told by the place of the mount: a folder above it has got another path. */
export function carryMounts({ covered, sources }: SimulatedMounts, from: string, to: string): void {
  for (const [source, mounted] of sources) {
    if (!covered.has(mounted.top) || !mounted.path.startsWith(`${from}/`)) continue;
    const path = to + mounted.path.slice(from.length);
    sources.set(source, { ...mounted, path });
    mounted.top.mark = markOf(path);
  }
}

/** Letters and digits for each place. */
const markOf = (path: string): string =>
  `${[...path].map((character) => character.codePointAt(0)?.toString(36)).join('_')}:`;

/** Folders on which something was mounted that is away now. */
export const barePoints = ({ covered, sources }: SimulatedMounts): readonly Inode[] =>
  [...sources.values()].filter(({ top }) => !covered.has(top)).map(({ under }) => under);

/** The topmost folder of the mount that it lies in; null when it lies in none. */
export function mountHolding({ covered }: SimulatedMounts, folder: Inode): Inode | null {
  const holding = [...covered.keys()].filter((top) => contains(top, folder));
  return holding.find((top) => holding.every((other) => contains(other, top))) ?? null;
}

/** Something is mounted on the folder, or on one inside it. */
export const isBusy = ({ covered }: Pick<SimulatedMounts, 'covered'>, inode: Inode): boolean =>
  covered.has(inode) || [...inode.children.values()].some((child) => isBusy({ covered }, child));

/** Why what stands at the path is not what is expected there; null when it is. */
function strangerAt(
  { expected }: SimulatedMounts,
  path: string,
  id: LocalId,
  isPoint: boolean,
): string | null {
  if (expected === null) return null;
  const known = expected.get(path);
  if (known === undefined) return isPoint ? 'what is mounted here was not looked at yet' : null;
  if (known.id === id || (known.fileSystem === null && !isPoint)) return null;
  return isPoint ? 'another file system is mounted here' : missing;
}

const missing = 'the file system that was mounted here is missing';

/** @throws Failure `diskDenied` */
export function refuseStranger(
  mounts: SimulatedMounts,
  action: string,
  path: string,
  { id, inode }: { readonly id: LocalId; readonly inode: Inode | null },
): void {
  const why = strangerAt(mounts, path, id, inode !== null && mounts.covered.has(inode));
  if (why !== null) refuse('diskDenied', action, path, why);
}

/** @throws Failure `diskDenied`: the caller means the folder that is expected at the path, and `there` is in its place. */
export function refuseReplaced(
  mounts: SimulatedMounts,
  action: string,
  path: string,
  meant: LocalId,
  there: { readonly id: LocalId; readonly inode: Inode | null },
): void {
  if (there.id !== meant && mounts.expected?.get(path)?.id === meant)
    refuseStranger(mounts, action, path, there);
}

export interface SimulatedMountScan {
  judge(path: string, row: LocalRow, inode: Inode): LocalRow | null;
  /** Expected directly inside the folder, and not among the names that were met. */
  absentIn(
    folder: { readonly path: string; readonly id: LocalId },
    names: { has(name: string): boolean },
  ): LocalRow[];
  readonly met: Map<string, NestedMount>;
  unknown(): LocalId[];
}

export function createSimulatedMountScan(
  mounts: SimulatedMounts,
  doubt: (id: LocalId, path: string, why: string) => void,
): SimulatedMountScan {
  const met = new Map<string, NestedMount>();
  const parents = new Set<LocalId>();
  const verified = new Set<string>();
  return {
    met,
    judge(path, row, inode) {
      const known = mounts.expected?.get(path);
      const why = strangerAt(mounts, path, row.id, mounts.covered.has(inode));
      if (why === null) {
        verified.add(path);
        return row;
      }
      if (known === undefined) {
        met.set(path, { path, id: row.id, fileSystem: 'simulated' });
        parents.add(row.parentId);
        return null;
      }
      doubt(known.id, path, why);
      return { ...row, id: known.id };
    },
    absentIn(folder, names) {
      const rows: LocalRow[] = [];
      for (const { path, id, fileSystem } of mounts.expected?.values() ?? []) {
        const name = path.slice(path.lastIndexOf('/') + 1);
        const above = path.slice(0, Math.max(0, path.length - name.length - 1));
        if (above !== folder.path || names.has(name) || fileSystem === null) continue;
        doubt(id, path, missing);
        const nothing = { sizeBytes: 0, modifiedAt: 0, stamp: '', hash: null };
        rows.push({ id, parentId: folder.id, name, kind: 'folder', ...nothing });
      }
      return rows;
    },
    unknown() {
      const ids = [...parents];
      for (const { path, id, fileSystem } of mounts.expected?.values() ?? [])
        if (fileSystem !== null && !verified.has(path)) ids.push(id);
      return ids;
    },
  };
}
