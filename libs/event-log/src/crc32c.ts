/** CRC-32C (Castagnoli), reflected, as in RFC 3720. Node has only the other polynomial. */

const POLYNOMIAL = 0x82f6_3b78;

/**
 * Eight tables of 256: table n gives what a byte contributes when n more bytes follow it, so that eight bytes are taken
 * in one step ("slicing by eight").
 */
const tables = new Uint32Array(8 * 256);
for (let byte = 0; byte < 256; byte += 1) {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  tables[byte] = value;
}
for (let at = 256; at < tables.length; at += 1) {
  const shorter = tables[at - 256] ?? 0;
  tables[at] = (shorter >>> 8) ^ (tables[shorter & 0xff] ?? 0);
}

/** Checksum of the bytes from `start` up to `end`. */
export function crc32c(bytes: Uint8Array, start: number, end: number): number {
  // Indices are in bounds by construction; the assertions keep checks out of the loop that all tables go through.
  const table = tables;
  let state = -1;
  let at = start;
  for (const wholeEnd = end - 7; at < wholeEnd; at += 8) {
    state =
      table[1792 + ((state ^ bytes[at]!) & 0xff)]! ^
      table[1536 + (((state >>> 8) ^ bytes[at + 1]!) & 0xff)]! ^
      table[1280 + (((state >>> 16) ^ bytes[at + 2]!) & 0xff)]! ^
      table[1024 + ((state >>> 24) ^ bytes[at + 3]!)]! ^
      table[768 + bytes[at + 4]!]! ^
      table[512 + bytes[at + 5]!]! ^
      table[256 + bytes[at + 6]!]! ^
      table[bytes[at + 7]!]!;
  }
  for (; at < end; at += 1) state = (state >>> 8) ^ table[(state ^ bytes[at]!) & 0xff]!;
  return ~state >>> 0;
}

/** LevelDB stores checksums rotated and shifted, since data may hold checksums itself. */
export function unmask(masked: number): number {
  const rotated = (masked - 0xa282_ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}
