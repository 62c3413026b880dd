/**
 * Snapshots: a cache of state, in chunks. The end marker with count and checksum is written last, so what was not
 * finished or has changed since counts as absent.
 */
import { createHash } from 'node:crypto';
import type { Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { diskFailure } from './damage.ts';
import {
  chunkKey,
  chunksOf,
  isSnapshotEndKey,
  seqOfSnapshotKey,
  snapshotAt,
  snapshotEndKey,
  snapshotsUpTo,
} from './keys.ts';
import { firstOf, type Pair, type Store } from './store.ts';
import { lastSeq } from './tail.ts';

/** Bytes written at once. */
const COMMIT_BYTES = 1 << 20;

export interface Snapshot {
  readonly seq: Seq;
  readonly chunks: AsyncIterable<string>;
}

export async function writeSnapshot(store: Store, at: Seq, chunks: Iterable<string>): Promise<void> {
  const checksum = createHash('sha256');
  let pairs: Pair[] = [];
  let pendingBytes = 0;
  let count = 0;
  try {
    await store.remove(snapshotAt(at));
    for (const chunk of chunks) {
      const value = Buffer.from(chunk);
      checksum.update(lengthBytes(value)).update(value);
      pairs.push({ key: chunkKey(at, count++), value });
      pendingBytes += value.length;
      if (pendingBytes < COMMIT_BYTES) continue;
      // Durable each time: unflushed bytes in front of an event would make a power cut look like damage.
      await store.commit(pairs);
      pairs = [];
      pendingBytes = 0;
    }
    const end = Buffer.from(`${count} ${checksum.digest('hex')}`);
    await store.commit([...pairs, { key: snapshotEndKey(at), value: end }]);
    await store.remove(snapshotsUpTo(seq(at - 1)));
  } catch (error) {
    throw diskFailure('Cannot keep a snapshot of the state', error);
  }
}

/** The newest whole snapshot of a state that the log has reached. */
export async function findSnapshot(store: Store, head: Seq): Promise<Snapshot | null> {
  let below = head;
  for (;;) {
    const marker = await firstOf(store, { ...snapshotsUpTo(below), reverse: true });
    if (marker === undefined) return null;
    const at = seqOfSnapshotKey(marker.key);
    const count = isSnapshotEndKey(marker.key) ? await wholeCount(store, at, marker.value) : undefined;
    if (count !== undefined) return { seq: at, chunks: chunkTexts(store, at, count) };
    below = seq(at - 1);
    if (at > lastSeq || at === 0) return null;
  }
}

/** How many chunks it has, or undefined when they are not what was written. */
async function wholeCount(store: Store, at: Seq, marker: Buffer): Promise<number | undefined> {
  const [countText, expected] = marker.toString().split(' ');
  const count = Number(countText);
  if (!Number.isSafeInteger(count)) return undefined;
  const checksum = createHash('sha256');
  for await (const value of chunkValues(store, at, count)) checksum.update(lengthBytes(value)).update(value);
  return checksum.digest('hex') === expected ? count : undefined;
}

async function* chunkTexts(store: Store, at: Seq, count: number): AsyncIterable<string> {
  for await (const value of chunkValues(store, at, count)) yield value.toString();
}

async function* chunkValues(store: Store, at: Seq, count: number): AsyncIterable<Buffer> {
  if (count === 0) return;
  for await (const page of store.range(chunksOf(at, count))) for (const { value } of page) yield value;
}

function lengthBytes(value: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value.length);
  return bytes;
}
