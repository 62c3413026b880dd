/**
 * Takes out of the trash what has to go: the one place where content of the user goes for good. Only what has the form that
 * `trashPlace` gives it is touched, through descriptors of folders that are no links, one file at a time, and nothing that came
 * after the look; whatever else is there stays. What goes is recorded first. A process that ends in the middle leaves a trash
 * that looks younger than it is.
 */
import { closeSync, fstatSync, lstatSync, readdirSync, rmdirSync, statfsSync, unlinkSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { AbortSignalLike, PrunedFile } from '@tidemark/contracts';
import { errnoOf } from '../errno.ts';
import { isFile } from '../identity.ts';
import { viaDescriptor } from '../open-flags.ts';
import type { OpenFolder } from '../workspace.ts';
import { readAges, writeAges } from './age-record.ts';
import { look, overdueDays } from './ages.ts';
import { type Chosen, choose, type TrashEntry } from './choose.ts';
import { pathKey } from './path-key.ts';
import { daysOf, entriesOf, type FoundEntry, isOurFolder, markOf, openIfFolder } from './trash-days.ts';

export interface PruneOptions {
  /** How long files can be brought back, in milliseconds. */
  readonly keepMs: number;
  /** For all that stays, with 8 KiB for each file beside its content. */
  readonly sizeMax: number;
  /** Bytes that the file system should have free; 0: it is not asked. */
  readonly freeBytes: number;
  /** Bytes that a download needs beside these; 0: none waits for space. */
  readonly wantedBytes: number;
  /** Paths, relative to the sync folder, of operations that are under way: what was put away for them stays. Asked before each step. */
  underWay(): readonly string[];
  /** Makes known what goes next, before it goes. Nothing goes when it throws. */
  record(files: readonly PrunedFile[]): Promise<void>;
  /** So many files are recorded and removed at a time. */
  readonly stepSize: number;
  readonly signal?: AbortSignalLike;
}

export interface Pruned {
  /** Files that are gone for good. */
  readonly files: number;
  /** What their ends freed. */
  readonly sizeBytes: number;
  /** Files that are still there. */
  readonly left: number;
  /** Why some that should be gone are still there, by system error; null when nothing was in the way. */
  readonly obstacle: string | null;
}

/** What one disk knows of its trash from one look to the next. */
export interface PruneMemory {
  readonly now: () => number;
  /** By their paths: what could not be removed. It is not tried again. */
  readonly stuck: Set<string>;
}

interface Progress {
  files: number;
  sizeBytes: number;
  obstacle: string | null;
}

/** Throws system errors when the trash itself cannot be read or written. */
export async function pruneTrash(
  trash: OpenFolder,
  options: PruneOptions,
  { now: clock, stuck }: PruneMemory,
): Promise<Pruned> {
  const { keepMs, sizeMax, stepSize, signal } = options;
  const progress: Progress = { files: 0, sizeBytes: 0, obstacle: null };
  const now = clock();
  const before = readAges(trash);
  const days = daysOf(trash);
  if (days.size === 0 && before === null) return { ...progress, left: 0 };
  const marks = new Map([...days].map(([day, { mark }]) => [day, mark]));
  let ages = look(before, now, marks, keepMs);
  // Before anything goes: a later look that finds a day with another mark counts it from the beginning.
  const isKnown = isWritten(trash, ages);
  const overdue = new Set(isKnown ? overdueDays(ages, keepMs) : []);
  const entries = await entriesOf(trash, days, signal);
  const sparedKeys = (): ReadonlySet<string | null> => new Set(options.underWay().map(pathKey));
  let spared = sparedKeys();
  const isSpared = (entry: TrashEntry): boolean => spared.has(entry.pathKey) || stuck.has(entry.trash);
  const chosen = choose(entries, {
    // The change time cannot be set: it is when the file came here, or when a program that had it open still wrote to it.
    isOverdue: ({ trash: path, at }) => overdue.has(path.slice(0, path.indexOf('/'))) && at + keepMs <= now,
    sizeMax,
    missingBytes: options.freeBytes === 0 ? 0 : options.freeBytes - freeBytesOf(trash),
    wantedBytes: options.wantedBytes,
    isSpared,
  });
  const isAborted = (): boolean => signal?.aborted === true;
  for (let start = 0; start < chosen.length && !isAborted(); start += stepSize) {
    spared = sparedKeys();
    const step = chosen.slice(start, start + stepSize).filter(({ entry }) => !isSpared(entry));
    const files = step.filter(({ entry }) => entry.name !== null).map(recorded);
    if (files.length > 0) await options.record(files);
    for (const [day, ofDay] of groupedByDay(step)) {
      if (isAborted()) break;
      const known = ages.days[day];
      const mark = await removeFrom(trash, day, known?.mark ?? '', ofDay, { stuck, progress });
      const { [day]: _pruned, ...others } = ages.days;
      ages = {
        ...ages,
        days: mark === null || known === undefined ? others : { ...others, [day]: { ...known, mark } },
      };
    }
    if (isKnown) isWritten(trash, ages);
    if (progress.obstacle !== null) break;
  }
  return { ...progress, left: entries.length - progress.files };
}

const recorded = ({ entry, why }: Chosen<FoundEntry>): PrunedFile => ({
  ...{ trash: entry.trash, sizeBytes: entry.sizeBytes, pathKey: entry.pathKey, why },
});

/** False on a full disk: then nothing counts as overdue, and what goes for space goes all the same. */
function isWritten(trash: OpenFolder, ages: Parameters<typeof writeAges>[1]): boolean {
  try {
    writeAges(trash, ages);
    return true;
  } catch (error) {
    if (!['ENOSPC', 'EDQUOT'].includes(errnoOf(error) ?? '')) throw error;
    return false;
  }
}

export function freeBytesOf({ base }: Pick<OpenFolder, 'base'>): number {
  const { bavail, bsize } = statfsSync(base, { bigint: true });
  return Number(bavail * bsize);
}

function groupedByDay(step: readonly Chosen<FoundEntry>[]): Map<string, Chosen<FoundEntry>[]> {
  const days = new Map<string, Chosen<FoundEntry>[]>();
  for (const one of step) {
    const ofDay = days.get(one.entry.day);
    if (ofDay === undefined) days.set(one.entry.day, [one]);
    else ofDay.push(one);
  }
  return days;
}

interface Removing {
  readonly stuck: Set<string>;
  readonly progress: Progress;
}

/** @returns the mark of what is left, null when nothing is left, or when something came in meanwhile */
async function removeFrom(
  trash: OpenFolder,
  day: string,
  mark: string,
  chosen: readonly Chosen<FoundEntry>[],
  { stuck, progress }: Removing,
): Promise<string | null> {
  const fd = openIfFolder(trash.base + day);
  if (fd === null) return null;
  try {
    const base = `${viaDescriptor(fd)}/`;
    const names = new Set(readdirSync(base));
    // What was listed is what the mark stands for; what comes from here on is not on the list.
    const isAsSeen = markOf(fstatSync(fd, { bigint: true })) === mark;
    let removed = 0;
    for (const { entry, why } of chosen) {
      if (++removed % sliceSize === 0) await setImmediate();
      // The time that was seen to pass is that of the folder as it was.
      if (why === 'overdue' && !isAsSeen) continue;
      try {
        if (await removeEntry(trash, base, entry, progress)) names.delete(entry.operation);
      } catch (error) {
        if (errnoOf(error) === null) throw error;
        stuck.add(entry.trash);
        progress.obstacle ??= errnoOf(error);
      }
    }
    const left = readdirSync(base);
    if (left.length === 0) rmdirSync(trash.base + day);
    const isAsLeft = left.length === names.size && left.every((name) => names.has(name));
    return isAsSeen && isAsLeft && left.length > 0 ? markOf(fstatSync(fd, { bigint: true })) : null;
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    progress.obstacle ??= errnoOf(error);
    return null;
  } finally {
    closeSync(fd);
  }
}

const largeBytes = 1n << 20n;
/** On a busy disk each of them may take milliseconds. */
const sliceSize = 10;

/** @returns whether the folder of the operation is gone */
async function removeEntry(
  trash: OpenFolder,
  dayBase: string,
  { operation, name, at }: FoundEntry,
  progress: Progress,
): Promise<boolean> {
  const fd = openIfFolder(dayBase + operation);
  if (fd === null) return false;
  try {
    const base = `${viaDescriptor(fd)}/`;
    if (!isOurFolder(fstatSync(fd, { bigint: true }), trash)) return false;
    const names = readdirSync(base);
    if (names.length !== (name === null ? 0 : 1)) return false;
    if (name !== null) {
      const stats = lstatSync(base + name, { bigint: true, throwIfNoEntry: false });
      // Another change time: a program that has it open still writes to it.
      if (stats === undefined || !isFile(stats) || Number(stats.ctimeMs) !== at) return false;
      // To end a large file may take long; for the others a thread of their own would.
      if (stats.size > largeBytes) await unlink(base + name);
      else unlinkSync(base + name);
      progress.files += 1;
      if (stats.nlink === 1n) progress.sizeBytes += Number(stats.size);
    }
    rmdirSync(dayBase + operation);
    return true;
  } finally {
    closeSync(fd);
  }
}
