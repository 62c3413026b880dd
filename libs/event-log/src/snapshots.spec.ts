import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EventLog } from '@tidemark/contracts';
import { seq, SnapshotUnusable } from '@tidemark/contracts';
import { chunkKey, snapshotEndKey, snapshotsUpTo } from './keys.ts';
import { openLevelStore } from './level-store.ts';
import type { Store } from './store.ts';
import { allEvents, collect, fillLog, openFor, scratchFolder } from './testing/sample-log.ts';

/** undefined: there is none, or what there is cannot be used. */
async function textOf(log: EventLog): Promise<string | undefined> {
  const snapshot = await log.latestSnapshot();
  if (snapshot === null) return undefined;
  return collect(snapshot.chunks).then(
    (chunks) => chunks.join('|'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(SnapshotUnusable);
      return undefined;
    },
  );
}

/** A log of twenty events with a snapshot after the tenth, altered, then opened again. */
async function logWith(alter: (store: Store) => Promise<void>): Promise<EventLog> {
  const folder = join(await scratchFolder(), 'log');
  await fillLog(folder, 4);
  const log = await openFor(folder);
  await log.saveSnapshot(seq(10), ['one', 'two', 'three']);
  await log.close();
  const store = await openLevelStore(join(folder, 'log'), false);
  await alter(store);
  await store.close();
  return openFor(folder);
}

const text = (value: string): Buffer => Buffer.from(value);

test('gives the snapshot back when nothing happened to it', async () => {
  expect(await textOf(await logWith(async () => {}))).toBe('one|two|three');
});

test.for([
  [
    'a chunk is missing',
    (store: Store) => store.remove({ from: chunkKey(seq(10), 1), to: chunkKey(seq(10), 1) }),
  ],
  [
    'a chunk has other bytes',
    (store: Store) => store.commit([{ key: chunkKey(seq(10), 1), value: text('twö') }]),
  ],
  [
    'text moved from one chunk to the next',
    (store: Store) =>
      store.commit([
        { key: chunkKey(seq(10), 0), value: text('onet') },
        { key: chunkKey(seq(10), 1), value: text('wo') },
      ]),
  ],
  [
    'its end was never written',
    (store: Store) => store.remove({ from: snapshotEndKey(seq(10)), to: snapshotEndKey(seq(10)) }),
  ],
  [
    'its end is nonsense',
    (store: Store) => store.commit([{ key: snapshotEndKey(seq(10)), value: text('x') }]),
  ],
] as const)('gives no state from a snapshot when %s', async ([, alter]) => {
  const log = await logWith(alter);
  expect(await textOf(log)).toBeUndefined();
  expect(await allEvents(log)).toHaveLength(20);
});

test('falls back to an older snapshot when the newest one is not whole', async () => {
  const log = await logWith((store) =>
    store.commit([{ key: chunkKey(seq(15), 0), value: text('unfinished') }]),
  );
  expect(await textOf(log)).toBe('one|two|three');
});

test('keeps the older snapshot when the state breaks off while the next one is written', async () => {
  const log = await logWith(async () => {});
  const broken = function* (): Iterable<string> {
    yield 'x'.repeat(3 << 20);
    throw new Error('the state moved on');
  };
  await expect(log.saveSnapshot(seq(20), broken())).rejects.toThrow('the state moved on');
  expect(await textOf(log)).toBe('one|two|three');
});

test('has the same events, head and chain with and without snapshots', async () => {
  const log = await logWith((store) => store.remove(snapshotsUpTo(seq(20))));
  expect(log.opening).toEqual({ state: 'intact' });
  expect(await textOf(log)).toBeUndefined();
  expect(await log.verify()).toEqual({ ok: true, head: 20, batches: 4 });
});
