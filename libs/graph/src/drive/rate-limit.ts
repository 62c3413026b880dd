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

  /** One transfer's promise: so many bytes have had so much time. Time in which nothing came is not made up for. */
  function createPace(signal: AbortSignalLike | undefined): (bytes: number) => Promise<void> {
    let dueAt = clock.monotonic();
    return async (bytes) => {
      const now = clock.monotonic();
      dueAt = Math.max(dueAt, now) + (bytes * 1000) / bytesPerSecond;
      if (dueAt - now >= shortestWaitMs) await clock.sleep(dueAt - now, signal);
    };
  }

  return {
    sink(sink, signal) {
      const pace = createPace(signal);
      return {
        get offset() {
          return sink.offset;
        },
        async write(chunk) {
          await sink.write(chunk);
          await pace(chunk.length);
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
