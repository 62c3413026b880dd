/**
 * The log file: lines of text at the end of a file that others may rotate. Nothing that happens to it stops a run: lines that cannot
 * be written are counted and left out.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, writeSync } from 'node:fs';

export interface LogFile {
  readonly path: string;
  /** Never throws. Text of several lines becomes several lines of the file. */
  write(text: string): void;
  close(): void;
}

export interface LogFileOptions {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called when lines begin to be left out, once until one can be written again. */
  readonly onTrouble: (why: string) => void;
}

/** Why this is no place for a log file, in words for its reader. */
export class Unwritable extends Error {}

/** Throws Unwritable when the file cannot be opened, or is none that we should write to. */
export function openLogFile({ path, now, onTrouble }: LogFileOptions): LogFile {
  let file: OpenFile | null = openToAppend(path);
  let leftOut = 0;
  let isTorn = false;

  /** A program that rotates the log renames the file or makes another one of its name. */
  function current(): OpenFile {
    const there = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (file !== null && there?.ino === file.ino && there.dev === file.dev) return file;
    close();
    isTorn = false;
    file = openToAppend(path);
    return file;
  }

  function close(): void {
    const open = file;
    file = null;
    if (open !== null) closeSync(open.fd);
  }

  return {
    path,
    write(text) {
      const stamp = `[${timestamp(now())}] `;
      const lines = text.split('\n');
      const missing = leftOut === 0 ? '' : `${stamp}${leftOut} lines before this one could not be written\n`;
      const record = missing + lines.map((line) => `${stamp}${line}\n`).join('');
      try {
        const { fd } = current();
        const bytes = Buffer.from(isTorn ? `\n${record}` : record);
        // One write a record: lines of several processes do not mix.
        const written = writeSync(fd, bytes);
        if (written > 0) isTorn = written < bytes.length;
        if (written < bytes.length) throw new Unwritable('no space is left');
        leftOut = 0;
      } catch (error) {
        if (leftOut === 0) onTrouble(reasonOf(error));
        leftOut += lines.length;
      }
    },
    close() {
      try {
        close();
      } catch {
        // Everything was written by then, or was counted as left out.
      }
    },
  };
}

/**
 * Local time as `2026-Nov-28 16:59:56.1230000`, 28 characters, as in the log files of the peer.
 *
 * @param at milliseconds since 1970
 */
export function timestamp(at: number): string {
  const time = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${time.getFullYear()}-${months[time.getMonth()]}-${two(time.getDate())}`;
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
  return `${date} ${clock}.${String(time.getMilliseconds()).padStart(3, '0')}`.padEnd(28, '0');
}

export function reasonOf(error: unknown): string {
  if (error instanceof Unwritable) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons.get(code) ?? (code === '' ? String(error) : code);
}

interface OpenFile {
  readonly fd: number;
  readonly dev: bigint;
  readonly ino: bigint;
}

/**
 * The folder may be open to others. A link of theirs must not lead our lines into another file, and a FIFO must not hold us
 * up. A file that is there keeps its mode: who rotates decides it.
 */
function openToAppend(path: string): OpenFile {
  let fd: number;
  try {
    fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    throw new Unwritable(reasonOf(error), { cause: error });
  }
  const stats = fstatSync(fd, { bigint: true });
  const owner = Number(stats.uid);
  const refusal = !stats.isFile()
    ? 'it is not a regular file'
    : owner !== process.geteuid?.() && owner !== 0
      ? 'it belongs to another user'
      : stats.nlink > 1n
        ? 'it has other names as well'
        : null;
  if (refusal === null) return { fd, dev: stats.dev, ino: stats.ino };
  closeSync(fd);
  throw new Unwritable(refusal);
}

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const reasons: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOSPC: 'no space is left',
    // EDQUOT, which Node has no name for.
    'Unknown system error -122': 'the quota is used up',
    EISDIR: 'it is a directory',
    ENOENT: 'its directory does not exist',
    ENOTDIR: 'a part of the path is no directory',
    EEXIST: 'a part of the path is no directory',
    ELOOP: 'it is a symbolic link',
    ENXIO: 'it is not a regular file',
    EIO: 'the device reports an error',
  }),
);
