/**
 * A store that outlives writes which the disk refuses. LevelDB goes on after one as if nothing had happened, behind a record of
 * which only a part is there; what it promises to keep from then on is gone when it is opened the next time. So writes go
 * one after the other, and behind a refused one nothing follows before the store was closed and opened again.
 */
import { noPatience, patiently, type Patience } from './patience.ts';
import type { Pair, Store } from './store.ts';

export interface ReopeningStoreOptions {
  readonly store: Store;
  /** Opens it once more, after it was closed. Throws Failure when it is not what it has to be. */
  readonly reopen: () => Promise<Store>;
  readonly patience: Patience;
}

export interface ReopeningStore {
  readonly store: Store;
  /** The same, for what can be done without: what the disk refuses is refused at once. */
  readonly cache: Store;
}

export function createReopeningStore({
  store: first,
  reopen,
  patience,
}: ReopeningStoreOptions): ReopeningStore {
  /** Null while it is closed. */
  let opened: Store | null = first;
  let isSound = true;
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }

  async function sound(): Promise<Store> {
    if (isSound && opened !== null) return opened;
    await opened?.close();
    opened = null;
    opened = await reopen();
    isSound = true;
    return opened;
  }

  async function write(work: (store: Store) => Promise<void>): Promise<void> {
    const store = await sound();
    isSound = false;
    await work(store);
    isSound = true;
  }

  const reading = async (): Promise<Store> => opened ?? inTurn(sound);

  const storeWith = (limit: Patience): Store => ({
    commit: (pairs, removed = []) =>
      inTurn(() =>
        patiently(limit, 'Cannot write the event log', async (isRepeated) => {
          // The disk may have refused no more than to say that it is durable, and opening has made it so.
          if (isRepeated && (await holds(await sound(), pairs, removed))) return;
          await write((store) => store.commit(pairs, removed));
        }),
      ),
    remove: (range) =>
      inTurn(() =>
        patiently(limit, 'Cannot write the event log', () => write((store) => store.remove(range))),
      ),
    get: async (key) => (await reading()).get(key),
    async *range(range) {
      yield* (await reading()).range(range);
    },
    sizeBytes: async (range) => (await reading()).sizeBytes(range),
    totalBytes: async () => (await reading()).totalBytes(),
    // Not in turn: events need not wait for it.
    compact: async (range) => (await reading()).compact(range),
    close: () => inTurn(async () => opened?.close()),
  });

  return { store: storeWith(patience), cache: storeWith(noPatience) };
}

/** A commit is there as a whole or not at all. */
async function holds(store: Store, pairs: readonly Pair[], removed: readonly Buffer[]): Promise<boolean> {
  const put = pairs.at(-1);
  if (put !== undefined) return (await store.get(put.key))?.equals(put.value) === true;
  const gone = removed.at(-1);
  return gone === undefined || (await store.get(gone)) === undefined;
}
