/** Holding a file or folder open by reference and comparing it with what was expected. */
import { closeSync, fstatSync, openSync, type BigIntStats } from 'node:fs';
import type { ExpectedLocal } from '@tidemark/contracts';
import { asFailure, failure } from './errno.ts';
import { type Folder, mountOf, notSyncable } from './folders.ts';
import { identityOf, isFile, isFolder, type Place, stampOf } from './identity.ts';
import { openReference } from './open-flags.ts';

export interface Held {
  readonly fd: number;
  readonly stats: BigIntStats;
  readonly place: Place;
}

/** Runs `work` while the file is held open. @throws Failure `localGone`, `changedMeanwhile` */
export async function withExpected<Result>(
  action: string,
  folder: Folder,
  name: string,
  expected: ExpectedLocal,
  work: (held: Held) => Promise<Result> | Result,
): Promise<Result> {
  const path = pathIn(folder, name);
  let fd: number;
  try {
    fd = openSync(folder.base + name, openReference);
  } catch (error) {
    throw asFailure(action, path, error);
  }
  try {
    const stats = fstatSync(fd, { bigint: true });
    const place = placeOf(folder, name, stats);
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
  if (identityOf(stats, place) !== expected.id)
    throw failure('changedMeanwhile', action, path, 'another file or folder has the name by now');
  if (stampOf(stats) !== expected.stamp)
    throw failure('changedMeanwhile', action, path, 'it changed meanwhile');
}

export function placeOf(folder: Folder, name: string, stats: BigIntStats): Place {
  // Only folders are mount points: overlay file systems give files device numbers of their own.
  const mount = isFolder(stats) ? mountOf(folder, stats, pathIn(folder, name)) : folder.mount;
  return { parentId: folder.id, name, mount };
}

export const pathIn = (folder: Folder, name: string): string =>
  folder.path === '' ? name : `${folder.path}/${name}`;
