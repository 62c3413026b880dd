/**
 * Writes the WebAssembly module of the SIMD block fold, byte by byte, so that nothing in the source is opaque.
 *
 * In the text format the module is:
 *
 *     (memory (export "memory") 1)
 *     (func (export "fold") (param $end i32) (local $at i32) (local $sum0 … $sum9 v128)
 *       ;; $sumK = the K-th 16 bytes at SUMS_OFFSET
 *       ;; for ($at = INPUT_OFFSET; $at < $end; $at += 160) each $sumK ^= the K-th 16 bytes at $at
 *       ;; the K-th 16 bytes at SUMS_OFFSET = $sumK
 *     )
 *
 * @see https://webassembly.github.io/spec/core/binary/
 */
import { BLOCK_BYTES } from './columns.ts';

/** Where the module keeps the 160 sums, and where it expects its input. */
export const SUMS_OFFSET = 0;
export const INPUT_OFFSET = BLOCK_BYTES;

/** 64 KiB pages. Few, so that the input stays in the processor's cache between the copy and the fold. */
export const MEMORY_PAGES = 1;
export const PAGE_BYTES = 65_536;

const VECTOR_BYTES = 16;
const VECTORS = BLOCK_BYTES / VECTOR_BYTES;

const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const I32 = 0x7f;
const V128 = 0x7b;
const FUNCTION_TYPE = 0x60;
const EMPTY_BLOCK = 0x40;
const EXPORT_FUNCTION = 0x00;
const EXPORT_MEMORY = 0x02;
const ALIGN_16 = 4;

const SECTION = { types: 1, functions: 3, memories: 5, exports: 7, code: 10 } as const;

const END_PARAMETER = 0;
const AT_LOCAL = 1;
const FIRST_SUM_LOCAL = 2;

/** The bytes of the module: under 400, made in a few microseconds. */
export function assembleFoldModule(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...MAGIC_AND_VERSION,
    ...section(SECTION.types, vector([[FUNCTION_TYPE, ...vector([[I32]]), ...vector([])]])),
    ...section(SECTION.functions, vector([[0]])),
    ...section(SECTION.memories, vector([[0x00, ...unsigned(MEMORY_PAGES)]])),
    ...section(
      SECTION.exports,
      vector([
        [...name('memory'), EXPORT_MEMORY, 0],
        [...name('fold'), EXPORT_FUNCTION, 0],
      ]),
    ),
    ...section(SECTION.code, vector([sized(foldFunction())])),
  ]);
}

function foldFunction(): readonly number[] {
  const locals = vector([
    [1, I32],
    [VECTORS, V128],
  ]);
  return [...locals, ...loadSums(), ...foldLoop(), ...storeSums(), op.end];
}

function loadSums(): readonly number[] {
  return eachVector((sum, offset) => [...constant(SUMS_OFFSET), ...load(offset), ...set(sum)]);
}

function foldLoop(): readonly number[] {
  return [
    [...constant(INPUT_OFFSET), ...set(AT_LOCAL)],
    [op.block, EMPTY_BLOCK, op.loop, EMPTY_BLOCK],
    [...get(AT_LOCAL), ...get(END_PARAMETER), op.i32GreaterOrEqualUnsigned, op.branchIf, 1],
    eachVector((sum, offset) => [...get(sum), ...get(AT_LOCAL), ...load(offset), ...op.v128Xor, ...set(sum)]),
    [...get(AT_LOCAL), ...constant(BLOCK_BYTES), op.i32Add, ...set(AT_LOCAL)],
    [op.branch, 0, op.end, op.end],
  ].flat();
}

function storeSums(): readonly number[] {
  return eachVector((sum, offset) => [...constant(SUMS_OFFSET), ...get(sum), ...store(offset)]);
}

function eachVector(write: (sumLocal: number, offset: number) => readonly number[]): readonly number[] {
  return Array.from({ length: VECTORS }, (_, index) =>
    write(FIRST_SUM_LOCAL + index, index * VECTOR_BYTES),
  ).flat();
}

const op = {
  block: 0x02,
  loop: 0x03,
  end: 0x0b,
  branch: 0x0c,
  branchIf: 0x0d,
  localGet: 0x20,
  localSet: 0x21,
  i32Constant: 0x41,
  i32GreaterOrEqualUnsigned: 0x4f,
  i32Add: 0x6a,
  v128Load: [0xfd, 0x00],
  v128Store: [0xfd, 0x0b],
  v128Xor: [0xfd, 0x51],
} as const;

const get = (local: number): readonly number[] => [op.localGet, ...unsigned(local)];
const set = (local: number): readonly number[] => [op.localSet, ...unsigned(local)];
const constant = (value: number): readonly number[] => [op.i32Constant, ...signed(value)];
const load = (offset: number): readonly number[] => [...op.v128Load, ALIGN_16, ...unsigned(offset)];
const store = (offset: number): readonly number[] => [...op.v128Store, ALIGN_16, ...unsigned(offset)];

function section(id: number, content: readonly number[]): readonly number[] {
  return [id, ...sized(content)];
}

function sized(content: readonly number[]): readonly number[] {
  return [...unsigned(content.length), ...content];
}

function vector(elements: readonly (readonly number[])[]): readonly number[] {
  return [...unsigned(elements.length), ...elements.flat()];
}

function name(text: string): readonly number[] {
  return vector([...text].map((character) => [character.charCodeAt(0)]));
}

/** Unsigned LEB128. */
function unsigned(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** Signed LEB128 of a number that is not negative: bit 6 of the last byte is the sign, so it has to be 0. */
function signed(value: number): readonly number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)];
}
