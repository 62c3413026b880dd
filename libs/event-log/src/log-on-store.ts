/** The EventLog port over any store. */
import type { EventLog, ItemId, LogOpening, RecordedEvent, Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { createGroupCommit } from './group-commit.ts';
import { LogDamage } from './damage.ts';
import { readEvents, readHistory, readingFailure } from './reading.ts';
import { findSnapshot, writeSnapshot } from './snapshots.ts';
import type { Store } from './store.ts';
import { lastSeq } from './tail.ts';
import type { Upcaster } from './upcast.ts';
import { verifyLog } from './verify.ts';
import type { Position, Witness } from './witness.ts';

export interface LogParts {
  readonly store: Store;
  /** The same store for what can be done without; by default that one. */
  readonly cache?: Store;
  readonly witness: Witness;
  readonly position: Position;
  readonly opening: LogOpening;
  readonly upcaster: Upcaster;
  /** Remembers the damage, so that the next opening does not trust the log. */
  readonly onDamage: (damage: LogDamage) => Promise<void>;
  readonly onClose: () => Promise<void>;
}

export function logOnStore(parts: LogParts): EventLog {
  const { store, witness, opening, upcaster } = parts;
  const commits = createGroupCommit(store, witness, parts.position, upcaster.format);
  let closing: Promise<void> | undefined;

  /** Damage that is met while reading is remembered before it is passed on. */
  async function* remembering<Value>(read: () => AsyncIterable<Value>): AsyncIterable<Value> {
    try {
      yield* read();
    } catch (error) {
      const failure = readingFailure(error, commits.position.head);
      if (failure instanceof LogDamage) await parts.onDamage(failure);
      throw failure;
    }
  }

  async function close(): Promise<void> {
    await commits.finish();
    await store.close();
    await witness.close();
    await parts.onClose();
  }

  return {
    opening,
    get head(): Seq {
      return commits.position.head;
    },
    append: (events) => commits.append(events),
    read: ({ from = seq(1), to = lastSeq } = {}) =>
      remembering<readonly RecordedEvent[]>(() =>
        readEvents(store, commits.position, { from, to }, upcaster),
      ),
    history: (item: ItemId) =>
      remembering<RecordedEvent>(() => readHistory(store, commits.position, item, upcaster)),
    saveSnapshot: (at, chunks) => writeSnapshot(parts.cache ?? store, at, chunks),
    latestSnapshot: () => findSnapshot(store, commits.position.head),
    async verify() {
      const verdict = await verifyLog(store, witness, commits.position, upcaster);
      if (!verdict.ok) await parts.onDamage(new LogDamage(verdict.at, verdict.detail));
      return verdict;
    },
    close: () => (closing ??= close()),
  };
}
