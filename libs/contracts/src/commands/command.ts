/** Commands: one wanted change of the world (or one wanted look at it), with precondition and reason. */
import type { NestedMount } from '../root.ts';
import type { CommandId, DriveItemId, ItemId, LocalId } from '../identity.ts';
import type { KeptName } from './kept-name.ts';
import type { Reason } from './reason.ts';

/** What the file or folder on disk must still be when a handler acts. */
export interface ExpectedLocal {
  readonly id: LocalId;
  /** Empty for folders. */
  readonly stamp: string;
}

/**
 * What both sides have in common once a command has succeeded: the merge base from then on, whatever either side shows by the
 * time the answer comes. `version`: the content, in the version that the command names or sends. `place`: where the answer
 * shows the item. `time`: what each side made of the time that one handed to the other, even if the two differ. `gone`:
 * nothing is agreed on any more.
 */
export type Established = 'version' | 'place' | 'time' | 'gone';

interface OnItem {
  readonly id: CommandId;
  readonly item: ItemId;
  /** Path relative to the sync folder at planning time; `/` separates, no leading slash. */
  readonly path: string;
  readonly reason: Reason;
}

interface ChangesItem extends OnItem {
  readonly establishes: readonly Established[];
}

/** The drive item a download must match. */
export interface ExpectedRemote {
  readonly id: DriveItemId;
  readonly eTag: string;
  readonly sizeBytes: number;
  readonly hash: string | null;
  /** Seconds since 1970; becomes the modification time on disk. */
  readonly modifiedAt: number;
}

export interface CreateRemoteFolder extends ChangesItem {
  readonly type: 'CreateRemoteFolder';
  readonly parentId: DriveItemId;
  readonly name: string;
}
export interface UploadFile extends ChangesItem {
  readonly type: 'UploadFile';
  readonly expected: ExpectedLocal;
  readonly sizeBytes: number;
  readonly modifiedAt: number;
  readonly target:
    | { readonly as: 'new'; readonly parentId: DriveItemId; readonly name: string }
    | { readonly as: 'version'; readonly id: DriveItemId; readonly ifMatch: string };
}
/** Renames or moves. `provisional`: to the temporary name of a name swap, which no user chose. */
export interface MoveRemote extends ChangesItem {
  readonly type: 'MoveRemote';
  /** Where the drive has it now, for people to read; `path` is where it is on disk. */
  readonly fromPath?: string;
  readonly driveItemId: DriveItemId;
  readonly ifMatch: string;
  readonly toParentId: DriveItemId;
  readonly toName: string;
  readonly modifiedAt: number;
  readonly provisional: boolean;
}
export interface DeleteRemote extends ChangesItem {
  readonly type: 'DeleteRemote';
  readonly driveItemId: DriveItemId;
  readonly ifMatch: string;
  /** How many items go with it, itself included. */
  readonly itemCount: number;
}
export interface SetRemoteTime extends ChangesItem {
  readonly type: 'SetRemoteTime';
  readonly driveItemId: DriveItemId;
  readonly ifMatch: string;
  readonly modifiedAt: number;
}
export interface CreateLocalFolder extends ChangesItem {
  readonly type: 'CreateLocalFolder';
}
/** Brings the drive's version to `path`. A local version that must survive is kept under `keepAs` first. */
export interface DownloadFile extends ChangesItem {
  readonly type: 'DownloadFile';
  readonly remote: ExpectedRemote;
  /** null: nothing may be at `path`. */
  readonly expected: ExpectedLocal | null;
  readonly keepAs: KeptName | null;
}
/** Fetches the drive's version beside the local one, so that the local version may take its place on the drive. */
export interface KeepRemoteCopy extends ChangesItem {
  readonly type: 'KeepRemoteCopy';
  readonly remote: ExpectedRemote;
  /** Folder of the copy, relative to the sync folder; empty for the root. */
  readonly folder: string;
  readonly keepAs: KeptName;
}
export interface MoveLocal extends ChangesItem {
  readonly type: 'MoveLocal';
  readonly toPath: string;
  readonly expected: ExpectedLocal;
  readonly provisional: boolean;
}
export interface DeleteLocal extends ChangesItem {
  readonly type: 'DeleteLocal';
  readonly kind: 'file' | 'folder';
  readonly expected: ExpectedLocal;
}
export interface SetLocalTime extends ChangesItem {
  readonly type: 'SetLocalTime';
  readonly expected: ExpectedLocal;
  readonly modifiedAt: number;
}
/** Reads the bytes to learn the hash. */
export interface HashFile extends OnItem {
  readonly type: 'HashFile';
  readonly expected: ExpectedLocal;
}
/** Reads one delta round. `cursor` null: everything is listed. */
export interface ReadRemote extends OnItem {
  readonly type: 'ReadRemote';
  readonly cursor: string | null;
}
/** Reads these drive items as they are now: a listing of everything did not show them. */
export interface ReadRemoteItems extends OnItem {
  readonly type: 'ReadRemoteItems';
  readonly ids: readonly DriveItemId[];
}
/** Scans the sync folder once. `folders`: only what is directly inside these; null: everything. */
export interface ScanLocal extends OnItem {
  readonly type: 'ScanLocal';
  readonly folders: readonly string[] | null;
  /** What is expected to be mounted where; absent when nothing is. */
  readonly mounts?: readonly NestedMount[];
}
/** Asks the service to tell of changes. The secret that proves its notifications is the handler's own. */
export interface CreateSubscription extends OnItem {
  readonly type: 'CreateSubscription';
  readonly url: string;
  readonly lifetimeMs: number;
}
export interface RenewSubscription extends OnItem {
  readonly type: 'RenewSubscription';
  readonly subscriptionId: string;
  readonly lifetimeMs: number;
}
export interface DeleteSubscription extends OnItem {
  readonly type: 'DeleteSubscription';
  readonly subscriptionId: string;
}

export type Command =
  | CreateRemoteFolder
  | UploadFile
  | MoveRemote
  | DeleteRemote
  | SetRemoteTime
  | CreateLocalFolder
  | DownloadFile
  | KeepRemoteCopy
  | MoveLocal
  | DeleteLocal
  | SetLocalTime
  | HashFile
  | ReadRemote
  | ReadRemoteItems
  | ScanLocal
  | CreateSubscription
  | RenewSubscription
  | DeleteSubscription;

export type CommandType = Command['type'];
export type CommandOf<Type extends CommandType> = Extract<Command, { readonly type: Type }>;

/** What a command does to the world. Total, so that a new command cannot be forgotten. */
export const commandEffects = {
  CreateRemoteFolder: 'writesDrive',
  UploadFile: 'writesDrive',
  MoveRemote: 'writesDrive',
  DeleteRemote: 'writesDrive',
  SetRemoteTime: 'writesDrive',
  CreateLocalFolder: 'writesDisk',
  DownloadFile: 'writesDisk',
  KeepRemoteCopy: 'writesDisk',
  MoveLocal: 'writesDisk',
  DeleteLocal: 'writesDisk',
  SetLocalTime: 'writesDisk',
  HashFile: 'reads',
  ReadRemote: 'reads',
  ReadRemoteItems: 'reads',
  ScanLocal: 'reads',
  CreateSubscription: 'subscribes',
  RenewSubscription: 'subscribes',
  DeleteSubscription: 'subscribes',
} as const satisfies Record<CommandType, 'writesDrive' | 'writesDisk' | 'reads' | 'subscribes'>;
