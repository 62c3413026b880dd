/** Mounts inside the simulated sync folder: what the user mounts, and what a scan was told to expect. The rules are those of the real disk. */
import type { LocalId, LocalRow, NestedMount } from '@tidemark/contracts';
import type { Inode, Inodes } from './inodes.ts';
import { refuse } from './simulation.ts';

export interface SimulatedMounts {
  /** By path: the folder under the mount. */
  readonly covered: Map<string, Inode>;
  /** Topmost folders by the name of what is mounted, whether it is mounted now or not. */
  readonly sources: Map<string, Inode>;
  /** Null: whatever is mounted is looked into. */
  expected: ReadonlyMap<string, NestedMount> | null;
}

export const noMounts = (): SimulatedMounts => ({ covered: new Map(), sources: new Map(), expected: null });

export function mount(
  mounts: SimulatedMounts,
  inodes: Inodes,
  at: { readonly path: string; readonly parent: Inode; readonly name: string },
  source: string,
): void {
  const folder = at.parent.children.get(at.name);
  if (folder?.kind !== 'folder') throw new Error(`no such folder: ${at.path}`);
  const top = mounts.sources.get(source) ?? inodes.create('folder', new Uint8Array(0), folder.modifiedAt);
  top.links = 1;
  mounts.sources.set(source, top);
  mounts.covered.set(at.path, folder);
  at.parent.children.set(at.name, top);
}

export function unmount(
  mounts: SimulatedMounts,
  at: { readonly path: string; readonly parent: Inode; readonly name: string },
): void {
  const folder = mounts.covered.get(at.path);
  if (folder === undefined) throw new Error(`nothing is mounted on ${at.path}`);
  mounts.covered.delete(at.path);
  at.parent.children.set(at.name, folder);
}

/** Why what stands at the path is not what is expected there; null when it is. */
function strangerAt({ covered, expected }: SimulatedMounts, path: string, id: LocalId): string | null {
  if (expected === null) return null;
  const isPoint = covered.has(path);
  const known = expected.get(path);
  if (known === undefined) return isPoint ? 'what is mounted here was not looked at yet' : null;
  if (known.id === id || (known.fileSystem === null && !isPoint)) return null;
  return isPoint ? 'another file system is mounted here' : 'the file system that was mounted here is missing';
}

/** @throws Failure `diskDenied` */
export function refuseStranger(mounts: SimulatedMounts, action: string, path: string, id: LocalId): void {
  const why = strangerAt(mounts, path, id);
  if (why !== null) refuse('diskDenied', action, path, why);
}

export interface SimulatedMountScan {
  judge(path: string, row: LocalRow): LocalRow | null;
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
    judge(path, row) {
      const known = mounts.expected?.get(path);
      const why = strangerAt(mounts, path, row.id);
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
    unknown() {
      const ids = [...parents];
      for (const { path, id, fileSystem } of mounts.expected?.values() ?? [])
        if (fileSystem !== null && !verified.has(path)) ids.push(id);
      return ids;
    },
  };
}
