/** One file on its way in: bytes, the hash of all of them, and how many are certainly there. */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  read,
  readFileSync,
  statfsSync,
  unlinkSync,
  write,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { createQuickXorHash, type QuickXorHash } from '@tidemark/quickxor';
import type { DiskContext } from './context.ts';
import type { DiskOptions } from './options.ts';
import { errnoOf, failure } from './errno.ts';
import type { Flush } from './flush.ts';
import { setMode, setTimes } from './file-times.ts';
import { isFile } from './identity.ts';
import { createOnly, openToFill } from './open-flags.ts';
import type { Workspace } from './workspace.ts';

const writeAsync = promisify(write);
const readAsync = promisify(read);

/** Smaller pieces are written at once: a trip to the thread pool takes longer than the copy. */
const directBytes = 256 * 1024;
/** After so many bytes a flush starts behind the writing. Twice as many may be lost to a power cut. */
const checkpointBytes = 32 * 1024 * 1024;
const chunkBytes = 1024 * 1024;

export interface Flushing {
  readonly options: DiskOptions;
  readonly flush: Flush;
  readonly refused: DiskContext['refused'];
  readonly wanted: DiskContext['wanted'];
}

/** At the end of the name of a copy that has no name in the tree yet: a crash leaves nothing in it that is needed. */
export const copySuffix = '.kept';

export interface StagedFile {
  /** Name in the workspace's `incoming`. */
  readonly name: string;
  readonly fd: number;
  readonly sizeBytes: number;
  readonly writtenBytes: number;
  write(chunk: Uint8Array): Promise<void> | void;
  restart(): Promise<void>;
  hash(): string;
  /** What was written. The chunks are used again after the next pull. */
  read(): AsyncIterable<Uint8Array>;
  /** The modification time that the file system made of the final one; null before the end. */
  readonly sealedNs: bigint | null;
  /** The bytes are durable and the file has its final mode and time. @param mode null: leave it */
  seal(modifiedAt: number, mode: number | null): Promise<void>;
  close(): void;
  /** It is not wanted any more. */
  remove(): void;
  /** It has its name: nothing of it is left here. */
  placed(): void;
}

/** Opens what an earlier attempt left under the name, or a new file. Throws system errors and Failure `diskFull`. */
export async function openStagedFile(
  workspace: Workspace,
  name: string,
  sizeBytes: number,
  label: string,
  promisedBytes: number,
  context: Flushing,
): Promise<StagedFile> {
  const { options } = context;
  const path = workspace.staging.base + name;
  const note = `${path}.flushed`;
  const mode = options.setPermissions ? 0o600 : 0o666;
  const fd = openAlone(path, mode);
  let open = true;
  let written = 0;
  let flushedBytes = 0;
  /** A flush of so many bytes has ended or is under way. */
  let askedBytes = 0;
  let flushing: Promise<void> | null = null;
  let flushFault: { readonly error: unknown } | null = null;
  /** Counts how often the file began anew: a flush from before says nothing about the bytes since. */
  let beginnings = 0;
  let sealedNs: bigint | null = null;
  let hash: QuickXorHash = createQuickXorHash();

  try {
    await readKept();
    checkSpace(promisedBytes);
  } catch (error) {
    closeSync(fd);
    throw error;
  }

  async function readKept(): Promise<void> {
    const kept = Number(fstatSync(fd, { bigint: true }).size);
    if (kept === 0) return;
    flushedBytes = notedBytes(note);
    askedBytes = flushedBytes;
    if (kept > sizeBytes) {
      reset();
      return;
    }
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, kept));
    while (written < kept) {
      const { bytesRead } = await readAsync(fd, buffer, 0, Math.min(buffer.length, kept - written), written);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      written += bytesRead;
    }
  }

  /** A download must leave the reserved space free. */
  function checkSpace(othersBytes: number): void {
    const space = statfsSync(workspace.staging.base, { bigint: true });
    const free = Number(space.bavail * space.bsize);
    // What a plugin makes of content may be larger than was thought.
    const needed = Math.max(0, sizeBytes - written);
    const isTooLittle = written !== sizeBytes && free < needed + othersBytes + options.reservedBytes;
    noteWanted(free, isTooLittle ? needed + othersBytes : 0);
    if (isTooLittle)
      throw failure(
        'diskFull',
        'stage',
        label,
        `${needed} bytes are needed and ${free} are free, of which ${options.reservedBytes} are reserved and ${othersBytes} belong to other downloads`,
      );
  }

  /** The trash makes room for the largest. */
  function noteWanted(free: number, missedBytes: number): void {
    const key = workspace.trashPrefix;
    const before = context.wanted.get(key) ?? 0;
    const open = free < before + options.reservedBytes ? before : 0;
    if (missedBytes > 0) context.wanted.set(key, Math.max(open, missedBytes));
    else if (open === 0) context.wanted.delete(key);
  }

  async function writeSlow(chunk: Uint8Array): Promise<void> {
    for (let done = 0; done < chunk.length;) {
      const { bytesWritten } = await writeAsync(fd, chunk, done, chunk.length - done, written);
      hash.update(chunk.subarray(done, done + bytesWritten));
      done += bytesWritten;
      written += bytesWritten;
    }
    if (written - askedBytes < checkpointBytes) return;
    // One flush at a time: a line that is faster than the disk waits here.
    await settleFlush();
    flushBehind();
    checkSpace(0);
  }

  /** The end of a large file is then not the first time that the disk hears of it. */
  function flushBehind(): void {
    const [flushesBytes, begun] = [written, beginnings];
    askedBytes = flushesBytes;
    const isStale = (): boolean => !open || begun !== beginnings;
    flushing = context.flush
      .file(fd)
      .then(() => {
        if (isStale()) return;
        writeFileSync(note, String(flushesBytes), { mode: 0o600 });
        flushedBytes = flushesBytes;
      })
      .catch((error: unknown) => {
        if (!isStale()) flushFault = { error };
      });
  }

  /** Waits for the flush behind the writing. After a failed one it is unknown what reached the disk (F05). */
  async function settleFlush(): Promise<void> {
    await flushing;
    flushing = null;
    if (flushFault === null) return;
    const { error } = flushFault;
    reset();
    throw error;
  }

  /** The next flush would not tell what a failed one lost, so everything begins anew. */
  async function flush(): Promise<void> {
    await settleFlush();
    try {
      await context.flush.file(fd);
    } catch (error) {
      reset();
      throw error;
    }
  }

  function reset(): void {
    // The note first: it must never tell of bytes that were written anew.
    if (flushedBytes > 0) unlinkIfThere(note);
    ftruncateSync(fd, 0);
    written = 0;
    flushedBytes = 0;
    askedBytes = 0;
    flushFault = null;
    beginnings += 1;
    hash = createQuickXorHash();
  }

  function close(): void {
    if (open) closeSync(fd);
    open = false;
  }

  return {
    name,
    fd,
    sizeBytes,
    get sealedNs() {
      return sealedNs;
    },
    get writtenBytes() {
      return written;
    },
    write(chunk) {
      if (!open) throw new Error('The staged file was closed, placed or opened again');
      if (chunk.length > directBytes || written + chunk.length - askedBytes >= checkpointBytes)
        return writeSlow(chunk);
      for (let done = 0; done < chunk.length;) {
        const count = writeSync(fd, chunk, done, chunk.length - done, written);
        hash.update(chunk.subarray(done, done + count));
        done += count;
        written += count;
      }
    },
    async restart() {
      reset();
    },
    // A copy of the state is not needed: nothing is written after the end.
    hash: () => hash.digest(),
    read: () => readStaged(fd, () => written),
    async seal(modifiedAt, mode) {
      if (mode !== null) context.refused(setMode(fd, mode));
      context.refused(setTimes(fd, null, modifiedAt));
      sealedNs = fstatSync(fd, { bigint: true }).mtimeNs;
      await flush();
    },
    close,
    remove() {
      close();
      unlinkIfThere(path);
      if (flushedBytes > 0) unlinkIfThere(note);
    },
    placed() {
      close();
      if (flushedBytes > 0) unlinkIfThere(note);
    },
  };
}

async function* readStaged(fd: number, writtenBytes: () => number): AsyncIterable<Uint8Array> {
  const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(chunkBytes, writtenBytes())));
  for (let at = 0; at < writtenBytes();) {
    const { bytesRead } = await readAsync(fd, buffer, 0, Math.min(buffer.length, writtenBytes() - at), at);
    if (bytesRead === 0) throw new Error('The staged file is shorter than what was written to it');
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** How many bytes an earlier attempt has flushed. A power cut may leave fewer digits of the note, or zeros: both tell of less. */
export function notedBytes(note: string): number {
  try {
    const text = readFileSync(note, 'latin1');
    return /^\d+$/.test(text) ? Number(text) : 0;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return 0;
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

/** A copy in the workspace of another file system, proved by its hash. The caller removes it when it was not placed. */
export async function carriedOver(
  file: StagedFile,
  workspace: Workspace,
  key: string,
  context: Flushing,
): Promise<StagedFile> {
  const copy = await openStagedFile(workspace, file.name, file.writtenBytes, key, 0, context);
  try {
    await copy.restart();
    const buffer = Buffer.allocUnsafe(chunkBytes);
    while (copy.writtenBytes < file.writtenBytes) {
      const { bytesRead } = await readAsync(file.fd, buffer, 0, buffer.length, copy.writtenBytes);
      if (bytesRead === 0) break;
      await copy.write(buffer.subarray(0, bytesRead));
    }
    if (copy.hash() !== file.hash()) throw failure('diskFault', 'copy', key, 'the copy has other bytes');
    return copy;
  } catch (error) {
    copy.remove();
    throw error;
  }
}

/** A crash between link and unlink leaves a second name of a file that is visible by now: that one is not written to. */
function openAlone(path: string, mode: number): number {
  const fd = openSync(path, openToFill, mode);
  const stats = fstatSync(fd, { bigint: true });
  if (isFile(stats) && stats.nlink === 1n) return fd;
  closeSync(fd);
  unlinkSync(path);
  return openSync(path, createOnly, mode);
}
