/** Chance that a seed repeats. Streams forked by name do not disturb each other: a new one leaves all others as they were. */
import type { Random } from '@tidemark/contracts';

export interface SeededRandom extends Random {
  /** A stream of its own that depends on this one's seed and the name alone, not on what was drawn before. */
  fork(name: string): SeededRandom;
  /** An integer in [0, count); 0 when there is no choice. */
  below(count: number): number;
  /** True with that probability. */
  happens(probability: number): boolean;
  /** One of the values. Throws RangeError when there is none. */
  pick<Value>(values: readonly Value[]): Value;
  shuffled<Value>(values: readonly Value[]): Value[];
}

/** @example const random = createSeededRandom(7); random.fork('disk').below(10); */
export function createSeededRandom(seed: number): SeededRandom {
  return streamOf(mix(mix(seed >>> 0) ^ Math.floor(seed / 2 ** 32)));
}

function streamOf(seed: number): SeededRandom {
  let state = seed;
  const uint32 = (): number => {
    state = (state + 0x9e37_79b9) >>> 0;
    return mix(state);
  };
  const fraction = (): number => uint32() / 2 ** 32;
  const below = (count: number): number => (count <= 1 ? 0 : Math.floor(fraction() * count));
  const bytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => uint32() & 255);
  return {
    fork: (name) => streamOf(fingerprint(seed, name)),
    below,
    happens: (probability) => fraction() < probability,
    pick(values) {
      const picked = values[below(values.length)];
      if (picked === undefined) throw new RangeError('there is nothing to pick from');
      return picked;
    },
    shuffled(values) {
      const rest = [...values];
      const shuffled: typeof rest = [];
      while (rest.length > 0) shuffled.push(...rest.splice(below(rest.length), 1));
      return shuffled;
    },
    bytes,
    uuid() {
      const raw = bytes(16);
      raw[6] = ((raw[6] ?? 0) & 0x0f) | 0x40;
      raw[8] = ((raw[8] ?? 0) & 0x3f) | 0x80;
      const hex = [...raw].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
    fraction,
  };
}

/** The 32-bit finaliser of MurmurHash3: every input bit reaches every output bit. */
function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85eb_ca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function fingerprint(seed: number, name: string): number {
  let hash = mix(seed ^ 0x811c_9dc5);
  for (let index = 0; index < name.length; index += 1)
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x0100_0193);
  return mix(hash >>> 0);
}
