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
