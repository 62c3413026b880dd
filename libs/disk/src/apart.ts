/** Folders in the sync folder that are synced on their own. */
import { type BigIntStats, lstatSync } from 'node:fs';
import { errnoOf } from './errno.ts';
import { isFolder, keyOfFolder } from './identity.ts';

/** Of the folder at an absolute path, to tell it by wherever it is moved to; null where no folder is, or none that can be looked at. */
export function folderKey(path: string): string | null {
  try {
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stats !== undefined && isFolder(stats) ? keyOfFolder(stats) : null;
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return null;
  }
}

export type IsApart = (stats: BigIntStats) => boolean;

export const createIsApart =
  (apart: (() => ReadonlySet<string>) | undefined): IsApart =>
  (stats) =>
    apart !== undefined && isFolder(stats) && apart().has(keyOfFolder(stats));

/** As if nothing was there. */
export const apartError = (): Error =>
  Object.assign(new Error('it is synced on its own'), { code: 'ENOENT' });
