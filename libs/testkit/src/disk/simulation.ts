/** What the parts of the simulated disk share. */
import {
  Failure,
  type FailureDetails,
  inodeOf,
  linkStamp,
  localId,
  type LocalId,
  type LocalRow,
  type Random,
  youngStamp,
} from '@tidemark/contracts';
import type { Inode, Inodes } from './inodes.ts';
import type { SimulatedFolder } from './simulated-user.ts';

export type DiskOperation =
  | 'root'
  | 'scan'
  /** Reading one folder, within a scan or alone. */
  | 'list'
  | 'watch'
  | 'stat'
  | 'read'
  | 'hash'
  | 'stage'
  | 'write'
  | 'place'
  | 'placeAs'
  | 'createFolder'
  | 'move'
  | 'remove'
  | 'setModifiedAt'
  | 'inTrash'
  | 'readTrash';

export interface Simulation {
  readonly folder: SimulatedFolder;
  readonly random: Random;
  /** By the clock of the simulation, if there is one. */
  sleep(delayMs: number): Promise<void>;
  /** Called at the start of each operation: interference, faults, and whether the root is there. */
  begin(operation: DiskOperation, path: string): void;
  /** Called at its end, when something was changed at these paths. */
  end(operation: DiskOperation, path: string, ...more: readonly string[]): void;
  /** By root: a copy carries none. */
  readonly markers: WeakMap<Inode, string>;
  /** The root that was looked at last; null before the first operation. */
  verified: Inode | null;
}

/** @throws Failure, always */
export function refuse(code: FailureDetails['code'], action: string, path: string, why: string): never {
  throw new Failure({ code, detail: `Cannot ${action} "${path}": ${why}` });
}

export function identityOf(inode: Inode, parentId: LocalId, name: string): LocalId {
  const isWeak = inode.birth === null;
  const mark = inode.mark === '' ? markOf(parentId) : inode.mark;
  const own = isWeak ? `${mark}${inode.number}~` : `${mark}${inode.number}.${inode.birth}`;
  const isAlone = isWeak ? inode.mark !== '' || parentId === '' : inode.links <= 1 || inode.kind === 'folder';
  return localId(isAlone ? own : `${own}${isWeak ? '' : '~'}${parentId}/${name}`);
}

export const numberIn = (id: LocalId): number => Number.parseInt(inodeOf(id).split(':').at(-1) ?? '', 10);

/** Of the mount that the folder lies in. */
const markOf = (folder: LocalId): string => inodeOf(folder).slice(0, inodeOf(folder).indexOf(':') + 1);

export const stampOf = (inode: Inode, isLink = false): string =>
  inode.kind === 'folder'
    ? isLink
      ? linkStamp
      : ''
    : `${inode.bytes.length}.${inode.modifiedAt}.${inode.modifiedTick}.${inode.changedTick}`;

/** Of a file or a folder. */
/** @param isLink a link leads to it */
export function rowOf(
  inodes: Inodes,
  inode: Inode,
  parentId: LocalId,
  name: string,
  isLink = false,
): LocalRow {
  const stamp = stampOf(inode, isLink);
  return {
    id: identityOf(inode, parentId, name),
    parentId,
    name,
    kind: inode.kind === 'folder' ? 'folder' : 'file',
    sizeBytes: inode.bytes.length,
    modifiedAt: inode.modifiedAt,
    stamp: inodes.youngMs(inode) > 0 ? youngStamp(stamp) : stamp,
    hash: null,
  };
}
