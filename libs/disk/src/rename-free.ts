/** Renaming without ever replacing what holds the new name. */
import { lstatSync, renameSync, unlinkSync } from 'node:fs';
import { errnoOf, failure } from './errno.ts';
import type { Renames } from './renames.ts';

/** How a file system says that it makes no links, or none to this file. */
export const linkRefusals: ReadonlySet<string> = new Set([
  'EPERM',
  'EOPNOTSUPP',
  'ENOTSUP',
  'ENOSYS',
  'EMLINK',
]);

export interface At {
  readonly fd: number;
  readonly base: string;
}

/**
 * @throws a system error: EEXIST when the name is taken; Failure `diskDenied` where nothing but a replacing rename exists.
 */
export function renameFree(renames: Renames, from: At, name: string, to: At, toName: string): void {
  if (renames.renameFree({ fd: from.fd, name }, { fd: to.fd, name: toName })) return;
  const stats = lstatSync(from.base + name);
  if (stats.isDirectory()) renameFolder(from, name, to, toName);
  else relink(renames, from, name, to, toName);
}

function relink(renames: Renames, from: At, name: string, to: At, toName: string): void {
  try {
    renames.link(from.base + name, to.base + toName);
  } catch (error) {
    const errno = errnoOf(error) ?? '';
    if (linkRefusals.has(errno))
      throw failure(
        'diskDenied',
        'name',
        toName,
        `the file system offers no way to do it without risk to a file of that name (hard link: ${errno})`,
      );
    throw error;
  }
  unlinkSync(from.base + name);
}

/**
 * Folders cannot be linked. Between the look and the rename another program may create an empty folder of that name, which the
 * rename would replace; anything with content in it makes the rename fail. No content can be lost.
 */
function renameFolder(from: At, name: string, to: At, toName: string): void {
  if (lstatSync(to.base + toName, { throwIfNoEntry: false }) !== undefined)
    throw Object.assign(new Error('EEXIST: file already exists'), { code: 'EEXIST' });
  renameSync(from.base + name, to.base + toName);
}
