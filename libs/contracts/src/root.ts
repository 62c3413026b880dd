/** What the sync folder is known by over restarts (I-10). No file in it says so: that would be copied along. */
import type { LocalId } from './identity.ts';

export interface RootIdentity {
  /** Of the folder: inode and birth time. */
  readonly id: LocalId;
  /** A text on the folder itself, where its file system keeps one. In logs of earlier versions it was in a file. */
  readonly marker: string | null;
  /** Where it is. Null or absent when `id` alone proves nothing there: it is unknown, or numbers are used again. */
  readonly fileSystem?: string | null;
}

/** What is expected at a place inside the sync folder where something was mounted, or linked from another file system. */
export interface NestedMount {
  /** Relative to the sync folder. */
  readonly path: string;
  /** Of the folder there. */
  readonly id: LocalId;
  /** Tells the file system from others. Null: an ordinary folder, over which something was mounted that is not to be merged into it. */
  readonly fileSystem: string | null;
  /** Absolute path of the folder, when a symbolic link leads to it: a user who removes that link removes the folder. */
  readonly target?: string;
}

export function isSameRoot(known: RootIdentity, found: RootIdentity): boolean {
  if (known.marker !== null && known.marker !== '' && known.marker === found.marker) return true;
  const { fileSystem = null } = known;
  return fileSystem !== null && fileSystem === found.fileSystem && known.id === found.id;
}
