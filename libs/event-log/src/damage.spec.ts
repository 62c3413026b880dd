import { cp, open, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventLog, RecordedEvent } from '@tidemark/contracts';
import { Failure, itemId, seq } from '@tidemark/contracts';
import { batchKey, itemKey } from './keys.ts';
import { openLevelStore } from './level-store.ts';
import { openEventLog } from './open-event-log.ts';
import { allEvents, clock, collect, fillLog, openFor, scratchFolder } from './testing/sample-log.ts';
import { sampleBatch } from './testing/sample-events.ts';

/** What the reader learns of a log: by opening, by reading, by verifying, or nothing, when all of it is as written. */
type Outcome = 'opening' | 'reading' | 'verifying' | 'harmless' | 'SILENT';

async function outcomeOf(folder: string, written: readonly RecordedEvent[]): Promise<Outcome> {
  const log = await openEventLog({ folder, clock });
  try {
    if (log.opening.state === 'damaged') return 'opening';
    const read = await allEvents(log).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'logDamaged') return undefined;
      throw error;
    });
    if (read === undefined) return 'reading';
    if (!(await log.verify()).ok) return 'verifying';
    return JSON.stringify(read) === JSON.stringify(written) && (await indexIsRight(log, written))
      ? 'harmless'
      : 'SILENT';
  } finally {
    await log.close();
  }
}

async function indexIsRight(log: EventLog, written: readonly RecordedEvent[]): Promise<boolean> {
  for (const item of new Set(written.flatMap((event) => event.items))) {
    const expected = written.filter((event) => event.items.includes(item)).map((event) => event.seq);
    const found = (await collect(log.history(item))).map((event) => event.seq);
    if (found.join() !== expected.join()) return false;
  }
  return true;
}

/** Files that hold data. LevelDB's diary `LOG` and the locks hold none. */
async function dataFiles(folder: string): Promise<readonly string[]> {
  const inLog = (await readdir(join(folder, 'log'))).filter((name) => !/^(LOG|LOG\.old|LOCK)$/.test(name));
  return ['head', ...inLog.map((name) => join('log', name))];
}

async function flipByte(path: string, offset: number, mask: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, offset);
  await file.write(Buffer.of(byte.readUInt8() ^ mask), 0, 1, offset);
  await file.close();
}

test.for([
  { state: 'still in the write-ahead file', reopened: false },
  { state: 'already in a table', reopened: true },
])(
  'notices any flipped byte on opening, before LevelDB can drop what it hit, with events $state',
  async ({ reopened }) => {
    const original = join(await scratchFolder(), 'log');
    const written = await fillLog(original, 40);
    if (reopened) await (await openEventLog({ folder: original, clock })).close();
    const scratch = await scratchFolder();
    let run = 0;
    for (const file of await dataFiles(original)) {
      const { size } = await stat(join(original, file));
      if (size === 0) continue;
      await fc.assert(
        fc.asyncProperty(
          fc.nat({ max: size - 1 }),
          fc.integer({ min: 1, max: 255 }),
          async (offset, mask) => {
            const folder = join(scratch, String((run += 1)));
            await cp(original, folder, { recursive: true });
            await flipByte(join(folder, file), offset, mask);
            const outcome = await outcomeOf(folder, written);
            // Of the witness the other slot remains; the end of a table has room that nothing uses.
            const mayBeHarmless = file === 'head' || (file.endsWith('.ldb') && offset >= size - 48);
            expect(
              mayBeHarmless ? ['harmless', 'opening'] : ['opening'],
              `${file}, byte ${offset} of ${size}`,
            ).toContain(outcome);
            await rm(folder, { recursive: true });
          },
        ),
        { numRuns: 40, endOnFailure: true },
      );
    }
  },
);

test('never reads silently wrong after a file was cut short', async () => {
  const original = join(await scratchFolder(), 'log');
  const written = await fillLog(original, 30);
  const scratch = await scratchFolder();
  let run = 0;
  for (const file of await dataFiles(original)) {
    const { size } = await stat(join(original, file));
    if (size === 0) continue;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: size - 1 }), async (length) => {
        const folder = join(scratch, String((run += 1)));
        await cp(original, folder, { recursive: true });
        await truncate(join(folder, file), length);
        expect(await outcomeOf(folder, written), `${file} cut to ${length} of ${size}`).not.toBe('SILENT');
        await rm(folder, { recursive: true });
      }),
      { numRuns: 25, endOnFailure: true },
    );
  }
});

test('notices any deleted data file on opening', async () => {
  const original = join(await scratchFolder(), 'log');
  await fillLog(original, 30);
  await (await openEventLog({ folder: original, clock })).close();
  await appendTo(original, 1);
  const scratch = await scratchFolder();
  for (const file of await dataFiles(original)) {
    const folder = join(scratch, file.replaceAll('/', '_'));
    await cp(original, folder, { recursive: true });
    await rm(join(folder, file));
    const log = await openFor(folder);
    expect(log.opening.state, file).toBe('damaged');
  }
});

test('notices that the whole log folder is gone', async () => {
  const folder = join(await scratchFolder(), 'log');
  await fillLog(folder, 3);
  await rm(join(folder, 'log'), { recursive: true });
  expect((await openFor(folder)).opening.state).toBe('damaged');
});

test.for(['log', 'head'])('notices that "%s" was replaced by an older copy', async (part) => {
  const folder = join(await scratchFolder(), 'log');
  await fillLog(folder, 5);
  const backup = await scratchFolder();
  await cp(join(folder, part), join(backup, part), { recursive: true });
  await appendTo(folder, 3);
  await appendTo(folder, 3);
  await rm(join(folder, part), { recursive: true });
  await cp(join(backup, part), join(folder, part), { recursive: true });
  const log = await openFor(folder);
  expect(log.opening.state).toBe('damaged');
  expect(log.head).toBe(0);
});

test('notices a log that belongs to another witness', async () => {
  const one = join(await scratchFolder(), 'log');
  const other = join(await scratchFolder(), 'log');
  await fillLog(one, 4);
  await appendTo(other, 20);
  await rename(join(other, 'head'), join(one, 'head'));
  expect((await openFor(one)).opening.state).toBe('damaged');
});

test('keeps the damaged files byte for byte, and goes on with an empty log', async () => {
  const folder = join(await scratchFolder(), 'log');
  await fillLog(folder, 60);
  const name = (await readdir(join(folder, 'log'))).find((one) => one.endsWith('.log')) ?? '';
  await flipByte(join(folder, 'log', name), 2000, 0xff);
  const damaged = await readFile(join(folder, 'log', name));
  const log = await openFor(folder);
  if (log.opening.state !== 'damaged') throw new Error('the damage was not noticed');
  expect(log.opening.keptAt).toBe(join(folder, 'damaged-2026-01-31T12-00-00.000Z'));
  expect(log.opening.detail).toContain(name);
  expect(await readFile(join(log.opening.keptAt, 'log', name))).toEqual(damaged);
  await log.append(sampleBatch(1, 2));
  await log.close();
  const again = await openFor(folder);
  expect(again.opening).toEqual({ state: 'intact' });
  expect(again.head).toBe(2);
});

test('keeps the files of the last three damages, and names what it removes for them', async () => {
  const folder = join(await scratchFolder(), 'log');
  const removed: unknown[] = [];
  for (let damage = 0; damage < 5; damage++) {
    await fillLog(folder, 2);
    await truncate(join(folder, 'head'), 5);
    const log = await openFor(folder);
    removed.push(log.opening.state === 'damaged' ? log.opening.removed : log.opening.state);
    await log.close();
  }
  const kept = (await readdir(folder)).filter((name) => name.startsWith('damaged-'));
  expect(kept).toHaveLength(3);
  const gone = (suffix: string) => ({
    ...{ path: join(folder, `damaged-2026-01-31T12-00-00.000Z${suffix}`), obstacle: null },
  });
  expect(removed).toEqual([undefined, undefined, undefined, [gone('')], [gone('-2')]]);
});

test('throws at a gap while reading, and puts the log aside at the next opening', async () => {
  const folder = join(await scratchFolder(), 'log');
  await fillLog(folder, 20);
  // A record that LevelDB lost in the middle, with all its checksums right.
  const store = await openLevelStore(join(folder, 'log'), false);
  await store.remove({ from: batchKey(seq(51)), to: batchKey(seq(51)) });
  await store.close();
  const log = await openEventLog({ folder, clock });
  expect(log.opening).toEqual({ state: 'intact' });
  const seen: number[] = [];
  const reading = async (): Promise<void> => {
    for await (const batch of log.read()) seen.push(...batch.map((event) => event.seq));
  };
  await expect(reading()).rejects.toMatchObject({ code: 'logDamaged' });
  expect(Math.max(...seen)).toBeLessThanOrEqual(50);
  expect(await log.verify()).toMatchObject({ ok: false, at: 50, detail: expect.stringContaining('gap') });
  await log.close();
  const again = await openFor(folder);
  expect(again.opening).toMatchObject({ state: 'damaged', detail: expect.stringContaining('found earlier') });
});

test('throws at events that were changed with all the checksums of LevelDB right', async () => {
  const folder = join(await scratchFolder(), 'log');
  await fillLog(folder, 20);
  const store = await openLevelStore(join(folder, 'log'), false);
  const key = batchKey(seq(51));
  const stored = (await store.get(key))?.toString('latin1') ?? '';
  const changed = stored.replace('"side":"local"', '"side":"remote"');
  await store.commit([{ key, value: Buffer.from(changed, 'latin1') }]);
  await store.close();
  const log = await openFor(folder);
  expect(log.opening).toEqual({ state: 'intact' });
  const seen: number[] = [];
  const reading = async (): Promise<void> => {
    for await (const batch of log.read()) seen.push(...batch.map((event) => event.seq));
  };
  await expect(reading()).rejects.toMatchObject({ code: 'logDamaged' });
  expect(Math.max(...seen)).toBe(50);
  expect(await log.verify()).toMatchObject({ ok: false, detail: expect.stringContaining('chain') });
});

test('finds an index entry that is missing when it verifies', async () => {
  const folder = join(await scratchFolder(), 'log');
  await fillLog(folder, 4);
  const store = await openLevelStore(join(folder, 'log'), false);
  await store.remove({ from: itemKey(itemId(3), seq(10)), to: itemKey(itemId(3), seq(10)) });
  await store.close();
  const log = await openFor(folder);
  expect(await log.verify()).toMatchObject({ ok: false, detail: expect.stringContaining('index') });
});

test('takes a log that is one commit ahead of its witness for intact', async () => {
  const folder = join(await scratchFolder(), 'log');
  await fillLog(folder, 2);
  const witness = await readFile(join(folder, 'head'));
  await appendTo(folder, 1);
  await writeFile(join(folder, 'head'), witness);
  const log = await openEventLog({ folder, clock });
  expect(log.opening).toEqual({ state: 'intact' });
  expect(log.head).toBe(11);
  expect(await log.verify()).toMatchObject({ ok: true });
  await log.close();
  expect((await openFor(folder)).opening).toEqual({ state: 'intact' });
});

test('loses a torn last record without calling it damage, as long as nobody was told that it is durable', async () => {
  const folder = join(await scratchFolder(), 'log');
  await fillLog(folder, 2);
  const witness = await readFile(join(folder, 'head'));
  await appendTo(folder, 5);
  await writeFile(join(folder, 'head'), witness);
  const name = (await readdir(join(folder, 'log'))).find((one) => one.endsWith('.log')) ?? '';
  const path = join(folder, 'log', name);
  await truncate(path, (await stat(path)).size - 10);
  const log = await openFor(folder);
  expect(log.opening).toEqual({ state: 'intact' });
  expect(log.head).toBe(10);
});

/** Opens, appends one batch of `count` events, closes. */
async function appendTo(folder: string, count: number): Promise<void> {
  const log = await openEventLog({ folder, clock });
  await log.append(sampleBatch(log.head + 1, count));
  await log.close();
}
