/** Rows: what one side says of one of its items, in that side's own identities. */
import type { DriveItemId, LocalId } from './identity.ts';

export type Kind = 'file' | 'folder';

/** One drive item as the drive reports it now. */
export interface RemoteRow {
  readonly id: DriveItemId;
  readonly parentId: DriveItemId;
  readonly name: string;
  /** `opaque` items hold their name and are otherwise left alone: notebooks, pointers to other drives, and oddities. */
  readonly kind: Kind | 'opaque';
  /**
   * Why the item cannot be synced, in words: the drive does not tell enough of it, or its name is none. Of a folder: why
   * its content cannot be listed, so that what is inside is unknown.
   */
  readonly oddity?: string;
  /** Bytes; 0 for folders. */
  readonly sizeBytes: number;
  /** QuickXorHash, base64; null when the drive did not report one, which means unknown, never "changed". */
  readonly hash: string | null;
  /** Seconds since 1970, truncated, within `timeRange`. */
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

/** The drive would not tell of the item, while it told of others: neither a row nor evidence that the item is gone. */
export interface RemoteUnread {
  readonly id: DriveItemId;
  /** Why, in words. */
  readonly unread: string;
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
  /** Size, modification and change time in nanoseconds as one text: equal stamps of one LocalId mean equal bytes, young ones excepted (`stamp.ts`). Of a folder: empty, or `linkStamp`. */
  readonly stamp: string;
  /** QuickXorHash, base64; null when the bytes have not been read at this stamp. */
  readonly hash: string | null;
  /**
   * The key (`stagingKey`) under which its first bytes were staged, when the disk placed this very file a short while ago.
   * Told by scans alone, and only where identities are strong.
   */
  readonly stagedAs?: string;
}

/** A name in a folder, as it is on disk. */
export interface HeldName {
  readonly folder: LocalId;
  readonly name: string;
}

/** A file or folder that is on disk but cannot be synced, with the reason in words. */
export interface LocalOddity {
  /** Relative path, unprintable bytes escaped. */
  readonly path: string;
  /** `symlink`: it leads nowhere, or links are skipped; `unfollowed`: it leads to what is synced elsewhere, or must not be. */
  readonly code: 'notUtf8' | 'special' | 'symlink' | 'unfollowed' | 'unreadable';
  /** The name that it holds. What was known under that name, and below it, is unknown and not gone. */
  readonly holds?: HeldName;
  readonly detail: string;
}

/**
 * The times that a drive and the usual file systems can both hold, in seconds since 1970: from 1901-12-13 to 2446-05-10,
 * as ext4. Each side brings what it shows into this range, so that both show the same and neither corrects the other.
 */
export const timeRange = { min: -2_147_483_648, max: 15_032_385_535 } as const;

/** The nearest time within `timeRange`. */
export const withinTimeRange = (seconds: number): number =>
  Math.min(timeRange.max, Math.max(timeRange.min, seconds));
