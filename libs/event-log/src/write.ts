/** One write of one key, as LevelDB keeps it in its tables and its write-ahead files (db/dbformat.h of LevelDB). */
import { varintAt } from './snappy.ts';
import type { Pair } from './store.ts';

export interface Write {
  readonly key: Buffer;
  /** Later writes have larger numbers. */
  readonly number: number;
  /** Null: the key was removed. */
  readonly value: Buffer | null;
}

const REMOVED = 0;
const PUT = 1;
/** Behind each key in a table: what was done (1 byte) and the number of the write (7). */
const MARK_BYTES = 8;

export const userKey = (key: Buffer): Buffer => key.subarray(0, -MARK_BYTES);

/** Throws RangeError for what is no entry of a table. */
export function writeOf({ key, value }: Pair): Write {
  const at = key.length - MARK_BYTES;
  const put = isPut(key.readUInt8(at));
  return { key: userKey(key), number: numberAt(key, at + 1, 7), value: put ? value : null };
}

/** The writes of one record of a write-ahead file: number of the first (8 bytes), count (4), writes. Throws RangeError. */
export function* writesOfRecord(record: Buffer): Iterable<Write> {
  const first = numberAt(record, 0, 8);
  const count = record.readUInt32LE(8);
  let at = 12;
  const text = (): Buffer => {
    const { value: length, next } = varintAt(record, at);
    at = next + length;
    if (at > record.length) throw new RangeError('a write is cut short');
    return record.subarray(next, at);
  };
  for (let index = 0; index < count; index += 1) {
    const put = isPut(record.readUInt8(at));
    at += 1;
    const key = text();
    yield { key, number: first + index, value: put ? text() : null };
  }
}

function isPut(type: number): boolean {
  if (type !== PUT && type !== REMOVED) throw new RangeError(`a write of unknown type ${type}`);
  return type === PUT;
}

/** Lowest byte first. */
function numberAt(bytes: Buffer, at: number, size: number): number {
  return bytes.readUIntLE(at, 4) + bytes.readUIntLE(at + 4, size - 4) * 0x1_0000_0000;
}
