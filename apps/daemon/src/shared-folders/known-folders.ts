/**
 * Which folders in the sync folder are shared ones, with a run and a log of their own. It is read by everything that looks at the sync
 * folder: without it what others share would be taken for new files of the user.
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DriveItemId, driveItemId, Failure, type ItemId } from '@tidemark/contracts';
import { asFailure, errnoOf, escaped } from '@tidemark/disk';
import type { State } from '@tidemark/engine';
import { makeFolders } from '@tidemark/folders';
import type { SharedFolder } from '@tidemark/graph';
import type { Profile } from '../profile.ts';

export interface KnownFolder {
  /** The item of the account's own drive that leads there. */
  readonly shortcut: DriveItemId;
  readonly target: SharedFolder;
  /** Where it lies, relative to the sync folder. */
  readonly path: string;
  /** Where its shortcut was shown when the two were brought together last. */
  readonly shownAt: string;
  /** Tells the folder wherever it is moved to (`folderKey`). */
  readonly folder: string;
  /** `left`: its shortcut is gone, or was taken over. The folder stays as it is, and nothing in it is synced. */
  readonly standing: 'synced' | 'left';
  /** Nothing was agreed since it came here: its first run compares by content. */
  readonly isNew: boolean;
  /** Its last run could not reach it: its owner may have ended the sharing. */
  readonly isAway?: true;
}

/** The folder of the single files that others share. No shortcut leads there, and nothing is uploaded from there. */
export type KnownFiles = Pick<KnownFolder, 'path' | 'folder' | 'isNew' | 'isAway'>;

/** What lies in the sync folder with a run and a log of its own. */
export type KnownPlace = KnownFolder | KnownFiles;

interface Known {
  readonly folders: readonly KnownFolder[];
  readonly files: KnownFiles | null;
}

type Place = Pick<Profile, 'locations'>;

const fileOf = ({ locations }: Place): string => join(locations.state, 'shared', 'folders.json');

/** Names the state of a shared folder; it outlives the shortcut. */
export const keyOfTarget = ({ driveId, itemId }: SharedFolder): string =>
  createHash('sha256').update(`${driveId} ${itemId}`).digest('hex').slice(0, 16);

export const keyOfPlace = (place: KnownPlace): string =>
  'target' in place ? keyOfTarget(place.target) : filesKey;

const filesKey = 'files';

/** Throws Failure, as the others that read. */
export const readKnownFolders = (profile: Place): readonly KnownFolder[] => readKnown(profile).folders;
export const readKnownFiles = (profile: Place): KnownFiles | null => readKnown(profile).files;
export function readKnownPlaces(profile: Place): readonly KnownPlace[] {
  const { folders, files } = readKnown(profile);
  return files === null ? folders : [...folders, files];
}

/** Throws Failure when what is noted cannot be read: then nothing may be synced at all. */
function readKnown(profile: Place): Known {
  const file = fileOf(profile);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return { folders: [], files: null };
    throw asFailure('read which folders are shared ones, in', file, error);
  }
  const known = parse(text);
  if (known !== null) return known;
  const detail = `Cannot read which folders are shared ones: "${escaped(file)}" is damaged. Restore it, or move the shared folders out of the sync folder and remove it`;
  throw new Failure({ code: 'diskFault', detail });
}

/** Whether there is anything to settle: a folder that is noted, or an item that may be a shortcut. Throws Failure. */
export function mayHaveShared(profile: Place, state: State): boolean {
  if (readKnownPlaces(profile).length > 0) return true;
  for (const item of state.trees.items.keys()) if (isOpaque(state, item)) return true;
  return false;
}

/** What the own plugins cannot look into, and what the drive does not explain as odd. */
export function isOpaque({ trees }: State, item: ItemId): boolean {
  const remote = trees.items.get(item)?.remote;
  return remote?.kind === 'opaque' && remote.oddity === undefined;
}

/** Durable when it returns. Throws Failure. */
export function writeKnownFolders(profile: Place, folders: readonly KnownFolder[]): void {
  write(profile, { ...readKnown(profile), folders });
}

/** Null: nothing is known of it any more. What is noted of the others meanwhile stays. As `writeKnownFolders`. */
export function noteFolder(profile: Place, key: string, folder: KnownFolder | null): void {
  const before = readKnownFolders(profile);
  const isIt = ({ target }: KnownFolder): boolean => keyOfTarget(target) === key;
  const isNoted = before.some(isIt);
  const after = before.flatMap((one) => (isIt(one) ? (folder ?? []) : one));
  writeKnownFolders(profile, isNoted || folder === null ? after : [...after, folder]);
}

/** As `writeKnownFolders`. */
export function writeKnownFiles(profile: Place, files: KnownFiles): void {
  write(profile, { ...readKnown(profile), files });
}

/** How the run of that place went: it has begun, or could not. As `writeKnownFolders`. */
export function noteReached(profile: Place, key: string, isReached: boolean): void {
  const { folders, files } = readKnown(profile);
  const noted = <Some extends KnownPlace>(place: Some): Some => {
    if (keyOfPlace(place) !== key) return place;
    const { isAway: _, ...rest } = place;
    return (isReached ? { ...rest, isNew: false } : { ...rest, isAway: true }) as Some;
  };
  write(profile, { folders: folders.map(noted), files: files === null ? null : noted(files) });
}

function write(profile: Place, { folders, files }: Known): void {
  const file = fileOf(profile);
  try {
    makeFolders(join(profile.locations.state, 'shared'), 0o700);
    const fd = openSync(`${file}.new`, 'w', 0o600);
    try {
      writeFileSync(
        fd,
        `${JSON.stringify({ version: 1, folders, ...(files !== null && { files }) }, null, 2)}\n`,
      );
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw asFailure('note which folders are shared ones, in', file, error);
  }
}

/** All that was agreed is forgotten, as by a resync: what is not here now was not removed by a user. Throws Failure. */
export function forgetAgreed(profile: Place): void {
  const { folders, files } = readKnown(profile);
  const anew = <Some extends KnownPlace>(place: Some): Some => ({ ...place, isNew: true });
  if (readKnownPlaces(profile).some(({ isNew }) => !isNew))
    write(profile, { folders: folders.map(anew), files: files === null ? null : anew(files) });
}

/** The keys of all shared folders, as of now. Throws Failure. */
export function keysApart(
  profile: Pick<Profile, 'locations' | 'sharedFolder' | 'rehearsedApart'>,
): () => ReadonlySet<string> {
  const { locations, sharedFolder, rehearsedApart = new Set() } = profile;
  const place = { locations: { ...locations, state: sharedFolder?.state ?? locations.state } };
  const file = fileOf(place);
  let seen = '';
  let keys: ReadonlySet<string> = new Set();
  return () => {
    const now = versionOf(file);
    if (now !== seen) keys = new Set(readKnownPlaces(place).map(({ folder }) => folder));
    seen = now;
    return rehearsedApart.size === 0 ? keys : new Set([...keys, ...rehearsedApart]);
  };
}

/** It is never written in place. */
function versionOf(file: string): string {
  try {
    const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? 'none' : `${stats.ino} ${stats.mtimeNs} ${stats.size}`;
  } catch (error) {
    throw asFailure('look at', file, error);
  }
}

function parse(text: string): Known | null {
  try {
    const json: unknown = JSON.parse(text);
    if (!isRecord(json) || json['version'] !== 1) return null;
    const list = json['folders'];
    if (!Array.isArray(list)) return null;
    const folders = (list as readonly unknown[]).map(folderIn);
    const files = json['files'] === undefined ? null : filesIn(json['files']);
    return folders.every((folder) => folder !== null) && files !== undefined ? { folders, files } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Undefined: it cannot be read. */
function filesIn(json: unknown): KnownFiles | undefined {
  if (!isRecord(json)) return undefined;
  const { path, folder, isNew, isAway } = json;
  if (typeof path !== 'string' || typeof folder !== 'string' || typeof isNew !== 'boolean') return undefined;
  return { path, folder, isNew, ...(isAway === true && { isAway }) };
}

function folderIn(json: unknown): KnownFolder | null {
  if (!isRecord(json) || !isRecord(json['target'])) return null;
  const { shortcut, path, shownAt, folder, standing, isNew, isAway, target } = json;
  const { driveId, itemId } = target as Readonly<Record<string, unknown>>;
  if (typeof shortcut !== 'string' || typeof path !== 'string' || typeof folder !== 'string') return null;
  if (typeof shownAt !== 'string') return null;
  if (typeof driveId !== 'string' || typeof itemId !== 'string' || typeof isNew !== 'boolean') return null;
  if (standing !== 'synced' && standing !== 'left') return null;
  return {
    shortcut: driveItemId(shortcut),
    target: { driveId, itemId },
    path,
    shownAt,
    folder,
    standing,
    isNew,
    ...(isAway === true && { isAway }),
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
