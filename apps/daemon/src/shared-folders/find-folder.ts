/** Where a shared folder lies now, by what it is and not by its path. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, folderKey } from '@tidemark/disk';

/**
 * `gone`: it is nowhere in the sync folder. `replaced`: so it is, and another folder is where it was, as after a restore from a backup.
 * `unknown`: some of the sync folder could not be looked into.
 */
export type Found = { readonly at: string } | 'gone' | 'replaced' | 'unknown';

/** @param hint where it was */
export async function findFolder(root: string, folder: string, hint: string): Promise<Found> {
  if (folderKey(join(root, hint)) === folder) return { at: hint };
  const first = await search(root, folder);
  // It may have been moved from where the search had not been to where it had.
  const found = first === 'gone' ? await search(root, folder) : first;
  return found === 'gone' && folderKey(join(root, hint)) !== null ? 'replaced' : found;
}

async function search(root: string, folder: string): Promise<Found> {
  const before = folderKey(root);
  if (before === null) return 'unknown';
  const todo = [''];
  let isComplete = true;
  for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
    const entries = await foldersIn(join(root, path));
    if (entries === null) {
      isComplete = false;
      continue;
    }
    for (const { name } of entries) {
      const inside = path === '' ? name : `${path}/${name}`;
      const key = folderKey(join(root, inside));
      if (key === folder) return { at: inside };
      if (key === null) isComplete = false;
      else todo.push(inside);
    }
  }
  return isComplete && folderKey(root) === before ? 'gone' : 'unknown';
}

/** Null when it cannot be looked into. */
async function foldersIn(path: string): Promise<readonly Dirent[] | null> {
  try {
    return (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return null;
  }
}
