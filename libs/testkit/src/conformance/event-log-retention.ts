/** What every event log must do with its old events, whatever it is kept in. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventLog, LogLimits, RecordedEvent } from '@tidemark/contracts';
import { Failure, itemId, seq } from '@tidemark/contracts';
import type { EventLogHarness } from './event-log.ts';
import { createWithLog } from './event-log.ts';
import { plainEvents, recordedBatches } from './recorded-batches.ts';

/** Everything is old, and there is room for all of it. */
const allIsOld: LogLimits = { olderThan: Number.MAX_SAFE_INTEGER, sizeBytesMax: 1 << 30 };
/** There is room for nothing. */
const noRoom: LogLimits = { ...allIsOld, sizeBytesMax: 1 };

export function eventLogRetention({ name, create, reopen }: EventLogHarness): void {
  const withLog = createWithLog(create);

  async function append(log: EventLog, batches: readonly (readonly RecordedEvent[])[]): Promise<void> {
    for (const batch of batches) await log.append(batch);
  }

  const runs = { numRuns: 25 };

  describe(`old events: ${name}`, () => {
    test('are read, found and verified in archives as before, also after the log was opened again', async () => {
      await fc.assert(
        fc.asyncProperty(recordedBatches(), fc.nat({ max: 6 }).map(itemId), async (batches, item) =>
          withLog(async (log) => {
            await append(log, batches);
            await log.saveSnapshot(log.head, ['the state']);
            const archivedTo = batches.slice(0, -1).flat().length;
            expect(await log.retain(allIsOld)).toMatchObject({ archivedTo, removed: null, obstacle: null });
            const touching = batches.flat().filter((one) => one.items.includes(item));
            const again = await reopen(log);
            expect(again.opening).toEqual({ state: 'intact' });
            expect(again.first).toBe(1);
            expect(await collect(again.read())).toEqual(batches);
            expect(await collect(again.history(item))).toEqual(touching);
            expect(await again.verify()).toEqual({ ok: true, head: again.head, batches: batches.length });
            return again;
          }),
        ),
        runs,
      );
    });

    test('are read in any range, wherever it begins and ends', async () => {
      const seqs = fc.nat({ max: 40 });
      const reached = fc.integer({ min: 1, max: 40 });
      await fc.assert(
        fc.asyncProperty(recordedBatches(), seqs, seqs, reached, async (batches, from, to, behind) =>
          withLog(async (log) => {
            await append(log, batches);
            await log.saveSnapshot(seq(Math.min(behind, log.head)), ['the state']);
            await log.retain(allIsOld);
            const expected = batches
              .map((batch) => batch.filter((one) => one.seq >= from && one.seq <= to))
              .filter((batch) => batch.length > 0);
            expect(await collect(log.read({ from: seq(from), to: seq(to) }))).toEqual(expected);
          }),
        ),
        runs,
      );
    });

    test('stay where they are as long as there is no snapshot behind them', () =>
      withLog(async (log) => {
        await append(log, [plainEvents(1, 3), plainEvents(4, 3), plainEvents(7, 3)]);
        expect(await log.retain(allIsOld)).toMatchObject({ archivedTo: 0, hasArchived: false });
        await log.saveSnapshot(seq(5), ['the state after event 5']);
        expect(await log.retain(noRoom)).toMatchObject({ archivedTo: 3, hasArchived: true });
        expect(await collect(log.read({ from: seq(6) }))).toHaveLength(2);
      }));

    test('stay where they are until they are old', () =>
      withLog(async (log) => {
        const dayMs = 86_400_000;
        const [first, second, third] = [plainEvents(1, 3), plainEvents(4, 3), plainEvents(7, 1)];
        await append(log, [first, second, third]);
        await log.saveSnapshot(log.head, ['the state']);
        const { at } = second[0] ?? { at: 0 };
        // A day more, so that a quiet log has few archives.
        expect(await log.retain({ ...allIsOld, olderThan: at })).toMatchObject({ archivedTo: 0 });
        await log.append(plainEvents(8, 1).map((event) => ({ ...event, at: at + 2 * dayMs })));
        await log.saveSnapshot(log.head, ['the state']);
        expect(await log.retain({ ...allIsOld, olderThan: at + dayMs + 1 })).toMatchObject({ archivedTo: 7 });
      }));

    test('are removed, the oldest first, where there is no room; the log says where it begins', () =>
      withLog(async (log) => {
        await append(log, [plainEvents(1, 3), plainEvents(4, 3), plainEvents(7, 3)]);
        await log.saveSnapshot(log.head, ['the state']);
        expect(await log.retain(noRoom)).toMatchObject({
          archivedTo: 6,
          removed: { from: 1, to: 6, until: plainEvents(6, 1)[0]?.at },
        });
        const again = await reopen(log);
        expect(again.opening).toEqual({ state: 'intact' });
        expect(again.first).toBe(7);
        expect(await collect(again.read())).toEqual([plainEvents(7, 3)]);
        expect(await collect(again.history(itemId(5)))).toEqual([]);
        expect(await again.verify()).toEqual({ ok: true, head: 9, batches: 1 });
        expect(await collect((await again.latestSnapshot())?.chunks ?? none())).toEqual(['the state']);
        await again.append(plainEvents(10, 2));
        // The snapshot is of event 9: what is behind it goes too.
        expect(await again.retain(noRoom)).toMatchObject({ archivedTo: 9, removed: { from: 7, to: 9 } });
        return again;
      }));

    test('that are gone cannot be asked for', () =>
      withLog(async (log) => {
        await append(log, [plainEvents(1, 3), plainEvents(4, 3)]);
        await log.saveSnapshot(log.head, ['the state']);
        await log.retain(noRoom);
        const asked = collect(log.read({ from: seq(2) }));
        await expect(asked).rejects.toBeInstanceOf(Failure);
        await expect(asked).rejects.toThrow('events 1 to 3 were removed');
      }));

    test('go while new ones come', () =>
      withLog(async (log) => {
        await append(
          log,
          Array.from({ length: 30 }, (_, index) => plainEvents(1 + index, 1)),
        );
        await log.saveSnapshot(log.head, ['the state']);
        const moved = log.retain(noRoom);
        for (let next = 31; next <= 60; next += 1) await log.append(plainEvents(next, 1));
        await moved;
        const again = await reopen(log);
        expect(again.head).toBe(60);
        expect(await collect(again.read({ from: seq(31) }))).toHaveLength(30);
        expect(await again.verify()).toMatchObject({ ok: true, head: 60 });
        return again;
      }));

    test('leave the snapshot from which the state can be built until others can stand for it', () =>
      withLog(async (log) => {
        await append(log, [plainEvents(1, 3), plainEvents(4, 3)]);
        await log.saveSnapshot(seq(6), ['the state after event 6']);
        await log.retain(allIsOld);
        await log.append(plainEvents(7, 3));
        await log.saveSnapshot(seq(8), ['the state after event 8']);
        await log.saveSnapshot(seq(9), ['the state after event 9']);
        expect((await log.latestSnapshot())?.seq).toBe(9);
        expect((await log.latestSnapshot(seq(8)))?.seq).toBe(6);
        await log.append(plainEvents(10, 1));
        await log.retain(allIsOld);
        expect((await log.latestSnapshot())?.seq).toBe(9);
        expect(await log.latestSnapshot(seq(8))).toBeNull();
      }));
  });
}

async function collect<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}

async function* none(): AsyncIterable<string> {}
