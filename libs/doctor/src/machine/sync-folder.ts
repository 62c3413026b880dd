/** The sync folder and its file system, looked at without leaving anything behind, not even for a moment. */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  futimesSync,
  openSync,
  readdirSync,
  statfsSync,
  statSync,
  writeSync,
  accessSync,
} from 'node:fs';
import { join } from 'node:path';
import { judgementOf, type Finding } from '../finding.ts';

export interface SyncFolder {
  readonly path: string;
  /** `space_reservation`. */
  readonly reservedBytes: number;
  /** Whether it is the folder that was synced before; `new`: nothing was. */
  readonly known: 'new' | 'same' | 'copy' | 'other';
}

export function checkSyncFolder(folder: SyncFolder): readonly Finding[] {
  const { ok, warning, failed } = judgementOf('sync_dir');
  const { path } = folder;
  if (!existsSync(path))
    return [failed(`${path} does not exist`, 'Mount it, or run tidemark sync to have it made')];
  if (!statSync(path).isDirectory())
    return [failed(`${path} is no folder`, 'Set sync_dir in config to a folder')];
  const standing = {
    new: ok(`${path} is there; nothing has been synced with it yet`),
    same: ok(`${path} is the folder that was synced before`),
    copy: warning(
      `${path} is a copy of the folder that was synced before`,
      'The next run takes it over and compares both sides by content; nothing to do if that is meant',
    ),
    other: failed(
      `${path} is another folder than the one that was synced before`,
      'Mount or restore the right one; if this one is meant, run with --resync',
    ),
  }[folder.known];
  return [standing, space(folder), ...writing(path), letterCase(path)];
}

function space({ path, reservedBytes }: SyncFolder): Finding {
  const { ok, warning, failed } = judgementOf('space');
  const { bavail, bsize, files, ffree } = statfsSync(path);
  const free = bavail * bsize;
  const remedy = 'Free space in the file system of the sync folder; see space_reservation';
  if (files > 0 && ffree === 0)
    return failed('The file system takes no further files (no inodes left)', remedy);
  if (free <= reservedBytes)
    return failed(
      `${sizeText(free)} free, of which ${sizeText(reservedBytes)} are to be kept free: nothing is downloaded`,
      remedy,
    );
  if (free <= 4 * reservedBytes)
    return warning(`${sizeText(free)} free, of which ${sizeText(reservedBytes)} are to be kept free`, remedy);
  return ok(`${sizeText(free)} free`);
}

/** A file without a name is a file all the same, and no program that watches the folder sees it. */
const nameless = 0o20000000 | constants.O_DIRECTORY;
/** Has nanoseconds that coarser file systems lose. */
const testTimeSeconds = 1_600_000_000.123456;

function writing(path: string): readonly Finding[] {
  const { ok, failed, couldNotTry } = judgementOf('writing');
  const times = judgementOf('time_resolution');
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR | nameless, 0o600);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EROFS') return [failed(`${path} is read-only`, 'Remount it writable')];
    if (code === 'EACCES' || code === 'EPERM')
      return [failed(`${path} cannot be written to by this user`, `Check owner and mode: ls -ld ${path}`)];
    if (code !== 'EOPNOTSUPP' && code !== 'EISDIR' && code !== 'ENOENT') throw error;
    return [
      writableByMode(path),
      times.couldNotTry('This file system has no files without a name to try it with'),
    ];
  }
  try {
    writeSync(fd, 'tidemark');
    futimesSync(fd, testTimeSeconds, testTimeSeconds);
    return [ok('Files can be written'), resolution(fstatSync(fd, { bigint: true }).mtimeNs)];
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (why === '') throw error;
    return [
      failed(`Cannot write a file there: ${why}`, 'Check the disk and its quota'),
      couldNotTry('Times of files were not tried'),
    ];
  } finally {
    closeSync(fd);
  }
}

function writableByMode(path: string): Finding {
  const { ok, failed } = judgementOf('writing');
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return ok('Files can be written, by the mode of the folder');
  } catch {
    return failed(`${path} cannot be written to by this user`, `Check owner and mode: ls -ld ${path}`);
  }
}

/** The service keeps whole seconds, and milliseconds at best. */
function resolution(mtimeNs: bigint): Finding {
  const { ok, warning } = judgementOf('time_resolution');
  const rest = mtimeNs % 1_000_000_000n;
  if (rest !== 0n) return ok('Times of files are finer than a second');
  return mtimeNs % 2_000_000_000n === 0n
    ? warning(
        'Times of files are whole seconds or coarser: edits within one may be told by size alone',
        'Use a file system of Linux (ext4, btrfs, xfs) for the sync folder',
      )
    : ok('Times of files are whole seconds');
}

function letterCase(path: string): Finding {
  const { ok, warning, couldNotTry } = judgementOf('letter_case');
  const known = readdirSync(path).find((name) => swapped(name) !== name);
  if (known === undefined) return couldNotTry('There is no name in the folder yet to try it with');
  const other = join(path, swapped(known));
  // A name that differs in case only and leads to the same file.
  const isSame = existsSync(other) && statSync(other).ino === statSync(join(path, known)).ino;
  return isSame
    ? warning(
        'The file system does not tell upper from lower case: names that differ in case only cannot both be there',
        'OneDrive does not either; nothing to do unless other programs need it',
      )
    : ok('The file system tells upper from lower case; OneDrive does not, so such pairs are reported');
}

const swapped = (name: string): string =>
  name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();

function sizeText(bytes: number): string {
  const [unit, size] = (
    [
      ['GiB', 2 ** 30],
      ['MiB', 2 ** 20],
    ] as const
  ).find(([, each]) => bytes >= each) ?? ['KiB', 2 ** 10];
  return `${(bytes / size).toFixed(1)} ${unit}`;
}
