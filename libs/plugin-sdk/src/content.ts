/**
 * Content: what a plugin makes of a file on its way between disk and drive. Names, times and folders stay as they are. The host sees to
 * the rest: bytes that are made go to a file of our own first, so they need not be the same in each attempt, and nothing gets a name
 * before all of it was made.
 */
export interface Content<Context> {
  /**
   * What tells files that it made from those that another setting of it would make: the name of the format, and of the key if there is
   * one. Never a secret: it is recorded, and a run with another one refuses to start. At most 100 printable characters.
   */
  readonly format: string | ((context: Context) => string);
  /** Which files it changes; absent: all. Must say the same of one path every time. Of several plugins the first that applies takes the file. */
  applies?(file: ContentFile, context: Context): boolean;
  /** From disk to drive. Reads all of the stream. What it throws fails the upload, and nothing changes on either side. */
  up(bytes: GivenBytes, context: Context, file: ContentFile): Bytes | Promise<Bytes>;
  /**
   * From drive to disk. Throws for what it cannot turn back, and for what it did not make unless that is to come as it is. May have given
   * out bytes by then: they are thrown away.
   */
  down(bytes: GivenBytes, context: Context, file: ContentFile): Bytes | Promise<Bytes>;
}

/** A stream of the web, which can be read in a loop as well. The chunks are the plugin's own. */
export type GivenBytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** Streams of the web and of Node, and what an async generator gives. */
export type Bytes = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

export interface ContentFile {
  /** Relative to the sync folder, `/` separates. */
  readonly path: string;
  readonly name: string;
}
