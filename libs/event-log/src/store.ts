/** What the log needs of a place that keeps bytes under ordered keys. LevelDB is one, memory another. */

export interface Pair {
  readonly key: Buffer;
  /** One byte at least. */
  readonly value: Buffer;
}

export interface KeyRange {
  /** First key, inclusive. */
  readonly from: Buffer;
  /** Last key, inclusive. */
  readonly to: Buffer;
  readonly reverse?: boolean;
  /** Pairs at most; -1 or absent: all. */
  readonly limit?: number;
}

export interface Store {
  /** Puts `pairs` and removes what is under `removed`: all or nothing, and durable when it resolves. */
  commit(pairs: readonly Pair[], removed?: readonly Buffer[]): Promise<void>;
  get(key: Buffer): Promise<Buffer | undefined>;
  /** Pages of pairs as they were when the first page was asked for. */
  range(range: KeyRange): AsyncIterable<readonly Pair[]>;
  /** Removes what lies in the range. Not durable at once: only caches are ever removed. */
  remove(range: KeyRange): Promise<void>;
  /** About how much space what lies in the range takes. */
  sizeBytes(range: KeyRange): Promise<number>;
  /** How much space all of it takes, what was removed and not yet given back included. */
  totalBytes(): Promise<number>;
  /** Gives back the space of what was removed from the range. */
  compact(range: KeyRange): Promise<void>;
  close(): Promise<void>;
}

/** The first pair of the range. */
export async function firstOf(store: Store, range: KeyRange): Promise<Pair | undefined> {
  for await (const page of store.range({ ...range, limit: 1 })) return page[0];
  return undefined;
}
