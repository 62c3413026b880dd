/**
 * A folder and those above it, as `mkdir -p` makes them. Node's own recursion never returns where a folder that is there takes no
 * other one and says ENOENT: below /proc, and in a folder that was removed while it is open.
 */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** What is there keeps its mode. Throws what the system says. */
export function makeFolders(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
    return;
  } catch (error) {
    const errno = error instanceof Error && 'code' in error ? error.code : undefined;
    if (errno === 'EEXIST' && isFolder(path)) return;
    const above = dirname(path);
    if (errno !== 'ENOENT' || above === path || isFolder(above)) throw error;
  }
  makeFolders(dirname(path), mode);
  makeFolders(path, mode);
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
