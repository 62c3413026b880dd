import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seq } from '@tidemark/contracts';
import { batchKey } from './keys.ts';
import { openLevelStore } from './level-store.ts';
import { copyLog, readLogCopy } from './log-copy.ts';
import { sampleBatch } from './testing/sample-events.ts';
import { allEvents, fillLog, openFor, scratchFolder } from './testing/sample-log.ts';

test('copies a log again and again while it is written, and each copy is whole up to what was durable', async () => {
  const folder = join(await scratchFolder(), 'log');
  const copies = await scratchFolder();
  const log = await openFor(folder);
  let writing = true;
  const writer = (async () => {
    while (writing) await log.append(sampleBatch(log.head + 1, 200));
  })();
  const hasTables = async (): Promise<boolean> =>
    (await readdir(join(folder, 'log'))).some((name) => name.endsWith('.ldb'));
  // The writer gets far enough for tables to come and go meanwhile.
  for (let round = 0; round < 8 || !(await hasTables()); round += 1) {
    const durable = log.head;
    const copy = await readLogCopy(folder, join(copies, String(round)));
    expect(copy.opening.state).toBe(copy.head === 0 ? 'new' : 'intact');
    expect(copy.head).toBeGreaterThanOrEqual(durable);
    expect(await copy.verify()).toMatchObject({ ok: true, head: copy.head });
    await copy.close();
  }
  writing = false;
  await writer;
});

test('reads a copy of a saved log and never writes to it', async () => {
  const folder = join(await scratchFolder(), 'log');
  const events = await fillLog(folder, 5);
  const saved = join(await scratchFolder(), 'saved');
  await copyLog(folder, saved);
  const copy = await readLogCopy(saved, join(await scratchFolder(), 'copy'));
  expect(await allEvents(copy)).toEqual(events);
  await expect(copy.append(sampleBatch(26, 1))).rejects.toThrow('Cannot write to the copy');
  await expect(copy.saveSnapshot(seq(25), ['x'])).rejects.toThrow('Cannot write to the copy');
  await copy.close();
});

test('shows what a damaged log still holds, and says where it breaks', async () => {
  const folder = join(await scratchFolder(), 'log');
  await fillLog(folder, 20);
  const store = await openLevelStore(join(folder, 'log'), false);
  await store.remove({ from: batchKey(seq(51)), to: batchKey(seq(51)) });
  await store.remove({ from: batchKey(seq(91)), to: batchKey(seq(96)) });
  await store.close();
  const copy = await readLogCopy(folder, join(await scratchFolder(), 'copy'));
  expect(copy.opening).toMatchObject({ state: 'damaged', detail: expect.stringContaining('event 90') });
  expect(copy.head).toBe(90);
  await expect(allEvents(copy)).rejects.toMatchObject({ code: 'logDamaged', at: 50 });
  await copy.close();
});

test('refuses a folder without a log, and a target that holds something', async () => {
  const empty = await scratchFolder();
  await expect(readLogCopy(empty, join(await scratchFolder(), 'copy'))).rejects.toMatchObject({
    message: expect.stringContaining('Cannot copy the event log'),
  });
  const folder = join(await scratchFolder(), 'log');
  await fillLog(folder, 1);
  const target = await scratchFolder();
  await writeFile(join(target, 'precious'), '');
  await expect(readLogCopy(folder, target)).rejects.toMatchObject({
    message: expect.stringContaining('is not empty'),
  });
});
