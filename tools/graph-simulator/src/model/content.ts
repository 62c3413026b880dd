import { createQuickXorHash } from '@tidemark/quickxor';
import { mix } from './random.ts';

/** The bytes of one version of a file. Immutable; read in slices so that a large file is never copied whole. */
export type Content = {
  readonly sizeBytes: number;
  /** Base64. */
  readonly quickXorHash: () => string;
  /** Bytes [start, end), in order, in pieces of at most a few mebibytes. */
  readonly slices: (start: number, end: number) => Iterable<Uint8Array>;
};

/** Content that was received: the pieces are kept as they came. `hash` saves a second pass when it is known. */
export function heldContent(pieces: readonly Uint8Array[], hash?: string): Content {
  return new HeldContent(pieces, hash);
}

/** Repeatable bytes made on demand from `seed`: nothing is held, whatever the size. */
export function generatedContent(sizeBytes: number, seed: number): Content {
  return new GeneratedContent(sizeBytes, seed);
}

/** The whole content in one buffer; for small files and for tests. */
export function wholeContent(content: Content): Buffer {
  return Buffer.concat([...content.slices(0, content.sizeBytes)]);
}

// Classes, not closures: a drive may hold a hundred thousand of these.
class HeldContent implements Content {
  readonly sizeBytes: number;
  readonly #pieces: readonly Uint8Array[];
  #hash: string | undefined;

  constructor(pieces: readonly Uint8Array[], hash: string | undefined) {
    this.sizeBytes = pieces.reduce((total, piece) => total + piece.byteLength, 0);
    this.#pieces = pieces;
    this.#hash = hash;
  }

  quickXorHash(): string {
    return (this.#hash ??= hashOf(this.#pieces));
  }

  *slices(start: number, end: number): Iterable<Uint8Array> {
    let offset = 0;
    for (const piece of this.#pieces) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, piece.byteLength);
      if (from < to) yield piece.subarray(from, to);
      offset += piece.byteLength;
      if (offset >= end) return;
    }
  }
}

const generatedPieceBytes = 262_144;

class GeneratedContent implements Content {
  readonly sizeBytes: number;
  readonly #seed: number;
  #hash: string | undefined;

  constructor(sizeBytes: number, seed: number) {
    this.sizeBytes = sizeBytes;
    this.#seed = seed;
  }

  quickXorHash(): string {
    return (this.#hash ??= hashOf(this.slices(0, this.sizeBytes)));
  }

  *slices(start: number, end: number): Iterable<Uint8Array> {
    let position = start;
    while (position < end) {
      const index = Math.floor(position / generatedPieceBytes);
      const pieceStart = index * generatedPieceBytes;
      const from = position - pieceStart;
      const to = Math.min(end - pieceStart, generatedPieceBytes);
      yield generatedPiece(this.#seed, index, to).subarray(from, to);
      position = pieceStart + to;
    }
  }
}

function generatedPiece(seed: number, index: number, byteLength: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(byteLength / 4));
  let state = mix((seed ^ Math.imul(index + 1, 0x9e37_79b9)) >>> 0) || 1;
  for (let word = 0; word < words.length; word += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[word] = state;
  }
  return new Uint8Array(words.buffer, 0, byteLength);
}

function hashOf(pieces: Iterable<Uint8Array>): string {
  const hash = createQuickXorHash();
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}
