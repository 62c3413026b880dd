/** CRC-32C (Castagnoli), reflected, as in RFC 3720. Node has only the other polynomial. */

const POLYNOMIAL = 0x82f6_3b78;
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value >>> 0;
});

/** Checksum of the bytes from `start` up to `end`. */
export function crc32c(bytes: Uint8Array, start: number, end: number): number {
  let state = 0xffff_ffff;
  for (let at = start; at < end; at += 1) {
    state = (state >>> 8) ^ (table[(state ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  }
  return (state ^ 0xffff_ffff) >>> 0;
}
