/** A stream of repeatable numbers: the model owns neither a clock nor chance of its own. */
export type Random = {
  /** An integer in [0, 2³²). */
  readonly uint32: () => number;
  /** A number in [0, 1). */
  readonly fraction: () => number;
  /** `byteLength` bytes as lower-case hexadecimal. */
  readonly hex: (byteLength: number) => string;
};

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const uint32 = (): number => {
    state = (state + 0x9e37_79b9) >>> 0;
    return mix(state);
  };
  return {
    uint32,
    fraction: () => uint32() / 2 ** 32,
    hex: (byteLength) => {
      let text = '';
      while (text.length < byteLength * 2) text += uint32().toString(16).padStart(8, '0');
      return text.slice(0, byteLength * 2);
    },
  };
}

/** Sixteen bytes that depend only on `seed` and `counter`, as 32 hexadecimal digits. */
export function hexFromCounter(seed: number, counter: number): string {
  let text = '';
  let state = mix((seed ^ Math.imul(counter + 1, 0x85eb_ca6b)) >>> 0);
  for (let word = 0; word < 4; word += 1) {
    state = mix((state + counter + 0x9e37_79b9 * (word + 1)) >>> 0);
    // The counter itself rides in the last word, so two counters never share an id.
    const value = word === 3 ? (counter ^ seed) >>> 0 : state;
    text += value.toString(16).padStart(8, '0');
  }
  return text;
}

/** The 32-bit finaliser of MurmurHash3: every input bit reaches every output bit. */
export function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85eb_ca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A 32-bit fingerprint of a text (FNV-1a, finalised); not a secret-keeping hash. */
export function fingerprint(text: string): number {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  }
  return mix(hash >>> 0);
}
