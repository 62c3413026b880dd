import type { Clock, Random } from '@tidemark/contracts';

export interface DiskOptions {
  /** Absolute path of the sync folder. */
  readonly root: string;
  /** Absolute path of Tidemark's own folder for this drive; not inside the sync folder. */
  readonly stateFolder: string;
  /** Absolute path of the folder for bytes on their way in; by default the first place that works, see `workspace.ts`. */
  readonly staging?: string;
  /** Absolute path of a trash of the desktop, where `remove` puts files in place of our own trash. */
  readonly recycleBin?: string;
  /** Mode of files that are placed, as in 0o600. */
  readonly fileMode: number;
  /** What a file that is replaced has afterwards: its own mode (default), or `fileMode`. Owner and group stay. */
  readonly replacedMode?: 'kept' | 'fileMode';
  /** Mode of folders that are created, as in 0o700. */
  readonly folderMode: number;
  /** False: modes are what the umask makes of 0666 and 0777. */
  readonly setPermissions: boolean;
  /** Bytes that a download must leave free. */
  readonly reservedBytes: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Several processes work in the folder at the same time, and this one does these things; alone it does both. */
  readonly shared?: DiskShare;
  /** `never`: always take the longer way with link(2), as on systems without renameat2. */
  readonly exchange?: 'auto' | 'never';
  /** `skip`: none is followed. */
  readonly symbolicLinks?: 'follow' | 'skip';
  /** Absolute paths, beside those above, that no symbolic link may lead into: what is ours. */
  readonly own?: readonly string[];
  /**
   * Keys (`folderKey`) of folders in the sync folder that are synced on their own: they and what is in them are neither told nor
   * entered nor changed here, wherever they lie. Asked again with each look.
   */
  readonly apart?: () => ReadonlySet<string>;
  /** Asked of folders, relative to the root: may what happens in it or below matter? All are watched unless said. */
  readonly isWatched?: (path: string) => boolean;
  /** `never`: link(2) is refused, as on file systems without links. */
  readonly links?: 'auto' | 'never';
  /** `never`: the root carries no extended attribute, as on file systems without them. */
  readonly rootMarks?: 'auto' | 'never';
}

/** Each is done by one process alone (docs/adr/0007-several-processes-in-one-folder.md). */
export interface DiskShare {
  /** Looks at the folder, and tells the others which links are followed and what is mounted where. */
  readonly looks: boolean;
  /** Puts files into the folder, and clears away what an earlier process left in the middle of that. */
  readonly places: boolean;
}
