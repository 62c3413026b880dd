/**
 * The disk port: the sync folder. Paths are relative to it, `/` separates. Nothing acts outside the folder and what its followed
 * symbolic links led to when they were last looked at (I-23). Every method throws Failure; `changedMeanwhile` when what is
 * there is not what was expected.
 */
import type { ExpectedLocal } from '../commands/command.ts';
import type { KeptName } from '../commands/kept-name.ts';
import type { LocalOddity, LocalRow } from '../entry.ts';
import type { LocalId } from '../identity.ts';
import type { NestedMount, RootIdentity } from '../root.ts';
import type { AbortSignalLike } from './clock.ts';
import type { Authors, ByteSink, ByteSource } from './drive.ts';

export interface ScanBatch {
  /** Each folder with everything directly inside it. Parents come before their children. */
  readonly folders: readonly { readonly id: LocalId; readonly rows: readonly LocalRow[] }[];
}

export interface ScanOptions {
  /**
   * Where something is mounted inside the folder, as far as known. A place where something else is found, or nothing, is reported
   * as the folder that is expected, with its inside unknown, as is what was moved there meanwhile; and until the next scan nothing is written into it. What is mounted
   * elsewhere is told at the end and not looked into. Absent: mounts are looked into.
   */
  readonly mounts?: readonly NestedMount[];
  readonly signal?: AbortSignalLike;
}

export interface Disk {
  /**
   * Looks at the root. From then on the folder that it found is the root, and when another one stands at its path, or none,
   * or it cannot be read, everything else fails with `rootSuspended` without doing anything; so does this when there is none.
   * With `mark` the folder that was found before gets a mark, where its file system keeps one.
   */
  root(options: { readonly mark: boolean }): Promise<RootIdentity>;
  /**
   * One complete scan. Folders that change during the scan are listed again, so it reports a file that exists throughout even
   * if the file moves meanwhile; a folder that never stands still is unreadable. Special files, names that are not UTF-8 and
   * unreadable folders are oddities.
   *
   * A symbolic link is followed: its row is that of the file or folder that it leads to, under its own name, so that a folder with
   * new links in it is listed a second time. One that leads nowhere, into the sync folder, to what holds it, or to what another
   * link leads to is an oddity, and so is each one on a disk that skips them.
   */
  scan(options?: ScanOptions): AsyncIterable<ScanBatch | ScanEnd>;
  /** What is directly inside these folders, in the order given; a folder that is not there (any more) is left out. */
  list(folders: readonly string[], options?: ScanOptions): AsyncIterable<ScanBatch | ScanEnd>;
  /**
   * Tells where something happened, until the signal aborts. A hint: it may come twice, late, for our own changes, or not at
   * all; `folders` null means that anything may have happened anywhere. Resolves when watching has begun. `limited` is called
   * when less of the folder can be watched than was last said: a new folder met a limit.
   */
  watch(
    told: (folders: readonly string[] | null) => void,
    options: { readonly signal: AbortSignalLike; readonly limited?: (report: WatchReport) => void },
  ): Promise<WatchReport>;
  stat(path: string): Promise<LocalRow | null>;
  /**
   * A reader for one stable version. `finish` makes the file durable with the folders above it, so that a power cut cannot take
   * away what was uploaded, and throws `changedMeanwhile` when the file is no longer what was expected.
   */
  read(path: string, expected: ExpectedLocal): Promise<ByteSource & { finish(): Promise<void> }>;
  /** Reads all bytes of one stable version. */
  hash(
    path: string,
    expected: ExpectedLocal,
    options?: { readonly signal?: AbortSignalLike },
  ): Promise<LocalRow & { readonly hash: string }>;
  /** A place outside the watched tree for bytes on their way in. The same key finds what an earlier attempt left. */
  stage(key: string, sizeBytes: number, /** What it is for, in messages. */ path?: string): Promise<Staged>;
  createFolder(path: string): Promise<LocalRow>;
  /** Refuses an existing target (`nameTaken`). A followed link moves itself, not what it leads to. */
  move(path: string, toPath: string, expected: ExpectedLocal): Promise<LocalRow>;
  /**
   * Files go to the trash; folders must be empty. Of what a link leads to only the link goes, to the trash. `isOnlyCopy`: the drive
   * has not these bytes, so they leave the trash neither for its bound nor for space.
   */
  remove(
    path: string,
    kind: 'file' | 'folder',
    expected: ExpectedLocal,
    options?: { readonly isOnlyCopy?: boolean },
  ): Promise<{ readonly trash: string | null }>;
  setModifiedAt(path: string, expected: ExpectedLocal, modifiedAt: number): Promise<LocalRow>;
  /**
   * What the trash holds of files that had these paths, by path, the latest first as far as the times of the file system tell. A path of which it holds nothing is left out.
   * Another file may have had the path before: the hash tells.
   */
  inTrash(paths: readonly string[]): Promise<ReadonlyMap<string, readonly TrashedVersion[]>>;
  /** Reads a file of the trash, which stays there. `localGone` when it is there no more. */
  readTrash(trash: string): Promise<ByteSource>;
  close(): Promise<void>;
}

/** A file in the trash. */
export interface TrashedVersion {
  /** Where it is, as `remove` says it. */
  readonly trash: string;
  readonly sizeBytes: number;
  /** Seconds since 1970, truncated. */
  readonly modifiedAt: number;
  /** When it came there, in milliseconds since 1970. */
  readonly at: number;
}

/** How well the folder is being watched. */
export interface WatchReport {
  readonly folders: number;
  /** In words, when only a part could be watched; scans then find the rest. */
  readonly limit: string | null;
}

export interface ScanEnd {
  /** Folders whose inside is unknown. */
  readonly unreadable: readonly LocalId[];
  /** Mounts that were met and not expected. */
  readonly mounts?: readonly NestedMount[];
  readonly oddities: readonly LocalOddity[];
}

export interface Placed {
  readonly row: LocalRow;
  readonly kept: LocalRow | null;
  /** `kept` is a file that had the same bytes already: none was made. */
  readonly reused?: true;
  readonly trash: string | null;
}

/** Bytes on their way in. */
export interface Staged extends ByteSink {
  /** Hash of everything written, kept bytes included. */
  finish(): Promise<{ readonly hash: string; readonly sizeBytes: number }>;
  /** Everything written, from the start. The chunks may be reused by the reader after the next pull. */
  read(): AsyncIterable<Uint8Array>;
  /**
   * Gives the staged bytes their name, losslessly (I-17). `expected` null: the name must be free. With `keepAs`, what was there
   * is kept beside it under the first free name (behind a link: beside the link); without, it goes to the trash once it has proved to be `expected`:
   * `trash` says where, relative to the trash.
   * Failure `changedMeanwhile` or `nameTaken`: nothing was changed, the staged bytes stay.
   */
  place(
    path: string,
    options: {
      readonly expected: ExpectedLocal | null;
      readonly keepAs: KeptName | null;
      readonly modifiedAt: number;
      /** Written beside the content, where the file system keeps such things. */
      readonly authors?: Authors;
    },
  ): Promise<Placed>;
  /** Places under the first free kept name in `folder`. */
  placeAs(folder: string, keepAs: KeptName, modifiedAt: number): Promise<LocalRow>;
  discard(): Promise<void>;
}
