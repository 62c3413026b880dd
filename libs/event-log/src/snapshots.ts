/**
 * Snapshots: a cache of state, in chunks. Each chunk carries its checksum, and the end marker with their number is written
 * last, so what was not finished counts as absent and what has changed since is noticed.
 */
import { hash } from 'node:crypto';
import type { Seq } from '@tidemark/contracts';
import { seq, SnapshotUnusable } from '@tidemark/contracts';
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

/**
 * `anchored`: the snapshot that stays beside the new one, because the state has to be built from it when the new one cannot
 * be used. Throws Failure when the store refuses, and what `chunks` throws: then the older ones stay.
 */
export async function writeSnapshot(
  store: Store,
  at: Seq,
  chunks: Iterable<string>,
  anchored: Seq | null,
): Promise<void> {
  let pairs: Pair[] = [];
  let pendingBytes = 0;
  let count = 0;
  // It is there already, and a crash while it is written again would leave none.
  if (at === anchored) return;
  await stored(store.remove(snapshotAt(at)));
  for (const chunk of chunks) {
    const value = sealed(Buffer.from(chunk));
    pairs.push({ key: chunkKey(at, count++), value });
    pendingBytes += value.length;
    if (pendingBytes < COMMIT_BYTES) continue;
    // Durable each time: unflushed bytes in front of an event would make a power cut look like damage.
    await stored(store.commit(pairs));
    pairs = [];
    pendingBytes = 0;
  }
  await stored(store.commit([...pairs, { key: snapshotEndKey(at), value: Buffer.from(String(count)) }]));
  if (anchored === null || anchored > at) return stored(store.remove(snapshotsUpTo(seq(at - 1))));
  await stored(store.remove(snapshotsUpTo(seq(anchored - 1))));
  await stored(store.remove({ from: snapshotAt(seq(anchored + 1)).from, to: snapshotAt(seq(at - 1)).to }));
}

const stored = (writing: Promise<void>): Promise<void> =>
  writing.catch((error: unknown) => {
    throw diskFailure('Cannot keep a snapshot of the state', error);
  });

/** The newest finished snapshot of a state that the log has reached. */
export async function findSnapshot(store: Store, head: Seq): Promise<Snapshot | null> {
  let below = head;
  for (;;) {
    const marker = await firstOf(store, { ...snapshotsUpTo(below), reverse: true });
    if (marker === undefined) return null;
    const at = seqOfSnapshotKey(marker.key);
    if (isSnapshotEndKey(marker.key)) {
      const count = Number(marker.value.toString());
      if (Number.isSafeInteger(count)) return { seq: at, chunks: chunkTexts(store, at, count) };
    }
    below = seq(at - 1);
    if (at > lastSeq || at === 0) return null;
  }
}

/** Checked one by one while they are used: reading all of them twice would need their memory twice. */
async function* chunkTexts(store: Store, at: Seq, count: number): AsyncIterable<string> {
  if (count === 0) return;
  let found = 0;
  for await (const page of store.range(chunksOf(at, count))) {
    for (const { value } of page) {
      const text = unsealed(value);
      if (text === undefined)
        throw new SnapshotUnusable(at, `part ${found} has other bytes than were written`);
      found += 1;
      yield text.toString();
    }
  }
  if (found !== count) throw new SnapshotUnusable(at, `${found} of its ${count} parts are there`);
}

/** Digest of the seals of its parts. Throws SnapshotUnusable when one of them is not what was written. */
export async function snapshotDigest({ chunks }: Snapshot): Promise<Buffer> {
  const seals: Buffer[] = [];
  for await (const chunk of chunks) seals.push(seal(Buffer.from(chunk)));
  return hash('sha256', Buffer.concat(seals), 'buffer');
}

const SEAL_BYTES = 32;
const seal = (text: Buffer): Buffer => hash('sha256', text, 'buffer');
const sealed = (text: Buffer): Buffer => Buffer.concat([seal(text), text]);

function unsealed(value: Buffer): Buffer | undefined {
  const text = value.subarray(SEAL_BYTES);
  return seal(text).equals(value.subarray(0, SEAL_BYTES)) ? text : undefined;
}
