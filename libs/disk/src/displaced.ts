/** Files that lost their name to us: they go to the trash, or back to where they were. Never away. */
import { fstatSync, lstatSync, type BigIntStats } from 'node:fs';
import { cutStem, splitName } from '@tidemark/contracts';
import { makeFolders } from '@tidemark/folders';
import { type DiskContext, uniqueName } from './context.ts';
import { errnoOf } from './errno.ts';
import type { Folder } from './folders.ts';
import { sameContent, sameFile } from './identity.ts';
import { type At, renameFree } from './rename-free.ts';
import { onlyCopyMark, pathKey } from './trash/path-key.ts';
import type { Workspace } from './workspace.ts';

/** Where a file is put when its own name is taken: told apart by number, in the folder it came from. */
const keptNamesMax = 10_000;

/**
 * Makes the place for one file in the trash.
 *
 * @param path that it had in the sync folder, which tells its versions from those of other files; null when unknown
 * @param isOnlyCopy nothing else has these bytes: they are no part of what the bound of the trash is for
 * @returns its path relative to the trash
 */
export function trashPlace(
  context: DiskContext,
  workspace: Workspace,
  name: string,
  path: string | null,
  sizeBytes: bigint,
  isOnlyCopy = false,
): string {
  const day = new Date(context.options.clock.now()).toISOString().slice(0, 10);
  const folder = `${day}/${path === null ? '' : pathKey(path)}${uniqueName(context)}${isOnlyCopy ? onlyCopyMark : ''}`;
  makeFolders(workspace.trash.base + folder, 0o700);
  context.trashed.files += 1;
  context.trashed.sizeBytes += Number(sizeBytes);
  return `${folder}/${name}`;
}

/** Whether the file at `from/name` is the one held open, with the content it had at `before`. */
export function isStill(from: At, name: string, held: number, before: BigIntStats): boolean {
  const there = lstatSync(from.base + name, { bigint: true, throwIfNoEntry: false });
  if (there === undefined || !sameFile(there, before)) return false;
  return sameContent(fstatSync(held, { bigint: true }), before);
}

/** Gives a file its name back; when another file has it by now, a name beside it. @returns the name it got */
export function giveBack(context: DiskContext, from: At, name: string, folder: Folder, leaf: string): string {
  for (let attempt = 0; attempt < keptNamesMax; attempt++) {
    const wanted = attempt === 0 ? leaf : besideName(leaf, attempt);
    try {
      renameFree(context.renames, from, name, folder, wanted);
      return wanted;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
  }
  throw new Error('more than ten thousand names beside a file are taken');
}

/** Cut before the suffix where it is too long. */
export function besideName(leaf: string, attempt: number): string {
  const { stem, suffix } = splitName(leaf);
  const behind = `-kept-${String(attempt).padStart(4, '0')}${suffix}`;
  return cutStem(stem, behind) + behind;
}
