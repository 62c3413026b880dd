/** The block fold in WebAssembly SIMD: ten 16-byte columns stay in registers over the whole input. */
import { BLOCK_BYTES, type FoldBlocks } from './columns.ts';
import { assembleFoldModule, INPUT_OFFSET, MEMORY_PAGES, PAGE_BYTES, SUMS_OFFSET } from './wasm-assembler.ts';

/** As much of the WebAssembly interface as we use; the pure libraries compile without the host's types. */
interface WebAssemblyInterface {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: FoldExports };
}
interface FoldExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly fold: (end: number) => void;
}
declare const WebAssembly: WebAssemblyInterface | undefined;

const BLOCKS_PER_CALL = Math.floor((MEMORY_PAGES * PAGE_BYTES - INPUT_OFFSET) / BLOCK_BYTES);

/**
 * The fold as a WebAssembly instance, or undefined where this host has no WebAssembly or no SIMD in it.
 * One instance serves any number of hashes: between two calls it holds nothing.
 */
export function createWasmFold(): FoldBlocks | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  const bytes = assembleFoldModule();
  if (!WebAssembly.validate(bytes)) return undefined;
  const { memory, fold } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  const memorySums = new Uint8Array(memory.buffer, SUMS_OFFSET, BLOCK_BYTES);
  const input = new Uint8Array(memory.buffer, INPUT_OFFSET, BLOCKS_PER_CALL * BLOCK_BYTES);

  return (chunk, blockCount, sums) => {
    memorySums.set(sums);
    const endBytes = blockCount * BLOCK_BYTES;
    for (let at = 0; at < endBytes; at += input.length) {
      const until = Math.min(at + input.length, endBytes);
      input.set(chunk.subarray(at, until));
      fold(INPUT_OFFSET + until - at);
    }
    sums.set(memorySums);
  };
}
