import { cp, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seq } from '@tidemark/contracts';
import { batchKey } from './keys.ts';
import { openLevelStore } from './level-store.ts';
import { readLogInPlace } from './log-in-place.ts';
import { sampleBatch } from './testing/sample-events.ts';
import { allEvents, collect, fillLog, openFor, scratchFolder } from './testing/sample-log.ts';

test('reads a log again and again while it is written, each time whole up to what was durable', async () => {
  const folder = join(await scratchFolder(), 'log');
  const log = await openFor(folder);
  let writing = true;
  const writer = (async () => {
    while (writing) {
      await log.append(sampleBatch(log.head + 1, 200));
      if (log.head % 2000 === 0) await log.saveSnapshot(log.head, ['x'.repeat(200_000), `${log.head}`]);
    }
  })();
  const hasTables = async (): Promise<boolean> =>
    (await readdir(join(folder, 'log'))).some((name) => name.endsWith('.ldb'));
  // The writer gets far enough for tables to come and go meanwhile.
  for (let round = 0; round < 8 || !(await hasTables()); round += 1) {
    const durable = log.head;
    const reader = await readLogInPlace(folder);
    expect(reader.opening.state).toBe(reader.head === 0 ? 'new' : 'intact');
    expect(reader.head).toBeGreaterThanOrEqual(durable);
    expect(await reader.verify()).toMatchObject({ ok: true, head: reader.head });
    const snapshot = await reader.latestSnapshot();
    if (snapshot !== null) expect((await collect(snapshot.chunks)).at(-1)).toBe(String(snapshot.seq));
    await reader.close();
  }
  writing = false;
  await writer;
});

test('tells the same as the log itself, and is not written to', async () => {
  const folder = join(await scratchFolder(), 'log');
  const events = await fillLog(folder, 5);
  const reader = await readLogInPlace(folder);
  expect(await allEvents(reader)).toEqual(events);
  const [item] = events.flatMap((event) => event.items);
  if (item === undefined) throw new Error('the sample touches items');
  expect(await collect(reader.history(item))).toEqual(events.filter(({ items }) => items.includes(item)));
  await expect(reader.append(sampleBatch(26, 1))).rejects.toThrow('opened to be read');
  await expect(reader.saveSnapshot(seq(25), ['x'])).rejects.toThrow('opened to be read');
  await reader.close();
});

test('reads a copy that was saved', async () => {
  const folder = join(await scratchFolder(), 'log');
  const events = await fillLog(folder, 5);
  const saved = join(await scratchFolder(), 'saved');
  await cp(folder, saved, { recursive: true });
  const reader = await readLogInPlace(saved);
  expect(await allEvents(reader)).toEqual(events);
  await reader.close();
});

test('shows what a damaged log still holds, and says where it breaks', async () => {
  const folder = join(await scratchFolder(), 'log');
  await fillLog(folder, 20);
  const store = await openLevelStore(join(folder, 'log'), false);
  await store.remove({ from: batchKey(seq(51)), to: batchKey(seq(51)) });
  await store.remove({ from: batchKey(seq(91)), to: batchKey(seq(96)) });
  await store.close();
  const reader = await readLogInPlace(folder);
  expect(reader.opening).toMatchObject({ state: 'damaged', detail: expect.stringContaining('event 90') });
  expect(reader.head).toBe(90);
  await expect(allEvents(reader)).rejects.toMatchObject({ code: 'logDamaged', at: 50 });
  await reader.close();
});

test.for([
  { file: /\.ldb$/, what: 'a table' },
  { file: /\.log$/, what: 'the write-ahead file' },
])('says of a flipped byte in $what that the log is damaged, and leaves it where it is', async ({ file }) => {
  const folder = join(await scratchFolder(), 'log');
  await fillLog(folder, 20);
  // What was open before is in a table now.
  if (file.test('1.ldb')) await (await openFor(folder)).close();
  const names = await readdir(join(folder, 'log'));
  const name = names.find((one) => file.test(one)) ?? '';
  const handle = await open(join(folder, 'log', name), 'r+');
  await handle.write(Buffer.of(0xff, 0xff), 0, 2, 40);
  await handle.close();
  const reader = await readLogInPlace(folder).catch((error: unknown) => error);
  if (reader instanceof Error) expect(reader).toMatchObject({ code: 'logDamaged' });
  else expect(reader).toMatchObject({ opening: { state: 'damaged', detail: expect.stringContaining(name) } });
  expect(await readdir(join(folder, 'log'))).toEqual(names);
});

test('refuses a folder without a log', async () => {
  const empty = await scratchFolder();
  await expect(readLogInPlace(empty)).rejects.toMatchObject({
    code: 'diskFault',
    message: expect.stringContaining('Cannot read the event log'),
  });
});
