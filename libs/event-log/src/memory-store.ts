/** The store in memory. */
import type { KeyRange, Pair, Store } from './store.ts';

/** What is kept, key by key. Outlives the log that was opened on it. */
export type Kept = Map<string, Buffer>;

/** Latin-1 keeps one character per byte, so that text order is byte order. */
const nameOf = (key: Buffer): string => key.toString('latin1');

export function memoryStore(kept: Kept): Store {
  return {
    async commit(pairs, removed = []) {
      await Promise.resolve();
      for (const { key, value } of pairs) kept.set(nameOf(key), value);
      for (const key of removed) kept.delete(nameOf(key));
    },
    get: async (key) => kept.get(nameOf(key)),
    async *range(range) {
      const page = within(kept, range);
      if (page.length > 0) yield page;
    },
    async remove(range) {
      for (const { key } of within(kept, range)) kept.delete(nameOf(key));
    },
    sizeBytes: async (range) => sizeBytes(within(kept, range)),
    totalBytes: async () => sizeBytes([...kept].map(([name, value]) => ({ key: Buffer.from(name), value }))),
    compact: async () => {},
    close: async () => {},
  };
}

const sizeBytes = (pairs: readonly Pair[]): number =>
  pairs.reduce((sum, { key, value }) => sum + key.length + value.length, 0);

function within(kept: Kept, { from, to, reverse = false, limit = -1 }: KeyRange): readonly Pair[] {
  const first = nameOf(from);
  const last = nameOf(to);
  const names = [...kept.keys()].filter((name) => name >= first && name <= last).sort();
  if (reverse) names.reverse();
  return names
    .slice(0, limit === -1 ? undefined : limit)
    .map((name) => ({ key: Buffer.from(name, 'latin1'), value: kept.get(name) ?? Buffer.alloc(0) }));
}
