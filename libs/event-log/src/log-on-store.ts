/** The EventLog port over any store. */
import type { EventLog, ItemId, LogOpening, RecordedEvent, Seq } from '@tidemark/contracts';
import { Failure, seq } from '@tidemark/contracts';
import { type Archived, baseOf, firstOfLog, readArchived } from './anchor.ts';
import type { ArchiveFiles } from './archive-files.ts';
import { createGroupCommit } from './group-commit.ts';
import { diskFailure, LogDamage } from './damage.ts';
import { type History, readEvents, readHistory } from './history.ts';
import { anchorKey } from './keys.ts';
import { readingFailure } from './reading.ts';
import { type Retention, retain } from './retention.ts';
import { findSnapshot, writeSnapshot } from './snapshots.ts';
import type { Store } from './store.ts';
import { lastSeq } from './tail.ts';
import type { Upcaster } from './upcast.ts';
import { createTurns } from './turns.ts';
import { verifyLog } from './verify.ts';
import type { Position, Witness } from './witness.ts';

export interface LogParts {
  readonly store: Store;
  /** The same store for what can be done without; by default that one. */
  readonly cache?: Store;
  readonly files: ArchiveFiles;
  readonly archived: Archived;
  readonly witness: Witness;
  readonly position: Position;
  readonly opening: LogOpening;
  readonly upcaster: Upcaster;
  /** Remembers the damage, so that the next opening does not trust the log. */
  readonly onDamage: (damage: LogDamage) => Promise<void>;
  readonly onClose: () => Promise<void>;
}

export function logOnStore(parts: LogParts): EventLog {
  const { store, files, witness, opening, upcaster } = parts;
  const commits = createGroupCommit(store, witness, parts.position, upcaster.format);
  const cache = parts.cache ?? store;
  const retention: Retention = {
    ...{ store: cache, files, upcaster, archived: parts.archived },
    get end() {
      return commits.position;
    },
  };
  /** A commit was refused, and may be durable all the same. */
  let isUnsure = false;
  const inTurn = createTurns();
  let closing: Promise<void> | undefined;

  async function archived(): Promise<Archived> {
    if (!isUnsure) return retention.archived;
    // A write that changes nothing: behind a refused one it opens the store again.
    await cache.commit([], [anchorKey.subarray(0, 1)]);
    retention.archived = await readArchived(store);
    isUnsure = false;
    return retention.archived;
  }

  const historyOf = (known: Archived): History => ({
    ...{ files, upcaster, archived: known },
    live: { store, base: baseOf(known), end: commits.position },
  });

  /** Damage that is met while reading is remembered before it is passed on. */
  async function* remembering<Value>(read: (history: History) => AsyncIterable<Value>): AsyncIterable<Value> {
    const release = await inTurn.reading();
    try {
      yield* read(historyOf(await archived()));
    } catch (error) {
      const failure = readingFailure(error, commits.position.head);
      if (failure instanceof LogDamage) await parts.onDamage(failure);
      throw failure;
    } finally {
      release();
    }
  }

  async function close(): Promise<void> {
    await commits.finish();
    await inTurn.finish();
    await store.close();
    await witness.close();
    await parts.onClose();
  }

  return {
    opening,
    get head(): Seq {
      return commits.position.head;
    },
    get first(): Seq {
      return firstOfLog(retention.archived);
    },
    append: (events) => commits.append(events),
    read: ({ from, to = lastSeq } = {}) => {
      const asked = firstOfLog(retention.archived);
      return remembering<readonly RecordedEvent[]>((history) => {
        const first = firstOfLog(history.archived);
        if (from !== undefined && from >= asked && from < first) throw removedMeanwhile(first);
        return readEvents(history, { from, to });
      });
    },
    history: (item: ItemId) => remembering<RecordedEvent>((history) => readHistory(history, item)),
    saveSnapshot: (at, chunks) =>
      inTurn.changing(async () =>
        writeSnapshot(cache, at, chunks, (await archived()).anchor?.snapshot.seq ?? null),
      ),
    latestSnapshot: (to = lastSeq) => findSnapshot(store, seq(Math.min(to, commits.position.head))),
    retain: (limits) => {
      const goesOn = (): boolean => closing === undefined && limits.signal?.aborted !== true;
      return inTurn.moving(async () => {
        try {
          await archived();
          return await retain(retention, limits, goesOn);
        } catch (error) {
          isUnsure = true;
          if (error instanceof LogDamage) await parts.onDamage(error);
          throw diskFailure('Cannot move old events of the log into archives', error);
        }
      });
    },
    async verify() {
      const release = await inTurn.reading();
      const verdict = await archived()
        .then((known) => verifyLog(historyOf(known), witness))
        .finally(release);
      if (!verdict.ok) await parts.onDamage(new LogDamage(verdict.at, verdict.detail));
      return verdict;
    },
    close: () => (closing ??= close()),
  };
}

/** While the reading waited for its turn: wanted, and so no damage. */
const removedMeanwhile = (first: Seq): Failure =>
  new Failure({
    code: 'changedMeanwhile',
    detail: `Cannot read events before ${first}: they were removed from the log meanwhile`,
  });
