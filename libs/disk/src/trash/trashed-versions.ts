/**
 * Versions of files that lost their names to us, found by the path that they had. Our trash tells the path by its key, that of the
 * desktop in its information. Only looks: the caller proves by the hash which version it takes.
 */
import { closeSync, fstatSync, lstatSync, openSync, read, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ByteSource, TrashedVersion } from '@tidemark/contracts';
import { errnoOf, failure } from '../errno.ts';
import { isFile } from '../identity.ts';
import { openToRead } from '../open-flags.ts';
import type { OpenFolder } from '../workspace.ts';
import { isDay } from './ages.ts';
import { isOperation, keyOfOperation, pathKey } from './path-key.ts';
import { daysOf } from './trash-days.ts';

const readAsync = promisify(read);
const chunkBytes = 1024 * 1024;
const infoMaxBytes = 16_384;
const infoSuffix = '.trashinfo';

type Found = [path: string, version: TrashedVersion];

/** @param prefix what a place in this trash starts with. Throws system errors */
export function* versionsInTrash(
  trash: OpenFolder,
  prefix: string,
  paths: readonly string[],
): Iterable<Found> {
  const byKey = new Map(paths.map((path) => [pathKey(path), path]));
  for (const [day, { operations }] of daysOf(trash))
    for (const operation of operations) {
      const path = byKey.get(keyOfOperation(operation) ?? '');
      if (path === undefined) continue;
      for (const name of namesIn(`${trash.base}${day}/${operation}`)) {
        const place = `${day}/${operation}/${name}`;
        const version = versionAt(trash.base + place, prefix + place);
        if (version !== null) yield [path, version];
      }
    }
}

/** @param root absolute path of the sync folder; `bin` that of the trash of the desktop. Throws system errors */
export function* versionsInBin(bin: string, root: string, paths: readonly string[]): Iterable<Found> {
  const wanted = new Set(paths);
  for (const info of namesIn(join(bin, 'info'))) {
    if (!info.endsWith(infoSuffix)) continue;
    const path = originalPath(join(bin, 'info', info), root);
    if (path === null || !wanted.has(path)) continue;
    const place = join(bin, 'files', info.slice(0, -infoSuffix.length));
    const version = versionAt(place, place);
    if (version !== null) yield [path, version];
  }
}

/** Absolute path of what `place` names, a place that one of the two above gave out. @throws Failure `localGone` */
export function fileOfPlace(trash: OpenFolder | null, bin: string | null, place: string): string {
  const parts = place.split('/');
  const [day, operation, name] = parts;
  if (trash !== null && parts.length === 3 && day !== undefined && operation !== undefined)
    if (isDay(day) && isOperation(operation) && name !== '..') return trash.base + place;
  if (bin !== null && dirname(place) === join(bin, 'files') && basename(place) !== '..') return place;
  throw failure('localGone', 'read from the trash', place, 'it is no place of this trash');
}

/** Bytes of a file of the trash, which no program writes to any more. Opened only while it is read. */
export function sourceOf(file: string): ByteSource {
  const stats = lstatSync(file);
  return {
    sizeBytes: stats.size,
    async *open(offset) {
      const fd = openSync(file, openToRead);
      try {
        const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(chunkBytes, stats.size - offset)));
        for (let at = offset; ;) {
          const { bytesRead } = await readAsync(fd, buffer, 0, buffer.length, at);
          if (bytesRead === 0) return;
          at += bytesRead;
          yield buffer.subarray(0, bytesRead);
        }
      } finally {
        closeSync(fd);
      }
    },
  };
}

function versionAt(file: string, trash: string): TrashedVersion | null {
  const stats = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined || !isFile(stats)) return null;
  const { size, mtimeNs, ctimeMs } = stats;
  return {
    trash,
    sizeBytes: Number(size),
    modifiedAt: Number(mtimeNs / 1_000_000_000n),
    at: Number(ctimeMs),
  };
}

function originalPath(info: string, root: string): string | null {
  try {
    const fd = openSync(info, openToRead);
    try {
      if (fstatSync(fd).size > infoMaxBytes) return null;
      const encoded = /^Path=(.*)$/m.exec(readFileSync(fd, 'utf8'))?.[1];
      const path = encoded === undefined ? '' : decodeURIComponent(encoded);
      return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    // Another program's, in a form of its own, or gone by now.
    if (error instanceof URIError || errnoOf(error) !== null) return null;
    throw error;
  }
}

/** Nothing when it is gone, or no folder. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return [];
    throw error;
  }
}
