/** The key layout: a readable prefix, then numbers of eight bytes, big end first, so that byte order is number order. */
import type { ItemId, Seq } from '@tidemark/contracts';
import { itemId, seq } from '@tidemark/contracts';
import type { KeyRange } from './store.ts';

const ARCHIVE = Buffer.from('archive/');
const BATCH = Buffer.from('batch/');
const ITEM = Buffer.from('item/');
const SNAPSHOT = Buffer.from('snapshot/');
const CHUNK = Buffer.from('/chunk/');
const END = Buffer.from('/end');
const LARGEST = Buffer.alloc(8, 0xff);

/** One: where the batches begin. */
export const anchorKey: Buffer = Buffer.from('anchor');

/** `archive/<first seq>` */
export const archiveKey = (first: Seq): Buffer => Buffer.concat([ARCHIVE, numberBytes(first)]);
export const allArchiveKeys: KeyRange = { from: ARCHIVE, to: Buffer.concat([ARCHIVE, LARGEST]) };

/** `batch/<first seq>` */
export const batchKey = (first: Seq): Buffer => Buffer.concat([BATCH, numberBytes(first)]);
export const seqOfBatchKey = (key: Buffer): Seq => seq(numberAt(key, BATCH.length));
export const batchesBetween = (from: Seq, to: Seq): KeyRange => ({ from: batchKey(from), to: batchKey(to) });

/** `item/<item id>/<seq>` */
export function itemKey(item: ItemId, at: Seq): Buffer {
  const key = Buffer.allocUnsafe(ITEM.length + 16);
  ITEM.copy(key);
  writeNumber(key, item, ITEM.length);
  writeNumber(key, at, ITEM.length + 8);
  return key;
}
export const itemOfItemKey = (key: Buffer): ItemId => itemId(numberAt(key, ITEM.length));
export const seqOfItemKey = (key: Buffer): Seq => seq(numberAt(key, ITEM.length + 8));
export const seqsOfItem = (item: ItemId, to: Seq): KeyRange => ({
  from: itemKey(item, seq(0)),
  to: itemKey(item, to),
});
export const allItemKeys: KeyRange = { from: ITEM, to: Buffer.concat([ITEM, LARGEST, LARGEST]) };

/** `snapshot/<seq>/chunk/<n>`; the end marker sorts behind the chunks. */
export const chunkKey = (at: Seq, index: number): Buffer =>
  Buffer.concat([SNAPSHOT, numberBytes(at), CHUNK, numberBytes(index)]);
export const snapshotEndKey = (at: Seq): Buffer => Buffer.concat([SNAPSHOT, numberBytes(at), END]);
export const seqOfSnapshotKey = (key: Buffer): Seq => seq(numberAt(key, SNAPSHOT.length));
export const isSnapshotEndKey = (key: Buffer): boolean => key.subarray(SNAPSHOT.length + 8).equals(END);
export const chunksOf = (at: Seq, count: number): KeyRange => ({
  from: chunkKey(at, 0),
  to: chunkKey(at, count - 1),
});
export const snapshotAt = (at: Seq): KeyRange => ({
  from: Buffer.concat([SNAPSHOT, numberBytes(at)]),
  to: snapshotEndKey(at),
});
/** Everything kept of snapshots up to and including `to`. */
export const snapshotsUpTo = (to: Seq): KeyRange => ({ from: SNAPSHOT, to: snapshotEndKey(to) });

export function numberBytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  writeNumber(bytes, value, 0);
  return bytes;
}

function writeNumber(bytes: Buffer, value: number, offset: number): void {
  bytes.writeUInt32BE(Math.floor(value / 0x1_0000_0000), offset);
  bytes.writeUInt32BE(value >>> 0, offset + 4);
}

export const numberAt = (bytes: Buffer, offset: number): number =>
  bytes.readUInt32BE(offset) * 0x1_0000_0000 + bytes.readUInt32BE(offset + 4);
