/**
 * The workspace: where bytes wait before they get their name and where displaced files go. It must be on the file system
 * of the sync folder (rename and link have to work between the two) and outside the watched tree if that can be had. What
 * can be renamed into the root is found out by doing it: device numbers lie over bind mounts.
 */
import {
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { Random } from '@tidemark/contracts';
import { asFailure, errnoOf, failure } from './errno.ts';
import type { Folder } from './folders.ts';
import { isFile } from './identity.ts';
import { openFolder, viaDescriptor } from './open-flags.ts';
import { innerWorkspaceName, markerName } from './path-names.ts';

export interface OpenFolder {
  readonly fd: number;
  readonly base: string;
  readonly dev: bigint;
  readonly ino: bigint;
}

export interface Workspace {
  /** Absolute path of the trash. */
  readonly trashPath: string;
  readonly staging: OpenFolder;
  readonly hold: OpenFolder;
  readonly trash: OpenFolder;
  /** What a path in the trash starts with, so that it leads there from the trash of the root. */
  readonly trashPrefix: string;
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
export function openWorkspace(root: Folder, marker: string | null, options: WorkspaceOptions): Workspace {
  const inside = (path: string): boolean => `${path}/`.startsWith(`${options.root}/`);
  for (const { path, trashPath } of outerPlaces(options)) {
    if (inside(path) || isElsewhere(root, path, options.random)) continue;
    const workspace = tryOpen(path, trashPath);
    if (workspace === null) continue;
    if (canRenameInto(root, workspace, options.random)) return workspace;
    workspace.close();
  }
  return openInside(root, marker, options.root);
}

type Places = Pick<WorkspaceOptions, 'root' | 'stateFolder' | 'staging'>;

function outerPlaces({ root, stateFolder, staging }: Places): { path: string; trashPath: string }[] {
  if (staging !== null) return [{ path: staging, trashPath: join(staging, 'trash') }];
  const name = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const beside = join(dirname(root), `.${basename(root)}.tidemark-${name}`);
  return [
    { path: join(stateFolder, 'staging', name), trashPath: join(stateFolder, 'trash') },
    { path: beside, trashPath: join(beside, 'trash') },
  ];
}

/** Whether a trash was ever made for this folder, without making one. */
export function hasTrash(places: Places): boolean {
  const inner = { trashPath: join(places.root, innerWorkspaceName, 'trash') };
  return [...outerPlaces(places), inner].some(({ trashPath }) => existsSync(trashPath));
}

/** Whether the folder of that name at the top of a file system is a workspace: by what it holds, not by its name. */
export function isInnerWorkspace(top: Folder, marker: string | null): boolean {
  return marker !== null && ownerOf(top) === marker;
}

/** @param top the root, or the top of a nested file system; `topPath` is its absolute path */
export function openInside(top: Folder, marker: string | null, topPath: string): Workspace {
  const action = 'stage files for';
  if (marker === null) throw failure('rootSuspended', action, '', 'the sync folder is not marked');
  try {
    const folder = top.base + innerWorkspaceName;
    if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) mkdirSync(folder, 0o700);
    // Nothing in it, or a torn note: an earlier process came no further.
    const inside = readdirSync(folder);
    const owner = ownerOf(top);
    const isUnfinished =
      owner === null ? inside.length === 0 : inside.length === 1 && marker.startsWith(owner);
    if (isUnfinished) writeFileSync(`${folder}/owner`, marker, { mode: 0o600 });
    else if (owner !== marker)
      throw failure(
        'diskDenied',
        action,
        innerWorkspaceName,
        'the name is reserved and something else holds it; rename it',
      );
    return openParts(folder, `${folder}/trash`, join(topPath, innerWorkspaceName, 'trash'));
  } catch (error) {
    throw asFailure(action, innerWorkspaceName, error);
  }
}

function ownerOf(top: Folder): string | null {
  try {
    const file = `${top.base}${innerWorkspaceName}/owner`;
    const stats = lstatSync(file, { bigint: true });
    return isFile(stats) && stats.size < 100n ? readFileSync(file, 'latin1') : null;
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return null;
  }
}

function tryOpen(path: string, trashPath: string): Workspace | null {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
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
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const fd = openSync(path, openFolder);
    const stats = fstatSync(fd, { bigint: true });
    const folder = { fd, base: `${viaDescriptor(fd)}/`, dev: stats.dev, ino: stats.ino };
    open.push(folder);
    if ((stats.mode & 0o077n) !== 0n) fchmodSync(fd, 0o700);
    return folder;
  };
  const close = (): void => {
    for (const folder of open.splice(0)) closeSync(folder.fd);
  };
  try {
    part(at);
    return {
      trashPath,
      trashPrefix: '',
      staging: part(`${at}/incoming`),
      hold: part(`${at}/hold`),
      trash: part(trashAt),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Asked before anything is created there, by a rename of nothing: EXDEV comes before ENOENT. */
function isElsewhere(root: Folder, path: string, random: Random): boolean {
  let above = path;
  while (lstatSync(above, { throwIfNoEntry: false }) === undefined) above = dirname(above);
  return !canRenameNothing(join(above, trialName(random)), root);
}

/**
 * Found out without leaving a trace in the watched tree, should the process end in the middle: the marker gets a second
 * name in the workspace. Where hard links do not exist, the rename of nothing has to do.
 */
function canRenameInto(root: Folder, workspace: Workspace, random: Random): boolean {
  const trial = workspace.staging.base + trialName(random);
  try {
    linkSync(root.base + markerName, trial);
    unlinkSync(trial);
    return true;
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return errnoOf(error) === 'EXDEV' ? false : canRenameNothing(trial, root);
  }
}

function canRenameNothing(from: string, root: Folder): boolean {
  try {
    renameSync(from, `${root.base}${markerName}.trial`);
    return true;
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return errnoOf(error) !== 'EXDEV';
  }
}

const trialName = (random: Random): string => `trial-${Buffer.from(random.bytes(8)).toString('hex')}`;
