/** What the operations of one disk share. */
import type { IsApart } from './apart.ts';
import type { Refusal } from './file-times.ts';
import type { Flush } from './flush.ts';
import type { Folder, Folders } from './folders.ts';
import type { DiskOptions } from './options.ts';
import type { OwnChanges } from './own-changes.ts';
import type { Placements } from './placements.ts';
import type { Renames } from './renames.ts';
import type { Workspace } from './workspace.ts';

export interface DiskContext {
  readonly options: DiskOptions;
  readonly folders: Folders;
  readonly renames: Renames;
  readonly flush: Flush;
  readonly own: OwnChanges;
  readonly placements: Placements;
  /** What is synced on its own. */
  readonly isApart: IsApart;
  /** Keeps the first refusal of a run. */
  refused(refusal: Refusal | null): void;
  /** The workspace on the file system of that folder. @throws Failure when there is no place for one. */
  workspace(folder: Folder): Workspace;
  /** What was put into the trash so far. */
  readonly trashed: { files: number; sizeBytes: number };
  /** By the `trashPrefix` of a workspace: bytes of the largest download that found too little space there, until there is enough. */
  readonly wanted: Map<string, number>;
}

/** A short name that no other file has. */
export const uniqueName = (context: DiskContext): string =>
  Buffer.from(context.options.random.bytes(8)).toString('hex');
