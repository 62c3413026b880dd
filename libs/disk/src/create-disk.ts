/** The disk port over a real folder. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { type AbortSignalLike, type Disk, Failure, type LocalId } from '@tidemark/contracts';
import { createIsApart } from './apart.ts';
import { createChanging } from './changing.ts';
import type { DiskContext } from './context.ts';
import { errnoOf } from './errno.ts';
import { findEarlierMarker, removeEarlierMarker } from './earlier-marker.ts';
import type { Refusal } from './file-times.ts';
import { createFlush } from './flush.ts';
import { createFolders } from './folders.ts';
import type { DiskOptions } from './options.ts';
import type { LinkOptions } from './link-rules.ts';
import { createLooking } from './looking.ts';
import { createOthersChanges, createOwnChanges, fileAt } from './own-changes.ts';
import { openPlacements } from './placements.ts';
import { createReading } from './reading.ts';
import { findRenames, longWayOnly, withoutLinks } from './renames.ts';
import { findRootMarks, identityOfRoot, noMarks } from './root-mark.ts';
import { createSharedLooks } from './shared-looks.ts';
import { createStaging } from './staging.ts';
import { createFolderTrash, type FolderTrash } from './trash/folder-trash.ts';
import { isInnerWorkspace, removeIfEmpty } from './workspace.ts';
import { createWorkspaces } from './workspaces.ts';

/** The disk of a real folder. */
export interface FolderDisk extends Disk, FolderTrash {
  /** Whether the folder that `root` found last stands at its path, and can be looked into. */
  isRootThere(): boolean;
  /** What the file system refused to set first: dates, permissions or attributes; null when it set all. */
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
  const { root: rootPath, stateFolder } = options;
  const places = { root: rootPath, stateFolder, staging: options.staging ?? null };
  const workspaces = createWorkspaces({
    ...{ options, places, isPlacing },
    isStagingIdle: () => staging.isIdle(),
  });
  const isApart = createIsApart(options.apart);
  const folders = createFolders(
    rootPath,
    workspaces.putAside,
    looks ? undefined : sharedLooks?.hear,
    isApart,
  );
  const marks = options.rootMarks === 'never' ? noMarks : findRootMarks();
  const closing = new AbortController();
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
    workspace: (folder) => workspaces.of(folder, context),
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
      if (isPlacing && isInnerWorkspace(root) && !workspaces.isMainOpen()) removeIfEmpty(root);
      return identityOfRoot(root, marker);
    },
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
    ...createLooking(context, {
      ...{ links: linkOptions, placementsFolder },
      tell: looks ? (sharedLooks?.tell ?? null) : null,
    }),
    ...createReading(context),
    ...createChanging(context),
    ...createFolderTrash(context, places, workspaces.usedMounts),
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
      workspaces.close();
      folders.close();
    },
  };
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
