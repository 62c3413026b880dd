/**
 * The bus: carries observations, commands and events between plugins and engine. The contract is weak on purpose:
 * at least once, unordered between publishers, duplicates possible. It never carries the only copy of a fact.
 * Subjects are dot-separated tokens; `*` matches one token, a final `>` one or more.
 */
export interface Bus {
  /** Resolves when the message was taken over (backpressure). Payloads are JSON data; the receiver gets its own copy or an immutable one. */
  publish(subject: string, payload: unknown): Promise<void>;
  /** `queue`: each message goes to exactly one member of the group. An async handler is awaited before the next message (bounded pending). */
  subscribe(
    subject: string,
    handler: (payload: unknown, subject: string) => void | Promise<void>,
    options?: { readonly queue?: string },
  ): Promise<BusSubscription>;
  /** Throws BusError with code `noResponders` or `timeout`. */
  request(subject: string, payload: unknown, timeoutMs: number): Promise<unknown>;
  /** Answers requests. */
  respond(
    subject: string,
    handler: (payload: unknown, subject: string) => unknown | Promise<unknown>,
  ): Promise<BusSubscription>;
  /** Delivers what was taken over, then closes. */
  close(): Promise<void>;
}

export interface BusSubscription {
  /** Nothing is delivered after it resolves. */
  unsubscribe(): Promise<void>;
}
