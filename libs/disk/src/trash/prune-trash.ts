/**
 * Takes out of the trash what has been in it for long: the one place where content of the user goes for good. Only what has
 * the form that `trashPlace` gives it is touched, through descriptors of folders that are no links, one file at a time;
 * whatever else is there stays. A process that ends in the middle leaves a trash that looks younger than it is.
 */
import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
  type BigIntStats,
} from 'node:fs';
import { rmdir, unlink } from 'node:fs/promises';
import type { AbortSignalLike } from '@tidemark/contracts';
import { errnoOf } from '../errno.ts';
import { isFile, isFolder } from '../identity.ts';
import { openFolder, openToRead, viaDescriptor } from '../open-flags.ts';
import type { OpenFolder } from '../workspace.ts';
import { type Ages, agesIn, isDay, look, overdueDays } from './ages.ts';

export interface PruneOptions {
  /** How long files can be brought back, in milliseconds. */
  readonly keepMs: number;
  /** Not more than these in one go; the next one goes on. */
  readonly filesMax: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly signal?: AbortSignalLike;
}

export interface Pruned {
  /** Files that are gone for good, relative to the trash. */
  readonly paths: readonly string[];
  readonly sizeBytes: number;
  /** Why some that are overdue are still there, by system error; null when nothing was in the way. */
  readonly obstacle: string | null;
}

interface Progress {
  readonly paths: string[];
  sizeBytes: number;
  obstacle: string | null;
}

/** Throws system errors when the trash itself cannot be read or written. */
export async function pruneTrash(trash: OpenFolder, options: PruneOptions): Promise<Pruned> {
  const { keepMs, now } = options;
  const progress: Progress = { paths: [], sizeBytes: 0, obstacle: null };
  const before = readAges(trash);
  const marks = new Map<string, string>();
  for (const name of readdirSync(trash.base)) {
    if (!isDay(name)) continue;
    const stats = lstatSync(trash.base + name, { bigint: true, throwIfNoEntry: false });
    if (stats !== undefined && isOurFolder(stats, trash)) marks.set(name, markOf(stats));
  }
  if (marks.size === 0 && before === null) return progress;
  let ages = look(before, now, marks, keepMs);
  const overdue = overdueDays(ages, keepMs);
  // Before anything goes: a later look that finds a day with another mark counts it from the beginning.
  writeAges(trash, ages);
  for (const day of overdue) {
    if (isEnough(options, progress)) break;
    const mark = await pruneDay(trash, day, marks.get(day) ?? '', options, progress);
    const { [day]: pruned, ...others } = ages.days;
    const kept = mark === null || pruned === undefined ? {} : { [day]: { ...pruned, mark } };
    ages = { ...ages, days: { ...others, ...kept } };
  }
  if (overdue.length > 0) writeAges(trash, ages);
  return progress;
}

/** @returns the mark of what is left, null when nothing is left, or when something came in meanwhile */
async function pruneDay(
  trash: OpenFolder,
  day: string,
  mark: string,
  options: PruneOptions,
  progress: Progress,
): Promise<string | null> {
  const fd = openIfFolder(trash.base + day);
  if (fd === null) return null;
  try {
    const base = `${viaDescriptor(fd)}/`;
    const operations = new Set(readdirSync(base));
    // What was listed is what the mark stands for; what comes from here on is not on the list.
    if (markOf(fstatSync(fd, { bigint: true })) !== mark) return null;
    for (const operation of [...operations]) {
      if (isEnough(options, progress)) break;
      if (!/^[0-9a-f]{16}$/.test(operation)) continue;
      try {
        if (await pruneOperation(trash, base, `${day}/${operation}`, options, progress))
          operations.delete(operation);
      } catch (error) {
        if (errnoOf(error) === null) throw error;
        progress.obstacle ??= errnoOf(error);
      }
    }
    const left = readdirSync(base);
    if (left.length === 0) rmdirSync(trash.base + day);
    const isAsLeft = left.length === operations.size && left.every((name) => operations.has(name));
    return isAsLeft && left.length > 0 ? markOf(fstatSync(fd, { bigint: true })) : null;
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    progress.obstacle ??= errnoOf(error);
    return null;
  } finally {
    closeSync(fd);
  }
}

/** @returns whether the folder of the operation is gone */
async function pruneOperation(
  trash: OpenFolder,
  dayBase: string,
  path: string,
  { keepMs, now }: PruneOptions,
  progress: Progress,
): Promise<boolean> {
  const operation = path.slice(path.indexOf('/') + 1);
  const fd = openIfFolder(dayBase + operation);
  if (fd === null) return false;
  try {
    const base = `${viaDescriptor(fd)}/`;
    if (!isOurFolder(fstatSync(fd, { bigint: true }), trash)) return false;
    const [name, ...others] = readdirSync(base);
    if (others.length > 0) return false;
    if (name !== undefined) {
      const stats = lstatSync(base + name, { bigint: true, throwIfNoEntry: false });
      // The change time cannot be set: it is when the file came here, or when a program that had it open still wrote to it.
      if (stats === undefined || !isFile(stats) || Number(stats.ctimeMs) + keepMs > now) return false;
      await unlink(base + name);
      progress.paths.push(`${path}/${name}`);
      if (stats.nlink === 1n) progress.sizeBytes += Number(stats.size);
    }
    await rmdir(dayBase + operation);
    return true;
  } finally {
    closeSync(fd);
  }
}

const isEnough = ({ filesMax, signal }: PruneOptions, { paths }: Progress): boolean =>
  paths.length >= filesMax || signal?.aborted === true;

/** A folder of our own making, on the file system of the trash. */
const isOurFolder = (stats: BigIntStats, trash: OpenFolder): boolean =>
  isFolder(stats) && stats.dev === trash.dev && stats.uid === BigInt(process.geteuid?.() ?? -1);

/** Changes with every name that is put into the folder or taken out of it. */
const markOf = (stats: BigIntStats): string => `${stats.ino.toString(36)}.${stats.mtimeNs.toString(36)}`;

function openIfFolder(path: string): number | null {
  try {
    return openSync(path, openFolder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) return null;
    throw error;
  }
}

const agesFile = '.ages';
const agesMaxBytes = 1_000_000n;

function readAges(trash: OpenFolder): Ages | null {
  let fd: number;
  try {
    fd = openSync(trash.base + agesFile, openToRead);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const stats = fstatSync(fd, { bigint: true });
    return isFile(stats) && stats.size <= agesMaxBytes ? agesIn(readFileSync(fd, 'utf8')) : null;
  } finally {
    closeSync(fd);
  }
}

/** Not flushed: what a power cut leaves is older, or nothing, and makes the trash younger. */
function writeAges(trash: OpenFolder, ages: Ages): void {
  const file = trash.base + agesFile;
  if (Object.keys(ages.days).length === 0) return rmSync(file, { force: true });
  rmSync(`${file}.new`, { force: true });
  writeFileSync(`${file}.new`, JSON.stringify(ages), { mode: 0o600, flag: 'wx' });
  renameSync(`${file}.new`, file);
}
