/**
 * Files of the state folder in which what plugins make of content waits for the drive: mode 0600, one pair for each file that is being
 * uploaded. The note is written last, so a file without one is not complete. Nothing is flushed: the host proves the bytes of a file that it finds again.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { Failure, type Spool, type SpooledFile, type SpoolWriter } from '@tidemark/contracts';
import { asFailure, errnoOf } from '@tidemark/disk';
import { makeFolders } from '@tidemark/folders';

export interface ContentSpoolOptions {
  /** Absolute path; made when it is first needed. */
  readonly folder: string;
  /** Left free in its file system. */
  readonly reservedBytes: number;
}

/** More than are ever uploaded at once; beyond that what was left by interrupted uploads goes, the oldest first. */
const keptMax = 64;
/** Upload sessions of the service do not live longer. */
const keptMs = 7 * 24 * 3_600_000;
/** How often free space is asked for. */
const checkEveryBytes = 16 * 1024 * 1024;

export interface ContentSpool extends Spool {
  /** Nothing waits for another attempt: what an earlier process left goes. What is in use stays. Throws Failure. */
  clear(): Promise<void>;
}

export function createContentSpool(options: ContentSpoolOptions): ContentSpool {
  const { folder } = options;
  const pathOf = (key: string): string =>
    `${folder}/${createHash('sha256').update(key).digest('hex').slice(0, 40)}`;
  /** Of this process: they are in use. */
  const own = new Set<string>();
  let pruned: Promise<void> | null = null;
  const prunedOnce = (): Promise<void> =>
    (pruned ??= prune(folder, own).catch((error: unknown) => {
      pruned = null;
      throw error;
    }));

  return {
    clear: () =>
      attempt('clear', folder, async () => {
        for (const name of (await unlessMissing(readdir(folder))) ?? []) {
          const path = `${folder}/${name}`;
          if (!own.has(path.replace(/\.(?:note|new)$/, ''))) await rm(path, { force: true });
        }
      }),
    find: (key) =>
      attempt('read', key, async () => {
        const path = pathOf(key);
        const note = await unlessMissing(readFile(`${path}.note`, 'utf8'));
        const stats = note === null ? null : await unlessMissing(stat(path));
        if (note === null || stats === null) return null;
        own.add(path);
        return fileAt(path, stats.size, note);
      }),
    create: (key, label) =>
      attempt('keep', label, async () => {
        const path = pathOf(key);
        makeFolders(folder, 0o700);
        await prunedOnce();
        own.add(path);
        await rm(`${path}.note`, { force: true });
        return writerOf(path, await open(path, 'w', 0o600), label);
      }),
  };

  function fileAt(path: string, sizeBytes: number, note: string): SpooledFile {
    return {
      sizeBytes,
      note,
      open: (offset) => readFrom(path, offset, sizeBytes),
      async discard() {
        await remove(path);
        own.delete(path);
      },
    };
  }

  function writerOf(path: string, file: FileHandle, label: string): SpoolWriter {
    let writtenBytes = 0;
    let checkedBytes = -1;
    return {
      write: (chunk) =>
        attempt('keep', label, async () => {
          if (checkedBytes < 0 || writtenBytes - checkedBytes >= checkEveryBytes) {
            await assertSpace(options, label);
            checkedBytes = writtenBytes;
          }
          await file.writeFile(chunk);
          writtenBytes += chunk.byteLength;
        }),
      finish: (note) =>
        attempt('keep', label, async () => {
          await file.close();
          await writeFile(`${path}.new`, note, { mode: 0o600 });
          await rename(`${path}.new`, `${path}.note`);
          return fileAt(path, writtenBytes, note);
        }),
      async discard() {
        await file.close().catch(() => undefined);
        await remove(path);
        own.delete(path);
      },
    };
  }
}

async function* readFrom(path: string, offset: number, sizeBytes: number): AsyncIterable<Uint8Array> {
  if (offset >= sizeBytes) return;
  try {
    yield* createReadStream(path, { start: offset, highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw asFailure('read what a plugin made of', path, error);
  }
}

/** Throws Failure `diskFull`. */
async function assertSpace({ folder, reservedBytes }: ContentSpoolOptions, label: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= reservedBytes + checkEveryBytes) return;
  throw new Failure({
    code: 'diskFull',
    detail: `Cannot upload "${label}": what a plugin makes of it waits in "${folder}", where ${freeBytes} bytes are free, of which ${reservedBytes} are reserved`,
  });
}

/** What an earlier process left: what is not complete, what is old, and what is more than can be of use. */
async function prune(folder: string, own: ReadonlySet<string>): Promise<void> {
  const names = new Set(await readdir(folder));
  const complete: { readonly path: string; readonly mtimeMs: number }[] = [];
  for (const name of names) {
    if (name.endsWith('.note')) continue;
    const path = `${folder}/${name}`;
    if (own.has(path)) continue;
    if (!names.has(`${name}.note`)) await remove(path);
    else complete.push({ path, mtimeMs: (await stat(path)).mtimeMs });
  }
  for (const name of names)
    if (name.endsWith('.note') && !names.has(name.slice(0, -5)))
      await rm(`${folder}/${name}`, { force: true });
  const newest = complete.toSorted((one, other) => other.mtimeMs - one.mtimeMs);
  for (const [index, { path, mtimeMs }] of newest.entries())
    if (index >= keptMax || Date.now() - mtimeMs > keptMs) await remove(path);
}

/** The note first: bytes without one are none. What the disk keeps goes with the next start. */
async function remove(path: string): Promise<void> {
  for (const name of [`${path}.note`, path])
    await rm(name, { force: true }).catch((error: unknown) => {
      if (errnoOf(error) === null) throw error;
    });
}

/** Throws Failure when the disk refuses. */
async function attempt<Result>(what: string, label: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw asFailure(`${what} what a plugin made of`, label, error);
  }
}

async function unlessMissing<Result>(work: Promise<Result>): Promise<Result | null> {
  try {
    return await work;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
