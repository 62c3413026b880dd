/**
 * Reads the framing of LevelDB's `.log` and `MANIFEST` files (doc/log_format.md of LevelDB): blocks of 32 KiB hold
 * records of masked CRC-32C (4 bytes), length (2), type (1) and data. Types: 1 whole, 2 first, 3 middle, 4 last part;
 * 0 with length 0 is space that was reserved and never used.
 */
import { crc32c, unmask } from './crc32c.ts';

const BLOCK_BYTES = 32_768;
const HEADER_BYTES = 7;
const WHOLE = 1;
const FIRST = 2;
const LAST = 4;

interface Part {
  readonly at: number;
  readonly type: number;
  readonly data: Buffer;
}

/**
 * Offset of the first broken record that a sound one follows, or undefined. A write that a crash cut short is never
 * followed by another: a broken end is therefore no damage by itself; the head witness knows whether it mattered.
 */
export function brokenRecordAt(file: Buffer): number | undefined {
  let broken: number | undefined;
  for (const part of partsOf(file)) {
    if (typeof part === 'number') broken ??= part;
    else if (broken !== undefined && part.type <= FIRST) return broken;
  }
  return undefined;
}

/** The records of a file without broken ones. */
export function* recordsOf(file: Buffer): Iterable<Buffer> {
  let parts: Buffer[] = [];
  for (const part of partsOf(file)) {
    if (typeof part === 'number') return;
    parts = part.type <= FIRST ? [part.data] : [...parts, part.data];
    if (part.type === WHOLE || part.type === LAST) yield Buffer.concat(parts);
  }
}

/** Parts of records; for broken ones the offset only. */
function* partsOf(file: Buffer): Iterable<Part | number> {
  let at = 0;
  while (at < file.length) {
    const room = BLOCK_BYTES - (at % BLOCK_BYTES);
    const part = room < HEADER_BYTES ? undefined : partAt(file, at, Math.min(room, file.length - at));
    if (part !== undefined) yield part;
    else if (room >= HEADER_BYTES) yield at;
    at += part === undefined ? room : HEADER_BYTES + part.data.length;
  }
}

function partAt(file: Buffer, at: number, room: number): Part | undefined {
  if (room < HEADER_BYTES) return undefined;
  const end = at + HEADER_BYTES + file.readUInt16LE(at + 4);
  const type = file.readUInt8(at + 6);
  if (end > at + room || type < WHOLE || type > LAST) return undefined;
  if (crc32c(file, at + 6, end) !== unmask(file.readUInt32LE(at))) return undefined;
  return { at, type, data: file.subarray(at + HEADER_BYTES, end) };
}
