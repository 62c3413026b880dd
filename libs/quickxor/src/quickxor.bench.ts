/** Prints MB/s of both folds. Run by hand: `node libs/quickxor/src/quickxor.bench.ts`. */
import { foldBlocksPlain } from './fold-plain.ts';
import { createWasmFold } from './fold-wasm.ts';
import { createHashWith } from './quickxor.ts';
import type { FoldBlocks } from './columns.ts';

declare const console: { log(line: string): void };
declare const performance: { now(): number };

const TOTAL_BYTES = 1 << 30;
const ROUNDS = 5;

const wasmFold = createWasmFold();
for (const chunkBytes of [4_096, 65_536, 1 << 20, 10 << 20]) {
  report('plain', chunkBytes, foldBlocksPlain);
  if (wasmFold !== undefined) report('wasm', chunkBytes, wasmFold);
}

function report(label: string, chunkBytes: number, fold: FoldBlocks): void {
  const chunk = Uint8Array.from({ length: chunkBytes }, (_, index) => index * 7 + 3);
  const rates = Array.from({ length: ROUNDS }, () => megabytesPerSecond(chunk, fold));
  console.log(
    `${label.padEnd(5)} chunks of ${String(chunkBytes).padStart(8)} bytes: ${Math.max(...rates)
      .toFixed(0)
      .padStart(6)} MB/s`,
  );
}

function megabytesPerSecond(chunk: Uint8Array, fold: FoldBlocks): number {
  const hash = createHashWith(fold);
  const startedMs = performance.now();
  for (let done = 0; done < TOTAL_BYTES / 4; done += chunk.length) hash.update(chunk);
  hash.digest();
  return TOTAL_BYTES / 4 / 1e6 / ((performance.now() - startedMs) / 1000);
}
