/** The store on LevelDB. */
import { Level } from 'level';
import type { KeyRange, Pair, Store } from './store.ts';

/** Bytes that one page of a range may hold. Larger pages make reading faster, but several of them are in memory at once. */
const PAGE_BYTES = 1 << 18;
const PAGE_PAIRS = 1000;

/** Rejects as `level` does; the cause's code is `LEVEL_LOCKED` when another process has it open. */
export async function openLevelStore(folder: string, create: boolean): Promise<Store> {
  const database = new Level<Buffer, Buffer>(folder, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
    createIfMissing: create,
    // Batches are read once and in order: there is nothing to keep for a second time.
    cacheSize: 1 << 20,
  });
  await database.open();
  return {
    async commit(pairs) {
      await database.batch(
        pairs.map(({ key, value }) => ({ type: 'put' as const, key, value })),
        { sync: true },
      );
    },
    get: (key) => database.get(key),
    range: (range) => pages(database, range),
    remove: ({ from, to }) => database.clear({ gte: from, lte: to }),
    close: () => database.close(),
  };
}

async function* pages(database: Level<Buffer, Buffer>, range: KeyRange): AsyncIterable<readonly Pair[]> {
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
