/**
 * QuickXorHash's register, seen as 160 byte columns.
 *
 * The byte at index i lands at bit (11·i) mod 160, which repeats every 160 bytes. So bytes 160 apart can be
 * XORed together first, byte on byte, and only the 160 sums have to be rotated into place at the end.
 *
 * @see https://learn.microsoft.com/onedrive/developer/code-snippets/quickxorhash
 */

/** Bytes after which the bit offsets repeat. */
export const BLOCK_BYTES = 160;

/** Bytes of the finished hash. */
export const HASH_BYTES = 20;

const SHIFT_BITS = 11;
const REGISTER_BITS = 160;
const LENGTH_OFFSET = 12;
const TWO_TO_32 = 0x1_0000_0000;

/**
 * XORs `blockCount` blocks, read from the start of `bytes`, into the 160 bytes of `sums`.
 * Column 0 of `sums` is the first byte of `bytes`, wherever in the file that byte is.
 */
export type FoldBlocks = (bytes: Uint8Array, blockCount: number, sums: Uint8Array) => void;

/**
 * The 20 bytes of the hash: the columns rotated into the register, then the length.
 *
 * @param lengthBytes a whole number up to 2^53; written as a 64-bit integer, so it is split without 32-bit operators.
 */
export function finishColumns(columns: Uint8Array, lengthBytes: number): Uint8Array {
  const hash = new Uint8Array(HASH_BYTES);
  for (let index = 0; index < BLOCK_BYTES; index += 1) {
    const bitOffset = (index * SHIFT_BITS) % REGISTER_BITS;
    const byteOffset = bitOffset >> 3;
    const shifted = (columns[index] ?? 0) << (bitOffset & 7);
    xorByte(hash, byteOffset, shifted & 0xff);
    xorByte(hash, (byteOffset + 1) % HASH_BYTES, shifted >> 8);
  }
  xorWord(hash, LENGTH_OFFSET, lengthBytes % TWO_TO_32);
  xorWord(hash, LENGTH_OFFSET + 4, Math.floor(lengthBytes / TWO_TO_32));
  return hash;
}

function xorWord(hash: Uint8Array, offset: number, word: number): void {
  for (let index = 0; index < 4; index += 1) xorByte(hash, offset + index, (word >>> (8 * index)) & 0xff);
}

function xorByte(hash: Uint8Array, offset: number, value: number): void {
  hash[offset] = (hash[offset] ?? 0) ^ value;
}
