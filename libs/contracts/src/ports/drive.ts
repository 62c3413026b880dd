/** The drive port: what a sync client needs of OneDrive or a SharePoint library. Every method throws Failure. */
import type { RemoteRow, RemoteTombstone, RemoteUnread } from '../entry.ts';
import type { DriveItemId } from '../identity.ts';
import type { AbortSignalLike } from './clock.ts';

export interface DriveInfo {
  readonly id: string;
  readonly kind: 'personal' | 'business' | 'documentLibrary';
  readonly rootId: DriveItemId;
}

export interface DeltaPage {
  readonly rows: readonly (RemoteRow | RemoteTombstone)[];
  /** One of the two is set. Neither: everything was listed, and there is nothing to go on from, so the next round is a full one. */
  readonly nextLink: string | null;
  readonly deltaLink: string | null;
}

/** Bytes to send. Each attempt opens a fresh reader. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Bytes from `offset` to the end. The chunks may be reused by the reader after the next pull. */
  open(offset: number): AsyncIterable<Uint8Array>;
}

/** Where received bytes go. */
export interface ByteSink {
  /** Bytes already there, kept from an earlier attempt at the same version. */
  readonly offset: number;
  write(chunk: Uint8Array): Promise<void> | void;
  /** Forget everything written so far; the next write is at 0. */
  restart(): Promise<void>;
}

export interface TransferOptions {
  readonly signal?: AbortSignalLike;
  /** Called with the number of bytes done so far. */
  readonly progress?: (doneBytes: number) => void;
}

export interface Written {
  readonly row: RemoteRow;
  readonly requestIds: readonly string[];
}

/** A content that a file had before, which the drive still holds. It tells no hash: the receiver proves what it is. */
export interface EarlierVersion {
  readonly id: string;
  readonly sizeBytes: number;
  /** When it was saved, by the clock of the service, in seconds since 1970. */
  readonly savedAt: number;
}

/** Who made a file and who saved it last: an address, or a name where the service tells no address; null where it tells neither. */
export interface Authors {
  readonly createdBy: string | null;
  readonly lastModifiedBy: string | null;
}

export interface Drive {
  info(): Promise<DriveInfo>;
  /** `link` null: everything is listed, from the start. Failure `resyncRequired` when the link is void. */
  delta(link: string | null, options?: { readonly signal?: AbortSignalLike }): Promise<DeltaPage>;
  /** The item now, or null when it is gone. */
  item(id: DriveItemId): Promise<RemoteRow | null>;
  /**
   * The named items as they are now, one answer for each id and in the same order. A tombstone is evidence: the drive
   * itself answered, and it knows no such item. An item that the drive refuses to tell of, for a reason of its own, is unread;
   * what concerns them all is a Failure.
   */
  items(
    ids: readonly DriveItemId[],
    options?: { readonly signal?: AbortSignalLike },
  ): Promise<readonly (RemoteRow | RemoteTombstone | RemoteUnread)[]>;
  authors(id: DriveItemId, options?: { readonly signal?: AbortSignalLike }): Promise<Authors>;
  /** The one child that holds this name, in whatever case; null when the name is free. */
  child(parentId: DriveItemId, name: string): Promise<RemoteRow | null>;
  /** Adopts an existing folder of that name; then `made` is false. */
  createFolder(parentId: DriveItemId, name: string): Promise<Written & { readonly made: boolean }>;
  /**
   * Uploads one stable version with its modification time. `target.as: 'new'` never replaces: `nameTaken`. A lost answer is
   * recognised by size and hash and not repeated. Compares the service's hash with the bytes sent; when the service
   * stored others, `altered` is true, and the caller judges whether it may.
   */
  upload(
    target:
      | { readonly as: 'new'; readonly parentId: DriveItemId; readonly name: string }
      | { readonly as: 'version'; readonly id: DriveItemId; readonly ifMatch: string },
    source: ByteSource,
    modifiedAt: number,
    options?: TransferOptions,
  ): Promise<Written & { readonly hash: string; readonly altered: boolean }>;
  /** Streams the content from `sink.offset` on. Does not check it: the receiver does. */
  download(
    id: DriveItemId,
    sink: ByteSink,
    options?: TransferOptions & { readonly eTag?: string },
  ): Promise<{ readonly requestIds: readonly string[] }>;
  move(
    id: DriveItemId,
    to: { readonly parentId: DriveItemId; readonly name: string; readonly modifiedAt: number },
    ifMatch: string,
  ): Promise<Written>;
  setModifiedAt(id: DriveItemId, modifiedAt: number, ifMatch: string): Promise<Written>;
  /**
   * To the recycle bin, or for good where that is set. Already gone counts as done. `isEmpty`: a folder that holds something by now
   * is not deleted for good (`preconditionFailed`).
   */
  delete(
    id: DriveItemId,
    ifMatch: string,
    options?: { readonly isEmpty?: boolean },
  ): Promise<{ readonly requestIds: readonly string[] }>;
  /**
   * Out of the recycle bin to that place, under its old id and with everything inside. `notFound` when the bin does not hold
   * it, `nameTaken`, and `invalidRequest` of a drive that is not personal: the service offers it there on its web page only.
   */
  restore(id: DriveItemId, to: { readonly parentId: DriveItemId; readonly name: string }): Promise<Written>;
  /** What the file held before, the newest first. The present content is none of them. */
  earlierVersions(id: DriveItemId): Promise<readonly EarlierVersion[]>;
  /** As `download`, of an earlier version. */
  downloadVersion(
    id: DriveItemId,
    version: string,
    sink: ByteSink,
    options?: TransferOptions,
  ): Promise<{ readonly requestIds: readonly string[] }>;
  close(): Promise<void>;
}
