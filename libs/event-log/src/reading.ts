/** Reads batches and checks each one against the chain before handing it out. */
import type { RecordedEvent, Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { diskFailure, explain, LogDamage, saysCorrupt } from './damage.ts';
import type { Base } from './anchor.ts';
import { batchesBetween, seqOfBatchKey } from './keys.ts';
import { decodeHeader, decodePayload } from './stored-batch.ts';
import { firstOf, type Pair, type Store } from './store.ts';
import { beforeFirst, positionAfter } from './tail.ts';
import { tooNew, type Upcaster } from './upcast.ts';
import type { Position } from './witness.ts';

export interface StoredBatch {
  readonly first: Seq;
  readonly last: Seq;
  readonly value: Buffer;
}

/** The batches of the store: behind `base`, up to `end`. */
export interface LiveBatches {
  readonly store: Store;
  readonly base: Base;
  readonly end: Position;
}

/**
 * The batches of the store that hold the events `from` to `to`, in order. Each is compared with the chain hash that the next one
 * holds, the last one with `end`. Throws LogDamage at the first break. `limit`: batches to fetch at most, for a caller
 * that knows how many it takes; one more than it is given.
 */
export async function* walk(
  { store, base, end }: LiveBatches,
  from: Seq,
  to: Seq,
  limit = -1,
): AsyncIterable<StoredBatch> {
  const wanted = Math.min(to, end.head);
  const begin = seq(Math.max(from, base.head + 1));
  if (begin > wanted) return;
  let before: Position = { ...beforeFirst, ...base };
  let held: StoredBatch | undefined;
  try {
    const start = await batchHolding(store, begin);
    for await (const page of store.range({ ...batchesBetween(start, end.head), limit })) {
      for (const pair of page) {
        const first = seqOfBatchKey(pair.key);
        if (held === undefined) before = { ...before, head: seq(start - 1), chain: chainBefore(pair, base) };
        checkLink(before, pair, first);
        if (held !== undefined) {
          yield held;
          if (held.last >= wanted) return;
        }
        before = positionAfter(pair);
        held = { first, last: before.head, value: pair.value };
      }
    }
  } catch (error) {
    throw readingFailure(error, before.head);
  }
  if (held === undefined || before.head !== end.head || !before.chain.equals(end.chain)) {
    throw new LogDamage(before.head, `the log breaks off here, but it had ${end.head} events`);
  }
  yield held;
}

/** The events of a batch that was checked. */
export function eventsOf(batch: StoredBatch, upcaster: Upcaster): readonly RecordedEvent[] {
  const format = decodeHeader(batch.value)?.format ?? 0;
  const raw = payloadOf(batch);
  if (raw === undefined) throw tooNew('it uses an unknown codec');
  const events = raw.map((one) => upcaster.upcast(one, format));
  if (events.some((event, index) => event.seq !== batch.first + index)) {
    throw new LogDamage(batch.first, 'the batch holds other events than its key says');
  }
  return events;
}

function payloadOf(batch: StoredBatch): readonly unknown[] | undefined {
  try {
    return decodePayload(batch.value);
  } catch (error) {
    if (error instanceof SyntaxError) throw new LogDamage(batch.first, 'the batch cannot be decoded', error);
    throw error;
  }
}

/** Failure for an error that came up while reading near `at`. */
export function readingFailure(error: unknown, at: Seq): Error {
  if (error instanceof LogDamage) return error;
  if (saysCorrupt(error)) return new LogDamage(at, explain(error), error);
  return diskFailure('Cannot read the event log', error);
}

async function batchHolding(store: Store, at: Seq): Promise<Seq> {
  const pair = await firstOf(store, { ...batchesBetween(seq(1), at), reverse: true });
  if (pair === undefined) throw new LogDamage(at, 'the batch that holds it is missing');
  const { head } = positionAfter(pair);
  if (head < at) throw new LogDamage(at, 'the batch that holds it is missing');
  return seqOfBatchKey(pair.key);
}

/** What the first batch of a walk says came before it: vouched for by the batch after it, except behind the base. */
function chainBefore(pair: Pair, base: Base): Buffer {
  if (seqOfBatchKey(pair.key) === base.head + 1) return base.chain;
  return decodeHeader(pair.value)?.previous ?? base.chain;
}

function checkLink(before: Position, pair: Pair, first: Seq): void {
  if (first !== before.head + 1) {
    throw new LogDamage(before.head, `the next batch starts at event ${first}: there is a gap`);
  }
  if (decodeHeader(pair.value)?.previous.equals(before.chain) !== true) {
    throw new LogDamage(before.head, 'the chain breaks here: the stored bytes are not what was written');
  }
}
