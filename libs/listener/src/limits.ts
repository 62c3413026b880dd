import type { StreamLimits } from './send-stream.ts';

/** What a listener grants to each client that connects. Node's own defaults are made for trusted callers: 60 s, 300 s, 16 KiB, no end. */
export interface ListenLimits extends StreamLimits {
  /** From the connection, or the end of the request before, to the end of the headers. */
  readonly headersTimeoutMs: number;
  /** The same to the end of the body. */
  readonly requestTimeoutMs: number;
  /** How often the two are checked: they fire that much late. */
  readonly checkIntervalMs: number;
  /** Silence between two requests. */
  readonly keepAliveMs: number;
  /** Request line and headers together. */
  readonly headerBytesMax: number;
  readonly headersMax: number;
  readonly requestsPerConnection: number;
  /** When most of them wait for a request that does not come, the oldest of these makes room. */
  readonly connectionsMax: number;
}

export const defaultLimits: ListenLimits = {
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  checkIntervalMs: 1_000,
  keepAliveMs: 5_000,
  headerBytesMax: 8 * 1024,
  headersMax: 64,
  requestsPerConnection: 100,
  connectionsMax: 256,
  streamStallMs: 30_000,
  lastWordsMs: 10_000,
};
