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
