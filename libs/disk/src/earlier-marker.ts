/**
 * The file that marked the sync folder in earlier versions. It is recognised once and removed: it counts only while it is the
 * file it was written into, told by its birth time, since a copied folder is another root.
 */
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, unlinkSync } from 'node:fs';
import { asFailure, errnoOf } from './errno.ts';
import { isFile } from './identity.ts';
import { openToRead } from './open-flags.ts';
import type { Folder } from './folders.ts';
import { earlierMarkerName } from './path-names.ts';

export interface EarlierMarker {
  readonly ino: bigint;
  /** Null when it was copied along or is torn. */
  readonly marker: string | null;
}

const firstLine = 'Tidemark marks its sync folder with this file. Do not remove or copy it.';

/** Null when there is none, or when something else holds its name. @throws Failure */
export function findEarlierMarker(root: Folder): EarlierMarker | null {
  let fd: number;
  try {
    fd = openSync(root.base + earlierMarkerName, openToRead);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ELOOP') return null;
    throw asFailure('read', earlierMarkerName, error);
  }
  try {
    const stats = fstatSync(fd, { bigint: true });
    if (!isFile(stats) || stats.size > 1024n) return null;
    const text = readFileSync(fd, 'latin1');
    if (!text.startsWith(firstLine) && !firstLine.startsWith(text)) return null;
    const parts = /^([0-9a-f]{32}) (\d+)\n$/.exec(text.slice(firstLine.length + 1));
    const marker = parts?.[1] !== undefined && parts[2] === `${stats.birthtimeNs}` ? parts[1] : null;
    return { ino: stats.ino, marker };
  } finally {
    closeSync(fd);
  }
}

/** @throws Failure */
export function removeEarlierMarker(root: Folder): void {
  if (findEarlierMarker(root) === null) return;
  try {
    unlinkSync(root.base + earlierMarkerName);
    fsyncSync(root.fd);
  } catch (error) {
    // Who may not write here has the file for as long as that lasts; it is never listed.
    if (!['EROFS', 'EACCES', 'EPERM', 'ENOENT'].includes(errnoOf(error) ?? ''))
      throw asFailure('remove', earlierMarkerName, error);
  }
}
