/** Absolute paths without symbolic links. */
import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from './errno.ts';

/** Without links, as far as it exists. */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return path === '/' ? path : join(realPath(dirname(path)), basename(path));
  }
}

/** Of two paths without links: whether the one is the other, or lies below it. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
