/** What every event log must do, whatever it is kept in. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventLog, RecordedEvent } from '@tidemark/contracts';
import { Failure, itemId, seq } from '@tidemark/contracts';
import { plainEvents, recordedBatches } from './recorded-batches.ts';

export interface EventLogHarness {
  readonly name: string;
  /** Opens a log that did not exist before. */
  readonly create: () => Promise<EventLog>;
  /** Closes the log and opens it again, as a new process would. */
  readonly reopen: (log: EventLog) => Promise<EventLog>;
}

/** Runs over a new log, and closes it whatever happens, or the one that `run` returns instead. */
export const createWithLog =
  (create: EventLogHarness['create']) =>
  async (run: (log: EventLog) => Promise<EventLog | void>): Promise<void> => {
    const log = await create();
    let last = log;
    try {
      last = (await run(log)) ?? log;
    } finally {
      await last.close();
    }
  };

export function eventLogConformance({ name, create, reopen }: EventLogHarness): void {
  const withLog = createWithLog(create);

  const historyRuns = { numRuns: 25 };

  describe(`event log: ${name}`, () => {
    test('is new and empty at first', () =>
      withLog(async (log) => {
        expect(log.opening).toEqual({ state: 'new' });
        expect(log.head).toBe(0);
        expect(await collect(log.read())).toEqual([]);
        expect(await log.latestSnapshot()).toBeNull();
        expect(await log.verify()).toEqual({ ok: true, head: 0, batches: 0 });
      }));

    test('gives back any history, batch by batch, before and after it was opened again', async () => {
      await fc.assert(
        fc.asyncProperty(recordedBatches(), (batches) =>
          withLog(async (log) => {
            for (const batch of batches) await log.append(batch);
            expect(await collect(log.read())).toEqual(batches);
            const again = await reopen(log);
            expect(again.opening).toEqual({ state: 'intact' });
            expect(again.head).toBe(batches.flat().length);
            expect(await collect(again.read())).toEqual(batches);
            expect(await again.verify()).toEqual({ ok: true, head: again.head, batches: batches.length });
            return again;
          }),
        ),
        historyRuns,
      );
    });

    test('goes on where it ended', () =>
      withLog(async (log) => {
        await log.append(plainEvents(1, 3));
        const again = await reopen(log);
        await again.append(plainEvents(4, 2));
        expect((await collect(again.read())).map((batch) => batch.length)).toEqual([3, 2]);
        return again;
      }));

    test('reads any range and cuts batches at its ends', async () => {
      await fc.assert(
        fc.asyncProperty(recordedBatches(), fc.nat({ max: 40 }), fc.nat({ max: 40 }), (batches, from, to) =>
          withLog(async (log) => {
            for (const batch of batches) await log.append(batch);
            const expected = batches
              .map((batch) => batch.filter((one) => one.seq >= from && one.seq <= to))
              .filter((batch) => batch.length > 0);
            expect(await collect(log.read({ from: seq(from), to: seq(to) }))).toEqual(expected);
          }),
        ),
        historyRuns,
      );
    });

    test('finds the events of an item, oldest first', async () => {
      await fc.assert(
        fc.asyncProperty(recordedBatches(), fc.nat({ max: 6 }).map(itemId), (batches, item) =>
          withLog(async (log) => {
            for (const batch of batches) await log.append(batch);
            const again = await reopen(log);
            const expected = batches.flat().filter((one) => one.items.includes(item));
            expect(await collect(again.history(item))).toEqual(expected);
            return again;
          }),
        ),
        historyRuns,
      );
    });

    test('takes overlapping appends and keeps their order and their batches', () =>
      withLog(async (log) => {
        const batches = Array.from({ length: 200 }, (_, index) => plainEvents(1 + index * 3, 3));
        await Promise.all(batches.map((batch) => log.append(batch)));
        expect(log.head).toBe(600);
        const again = await reopen(log);
        expect(await collect(again.read())).toEqual(batches);
        return again;
      }));

    test('moves the head only when events are durable', () =>
      withLog(async (log) => {
        const appended = log.append(plainEvents(1, 5));
        expect(log.head).toBe(0);
        await appended;
        expect(log.head).toBe(5);
      }));

    test('refuses events that do not follow the last one, and goes on with those that do', () =>
      withLog(async (log) => {
        await log.append(plainEvents(1, 2));
        await expect(log.append(plainEvents(2, 1))).rejects.toThrow('event 3 comes next');
        await expect(log.append(plainEvents(4, 1))).rejects.toThrow('event 3 comes next');
        await expect(log.append([...plainEvents(3, 1), ...plainEvents(5, 1)])).rejects.toThrow(
          'event 4 comes next',
        );
        await log.append(plainEvents(3, 1));
        expect(log.head).toBe(3);
      }));

    test('writes nothing for an empty batch', () =>
      withLog(async (log) => {
        await log.append([]);
        expect(await collect(log.read())).toEqual([]);
      }));

    test('keeps its own copy of what was appended', () =>
      withLog(async (log) => {
        const items = [itemId(1)];
        const [event] = plainEvents(1, 1);
        if (event === undefined) throw new Error('one event was asked for');
        const appended = log.append([{ ...event, items }]);
        items.push(itemId(2));
        await appended;
        expect((await collect(log.read()))[0]?.[0]?.items).toEqual([1]);
      }));

    test('reads what was there when reading began while more is appended', () =>
      withLog(async (log) => {
        for (let first = 1; first <= 50; first += 1) await log.append(plainEvents(first, 1));
        const seen: RecordedEvent[] = [];
        for await (const batch of log.read()) {
          seen.push(...batch);
          await log.append(plainEvents(log.head + 1, 1));
        }
        expect(seen.map((event) => event.seq)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
        expect(await log.verify()).toEqual({ ok: true, head: 100, batches: 100 });
      }));

    test('keeps the newest snapshot, whole, over a restart', () =>
      withLog(async (log) => {
        await log.append(plainEvents(1, 9));
        await log.saveSnapshot(seq(4), ['older']);
        const chunks = ['{"a":', '', '"ü €"}', 'x'.repeat(3 << 20)];
        await log.saveSnapshot(seq(8), chunks);
        const again = await reopen(log);
        const snapshot = await again.latestSnapshot();
        expect(snapshot?.seq).toBe(8);
        expect(await collect(snapshot?.chunks ?? none())).toEqual(chunks);
        return again;
      }));

    test('replaces a snapshot of the same event', () =>
      withLog(async (log) => {
        await log.append(plainEvents(1, 2));
        await log.saveSnapshot(seq(2), ['a', 'b', 'c']);
        await log.saveSnapshot(seq(2), ['d']);
        expect(await collect((await log.latestSnapshot())?.chunks ?? none())).toEqual(['d']);
        await log.saveSnapshot(seq(2), []);
        expect(await collect((await log.latestSnapshot())?.chunks ?? none())).toEqual([]);
      }));

    test('ignores a snapshot of events that it does not have', () =>
      withLog(async (log) => {
        await log.append(plainEvents(1, 2));
        await log.saveSnapshot(seq(3), ['from the future']);
        expect(await log.latestSnapshot()).toBeNull();
      }));

    test('refuses to read an event of a type that it does not know, and does not call it damage', () =>
      withLog(async (log) => {
        const [event] = plainEvents(1, 1);
        // What a newer version would have written.
        const strange = { ...event, event: { type: 'FromTheFuture' } } as unknown as RecordedEvent;
        await log.append([strange]);
        await expect(collect(log.read())).rejects.toMatchObject({ code: 'logTooNew' });
        await expect(log.verify()).rejects.toBeInstanceOf(Failure);
        const again = await reopen(log);
        expect(again.opening).toEqual({ state: 'intact' });
        return again;
      }));

    test('finishes what it took in before it closes, and takes nothing afterwards', () =>
      withLog(async (log) => {
        const appended = [log.append(plainEvents(1, 1)), log.append(plainEvents(2, 1))];
        const again = await reopen(log);
        await Promise.all(appended);
        expect(again.head).toBe(2);
        await expect(log.append(plainEvents(3, 1))).rejects.toBeInstanceOf(Failure);
        await log.close();
        return again;
      }));
  });
}

async function collect<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}

async function* none(): AsyncIterable<string> {}
