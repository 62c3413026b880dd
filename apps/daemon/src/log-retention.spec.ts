import type { EventLog, LogLimits } from '@tidemark/contracts';
import { Failure, seq } from '@tidemark/contracts';
import type { Notice } from '@tidemark/plugin-sdk';
import { expect, test } from 'vitest';
import { createLogRetention } from './log-retention.ts';

const dayMs = 86_400_000;
const nothing = { archivedTo: seq(0), hasArchived: false, removed: null, sizeBytes: 100, obstacle: null };

function retentionOf(retain: EventLog['retain']) {
  let now = 100 * dayMs;
  const told: Notice[] = [];
  const interruption = new AbortController();
  const retention = createLogRetention({
    log: { retain },
    clock: { now: () => now, monotonic: () => now },
    ...{ days: 30, sizeBytesMax: 1000, signal: interruption.signal },
    tell: async (notice) => void told.push(notice),
  });
  return {
    ...{ retention, told, interrupt: () => interruption.abort() },
    pass: (ms: number) => void (now += ms),
  };
}

test('the log is looked at when all is at rest, once an hour at most, and nothing is said while nothing goes', async () => {
  const asked: LogLimits[] = [];
  const { retention, told, pass } = retentionOf(async (limits) => {
    asked.push(limits);
    return nothing;
  });
  await retention.atRest();
  pass(3_599_000);
  await retention.atRest();
  expect(asked).toMatchObject([{ olderThan: 70 * dayMs, sizeBytesMax: 1000 }]);
  pass(1_000);
  await retention.atRest();
  expect(asked).toHaveLength(2);
  expect(told).toEqual([]);
});

test('each removal is told; what is in the way is told once', async () => {
  const removed = { from: seq(1), to: seq(50), until: 5 };
  const { retention, told, pass } = retentionOf(async () => ({
    ...{ archivedTo: seq(90), hasArchived: true, removed, sizeBytes: 2000, obstacle: null },
  }));
  const facts = {
    ...{ type: 'logRetained', archivedTo: 90, sizeBytes: 2000, sizeBytesMax: 1000 },
    removed: { from: 1, to: 50, until: '1970-01-01T00:00:00.005Z' },
  };
  await retention.atRest();
  pass(3_600_000);
  await retention.atRest();
  expect(told).toEqual([
    { ...facts, obstacle: 'what has to be kept takes more' },
    { ...facts, obstacle: null },
  ]);
});

test('a log that cannot be moved ends nothing', async () => {
  const failure = new Failure({ code: 'diskFull', detail: 'Cannot move old events' });
  const { retention, told } = retentionOf(() => Promise.reject(failure));
  await retention.atRest();
  expect(told).toMatchObject([{ type: 'logRetained', removed: null, obstacle: 'Cannot move old events' }]);
});

test.each(['interrupted', 'closed'])(
  'a run that is %s stops it, and nothing begins after it',
  async (how) => {
    let looks = 0;
    const begun = Promise.withResolvers<void>();
    const { retention, interrupt, pass } = retentionOf(async ({ signal }) => {
      looks += 1;
      begun.resolve();
      await new Promise<void>((resolve) =>
        signal?.addEventListener('abort', () => resolve(), { once: true }),
      );
      return nothing;
    });
    const looking = retention.atRest();
    await begun.promise;
    if (how === 'interrupted') interrupt();
    else void retention.close();
    await looking;
    pass(3_600_000);
    await retention.atRest();
    expect(looks).toBe(1);
  },
);
