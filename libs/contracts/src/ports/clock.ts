/** Time and chance, so that nothing else needs them. */
export interface Clock {
  /** Milliseconds since 1970. May jump. */
  now(): number;
  /** Milliseconds from an arbitrary start. Never goes back. */
  monotonic(): number;
  /** Resolves after the delay, or at once when aborted (without throwing). */
  sleep(delayMs: number, signal?: AbortSignalLike): Promise<void>;
}

export interface Random {
  /** Unpredictable bytes. */
  bytes(count: number): Uint8Array;
  /** RFC 9562 version 4. */
  uuid(): string;
  /** In [0, 1), for jitter. */
  fraction(): number;
}

/** The part of AbortSignal that ports need; declared here because the core knows no platform. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
