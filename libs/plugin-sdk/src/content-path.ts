/** The way of content through plugins, lent to what carries it: uploader and downloader. */
import type { ByteSource, ContentFigures } from '@tidemark/contracts';

export interface ContentPath {
  /** What takes files at that path; null: they go as they are. */
  of(path: string): ContentChange | null;
}

export interface ContentChange {
  readonly plugin: string;
  /**
   * Makes all that goes to the drive, and keeps it until it is discarded. `key` names the file in one version of its bytes: what an earlier
   * attempt made for it is found again; null: nothing is. `bytes` is not called then. Throws Failure, `contentFailed` when the plugin could not.
   */
  up(path: string, key: string | null, bytes: () => AsyncIterable<Uint8Array>): Promise<ChangedContent>;
  /** Throws Failure while it is read, `contentFailed` when the plugin could not. The chunks are the reader's own. */
  down(path: string, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}

/** What goes to the drive in place of a file. */
export interface ChangedContent extends ByteSource {
  readonly drive: ContentFigures;
  readonly disk: ContentFigures;
  discard(): Promise<void>;
}
