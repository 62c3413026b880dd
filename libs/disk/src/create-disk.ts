/** The disk port over a real folder. */
import { accessSync, constants, lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type AbortSignalLike,
  type Disk,
  Failure,
  type LocalId,
  type ScanBatch,
  type ScanEnd,
  type ScanOptions,
} from '@tidemark/contracts';
import { createIsApart } from './apart.ts';
import { createChanging } from './changing.ts';
import type { DiskContext } from './context.ts';
import { asFailure, errnoOf, failure } from './errno.ts';
import { findEarlierMarker, removeEarlierMarker } from './earlier-marker.ts';
import type { Refusal } from './file-times.ts';
import { createFlush } from './flush.ts';
import { createFolders, type Folder } from './folders.ts';
import type { DiskOptions } from './options.ts';
import type { LinkOptions } from './link-rules.ts';
import { pointsOf } from './mount-points.ts';
import { createOthersChanges, createOwnChanges, fileAt } from './own-changes.ts';
import { innerWorkspaceName } from './path-names.ts';
import { openPlacements } from './placements.ts';
import { createReading } from './reading.ts';
import { findRenames, longWayOnly, withoutLinks } from './renames.ts';
import { findRootMarks, identityOfRoot, noMarks } from './root-mark.ts';
import { scan } from './scan.ts';
import { createSharedLooks } from './shared-looks.ts';
import { createStaging } from './staging.ts';
import { sweep } from './sweep.ts';
import { createFolderTrash, type FolderTrash } from './trash/folder-trash.ts';
import { isInnerWorkspace, openInside, openWorkspace, removeIfEmpty, type Workspace } from './workspace.ts';

/** The disk of a real folder. */
export interface FolderDisk extends Disk, FolderTrash {
  /** Whether the folder that `root` found last stands at its path, and can be looked into. */
  isRootThere(): boolean;
  /** The first date or permission that the file system refused to set; null when it set all. */
  refusal(): Refusal | null;
}

/**
 * Nothing is touched before the first call.
 *
 * @example
 * const disk = createDisk({ root: '/home/me/OneDrive', stateFolder, fileMode: 0o600, folderMode: 0o700,
 *   setPermissions: true, reservedBytes: 50 << 20, clock, random });
 * const { id, marker } = await disk.root({ mark: true });
 */
export function createDisk(options: DiskOptions): FolderDisk {
  const { looks, places: isPlacing } = options.shared ?? { looks: true, places: true };
  const sharedLooks =
    options.shared === undefined ? null : createSharedLooks(join(options.stateFolder, 'looked'));
  const isApart = createIsApart(options.apart);
  const folders = createFolders(options.root, putAside, looks ? undefined : sharedLooks?.hear, isApart);
  const marks = options.rootMarks === 'never' ? noMarks : findRootMarks();
  /** By the path of the topmost folder of their file system. */
  const workspaces = new Map<string, Workspace>();
  /** Nested file systems on which something was put away in this run. */
  const usedMounts = new Set<string>();
  const closing = new AbortController();
  const { root: rootPath, stateFolder } = options;
  const places = { root: rootPath, stateFolder, staging: options.staging ?? null };
  const linkOptions: LinkOptions = {
    follow: options.symbolicLinks !== 'skip',
    root: rootPath,
    own: [stateFolder, options.staging, options.recycleBin, ...(options.own ?? [])].filter(
      (path) => path !== undefined,
    ),
  };

  const renames = options.exchange === 'never' ? longWayOnly : findRenames();
  const placementsFolder = join(stateFolder, 'placed');
  const placements = openPlacements(placementsFolder, { notedBy: isPlacing ? 'us' : 'elsewhere' });
  const idAt = (path: string): LocalId | null => fileAt(join(rootPath, path));
  let refusal: Refusal | null = null;
  const context: DiskContext = {
    options,
    folders,
    renames: options.links === 'never' ? withoutLinks(renames) : renames,
    flush: createFlush(),
    own: isPlacing
      ? createOwnChanges(() => performance.now(), idAt)
      : createOthersChanges(
          () => Date.now(),
          idAt,
          (id) => placements.notedAt(id),
        ),
    placements,
    refused: (news) => (refusal ??= news),
    isApart,
    workspace: workspaceOf,
    trashed: { files: 0, sizeBytes: 0 },
    wanted: new Map(),
  };
  const staging = createStaging(context);

  return {
    async root({ mark }) {
      // A caller that marks means the folder that was looked at before.
      const root = mark && folders.isOpen() ? folders.root() : folders.reopen();
      const here = marks.read(root);
      const earlier = findEarlierMarker(root)?.marker ?? null;
      if (!mark) return identityOfRoot(root, here ?? earlier);
      const marker = here ?? marks.write(root, earlier, options.random);
      removeEarlierMarker(root);
      if (isPlacing && isInnerWorkspace(root) && !workspaces.has('')) removeIfEmpty(root);
      return identityOfRoot(root, marker);
    },
    scan: (scanOptions) => look(scanOptions),
    list: (paths, scanOptions) => look(scanOptions, paths),
    async watch(told, { signal, limited = () => undefined }) {
      const { links } = folders.root().mounts;
      // Only runs that go on watch, and chokidar takes time to load.
      const { watchFolder } = await import('./watch.ts');
      return watchFolder({
        root: options.root,
        links,
        isOurs: context.own.excuses,
        isWatched: options.isWatched ?? (() => true),
        told,
        limited,
        signal: eitherOf(signal, closing.signal),
      });
    },
    ...createReading(context),
    ...createChanging(context),
    ...createFolderTrash(context, places, usedMounts),
    stage: (key, sizeBytes) => staging.stage(key, sizeBytes),
    isRootThere() {
      try {
        folders.root();
        accessSync(rootPath, constants.R_OK | constants.X_OK);
        return true;
      } catch (error) {
        if (error instanceof Failure || errnoOf(error) !== null) return false;
        throw error;
      }
    },
    refusal: () => refusal,
    async close() {
      closing.abort();
      staging.close();
      const main = workspaces.get('');
      for (const workspace of workspaces.values()) workspace.close();
      workspaces.clear();
      if (main !== undefined) tidy(main);
      folders.close();
    },
  };

  async function* look(
    { mounts, signal }: ScanOptions = {},
    only?: readonly string[],
  ): AsyncGenerator<ScanBatch | ScanEnd> {
    const root = folders.root();
    const lookAtMounts = (): void => {
      root.mounts.points = pointsOf(rootPath, root.mounts.links);
    };
    lookAtMounts();
    root.mounts.expected = mounts === undefined ? null : new Map(mounts.map((mount) => [mount.path, mount]));
    const found = scan({
      ...{ root: folders.root, own: ownInodes, lookAtMounts, links: linkOptions, isApart },
      now: () => options.clock.now(),
      keyOf: keysOfPlaced(),
      ...(only === undefined ? {} : { only }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (sharedLooks === null || !looks) return yield* found;
    // Before what was found is told: commands may follow from it at once.
    for await (const part of found) {
      sharedLooks.tell(root.mounts);
      yield part;
    }
  }

  /** Read before the scan: inside it a fault of the state folder would count as one of the folder that is listed. */
  function keysOfPlaced(): (id: LocalId) => string | undefined {
    try {
      context.placements.read();
    } catch (error) {
      throw asFailure('read what was placed, in', placementsFolder, error);
    }
    return context.placements.keyOf;
  }

  function ownInodes(top: Folder): ReadonlySet<bigint> {
    const own = new Set<bigint>();
    const earlier = top.path === '' ? findEarlierMarker(top) : null;
    if (earlier !== null) own.add(earlier.ino);
    if (isInnerWorkspace(top)) own.add(lstatSync(top.base + innerWorkspaceName, { bigint: true }).ino);
    return own;
  }

  function workspaceOf(folder: Folder): Workspace {
    if (folder.seenAs !== undefined && folder.mount !== '')
      throw failure(
        'diskDenied',
        'stage files for',
        folder.path,
        'a link leads to a file of another file system',
      );
    const known = workspaces.get(folder.mountPath);
    if (known !== undefined) return known;
    const root = folders.root();
    let opened: Workspace | null = null;
    try {
      opened =
        folder.mountPath === ''
          ? openWorkspace(root, { ...places, random: options.random })
          : openNested(folder);
      if (isPlacing) sweep(context, folders, opened);
    } catch (error) {
      opened?.close();
      throw asFailure('stage files for', folder.path, error);
    }
    workspaces.set(folder.mountPath, opened);
    if (folder.mountPath !== '') usedMounts.add(folder.mountPath);
    return opened;
  }

  /** A workspace inside the tree is not kept: neither its folder, nor descriptors that keep a file system mounted. */
  function putAside(mountPath: string): void {
    const workspace = workspaces.get(mountPath);
    if (workspace === undefined || workspace.innerPath === null) return;
    if (mountPath === '' && !staging.isIdle()) return;
    workspaces.delete(mountPath);
    workspace.close();
    tidy(workspace);
  }

  function tidy({ innerPath }: Workspace): void {
    if (innerPath !== null && isPlacing) removeIfEmpty({ base: `${dirname(innerPath)}/` });
  }

  /** Each nested file system has a workspace of its own at its top. */
  function openNested(folder: Folder): Workspace {
    const top = folders.enter('stage files for', folder.mountPath.split('/'));
    try {
      const opened = openInside(top, join(options.root, folder.mountPath));
      return Object.assign(opened, { trashPrefix: `${opened.trashPath}/` });
    } finally {
      folders.leave(top);
    }
  }
}

/** Aborts with the first of the two. */
function eitherOf(one: AbortSignalLike, other: AbortSignalLike): AbortSignalLike {
  const either = new AbortController();
  for (const signal of [one, other]) {
    if (signal.aborted) either.abort();
    else signal.addEventListener('abort', () => either.abort(), { once: true });
  }
  return either.signal;
}
