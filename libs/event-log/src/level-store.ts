/** The store on LevelDB. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Level } from 'level';
import type { KeyRange, Pair, Store } from './store.ts';

/** Bytes that one page of a range may hold. Larger pages make reading faster, but several of them are in memory at once. */
const PAGE_BYTES = 1 << 18;
const PAGE_PAIRS = 1000;
/** Keys to remove, after which others have their turn. */
const KEYS_PER_TURN = 2000;

/** Rejects as `level` does; the cause's code is `LEVEL_LOCKED` when another process has it open. */
export async function openLevelStore(folder: string, create: boolean): Promise<Store> {
  const database: Database = new Level<Buffer, Buffer>(folder, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
    createIfMissing: create,
    // Batches are read once and in order: there is nothing to keep for a second time.
    cacheSize: 1 << 20,
  });
  await database.open();
  if (!isOnDisk(database)) throw new Error('LevelDB of another kind was installed');
  return {
    async commit(pairs, removed = []) {
      if (pairs.some(({ value }) => value.length === 0)) throw new RangeError(emptyValue);
      // The memory of a batch that is made in one call is freed when it is written, that of the other kind with the next collection,
      // which does not know how much it holds.
      if (removed.length === 0)
        return database.batch(
          pairs.map(({ key, value }) => ({ type: 'put', key, value })),
          { sync: true },
        );
      const batch = database.batch();
      for (const { key, value } of pairs) batch.put(key, value);
      for (const [index, key] of removed.entries()) {
        batch.del(key);
        if (index % KEYS_PER_TURN === KEYS_PER_TURN - 1) await turn();
      }
      await batch.write({ sync: true });
    },
    get: (key) => database.get(key),
    range: (range) => pages(database, range),
    remove: ({ from, to }) => database.clear({ gte: from, lte: to }),
    sizeBytes: ({ from, to }) => database.approximateSize(from, to),
    async totalBytes() {
      let sum = 0;
      for (const name of await readdir(folder)) sum += await sizeOf(join(folder, name));
      return sum;
    },
    compact: ({ from, to }) => database.compactRange(from, to),
    close: () => database.close(),
  };
}

/** `classic-level` 3.0 never frees what it allocates for one: 61 MiB in a million events. */
const emptyValue = 'A value of no bytes would cost memory for good: give it one';

type Database = Level<Buffer, Buffer>;

/** What `level` does not name, because its stores in browsers lack it. */
interface OnDisk {
  approximateSize(from: Buffer, to: Buffer): Promise<number>;
  compactRange(from: Buffer, to: Buffer): Promise<void>;
}

const isOnDisk = (database: Database): database is Database & OnDisk =>
  'approximateSize' in database && 'compactRange' in database;

async function* pages(database: Database, range: KeyRange): AsyncIterable<readonly Pair[]> {
  const { from, to, reverse = false, limit = -1 } = range;
  const iterator = database.iterator({ gte: from, lte: to, reverse, limit, highWaterMarkBytes: PAGE_BYTES });
  try {
    for (;;) {
      const page = await iterator.nextv(PAGE_PAIRS);
      if (page.length === 0) return;
      yield page.map(([key, value]) => ({ key, value }));
    }
  } finally {
    await iterator.close();
  }
}

/** LevelDB may remove it meanwhile. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}
