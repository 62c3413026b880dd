/**
 * The trash of the desktop, as freedesktop.org specifies it (Trash specification 1.0): `files/NAME` and
 * `info/NAME.trashinfo`, which says where it came from and when. A file comes into it whole or not at all, and nothing that
 * is there is replaced.
 */
import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { cutStem, Failure, type FailureCode, splitName } from '@tidemark/contracts';
import { makeFolders } from '@tidemark/folders';
import { createQuickXorHash } from '@tidemark/quickxor';
import { type DiskContext, uniqueName } from './context.ts';
import { giveBack, isStill } from './displaced.ts';
import { errnoOf, failure } from './errno.ts';
import { type OpenFile, pathIn } from './expected.ts';
import { setMode, setTimes } from './file-times.ts';
import type { Folder } from './folders.ts';
import { createOnly, openFolder, viaDescriptor } from './open-flags.ts';
import { escaped, quoted } from './quoted.ts';
import { renameFree } from './rename-free.ts';
import { bytesOf, hashOfOpen } from './stable-file.ts';

interface Part {
  readonly fd: number;
  readonly base: string;
  readonly dev: bigint;
  readonly ino: bigint;
}

interface Bin {
  /** Absolute path. */
  readonly path: string;
  readonly files: Part;
  readonly info: Part;
}

const action = 'delete';

/**
 * Moves the file that is held open into the bin at this absolute path.
 *
 * @returns the absolute path that it has there
 * @throws Failure; the file is where it was. `changedMeanwhile` when it is not the one that is held
 */
export async function recycle(
  context: DiskContext,
  path: string,
  folder: Folder,
  name: string,
  opened: OpenFile,
): Promise<string> {
  const original = pathIn(folder, name);
  const inBin = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      throw binFailure(original, path, error);
    }
  };
  const bin = inBin(() => openBin(context, path, original));
  try {
    const place = inBin(() => reserve(context, bin, name, original));
    try {
      await flushed(context, bin, place, inBin);
      if (!moved(context, bin, folder, name, opened, place))
        await copied(context, bin, folder, name, opened, place, inBin);
    } catch (error) {
      unlinkSync(infoFile(bin, place));
      throw error;
    }
    return join(path, 'files', place);
  } finally {
    closeSync(bin.files.fd);
    closeSync(bin.info.fd);
  }
}

function openBin({ options }: DiskContext, path: string, original: string): Bin {
  makeFolders(path, 0o700);
  // The settings were compared as text; links lead where they want.
  if (`${realpathSync(path)}/`.startsWith(`${realpathSync(options.root)}/`))
    throw failure('diskDenied', action, original, `the recycle bin ${quoted(path)} is in the sync folder`);
  const files = openPart(join(path, 'files'));
  try {
    return { path, files, info: openPart(join(path, 'info')) };
  } catch (error) {
    closeSync(files.fd);
    throw error;
  }
}

function openPart(path: string): Part {
  makeFolders(path, 0o700);
  const fd = openSync(path, openFolder);
  const { dev, ino } = fstatSync(fd, { bigint: true });
  return { fd, base: `${viaDescriptor(fd)}/`, dev, ino };
}

const infoFile = ({ info }: Bin, place: string): string => `${info.base}${place}.trashinfo`;

const placesMax = 10_000;
const countedFrom = 100;

/** The information comes first, and the program that makes it has the name. @returns the name in the bin */
function reserve({ options }: DiskContext, bin: Bin, name: string, original: string): string {
  const content = `[Trash Info]\nPath=${encodedPath(`${options.root}/${original}`)}\nDeletionDate=${localTime(options.clock.now())}\n`;
  let offset = 0;
  for (let number = 1; number <= placesMax; number++) {
    // So many files of one name would make each search longer than the one before.
    if (number === countedFrom) offset = readdirSync(bin.info.base).length;
    const place = placeName(name, number + offset);
    if (lstatSync(bin.files.base + place, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      writeFileSync(infoFile(bin, place), content, { mode: 0o600, flag: 'wx' });
      return place;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
  }
  throw failure('diskDenied', action, original, 'the recycle bin has too many files of that name');
}

/** `a.txt`, then `a.2.txt`, `a.3.txt` …; without an extension `a.2`. Shortened so that `.trashinfo` fits behind it. */
export function placeName(name: string, number: number): string {
  const { stem, suffix } = splitName(name);
  const behind = number === 1 ? suffix : `.${number}${suffix}`;
  return cutStem(stem, `${behind}.trashinfo`) + behind;
}

/** As in a URL, the separators left as they are. */
const encodedPath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** `2026-11-28T16:59:56`, in local time. */
function localTime(at: number): string {
  const time = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${date}T${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}

async function flushed(
  { flush }: DiskContext,
  bin: Bin,
  place: string,
  inBin: <Result>(work: () => Result) => Result,
): Promise<void> {
  const fd = inBin(() => openSync(infoFile(bin, place), 'r'));
  try {
    await flush.file(fd);
  } finally {
    closeSync(fd);
  }
}

/** @returns false when the bin is on another file system */
function moved(
  context: DiskContext,
  { files }: Bin,
  folder: Folder,
  name: string,
  opened: OpenFile,
  place: string,
): boolean {
  try {
    renameFree(context.renames, folder, name, files, place);
  } catch (error) {
    if (errnoOf(error) === 'EXDEV') return false;
    throw error;
  }
  if (isStill(files, place, opened.fd, opened.stats)) return true;
  giveBack(context, files, place, folder, name);
  throw changed(folder, name);
}

/** The original goes when the copy is whole, durable and read back, and only as the version that was copied. */
async function copied(
  context: DiskContext,
  bin: Bin,
  folder: Folder,
  name: string,
  opened: OpenFile,
  place: string,
  inBin: <Result>(work: () => Result) => Result,
): Promise<void> {
  const copy = bin.files.base + place;
  const fd = inBin(() => openSync(copy, createOnly, 0o600));
  try {
    const hash = createQuickXorHash();
    for await (const chunk of bytesOf(folder, name, opened.stats, 0)) {
      hash.update(chunk);
      inBin(() => writeAll(fd, chunk));
    }
    inBin(() => {
      setMode(fd, Number(opened.stats.mode & 0o777n));
      setTimes(fd, opened.stats, Number(opened.stats.mtimeMs) / 1000);
    });
    await context.flush.file(fd);
    const original = hash.digest();
    if ((await hashOfOpen(fd)) !== original)
      throw failure('diskFault', action, pathIn(folder, name), 'its copy in the recycle bin is not the same');
    await Promise.all([context.flush.folder(bin.files), context.flush.folder(bin.info)]);
    // Of what steps aside here a later start makes a file of our own trash.
    const { hold } = context.workspace(folder);
    const operation = uniqueName(context);
    renameSync(folder.base + name, hold.base + operation);
    if (!isStill(hold, operation, opened.fd, opened.stats)) {
      giveBack(context, hold, operation, folder, name);
      throw changed(folder, name);
    }
    unlinkSync(hold.base + operation);
  } catch (error) {
    unlinkSync(copy);
    throw error;
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
}

const changed = (folder: Folder, name: string): Failure =>
  failure('changedMeanwhile', action, pathIn(folder, name), 'it changed at the last moment');

/** What is wrong with the bin must not read as if it were wrong with the file. */
function binFailure(original: string, path: string, error: unknown): unknown {
  const errno = errnoOf(error);
  if (error instanceof Failure || errno === null || errno.startsWith('ERR_')) return error;
  const why = `the recycle bin "${escaped(path)}" cannot be used (${errno})`;
  const refused = failure(codes.get(errno) ?? 'diskDenied', action, original, why);
  refused.cause = error;
  return refused;
}

const codes: ReadonlyMap<string, FailureCode> = new Map(
  Object.entries<FailureCode>({
    ENOSPC: 'diskFull',
    EDQUOT: 'diskFull',
    EROFS: 'diskReadOnly',
    EIO: 'diskFault',
  }),
);
