/** `rate_limit`: an upper bound of the speed of each transfer, as in the peer, where every thread has its own. */
import type { AbortSignalLike, ByteSink, ByteSource, Clock } from '@tidemark/contracts';

export interface RateLimit {
  /** The same sink, which takes its time. */
  sink(sink: ByteSink, signal?: AbortSignalLike): ByteSink;
  /** The same source, which takes its time: what is read is soon sent. */
  source(source: ByteSource, signal?: AbortSignalLike): ByteSource;
}

/** `bytesPerSecond`: 0 for none. */
export function createRateLimit(bytesPerSecond: number, clock: Clock): RateLimit {
  if (bytesPerSecond === 0) return { sink: (sink) => sink, source: (source) => source };

  /**
   * One transfer's promise: so many bytes have had so much time. A timer that comes late is made up for, and so is what the
   * sending of a fragment takes; a longer time in which nothing came is not. Void when there is nothing to wait for.
   */
  function createPace(signal: AbortSignalLike | undefined): (bytes: number) => Promise<void> | void {
    let dueAt = clock.monotonic();
    return (bytes) => {
      const now = clock.monotonic();
      dueAt = Math.max(dueAt, now - longestCreditMs) + (bytes * 1000) / bytesPerSecond;
      if (dueAt - now >= shortestWaitMs) return clock.sleep(dueAt - now, signal);
    };
  }

  return {
    sink(sink, signal) {
      const pace = createPace(signal);
      return {
        get offset() {
          return sink.offset;
        },
        write(chunk) {
          const written = sink.write(chunk);
          const paced = pace(chunk.length);
          return written === undefined ? paced : written.then(() => paced);
        },
        restart: () => sink.restart(),
      };
    },
    source(source, signal) {
      const pace = createPace(signal);
      return {
        sizeBytes: source.sizeBytes,
        async *open(offset) {
          for await (const chunk of source.open(offset)) {
            await pace(chunk.length);
            yield chunk;
          }
        },
      };
    },
  };
}

/** Shorter ones add up until they are worth a timer. */
const shortestWaitMs = 5;
/** As long as the fragment of an upload may take to be sent after it was read. */
const longestCreditMs = 1000;
