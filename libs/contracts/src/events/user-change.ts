/**
 * Changes that a user asked a tool for, to undo a decision or to settle a conflict. The tool makes them between two runs, and the
 * next run takes them for the user's own. Each may be made again: what is as wanted already counts as made.
 */
import type { ExpectedLocal } from '../commands/command.ts';
import type { Kind } from '../entry.ts';
import type { DriveItemId } from '../identity.ts';

interface UserChanges {
  /** Out of the recycle bin of the drive. */
  RestoreOnDrive: {
    readonly driveItemId: DriveItemId;
    readonly toParentId: DriveItemId;
    readonly name: string;
    /**
     * Of a file whose content is brought back on disk as well: the hashes that it may have. Then the recycle bin only saves its id
     * and its versions; what it holds in another content, as after a change right before the deletion, stays there. null: of
     * a folder, and where there is no other copy.
     */
    readonly unlessOther: readonly string[] | null;
  };
  MakeFolder: object;
  /** Gives the path a content that it had before. What is there goes to the trash. */
  PutBack: {
    /** null: nothing may be at the path. */
    readonly expected: ExpectedLocal | null;
    readonly sizeBytes: number;
    /** Hashes that the content may have: on disk, and as the service rewrote it. */
    readonly hashes: readonly string[];
    readonly modifiedAt: number;
    /** Tried in this order. */
    readonly sources: readonly ContentSource[];
  };
  Move: { readonly toPath: string; readonly expected: ExpectedLocal };
  /** A file goes to the trash, a folder must be empty. With `equalTo` it goes only while both files hold the same content. */
  Remove: { readonly kind: Kind; readonly expected: ExpectedLocal; readonly equalTo?: EqualFile };
}

/** The other version of a conflict, and what proves that both hold the same content on both sides. */
export interface EqualFile {
  readonly path: string;
  readonly expected: ExpectedLocal;
  /** Of both files on disk, and on the drive unless `driveHashes` tells others. */
  readonly hash: string;
  /** On the drive, of the file that goes and of this one, where a plugin or the service made other bytes of the content. */
  readonly driveHashes?: readonly [string, string];
  /** Of the file that goes, and of this one. */
  readonly driveItemIds: readonly [DriveItemId, DriveItemId];
}

export type ContentSource =
  | { readonly in: 'trash'; readonly trash: string }
  /** Any earlier version of that size, until the hash fits. */
  | { readonly in: 'versions'; readonly driveItemId: DriveItemId }
  /** A file of the sync folder. It goes to the trash once its content is in its place. */
  | { readonly in: 'folder'; readonly path: string; readonly expected: ExpectedLocal };

export type UserChangeType = keyof UserChanges;
/** `path`: on disk, at the moment when the changes before it are made. */
export type UserChangeOf<Type extends UserChangeType> = Type extends UserChangeType
  ? { readonly type: Type; readonly path: string } & UserChanges[Type]
  : never;
export type UserChange = UserChangeOf<UserChangeType>;
