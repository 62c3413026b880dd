/** The sync folder of a profile, and whether it can be trusted. */
import { existsSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Clock, Random } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { DiskShare, FolderDisk } from '@tidemark/disk';
import { createDisk, folderKey } from '@tidemark/disk';
import { makeFolders } from '@tidemark/folders';
import type { State } from '@tidemark/engine';
import { modeOf } from '@tidemark/settings';
import type { Profile } from './profile.ts';
import { trashState } from './profile.ts';
import { lockRoot } from './lock-root.ts';
import { ownPlaces, refuseUnfitRoot } from './own-places.ts';
import { trustRoot, untrusted } from './recognise-root.ts';
import { keysApart } from './shared-folders/known-folders.ts';
import { watchedFolders } from './watched-folders.ts';

export interface OpenDiskOptions {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly random: Random;
  readonly resync: boolean;
  /** `rehearse`: no folder is made or locked. */
  readonly mode: 'real' | 'rehearse';
}

/**
 * Throws Failure: `rootUnfit`, `rootBusy`, `rootSuspended`. The folder must be the one the log speaks of: an empty mount point is not a deletion of everything (I-10).
 */
export async function openDisk(
  { profile, clock, random, resync, mode }: OpenDiskOptions,
  state: State,
): Promise<{ readonly disk: FolderDisk; readonly adopted: string | null }> {
  const { settings } = profile;
  refuseUnfitRoot(profile);
  const isReal = mode === 'real';
  let root = settings.sync_dir;
  let release = (): void => undefined;
  const knowsFiles = state.trees.byLocalId.size > 1 && !resync;
  if (!existsSync(root)) {
    if (knowsFiles)
      throw untrusted(
        `the sync folder "${root}" does not exist, but ${state.trees.byLocalId.size - 1} items were in it before`,
      );
    if (isReal) {
      // Not made in a folder that another process syncs: it would upload it.
      lockedBy(profile, root)();
      makeRoot(root, modeOf(settings.sync_dir_permissions));
    } else {
      // An empty folder stands for the one that a run would make.
      const standIn = mkdtempSync(join(tmpdir(), 'tidemark-rehearsal-'));
      root = standIn;
      release = () => rmdirSync(standIn);
    }
  } else if (!statSync(root).isDirectory()) {
    throw new Failure({ code: 'rootSuspended', detail: `Cannot sync "${root}": it is not a folder` });
  }
  if (settings.check_nomount && existsSync(`${root}/.nosync`)) throw mountCheck;
  // A rehearsal changes nothing, so it may look beside a run.
  if (isReal) release = lockedBy(profile, root);
  const disk = releasing(
    diskOf(
      { ...profile, settings: { ...settings, sync_dir: root } },
      clock,
      random,
      isReal ? shareOfDaemon(settings) : undefined,
    ),
    release,
  );
  try {
    return { disk, adopted: knowsFiles ? await trustRoot(disk, state, root) : null };
  } catch (error) {
    await disk.close();
    throw error;
  }
}

/** A shared folder lies in what the run around it has locked. */
const lockedBy = ({ sharedFolder }: Profile, root: string): (() => void) =>
  sharedFolder === undefined ? lockRoot(root) : () => undefined;

export const adoptedLines = (adopted: string): readonly string[] => [
  `WARNING: ${adopted.charAt(0).toUpperCase()}${adopted.slice(1)}`,
  '         Both sides are compared by content; nothing is deleted in this run',
];

const releasing = (disk: FolderDisk, release: () => void): FolderDisk => ({
  ...disk,
  close: () => disk.close().finally(release),
});

/** What is left to the daemon of the work in the sync folder; undefined: all of it, and no other process works there. */
function shareOfDaemon({ plugin_process: elsewhere }: Profile['settings']): DiskShare | undefined {
  if (!['watcher', 'uploader', 'downloader'].some((name) => elsewhere.includes(name))) return undefined;
  return { looks: !elsewhere.includes('watcher'), places: !elsewhere.includes('downloader') };
}

/** Nothing is touched before its first use. */
export function diskOf(profile: Profile, clock: Clock, random: Random, shared?: DiskShare): FolderDisk {
  const { settings } = profile;
  const isWatched = watchedFolders(profile);
  const apart = keysApart(profile);
  const isApart = (path: string): boolean => apart().size > 0 && apart().has(folderKey(path) ?? '');
  return createDisk({
    root: settings.sync_dir,
    stateFolder: trashState(profile),
    fileMode: modeOf(settings.sync_file_permissions),
    replacedMode: profile.given.has('sync_file_permissions') ? 'fileMode' : 'kept',
    folderMode: modeOf(settings.sync_dir_permissions),
    setPermissions: !settings.disable_permission_set,
    reservedBytes: settings.space_reservation,
    ...(settings.use_recycle_bin ? { recycleBin: resolve(settings.recycle_bin_path) } : {}),
    symbolicLinks: settings.skip_symlinks ? 'skip' : 'follow',
    isWatched: (path) => isWatched(path) && (path === '' || !isApart(join(settings.sync_dir, path))),
    apart,
    own: ownPlaces(profile).flatMap(({ path, mayHoldRoot }) => (mayHoldRoot ? [] : [path])),
    clock,
    random,
    ...(shared !== undefined && { shared }),
  });
}

export const mountCheck = new Failure({
  code: 'rootSuspended',
  detail:
    '.nosync file found in directory mount point. Aborting application startup process to safeguard data.',
});

function makeRoot(root: string, mode: number): void {
  try {
    makeFolders(root, mode);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Failure(
      { code: 'diskDenied', detail: `Cannot make the sync folder "${root}": ${detail}` },
      { cause: error },
    );
  }
}
