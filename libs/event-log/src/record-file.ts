/**
 * Reads the framing of LevelDB's `.log` and `MANIFEST` files (doc/log_format.md of LevelDB): blocks of 32 KiB hold
 * records of masked CRC-32C (4 bytes), length (2), type (1) and data. Types: 1 whole, 2 first, 3 middle, 4 last part;
 * 0 with length 0 is space that was reserved and never used.
 */
import { crc32c } from './crc32c.ts';

const BLOCK_BYTES = 32_768;
const HEADER_BYTES = 7;
const WHOLE = 1;
const FIRST = 2;
const LAST = 4;

/**
 * Offset of the first broken record that a sound one follows, or undefined. A write that a crash cut short is never
 * followed by another: a broken end is therefore no damage by itself; the head witness knows whether it mattered.
 */
export function brokenRecordAt(file: Buffer): number | undefined {
  let broken: number | undefined;
  let at = 0;
  while (at < file.length) {
    const room = BLOCK_BYTES - (at % BLOCK_BYTES);
    if (room < HEADER_BYTES) {
      at += room;
      continue;
    }
    const record = recordAt(file, at, Math.min(room, file.length - at));
    if (record === undefined) {
      broken ??= at;
      at += room;
      continue;
    }
    if (broken !== undefined && record.type <= FIRST) return broken;
    at += record.sizeBytes;
  }
  return undefined;
}

function recordAt(
  file: Buffer,
  at: number,
  room: number,
): { readonly type: number; readonly sizeBytes: number } | undefined {
  if (room < HEADER_BYTES) return undefined;
  const sizeBytes = HEADER_BYTES + file.readUInt16LE(at + 4);
  const type = file.readUInt8(at + 6);
  if (sizeBytes > room || type < WHOLE || type > LAST) return undefined;
  const expected = unmask(file.readUInt32LE(at));
  return crc32c(file, at + 6, at + sizeBytes) === expected ? { type, sizeBytes } : undefined;
}

/** LevelDB stores checksums rotated and shifted, since data may hold checksums itself. */
function unmask(masked: number): number {
  const rotated = (masked - 0xa282_ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}
