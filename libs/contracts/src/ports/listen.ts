/** The listening port: answers HTTP requests that come from anywhere, so everything about it has a limit. */
import type { AbortSignalLike } from './clock.ts';

/**
 * Where to listen. `host` empty: every address of this machine. `port` 0: any free one. `socketMode`: who may connect to a Unix
 * socket, as a file mode; 0660 by default, for a reverse proxy in the same group.
 */
export type ListenAddress =
  | { readonly host: string; readonly port: number }
  | { readonly socketPath: string; readonly socketMode?: number };

/** One HTTP request, read completely within the limits. */
export interface IncomingRequest {
  readonly method: string;
  /** Path and query as sent; begins with `/`. */
  readonly target: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Empty over a Unix socket. */
  readonly remoteAddress: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * Takes the place of `body`: pieces that go out as they come, the next one asked for when the reader has taken those before. The
   * connection ends with the stream.
   */
  readonly stream?: (reader: StreamReader) => AsyncIterable<string>;
}

/** Who reads a stream. */
export interface StreamReader {
  /**
   * Why no more is wanted; null while the stream goes on. `gone`: the other side has closed. `slow`: it took nothing for a long time.
   * `closing`: the listener ends. What the stream yields after the last two are its last words, so they are to be short.
   */
  readonly ended: 'gone' | 'slow' | 'closing' | null;
  /** Aborted when `ended` is no longer null. */
  readonly signal: AbortSignalLike;
}

export interface Listening {
  /** 0 over a Unix socket. */
  readonly port: number;
  /** Takes nothing more from this moment on, and ends streams; resolves when the last connection is gone. */
  close(): Promise<void>;
}

/**
 * Listens until `close`. Requests above the limits, or that two readers could understand differently, never reach `answer`.
 * Throws Failure `listenerFailed` when the address cannot be had.
 */
export type Listen = (
  options: ListenAddress & {
    readonly bodyBytesMax: number;
    /** Told of each request or connection that never reached `answer`, or that it had no answer to; `reason` in one word. */
    readonly onRefused?: (reason: string) => void;
  },
  answer: (request: IncomingRequest) => Promise<Answer>,
) => Promise<Listening>;
