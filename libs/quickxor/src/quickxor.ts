/**
 * QuickXorHash, the content hash that OneDrive and SharePoint give for every file. It finds accidents, not forgeries.
 *
 * @see https://learn.microsoft.com/onedrive/developer/code-snippets/quickxorhash
 */
import { encodeBase64 } from './base64.ts';
import { BLOCK_BYTES, finishColumns, type FoldBlocks } from './columns.ts';
import { foldBlocksPlain } from './fold-plain.ts';
import { createWasmFold } from './fold-wasm.ts';

/** A hash that grows with the content. */
export interface QuickXorHash {
  /** Takes the next bytes of the content, in any number. They are read during the call and not kept. */
  update(chunk: Uint8Array): void;
  /** Base64 of the 20 bytes for everything taken so far; may be asked for again, and more may follow. */
  digest(): string;
}

/**
 * Starts a hash of nothing.
 *
 * @example
 * const hash = createQuickXorHash();
 * hash.update(Uint8Array.of(97, 98, 99));
 * hash.digest(); // 'YRDDGAAAAAAAAAAAAwAAAAAAAAA='
 */
export function createQuickXorHash(): QuickXorHash {
  return createHashWith(fastestFold());
}

/** The hash of one piece of content. */
export function quickXorHash(bytes: Uint8Array): string {
  const hash = createQuickXorHash();
  hash.update(bytes);
  return hash.digest();
}

/** A hash over a given fold; for tests and the benchmark, which compare the two. */
export function createHashWith(foldBlocks: FoldBlocks): QuickXorHash {
  const columns = new Uint8Array(BLOCK_BYTES);
  const sums = new Uint8Array(BLOCK_BYTES);
  let lengthBytes = 0;

  return {
    update(chunk) {
      const firstColumn = lengthBytes % BLOCK_BYTES;
      const blockCount = Math.floor(chunk.length / BLOCK_BYTES);
      if (blockCount > 0) {
        sums.fill(0);
        foldBlocks(chunk, blockCount, sums);
        xorRotated(columns, firstColumn, sums, 0, BLOCK_BYTES);
      }
      // Whole blocks come back to the column they started from, so the rest begins there too.
      xorRotated(columns, firstColumn, chunk, blockCount * BLOCK_BYTES, chunk.length);
      lengthBytes += chunk.length;
    },
    digest: () => encodeBase64(finishColumns(columns, lengthBytes)),
  };
}

/** XORs `bytes` from `start` to `end` (at most one block) into the columns, beginning at `firstColumn`. */
function xorRotated(
  columns: Uint8Array,
  firstColumn: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  let column = firstColumn;
  for (let index = start; index < end; index += 1) {
    columns[column] = (columns[column] ?? 0) ^ (bytes[index] ?? 0);
    column = column === BLOCK_BYTES - 1 ? 0 : column + 1;
  }
}

/** Made at the first use, so that importing the library costs nothing. Both folds give the same sums. */
function fastestFold(): FoldBlocks {
  return (chosenFold ??= createWasmFold() ?? foldBlocksPlain);
}

let chosenFold: FoldBlocks | undefined;
