/**
 * The workspace: where bytes wait before they get their name and where displaced files go. It must be on the file system
 * of the sync folder (rename and link have to work between the two) and outside the watched tree if that can be had. What
 * can be renamed into the root is found out by doing it: device numbers lie over bind mounts. One inside the tree exists
 * only while something is in it.
 */
import {
  closeSync,
  fchmodSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { Random } from '@tidemark/contracts';
import { makeFolders } from '@tidemark/folders';
import { asFailure, errnoOf, failure } from './errno.ts';
import { setMode } from './file-times.ts';
import type { Folder } from './folders.ts';
import { findNative } from './native.ts';
import { openFolder, viaDescriptor } from './open-flags.ts';
import { ownerIn, ownerNote, writeOwnerNote } from './owner-note.ts';
import { innerWorkspaceName } from './path-names.ts';

export interface OpenFolder {
  readonly fd: number;
  readonly base: string;
  readonly dev: bigint;
  readonly ino: bigint;
}

/** Outside of the tree a folder of it that was removed, by the user for example, is made anew when it is next asked for. */
export interface Workspace {
  /** Absolute path of the trash. */
  readonly trashPath: string;
  readonly staging: OpenFolder;
  readonly hold: OpenFolder;
  readonly trash: OpenFolder;
  /** What a path in the trash starts with, so that it leads there from the trash of the root. */
  readonly trashPrefix: string;
  /** Absolute path, when it lies in the tree that is synced; null outside of it. */
  readonly innerPath: string | null;
  close(): void;
}

export interface WorkspaceOptions {
  /** Absolute path of the sync folder. */
  readonly root: string;
  readonly stateFolder: string;
  /** Absolute path that is taken without asking. */
  readonly staging: string | null;
  readonly random: Random;
}

/**
 * Tries the given folder, else the state folder, a folder beside the root, and one inside it that the scan leaves out.
 * @throws Failure when none of them works.
 */
export function openWorkspace(root: Folder, options: WorkspaceOptions): Workspace {
  const inside = (path: string): boolean => `${path}/`.startsWith(`${options.root}/`);
  for (const { path, trashPath } of outerPlaces(options)) {
    if (inside(path) || isElsewhere(root, path, options.random)) continue;
    const workspace = tryOpen(path, trashPath);
    if (workspace === null) continue;
    if (canRenameInto(root, workspace, options.random)) return workspace;
    workspace.close();
  }
  return openInside(root, options.root);
}

export type Places = Pick<WorkspaceOptions, 'root' | 'stateFolder' | 'staging'>;

function outerPlaces({ root, stateFolder, staging }: Places): { path: string; trashPath: string }[] {
  if (staging !== null) return [{ path: staging, trashPath: join(staging, 'trash') }];
  const name = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const beside = join(dirname(root), `.${basename(root)}.tidemark-${name}`);
  return [
    { path: join(stateFolder, 'staging', name), trashPath: join(stateFolder, 'trash') },
    { path: beside, trashPath: join(beside, 'trash') },
  ];
}

/** Absolute paths of the trashes that were ever made for this folder: another one is taken when the sync folder moves to another disk. */
export function trashFoldersOf(places: Places): string[] {
  const inner = { trashPath: join(places.root, innerWorkspaceName, 'trash') };
  return [...outerPlaces(places), inner].flatMap(({ trashPath }) =>
    existsSync(trashPath) ? [trashPath] : [],
  );
}

export const hasTrash = (places: Places): boolean => trashFoldersOf(places).length > 0;

type Top = Pick<Folder, 'base'>;

/** Whether the folder of that name at the top of a file system is a workspace: by what it holds, not by its name. */
export const isInnerWorkspace = (top: Top): boolean => ownerIn(top.base + innerWorkspaceName) === 'us';

/** @param top the root, or the top of a nested file system; `topPath` is its absolute path */
export function openInside(top: Top, topPath: string): Workspace {
  const action = 'stage files for';
  try {
    const folder = top.base + innerWorkspaceName;
    if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) mkdirSync(folder, 0o700);
    const owner = ownerIn(folder);
    if (owner !== 'us') {
      const inside = readdirSync(folder);
      const isUnfinished = owner === 'torn' ? inside.length === 1 : owner === 'nobody' && inside.length === 0;
      if (!isUnfinished)
        throw failure(
          'diskDenied',
          action,
          innerWorkspaceName,
          'the name is reserved and something else holds it; rename it',
        );
      writeOwnerNote(folder);
    }
    const at = join(topPath, innerWorkspaceName);
    return Object.assign(openParts(folder, `${folder}/trash`, join(at, 'trash')), { innerPath: at });
  } catch (error) {
    throw asFailure(action, innerWorkspaceName, error);
  }
}

/**
 * Removes the workspace at the top of a file system when nothing waits in it and nothing is in its trash. It must be closed.
 * @throws Failure
 */
export function removeIfEmpty(top: Top): void {
  const folder = top.base + innerWorkspaceName;
  try {
    const leftovers = { incoming: ['boot'], hold: [], trash: ['.ages'] } as const;
    const parts = Object.entries(leftovers).map(([name, known]) => ({
      path: `${folder}/${name}`,
      inside: readdirSync(`${folder}/${name}`),
      known: new Set<string>(known),
    }));
    if (parts.some(({ inside, known }) => inside.some((name) => !known.has(name)))) return;
    for (const { path, inside } of parts) {
      for (const name of inside) unlinkSync(`${path}/${name}`);
      rmdirSync(path);
    }
    // The note last: what is left by a process that ended in the middle is ours all the same.
    unlinkSync(`${folder}/${ownerNote}`);
    rmdirSync(folder);
  } catch (error) {
    // Something came into it meanwhile, or it is gone already.
    if (errnoOf(error) !== 'ENOTEMPTY' && errnoOf(error) !== 'ENOENT')
      throw asFailure('tidy up', innerWorkspaceName, error);
  }
}

function tryOpen(path: string, trashPath: string): Workspace | null {
  try {
    makeFolders(path, 0o700);
    return openParts(path, trashPath, trashPath);
  } catch (error) {
    // Not allowed here, or no such place: the next candidate, and the last one says what is wrong.
    if (errnoOf(error) === null) throw error;
    return null;
  }
}

/** @param trashAt where to open the trash; `trashPath` is what to call it */
function openParts(at: string, trashAt: string, trashPath: string): Workspace {
  const open: OpenFolder[] = [];
  const part = (path: string): OpenFolder => {
    makeFolders(path, 0o700);
    const fd = openSync(path, openFolder);
    const stats = fstatSync(fd, { bigint: true });
    const folder = { fd, base: `${viaDescriptor(fd)}/`, dev: stats.dev, ino: stats.ino };
    open.push(folder);
    // A folder of our own keeps its mode where the file system has no other; one of another user is not used.
    if ((stats.mode & 0o077n) !== 0n)
      (Number(stats.uid) === process.geteuid?.() ? setMode : fchmodSync)(fd, 0o700);
    return folder;
  };
  // What was reached through a descriptor is not to be found again by its path.
  const isByName = trashAt === trashPath;
  const lasting = (path: string): (() => OpenFolder) => {
    let folder = part(path);
    // Not every file system counts the names of a folder.
    const isCounted = !isRemoved(folder);
    return () => {
      if (isByName && isCounted && isRemoved(folder)) folder = part(path);
      return folder;
    };
  };
  const close = (): void => {
    for (const folder of open.splice(0)) closeSync(folder.fd);
  };
  try {
    part(at);
    const staging = lasting(`${at}/incoming`);
    const hold = lasting(`${at}/hold`);
    const trash = lasting(trashAt);
    return {
      trashPath,
      trashPrefix: '',
      innerPath: null,
      get staging() {
        return staging();
      },
      get hold() {
        return hold();
      },
      get trash() {
        return trash();
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

const isRemoved = ({ fd }: OpenFolder): boolean => fstatSync(fd).nlink === 0;

/** Asked before anything is created there, by a rename of nothing: EXDEV comes before ENOENT. */
function isElsewhere(root: Folder, path: string, random: Random): boolean {
  let above = path;
  while (lstatSync(above, { throwIfNoEntry: false }) === undefined) above = dirname(above);
  return !canRenameNothing(join(above, trialName(random)), root);
}

/**
 * Found out without leaving a trace in the watched tree, should the process end in the middle: a file that has no name there
 * gets one in the workspace. Where that cannot be had, the rename of nothing and the number of the device have to do.
 */
function canRenameInto(root: Folder, workspace: Workspace, random: Random): boolean {
  const { staging } = workspace;
  const trial = trialName(random);
  const linked = linkNameless(root, staging.fd, trial);
  if (linked) unlinkSync(staging.base + trial);
  return linked ?? (staging.dev === root.dev && canRenameNothing(staging.base + trial, root));
}

const nameless = 0o20000000 | constants.O_DIRECTORY | constants.O_RDWR;
const AT_FDCWD = -100;
const AT_SYMLINK_FOLLOW = 0x400;

/** Null where it cannot be tried. */
function linkNameless(root: Folder, toFd: number, toName: string): boolean | null {
  if (native === null) return null;
  let fd: number;
  try {
    fd = openSync(root.base, nameless, 0o600);
  } catch (error) {
    // Not every file system has files without a name, and into a read-only one nothing can be renamed anyway.
    if (errnoOf(error) === null) throw error;
    return null;
  }
  try {
    return native.linkat(AT_FDCWD, viaDescriptor(fd), toFd, toName, AT_SYMLINK_FOLLOW) === 0;
  } finally {
    closeSync(fd);
  }
}

const native = findNative({
  linkat: { arguments: ['i32', 'string', 'i32', 'string', 'i32'], return: 'i32' },
});

function canRenameNothing(from: string, root: Folder): boolean {
  try {
    renameSync(from, `${root.base}${innerWorkspaceName}.trial`);
    return true;
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return errnoOf(error) !== 'EXDEV';
  }
}

const trialName = (random: Random): string => `trial-${Buffer.from(random.bytes(8)).toString('hex')}`;
