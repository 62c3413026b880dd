import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBase64 } from './base64.ts';
import { BLOCK_BYTES, finishColumns } from './columns.ts';
import { foldBlocksPlain } from './fold-plain.ts';
import { createWasmFold } from './fold-wasm.ts';
import { createHashWith, createQuickXorHash, quickXorHash } from './quickxor.ts';
import { assembleFoldModule } from './wasm-assembler.ts';

const wasmFold = createWasmFold();
const folds = [
  ['plain', foldBlocksPlain],
  ['wasm', wasmFold],
] as const;

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const fromBase64 = (value: string): Uint8Array => new Uint8Array(Buffer.from(value, 'base64'));
const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index);

function pseudoRandom(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return (state >> 16) & 255;
  });
}

/** The definition, one byte at a time over a 160-bit integer; shares nothing with the library. */
function definition(bytes: Uint8Array): string {
  const mask = (1n << 160n) - 1n;
  let register = 0n;
  bytes.forEach((byte, index) => {
    const wide = BigInt(byte) << BigInt((11 * index) % 160);
    register ^= (wide & mask) | (wide >> 160n);
  });
  register ^= BigInt(bytes.length) << 96n;
  return Buffer.from(register.toString(16).padStart(40, '0'), 'hex').reverse().toString('base64');
}

const vectors: readonly (readonly [string, Uint8Array, string])[] = [
  ['nothing', new Uint8Array(0), 'AAAAAAAAAAAAAAAAAAAAAAAAAAA='],
  ['a', text('a'), 'YQAAAAAAAAAAAAAAAQAAAAAAAAA='],
  ['abc', text('abc'), 'YRDDGAAAAAAAAAAAAwAAAAAAAAA='],
  ['hello world', text('hello world'), 'aCgDG9jwBhDc4Q1yawMZAAAAAAA='],
  [
    'the quick brown fox',
    text('The quick brown fox jumps over the lazy dog'),
    'bMSlbysmxJL6S75XwfMcQZOpcr4=',
  ],
  ['one zero byte', new Uint8Array(1), 'AAAAAAAAAAAAAAAAAQAAAAAAAAA='],
  ['15 bytes of ones', new Uint8Array(15).fill(255), '/PjHP/7xj3/84x//98c//vGPf/w='],
  ['160 bytes of ones', new Uint8Array(160).fill(255), 'AAAAAAAAAAAAAAAAoAAAAAAAAAA='],
  ['256 counting bytes', counting(256), 'QkGEfSisZcA7k+FCh71r2dbCayY='],
  ['1024 counting bytes', counting(1024), 'h7xr2dbCayZCQYR9KKhlwDuT4UI='],
  ['7i + 3', Uint8Array.from({ length: 1000 }, (_, i) => 7 * i + 3), 'dgD8j0n8sM0aPE5CUJ8tqmilX/E='],
  ['a mebibyte of A', new Uint8Array(1 << 20).fill(65), 'QAEKUIACFKAABShAQAICkIAEJCA='],
  ['rclone, 1 byte', fromBase64('Sg=='), 'SgAAAAAAAAAAAAAAAQAAAAAAAAA='],
  ['rclone, 12 bytes', fromBase64('h490d57Pqz5q2rtT'), 'h3gEHe7giWeswgdq3MYupgAAAAA='],
  ['rclone, 20 bytes', fromBase64('T6LYJIfDh81JrAK309H2JMJTXis='), 'zBTHrspn3mEcohlJdIUAbjGNaNg='],
  ...(
    [
      [1, 'xgAAAAAAAAAAAAAAAQAAAAAAAAA='],
      [15, 'xfBDINawhH2IYx9Uv0cvvsEHDoQ='],
      [16, 'JeBDINawhH2IYx9UoEcvvsEHDoQ='],
      [159, 'f/pDw1BFvSqv7z0yckiqQcYVHbw='],
      [160, 'f/pDw1BFvSqv7z0yTUiqQcYVvb0='],
      [161, '1PpDw1BFvSqv7z0yTEiqQcYVvb0='],
      [319, 'FvQxF63bfxeatA/hy+N41/yKBhQ='],
      [320, 'FvQxF63bfxeatA/htON41/yKZgw='],
      [321, 'wvQxF63bfxeatA/hteN41/yKZgw='],
      [1000, '/2yfFf48fUyXU6aNniwYMdyp6iI='],
      [4096, 'HSFcnvUbofLYDBJvxg9o1pD0bMI='],
      [65_537, '9MP8bs9U+0/2T+RrRNTJ062Lhkc='],
      [327_679, 'Q+uw5uqAl7Mk5eIENmyD8HXDTZg='],
      [327_680, 'Q+uw5uqAl7Mk5eIEyZOC8HXDLZ4='],
      [327_681, 'Puuw5uqAl7Mk5eIEyJOC8HXDLZ4='],
    ] as const
  ).map(([length, hash]) => [`${length} pseudo-random bytes`, pseudoRandom(length), hash] as const),
];

describe.each(folds)('the %s fold', (_, fold) => {
  it.each(vectors)('gives the published hash of %s', (_label, bytes, hash) => {
    if (fold === undefined) throw new Error('WebAssembly SIMD does not compile here');
    const whole = createHashWith(fold);
    whole.update(bytes);
    expect(whole.digest()).toBe(hash);
  });

  it('agrees with the definition however the content is cut, wherever in its buffer it lies', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2_000, size: 'max' }),
        fc.nat({ max: 7 }),
        fc.array(fc.nat({ max: 2_000 }), { maxLength: 6 }),
        (content, misalignment, cuts) => {
          if (fold === undefined) throw new Error('WebAssembly SIMD does not compile here');
          const bytes = new Uint8Array(content.length + misalignment).subarray(misalignment);
          bytes.set(content);
          const hash = createHashWith(fold);
          let at = 0;
          for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
            hash.update(bytes.subarray(at, Math.max(at, cut)));
            at = Math.max(at, Math.min(cut, bytes.length));
          }
          expect(hash.digest()).toBe(definition(content));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('plain and wasm', () => {
  it('agree on content larger than the module’s memory, in random chunks', () => {
    const content = pseudoRandom(700_001);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1 }), (lengths) => {
        if (wasmFold === undefined) throw new Error('WebAssembly SIMD does not compile here');
        const plain = createHashWith(foldBlocksPlain);
        const wasm = createHashWith(wasmFold);
        let at = 0;
        for (const length of lengths) {
          plain.update(content.subarray(at, at + length));
          wasm.update(content.subarray(at, at + length));
          at += length;
        }
        expect(wasm.digest()).toBe(plain.digest());
      }),
      { numRuns: 40 },
    );
  });

  it('keep several hashes apart that grow in turn', () => {
    const [first, second] = [createQuickXorHash(), createQuickXorHash()];
    const [left, right] = [pseudoRandom(70_000), counting(70_000)];
    for (let at = 0; at < 70_000; at += 1_000) {
      first.update(left.subarray(at, at + 1_000));
      second.update(right.subarray(at, at + 1_000));
    }
    expect([first.digest(), second.digest()]).toEqual([quickXorHash(left), quickXorHash(right)]);
    expect(quickXorHash(left)).not.toBe(quickXorHash(right));
  });
});

describe('the length', () => {
  it('is carried into the upper 32 bits after 4 GiB of content', () => {
    const hash = createQuickXorHash();
    const chunk = new Uint8Array(16 << 20);
    for (let count = 0; count < 256; count += 1) hash.update(chunk);
    hash.update(new Uint8Array(3));
    const expected = new Uint8Array(20);
    expected.set([3, 0, 0, 0, 1], 12);
    expect(hash.digest()).toBe(Buffer.from(expected).toString('base64'));
  });

  it('is written as 64 bits, little-endian', () => {
    const hash = finishColumns(new Uint8Array(BLOCK_BYTES), 0x1f_fedc_ba98_7654);
    expect([...hash.subarray(12)]).toEqual([0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe, 0x1f, 0]);
  });
});

describe('digest', () => {
  it('can be asked for in between without disturbing what follows', () => {
    const hash = createQuickXorHash();
    hash.update(text('hello '));
    expect(hash.digest()).toBe(hash.digest());
    hash.update(text('world'));
    expect(hash.digest()).toBe('aCgDG9jwBhDc4Q1yawMZAAAAAAA=');
  });
});

describe('the module', () => {
  it('stays small and is the same each time it is assembled', () => {
    expect(assembleFoldModule().length).toBeLessThan(400);
    expect(assembleFoldModule()).toEqual(assembleFoldModule());
  });
});

describe('base64', () => {
  it('is what Node writes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      }),
    );
  });
});
