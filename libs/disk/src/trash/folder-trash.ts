/** The trash of a sync folder, and those of the file systems in it that were used. */
import { type Disk, Failure, type PrunedFile, type TrashedVersion } from '@tidemark/contracts';
import type { DiskContext } from '../context.ts';
import { asFailure, errnoOf } from '../errno.ts';
import { hasTrash, type Places } from '../workspace.ts';
import { fileOfPlace, sourceOf, versionsInBin, versionsInTrash } from './trashed-versions.ts';
import { freeBytesOf, type Pruned, type PruneOptions, pruneTrash } from './prune-trash.ts';

export interface PruningOptions extends Omit<PruneOptions, 'freeBytes' | 'wantedBytes'> {
  /** False: it does not matter how much space is free. */
  readonly forSpace: boolean;
}

export interface FolderTrash extends Pick<Disk, 'inTrash' | 'readTrash'> {
  /** Absolute path of the trash; made when it is first asked for. @throws Failure */
  trashFolder(): string;
  /**
   * Removes for good what `trash/choose.ts` chooses; `trash/ages.ts` says what counts as time. Each file system has a trash of its
   * own, within the bounds by itself; of nested ones only those that this disk has used. @throws Failure
   */
  pruneTrash(options: PruningOptions): Promise<Pruned>;
  /** What this disk has put into its trash so far. */
  trashed(): Trashed;
  /** Less space is free than `reservedBytes` and a download that waits for space need; false when it cannot be told. */
  isSpaceShort(): boolean;
  /** Bytes of the largest download that waits for space; 0: none does. Of nested file systems nothing is told. */
  wantedBytes(): number;
}

export interface Trashed {
  readonly files: number;
  readonly sizeBytes: number;
}

/** @param usedMounts nested file systems on which something was put away */
export function createFolderTrash(
  { folders, options, workspace, trashed, wanted }: DiskContext,
  places: Places,
  usedMounts: ReadonlySet<string>,
): FolderTrash {
  const stuck = new Map<string, Set<string>>();

  function stuckOn(mountPath: string): Set<string> {
    const known = stuck.get(mountPath) ?? new Set();
    stuck.set(mountPath, known);
    return known;
  }

  function pruneOn(mountPath: string, { forSpace, ...pruning }: PruningOptions): Promise<Pruned> {
    const names = mountPath === '' ? [] : mountPath.split('/');
    return folders.within('prune the trash of', names, async (top) => {
      // By now unmounted: what is there is not its trash.
      if (top.mountPath !== mountPath) return nothingPruned;
      const { trash, trashPrefix } = workspace(top);
      const record = (files: readonly PrunedFile[]): Promise<void> =>
        pruning.record(files.map((file) => ({ ...file, trash: trashPrefix + file.trash })));
      const freeBytes = forSpace ? options.reservedBytes : 0;
      const wantedBytes = forSpace ? (wanted.get(trashPrefix) ?? 0) : 0;
      return pruneTrash(
        trash,
        { ...pruning, record, freeBytes, wantedBytes },
        { now: () => options.clock.now(), stuck: stuckOn(mountPath) },
      );
    });
  }

  /** Of the workspace of the root, whose trash is the one without a prefix. */
  const wantedBytes = (): number => wanted.get('') ?? 0;

  return {
    async inTrash(paths) {
      try {
        const found = new Map<string, TrashedVersion[]>();
        const add = ([path, version]: readonly [string, TrashedVersion]): void => {
          found.set(path, [...(found.get(path) ?? []), version]);
        };
        if (hasTrash(places)) {
          const { trash, trashPrefix } = workspace(folders.root());
          for (const one of versionsInTrash(trash, trashPrefix, paths)) add(one);
        }
        if (options.recycleBin !== undefined)
          for (const one of versionsInBin(options.recycleBin, options.root, paths)) add(one);
        for (const versions of found.values()) versions.sort((one, other) => other.at - one.at);
        return found;
      } catch (error) {
        throw asFailure('look into the trash of', '', error);
      }
    },
    async readTrash(place) {
      try {
        const trash = hasTrash(places) ? workspace(folders.root()).trash : null;
        return sourceOf(fileOfPlace(trash, options.recycleBin ?? null, place));
      } catch (error) {
        throw asFailure('read from the trash', place, error);
      }
    },
    trashFolder: () => workspace(folders.root()).trashPath,
    async pruneTrash(pruning) {
      try {
        let all = nothingPruned;
        if (!hasTrash(places)) return all;
        for (const mountPath of ['', ...usedMounts]) {
          const pruned = await pruneOn(mountPath, pruning);
          all = {
            files: all.files + pruned.files,
            sizeBytes: all.sizeBytes + pruned.sizeBytes,
            left: all.left + pruned.left,
            obstacle: all.obstacle ?? pruned.obstacle,
          };
        }
        return all;
      } catch (error) {
        throw asFailure('prune the trash of', '', error);
      }
    },
    trashed: () => ({ ...trashed }),
    isSpaceShort() {
      try {
        return freeBytesOf(folders.root()) < options.reservedBytes + wantedBytes();
      } catch (error) {
        // The folder cannot be looked at, which looks at it tell.
        if (error instanceof Failure || errnoOf(error) !== null) return false;
        throw error;
      }
    },
    wantedBytes,
  };
}

const nothingPruned: Pruned = { files: 0, sizeBytes: 0, left: 0, obstacle: null };
