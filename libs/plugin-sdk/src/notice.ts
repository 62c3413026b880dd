/**
 * Notices: what a plugin says while it happens. Never an event: a notice is not kept, may be lost, and nothing depends on
 * it. Whoever is told often thins them out; `count` is the number of all so far, so that none goes missing in the sum.
 */

export type Notice =
  /** Notifications can arrive from now on. `address`: where, for people. */
  | { readonly type: 'listenerStarted'; readonly address: string }
  | { readonly type: 'listenerStopped' }
  /** The service asked whether an address is ours, and it was answered. */
  | { readonly type: 'validationAnswered' }
  /** Notifications that are ours. */
  | { readonly type: 'signalReceived'; readonly count: number }
  /** Notifications that nobody with the secret has sent, or that nobody can read. */
  | { readonly type: 'forged'; readonly count: number };

/** A notice as watchers get it. */
export interface ToldNotice {
  readonly plugin: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly notice: Notice;
}
