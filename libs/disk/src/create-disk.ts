/** The disk port over a real folder. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { AbortSignalLike, Disk } from '@tidemark/contracts';
import { createChanging } from './changing.ts';
import type { DiskContext } from './context.ts';
import { asFailure, failure } from './errno.ts';
import { createFlush } from './flush.ts';
import { createFolders, type Folder } from './folders.ts';
import { createMarker, markerInode, readMarker } from './marker.ts';
import type { DiskOptions } from './options.ts';
import { createOwnChanges } from './own-changes.ts';
import { innerWorkspaceName } from './path-names.ts';
import { createReading } from './reading.ts';
import { findRenames, longWayOnly } from './renames.ts';
import { scan, type Mount } from './scan.ts';
import { createStaging } from './staging.ts';
import { sweep } from './sweep.ts';
import { pruneTrash, type Pruned, type PruneOptions } from './trash/prune-trash.ts';
import { hasTrash, isInnerWorkspace, openInside, openWorkspace, type Workspace } from './workspace.ts';

/** The disk of a real folder. */
export interface FolderDisk extends Disk {
  /** Absolute path of the trash; made when it is first asked for. @throws Failure */
  trashFolder(): string;
  /**
   * Removes for good what has been in the trash for `keepMs`, at most `filesMax` files; see `trash/ages.ts` for what counts as
   * time. Of nested file systems only those that this disk has used. @throws Failure
   */
  pruneTrash(options: Omit<PruneOptions, 'now'>): Promise<Pruned>;
}

/**
 * Nothing is touched before the first call.
 *
 * @example
 * const disk = createDisk({ root: '/home/me/OneDrive', stateFolder, fileMode: 0o600, folderMode: 0o700,
 *   setPermissions: true, reservedBytes: 50 << 20, clock, random });
 * const { id, marker } = await disk.root({ create: true });
 */
export function createDisk(options: DiskOptions): FolderDisk {
  const folders = createFolders(options.root);
  const mounts = new Map<string, Mount>();
  /** By the mark of their file system. */
  const workspaces = new Map<string, Workspace>();
  let marker: string | null = null;
  const closing = new AbortController();
  const { root: rootPath, stateFolder } = options;
  const places = { root: rootPath, stateFolder, staging: options.staging ?? null };

  const context: DiskContext = {
    options,
    folders,
    renames: options.exchange === 'never' ? longWayOnly : findRenames(),
    flush: createFlush(),
    own: createOwnChanges(() => performance.now()),
    workspace: workspaceOf,
  };
  const staging = createStaging(context);

  return {
    async root({ create }) {
      const root = folders.reopen();
      marker = readMarker(root);
      if (marker === null && create) marker = createMarker(root, options.random);
      return { id: root.id, marker };
    },
    scan: (scanOptions) =>
      scan({
        root: verifiedRoot,
        own: ownInodes,
        mounts,
        ...(scanOptions?.signal === undefined ? {} : { signal: scanOptions.signal }),
      }),
    list: (paths, listOptions) =>
      scan({
        root: verifiedRoot,
        own: ownInodes,
        mounts,
        only: paths,
        ...(listOptions?.signal === undefined ? {} : { signal: listOptions.signal }),
      }),
    async watch(told, { signal, limited = () => undefined }) {
      verifiedRoot();
      // Only runs that go on watch, and chokidar takes time to load.
      const { watchFolder } = await import('./watch.ts');
      return watchFolder({
        root: options.root,
        isOurs: context.own.excuses,
        told,
        limited,
        signal: eitherOf(signal, closing.signal),
      });
    },
    ...createReading(context),
    ...createChanging(context),
    stage: (key, sizeBytes) => staging.stage(key, sizeBytes),
    trashFolder: () => workspaceOf(folders.root()).trashPath,
    async pruneTrash(pruneOptions) {
      try {
        if (!hasTrash(places)) return nothingPruned;
        workspaceOf(folders.root());
        let all = nothingPruned;
        for (const { trash, trashPrefix } of workspaces.values()) {
          const filesMax = pruneOptions.filesMax - all.paths.length;
          const now = options.clock.now();
          const pruned = await pruneTrash(trash, { ...pruneOptions, filesMax, now });
          all = {
            paths: [...all.paths, ...pruned.paths.map((path) => trashPrefix + path)],
            sizeBytes: all.sizeBytes + pruned.sizeBytes,
            obstacle: all.obstacle ?? pruned.obstacle,
          };
        }
        return all;
      } catch (error) {
        throw asFailure('prune the trash of', '', error);
      }
    },
    async close() {
      closing.abort();
      staging.close();
      for (const workspace of workspaces.values()) workspace.close();
      workspaces.clear();
      folders.close();
    },
  };

  /** A root that was marked must still be: an emptied folder with the old inode is not the sync folder (I-10). */
  function verifiedRoot(): Folder {
    const root = folders.root();
    if (marker !== null && readMarker(root) !== marker)
      throw failure('rootSuspended', 'scan', '', 'the mark of the sync folder is gone');
    return root;
  }

  function ownInodes(top: Folder): ReadonlySet<bigint> {
    const own = new Set<bigint>();
    const markerFile = top.path === '' ? markerInode(top) : null;
    if (markerFile !== null) own.add(markerFile);
    if (isInnerWorkspace(top, marker))
      own.add(lstatSync(top.base + innerWorkspaceName, { bigint: true }).ino);
    return own;
  }

  function workspaceOf(folder: Folder): Workspace {
    const known = workspaces.get(folder.mount);
    if (known !== undefined) return known;
    const root = verifiedRoot();
    let opened: Workspace | null = null;
    try {
      opened = folder.mount === '' ? openMain(root) : openNested(folder);
      sweep(context, folders, opened);
    } catch (error) {
      opened?.close();
      throw asFailure('stage files for', folder.path, error);
    }
    workspaces.set(folder.mount, opened);
    return opened;
  }

  function openMain(root: Folder): Workspace {
    return openWorkspace(root, marker, { ...places, random: options.random });
  }

  /** Each nested file system has a workspace of its own at its top. */
  function openNested(folder: Folder): Workspace {
    const top = folders.enter('stage files for', folder.mountPath.split('/'));
    try {
      const opened = openInside(top, marker, join(options.root, folder.mountPath));
      return { ...opened, trashPrefix: `${opened.trashPath}/` };
    } finally {
      folders.leave(top);
    }
  }
}

const nothingPruned: Pruned = { paths: [], sizeBytes: 0, obstacle: null };

/** Aborts with the first of the two. */
function eitherOf(one: AbortSignalLike, other: AbortSignalLike): AbortSignalLike {
  const either = new AbortController();
  for (const signal of [one, other]) {
    if (signal.aborted) either.abort();
    else signal.addEventListener('abort', () => either.abort(), { once: true });
  }
  return either.signal;
}
