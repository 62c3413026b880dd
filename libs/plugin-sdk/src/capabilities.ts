/** Capabilities that are not ports of the core: what the host lends to a plugin that declared the need. */
import type { AbortSignalLike } from '@tidemark/contracts';
import type { Observable } from 'rxjs';

/** Where text for people goes. Takes finished lines: the caller has already made them harmless. */
export interface Output {
  /** One line for people or programs that read standard output. */
  line(text: string): void;
  errorLine(text: string): void;
  /** The line that is rewritten in place on a terminal; null clears it. Nothing happens when this is no terminal. */
  status(text: string | null): void;
  readonly isTerminal: boolean;
  /** Width of the terminal in columns; 80 when it is none. */
  readonly columns: number;
}

/** Opens a WebSocket. Throws Failure, `accessDenied` for a host name that was not declared. */
export type Connect = (url: string, options?: { readonly signal?: AbortSignalLike }) => Promise<Connection>;

export interface Connection {
  /** Text messages; completes when the other side closes. */
  readonly messages: Observable<string>;
  send(text: string): void;
  close(): Promise<void>;
}

/**
 * Sends one HTTP request over TLS, to a host name that was declared. Any status is an answer, a redirect too: none is followed. Throws
 * Failure: `accessDenied` for another host, `offline`, `timedOut` after 30 s, `tlsUntrusted`, `invalidRequest` when it or its
 * answer is larger than 1 MiB.
 */
export type HttpRequest = (url: string, options?: HttpRequestOptions) => Promise<HttpAnswer>;

export interface HttpRequestOptions {
  /** Default `GET`. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignalLike;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * Shows a notification on the desktop of the user whose session this is. At most 20 in a minute. Throws Failure: `notSupported` where there is no
 * session or no program for it, `throttled` for more.
 */
export type ShowOnDesktop = (notification: DesktopNotification) => Promise<void>;

/** Plain text: the host writes markup as such, and makes names harmless. */
export interface DesktopNotification {
  /** One line of at most 100 characters. */
  readonly title: string;
  /** At most 1,000 characters. */
  readonly text: string;
  /** It stays until it is dismissed, where the desktop knows such. */
  readonly isUrgent?: boolean;
}

/**
 * A folder outside the sync folder that the user named. Paths are relative to it, `/` separates. No link in it is followed. Throws Failure:
 * `invalidRequest` for a path that leads elsewhere, `diskFull` before the last of the disk is used (`space_reservation`),
 * `accessDenied` for what would change it in a dry run; what the disk says.
 */
export interface Files {
  /** Every file in it. */
  list(): Promise<readonly { readonly path: string; readonly sizeBytes: number }[]>;
  /** Makes the file with the folders above it, or replaces it: as a whole, when all of it is durable, or not at all. */
  write(path: string, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
  /** Removes the file, and the folders above it that are empty then. Already gone counts as done. */
  remove(path: string): Promise<void>;
}

/** A few JSON values that outlive the run, 64 KiB in all. Throws Failure: `invalidRequest` for more, or for what is no JSON; what the disk says. */
export interface Store {
  /** undefined when there is none. */
  get(key: string): Promise<unknown>;
  /** Resolves when it is durable. */
  set(key: string, value: unknown): Promise<void>;
  /** Already gone counts as done. */
  delete(key: string): Promise<void>;
  keys(): Promise<readonly string[]>;
}
