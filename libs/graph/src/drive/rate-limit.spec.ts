import type { ByteSink, ByteSource } from '@tidemark/contracts';
import { createManualClock, type ManualClock } from '@tidemark/testkit';
import { describe, expect, it } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

const rate = 131_072;
const chunk = new Uint8Array(16_384);

function createSink(): ByteSink & { readonly received: () => number } {
  let offset = 0;
  return {
    get offset() {
      return offset;
    },
    write: (bytes) => void (offset += bytes.length),
    restart: async () => void (offset = 0),
    received: () => offset,
  };
}

/** How many milliseconds `work` takes when only waiting takes time. */
async function timeOf(clock: ManualClock, work: Promise<unknown>): Promise<number> {
  const begun = clock.monotonic();
  let isOver = false;
  const ended = work.finally(() => (isOver = true));
  await clock.advance(0);
  while (!isOver) await clock.advance(Math.max(1, clock.sleeping[0] ?? 1));
  await ended;
  return clock.monotonic() - begun;
}

describe('a rate limit', () => {
  it('lets no more bytes through in a second, whatever the pieces', async () => {
    const clock = createManualClock();
    const sink = createSink();
    const slow = createRateLimit(rate, clock).sink(sink);
    const fill = async (): Promise<void> => {
      for (let count = 0; count < 16; count += 1) await slow.write(chunk);
    };
    const took = await timeOf(clock, fill());
    expect(sink.received()).toBe(2 * rate);
    expect(took).toBeGreaterThanOrEqual(1990);
    expect(took).toBeLessThanOrEqual(2010);
  });

  it('slows the reading of what is uploaded', async () => {
    const clock = createManualClock();
    const source: ByteSource = {
      sizeBytes: rate,
      async *open(offset) {
        for (let at = offset; at < rate; at += chunk.length) yield chunk;
      },
    };
    let bytes = 0;
    const read = async (): Promise<void> => {
      for await (const piece of createRateLimit(rate, clock).source(source).open(0)) bytes += piece.length;
    };
    expect(await timeOf(clock, read())).toBeGreaterThanOrEqual(990);
    expect(bytes).toBe(rate);
  });

  it.each([1, 5])('keeps its rate although each timer comes %i ms late', async (lateMs) => {
    const clock = createManualClock();
    const late = { ...clock, sleep: (delayMs: number) => clock.sleep(delayMs + lateMs) };
    const mib = 1024 * 1024;
    const slow = createRateLimit(20 * mib, late).sink(createSink());
    const fill = async (): Promise<void> => {
      for (let count = 0; count < 1280; count += 1) await slow.write(chunk);
    };
    const took = await timeOf(clock, fill());
    expect(took).toBeGreaterThanOrEqual(990);
    expect(took).toBeLessThanOrEqual(1010);
  });

  it('makes up for a second at most in which nothing came', async () => {
    const clock = createManualClock();
    const slow = createRateLimit(rate, clock).sink(createSink());
    await clock.advance(60_000);
    const took = await timeOf(
      clock,
      (async () => {
        for (let count = 0; count < 16; count += 1) await slow.write(chunk);
      })(),
    );
    expect(took).toBeGreaterThanOrEqual(990);
  });

  it('lets a transfer that is stopped go at once', async () => {
    const clock = createManualClock();
    const stopping = new AbortController();
    const slow = createRateLimit(rate, clock).sink(createSink(), stopping.signal);
    const written = slow.write(new Uint8Array(rate));
    stopping.abort();
    await written;
    expect(clock.sleeping).toEqual([]);
  });

  it('of 0 is none', () => {
    const sink = createSink();
    expect(createRateLimit(0, createManualClock()).sink(sink)).toBe(sink);
  });
});
