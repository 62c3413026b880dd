/** Commands: one wanted change of the world (or one wanted look at it), with precondition and reason. */
import type { NestedMount } from '../root.ts';
import type { LocalRow, RemoteRow } from '../entry.ts';
import type { CommandId, DriveItemId, ItemId } from '../identity.ts';
import type { KeptName } from './kept-name.ts';
import type { Reason } from './reason.ts';

/** What the file or folder on disk must still be when a handler acts. */
export type ExpectedLocal = Pick<LocalRow, 'id' | 'stamp'>;
/** The drive item a download must match. Its modification time becomes the one on disk. */
export type ExpectedRemote = Pick<RemoteRow, 'id' | 'eTag' | 'sizeBytes' | 'hash' | 'modifiedAt'>;

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

/** Commands that change an item, each with what it says besides. */
interface Changes {
  CreateRemoteFolder: {
    readonly parentId: DriveItemId;
    readonly name: string;
  };
  UploadFile: {
    readonly expected: ExpectedLocal;
    readonly sizeBytes: number;
    readonly modifiedAt: number;
    readonly target:
      | { readonly as: 'new'; readonly parentId: DriveItemId; readonly name: string }
      | { readonly as: 'version'; readonly id: DriveItemId; readonly ifMatch: string };
  };
  /** Renames or moves. `provisional`: to the temporary name of a name swap, which no user chose. */
  MoveRemote: {
    /** Where the drive has it now, for people to read; `path` is where it is on disk. */
    readonly fromPath?: string;
    readonly driveItemId: DriveItemId;
    readonly ifMatch: string;
    readonly toParentId: DriveItemId;
    readonly toName: string;
    readonly modifiedAt: number;
    readonly provisional: boolean;
  };
  DeleteRemote: {
    readonly driveItemId: DriveItemId;
    readonly ifMatch: string;
    /** How many items go with it, itself included. */
    readonly itemCount: number;
  };
  SetRemoteTime: {
    readonly driveItemId: DriveItemId;
    readonly ifMatch: string;
    readonly modifiedAt: number;
  };
  CreateLocalFolder: object;
  /** Brings the drive's version to `path`. A local version that must survive is kept under `keepAs` first. */
  DownloadFile: {
    readonly remote: ExpectedRemote;
    /** null: nothing may be at `path`. */
    readonly expected: ExpectedLocal | null;
    readonly keepAs: KeptName | null;
  };
  /** Fetches the drive's version beside the local one, so that the local version may take its place on the drive. */
  KeepRemoteCopy: {
    readonly remote: ExpectedRemote;
    /** Folder of the copy, relative to the sync folder; empty for the root. */
    readonly folder: string;
    readonly keepAs: KeptName;
  };
  /** Copies the file beside itself, where the drive's version keeps the name there and the local one keeps it on disk. */
  KeepLocalCopy: {
    readonly expected: ExpectedLocal;
    readonly sizeBytes: number;
    readonly modifiedAt: number;
    /** Folder of the copy, relative to the sync folder; empty for the root. */
    readonly folder: string;
    readonly keepAs: KeptName;
  };
  MoveLocal: {
    readonly toPath: string;
    readonly expected: ExpectedLocal;
    readonly provisional: boolean;
  };
  DeleteLocal: {
    readonly kind: 'file' | 'folder';
    readonly expected: ExpectedLocal;
  };
  SetLocalTime: {
    readonly expected: ExpectedLocal;
    readonly modifiedAt: number;
  };
}

/** Commands that look at something, or see to the subscription. */
interface Others {
  /** Reads the bytes to learn the hash. */
  HashFile: { readonly expected: ExpectedLocal };
  /** Reads one delta round. `cursor` null: everything is listed. */
  ReadRemote: { readonly cursor: string | null };
  /** Reads these drive items as they are now: a listing of everything did not show them. */
  ReadRemoteItems: { readonly ids: readonly DriveItemId[] };
  /** Scans the sync folder once. `folders`: only what is directly inside these; null: everything. */
  ScanLocal: {
    readonly folders: readonly string[] | null;
    /** What is expected to be mounted where; absent when nothing is. */
    readonly mounts?: readonly NestedMount[];
  };
  /** Asks the service to tell of changes. The secret that proves its notifications is the handler's own. */
  CreateSubscription: {
    readonly url: string;
    readonly lifetimeMs: number;
  };
  RenewSubscription: {
    readonly subscriptionId: string;
    readonly lifetimeMs: number;
  };
  DeleteSubscription: { readonly subscriptionId: string };
}

export type CommandType = keyof Changes | keyof Others;
export type CommandOf<Type extends CommandType> = Type extends keyof Changes
  ? OnItem & { readonly type: Type; readonly establishes: readonly Established[] } & Changes[Type]
  : Type extends keyof Others
    ? OnItem & { readonly type: Type } & Others[Type]
    : never;
export type Command = CommandOf<CommandType>;

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
  KeepLocalCopy: 'writesDisk',
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
