/** Reading one stable version of a file (I-6): the same file with the same size and times before and after. */
import { closeSync, fstatSync, openSync, read, readSync, type BigIntStats } from 'node:fs';
import { promisify } from 'node:util';
import type { AbortSignalLike } from '@tidemark/contracts';
import { createQuickXorHash } from '@tidemark/quickxor';
import { asFailure, failure } from './errno.ts';
import { pathIn } from './expected.ts';
import type { Folder } from './folders.ts';
import { isFile, sameFile } from './identity.ts';
import { stampOf } from './stamp.ts';
import { openToRead } from './open-flags.ts';

const readAsync = promisify(read);
/** Files up to this size are read in one go. */
const directBytes = 256 * 1024;
const chunkBytes = 1024 * 1024;

/**
 * Bytes of the version that `stats` tells of, from `offset` on. Chunks are reused after the next pull.
 * @throws Failure `changedMeanwhile` when it is no longer that version, before the first byte or after the last.
 */
export async function* bytesOf(
  folder: Folder,
  name: string,
  stats: BigIntStats,
  offset: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const action = 'read';
  const path = pathIn(folder, name);
  let fd: number | null = null;
  try {
    fd = openSync(folder.base + name, openToRead);
    check(action, path, fd, stats);
    const end = Number(stats.size);
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(end - offset, 0)));
    for (let at = offset; at < end;) {
      const wanted = Math.min(buffer.length, end - at);
      const count =
        wanted <= directBytes
          ? readSync(fd, buffer, 0, wanted, at)
          : (await readAsync(fd, buffer, 0, wanted, at)).bytesRead;
      if (count === 0) throw failure('changedMeanwhile', action, path, 'it became shorter');
      at += count;
      yield buffer.subarray(0, count);
    }
    check(action, path, fd, stats);
  } catch (error) {
    throw asFailure(action, path, error);
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/** QuickXorHash of that version, base64. */
export async function hashOfFile(
  folder: Folder,
  name: string,
  stats: BigIntStats,
  signal?: AbortSignalLike,
): Promise<string> {
  const hash = createQuickXorHash();
  for await (const chunk of bytesOf(folder, name, stats, 0)) {
    if (signal?.aborted === true)
      throw failure('changedMeanwhile', 'read', pathIn(folder, name), 'it was asked to stop');
    hash.update(chunk);
  }
  return hash.digest();
}

/** QuickXorHash of what an open file holds now, base64. @throws a system error */
export async function hashOfOpen(fd: number): Promise<string> {
  const hash = createQuickXorHash();
  const buffer = Buffer.allocUnsafe(chunkBytes);
  for (let at = 0; ;) {
    const { bytesRead } = await readAsync(fd, buffer, 0, buffer.length, at);
    if (bytesRead === 0) return hash.digest();
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

function check(action: string, path: string, fd: number, stats: BigIntStats): void {
  const now = fstatSync(fd, { bigint: true });
  if (!isFile(now) || !sameFile(now, stats) || stampOf(now) !== stampOf(stats))
    throw failure('changedMeanwhile', action, path, 'it changed while it was read');
}
