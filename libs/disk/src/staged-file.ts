/** One file on its way in: bytes, the hash of all of them, and how many are certainly there. */
import { closeSync, fstatSync, ftruncateSync, openSync, read, unlinkSync, write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { createQuickXorHash, type QuickXorHash } from '@tidemark/quickxor';
import type { DiskContext } from './context.ts';
import type { DiskOptions } from './options.ts';
import { failure } from './errno.ts';
import { createDurableBytes, unlinkIfThere } from './durable-bytes.ts';
import type { Flush } from './flush.ts';
import { assertSpace } from './staging-space.ts';
import { setMode, setTimes } from './file-times.ts';
import { isFile } from './identity.ts';
import { createOnly, openToFill } from './open-flags.ts';
import type { Workspace } from './workspace.ts';

const writeAsync = promisify(write);
const readAsync = promisify(read);

/** Smaller pieces are written at once: a trip to the thread pool takes longer than the copy. */
const directBytes = 256 * 1024;
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
  let sealedNs: bigint | null = null;
  let hash: QuickXorHash = createQuickXorHash();
  const durable = createDurableBytes(fd, note, context.flush, reset);
  const checkSpace = (othersBytes: number): void =>
    assertSpace(workspace, context, { label, sizeBytes, writtenBytes: written, othersBytes });

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
    durable.recall();
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

  async function writeSlow(chunk: Uint8Array): Promise<void> {
    for (let done = 0; done < chunk.length;) {
      const { bytesWritten } = await writeAsync(fd, chunk, done, chunk.length - done, written);
      hash.update(chunk.subarray(done, done + bytesWritten));
      done += bytesWritten;
      written += bytesWritten;
    }
    if (!durable.isDue(written)) return;
    await durable.follow(written);
    checkSpace(0);
  }

  function reset(): void {
    // The note first: it must never tell of bytes that were written anew.
    durable.forget();
    ftruncateSync(fd, 0);
    written = 0;
    hash = createQuickXorHash();
  }

  function close(): void {
    if (open) closeSync(fd);
    open = false;
    durable.close();
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
      if (chunk.length > directBytes || durable.isDue(written + chunk.length)) return writeSlow(chunk);
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
      await durable.all();
    },
    close,
    remove() {
      close();
      unlinkIfThere(path);
      durable.removeNote();
    },
    placed() {
      close();
      durable.removeNote();
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
