/**
 * What is in the trash: the folders of its days, and the files in them that have the form that `trashPlace` gives them. Whatever
 * else is there, or is mounted there, is passed over.
 */
import { lstatSync, openSync, readdirSync, type BigIntStats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { AbortSignalLike } from '@tidemark/contracts';
import { errnoOf } from '../errno.ts';
import { isFile, isFolder } from '../identity.ts';
import { mountPointsBelow } from '../mount-points.ts';
import { openFolder } from '../open-flags.ts';
import type { OpenFolder } from '../workspace.ts';
import { isDay } from './ages.ts';
import type { TrashEntry } from './choose.ts';
import { isOfOnlyCopy, isOperation, keyOfOperation } from './path-key.ts';

export interface FoundEntry extends TrashEntry {
  readonly day: string;
  readonly operation: string;
  /** Null: an operation that ended in the middle left its folder. */
  readonly name: string | null;
}

export interface TrashDay {
  /** Changes with every name that is put into the folder or taken out of it. */
  readonly mark: string;
  readonly operations: readonly string[];
}

/** Without a pause: what comes later, into whichever day, is in none of them. Throws system errors. */
export function daysOf(trash: OpenFolder): Map<string, TrashDay> {
  const days = new Map<string, TrashDay>();
  for (const day of readdirSync(trash.base)) {
    const stats = isDay(day) ? ourFolder(trash.base + day, trash) : null;
    if (stats !== null)
      days.set(day, { mark: markOf(stats), operations: readdirSync(trash.base + day).filter(isOperation) });
  }
  return days;
}

/** Looked at in slices, so that everything else goes on. Ends early when the signal aborts. Throws system errors. */
export async function entriesOf(
  trash: OpenFolder,
  days: ReadonlyMap<string, TrashDay>,
  signal?: AbortSignalLike,
): Promise<FoundEntry[]> {
  const entries: FoundEntry[] = [];
  const mounts = mountPointsBelow(trash.base);
  let looked = 0;
  for (const [day, { operations }] of days)
    for (const operation of operations) {
      if (looked++ % sliceSize === 0) await setImmediate();
      if (signal?.aborted === true) return entries;
      const entry = entryIn(trash, day, operation);
      if (entry === null) continue;
      const { trash: path } = entry;
      if (![day, `${day}/${operation}`, path].some((place) => mounts.has(place))) entries.push(entry);
    }
  return entries;
}

const sliceSize = 200;

function entryIn(trash: OpenFolder, day: string, operation: string): FoundEntry | null {
  const folder = `${trash.base}${day}/${operation}`;
  const ours = ourFolder(folder, trash);
  const names = ours === null ? null : namesIn(folder);
  if (ours === null || names === null || names.length > 1) return null;
  const [name] = names;
  const at = Number(ours.ctimeMs);
  if (name === undefined)
    return {
      ...{ day, operation, at },
      ...{ name: null, trash: `${day}/${operation}`, pathKey: null, sizeBytes: 0, isOnlyCopy: false },
    };
  const stats = lstatSync(`${folder}/${name}`, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined || !isFile(stats)) return null;
  return {
    ...{ day, operation, name, trash: `${day}/${operation}/${name}`, pathKey: keyOfOperation(operation) },
    isOnlyCopy: isOfOnlyCopy(operation) || isWrittenSince(stats, ours),
    sizeBytes: sizeOf(stats),
    at: Number(stats.ctimeMs),
  };
}

/**
 * A program had it open when it came here, and went on writing: nothing else has these bytes. Its change time tells of more than
 * writing, and its modification time can be set to anything; only both together tell.
 */
const isWrittenSince = (file: BigIntStats, folder: BigIntStats): boolean =>
  file.ctimeMs > folder.mtimeMs + tickMs && file.mtimeMs > folder.mtimeMs + tickMs;

/** More than the ticks of any file system. */
const tickMs = 2000n;

/** What the end of this name frees. */
export const sizeOf = ({ nlink, size }: BigIntStats): number => (nlink === 1n ? Number(size) : 0);

/** The stats of a folder of our own making, on the file system of the trash; null when it is no such folder. */
function ourFolder(path: string, trash: OpenFolder): BigIntStats | null {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats !== undefined && isOurFolder(stats, trash) ? stats : null;
}

export const isOurFolder = (stats: BigIntStats, trash: OpenFolder): boolean =>
  isFolder(stats) && stats.dev === trash.dev && stats.uid === BigInt(process.geteuid?.() ?? -1);

export const markOf = (stats: BigIntStats): string =>
  `${stats.ino.toString(36)}.${stats.mtimeNs.toString(36)}`;

/** Null when it is gone by now. */
function namesIn(folder: string): string[] | null {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

export function openIfFolder(path: string): number | null {
  try {
    return openSync(path, openFolder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) return null;
    throw error;
  }
}
