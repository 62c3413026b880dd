/** Holding a file or folder open by reference and comparing it with what was expected. */
import { closeSync, fstatSync, openSync, type BigIntStats } from 'node:fs';
import { type ExpectedLocal, isSameInode, isYoungStamp, localId, settledStamp } from '@tidemark/contracts';
import { asFailure, errnoOf, failure } from './errno.ts';
import { mountOf } from './folder-below.ts';
import { type Folder, notSyncable } from './folders.ts';
import { folderStamp, identityOf, isFile, isFolder, type Place } from './identity.ts';
import { refuseReplaced } from './nested-mounts.ts';
import { stampOf } from './stamp.ts';
import { openReference } from './open-flags.ts';
import { pathBelow } from './path-names.ts';

export interface OpenFile {
  readonly fd: number;
  readonly stats: BigIntStats;
  readonly place: Place;
}

/**
 * What is about to be replaced, removed or given another time has to be known to the last byte, which a young stamp does not
 * say. @throws Failure `changedMeanwhile`
 */
export function refuseYoung(action: string, path: string, { stamp }: ExpectedLocal): void {
  if (isYoungStamp(stamp))
    throw failure(
      'changedMeanwhile',
      action,
      path,
      'it was written to a moment ago, and may have been again',
    );
}

/** Runs `work` while the file is held open. @throws Failure `localGone`, `changedMeanwhile` */
export async function withExpected<Result>(
  action: string,
  folder: Folder,
  name: string,
  expected: ExpectedLocal,
  work: (opened: OpenFile) => Promise<Result> | Result,
): Promise<Result> {
  const path = pathIn(folder, name);
  let fd: number;
  try {
    fd = openSync(folder.base + name, openReference);
  } catch (error) {
    // Some mount points go with what was mounted on them.
    if (errnoOf(error) === 'ENOENT') refuseReplaced(folder.mounts, action, path, expected.id, localId(''));
    throw asFailure(action, path, error);
  }
  try {
    const stats = fstatSync(fd, { bigint: true });
    const place = placeOf(folder, name, stats);
    refuseReplaced(folder.mounts, action, path, expected.id, identityOf(stats, place));
    compare(action, path, stats, place, expected);
    return await work({ fd, stats, place });
  } catch (error) {
    throw asFailure(action, path, error);
  } finally {
    closeSync(fd);
  }
}

/** @throws Failure `changedMeanwhile` */
export function compare(
  action: string,
  path: string,
  stats: BigIntStats,
  place: Place,
  expected: ExpectedLocal,
): void {
  if (!isFile(stats) && !isFolder(stats)) throw notSyncable(action, path);
  if (!isSameInode(identityOf(stats, place), expected.id))
    throw failure('changedMeanwhile', action, path, 'another file or folder has the name by now');
  const stamp = isFolder(stats) ? folderStamp(place) : stampOf(stats);
  if (stamp !== settledStamp(expected.stamp))
    throw failure('changedMeanwhile', action, path, 'it changed meanwhile');
}

export function placeOf(folder: Folder, name: string, stats: BigIntStats): Place {
  // Only folders are mount points: overlay file systems give files device numbers of their own.
  const mount = isFolder(stats) ? mountOf(folder, stats, pathIn(folder, name)) : folder.mount;
  return { parentId: folder.id, name: folder.seenAs?.name ?? name, mount };
}

export const pathIn = (folder: Folder, name: string): string =>
  pathBelow(folder.path, folder.seenAs?.name ?? name);
