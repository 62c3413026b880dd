/** Rows: what one side says of one of its items, in that side's own identities. */
import type { DriveItemId, LocalId } from './identity.ts';

export type Kind = 'file' | 'folder';

/** One drive item as the drive reports it now. */
export interface RemoteRow {
  readonly id: DriveItemId;
  readonly parentId: DriveItemId;
  readonly name: string;
  /** `opaque` items (notebooks, pointers to other drives) hold their name and are otherwise left alone. */
  readonly kind: Kind | 'opaque';
  /** Bytes; 0 for folders. */
  readonly sizeBytes: number;
  /** QuickXorHash, base64; null when the drive did not report one, which means unknown, never "changed". */
  readonly hash: string | null;
  /** Seconds since 1970, truncated. */
  readonly modifiedAt: number;
  readonly eTag: string;
  /** Version of the content alone; null where the drive does not report one. */
  readonly cTag: string | null;
}

/** Positive evidence that a drive item is gone. */
export interface RemoteTombstone {
  readonly id: DriveItemId;
  readonly deleted: true;
}

/** One file or folder as it is on disk now. */
export interface LocalRow {
  readonly id: LocalId;
  readonly parentId: LocalId;
  readonly name: string;
  readonly kind: Kind;
  /** Bytes; 0 for folders. */
  readonly sizeBytes: number;
  /** Seconds since 1970, truncated. */
  readonly modifiedAt: number;
  /** Size, modification and change time in nanoseconds as one text: equal stamps of one LocalId mean equal bytes. Empty for folders. */
  readonly stamp: string;
  /** QuickXorHash, base64; null when the bytes have not been read at this stamp. */
  readonly hash: string | null;
}

/** A file or folder that is on disk but cannot be synced, with the reason in words. */
export interface LocalOddity {
  /** Relative path, unprintable bytes escaped. */
  readonly path: string;
  readonly code: 'notUtf8' | 'special' | 'symlink' | 'unreadable';
  readonly detail: string;
}
