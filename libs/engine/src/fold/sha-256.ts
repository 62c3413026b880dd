/**
 * SHA-256 (FIPS 180-4) of a text, in hexadecimal, over its UTF-16 code units with the high byte first. The core has no platform
 * to ask for one, and QuickXorHash is linear: names that a stranger chooses could make two plans look alike.
 */
export function sha256(text: string): string {
  const state = new Uint32Array(initial);
  const schedule = new Uint32Array(64);
  const bits = text.length * 16;
  // The text, a single 1 bit, zeros, and the length in 64 bits: in words of 32.
  const words = ((bits + 64) >> 9) * 16 + 16;
  for (let block = 0; block < words; block += 16) {
    for (let index = 0; index < 16; index++) schedule[index] = wordOf(text, block + index, words, bits);
    mix(state, schedule);
  }
  return [...state].map((word) => word.toString(16).padStart(8, '0')).join('');
}

function wordOf(text: string, index: number, words: number, bits: number): number {
  if (index === words - 2) return Math.floor(bits / 2 ** 32);
  if (index === words - 1) return bits >>> 0;
  return ((unitOf(text, index * 2) << 16) | unitOf(text, index * 2 + 1)) >>> 0;
}

function unitOf(text: string, index: number): number {
  if (index < text.length) return text.charCodeAt(index);
  return index === text.length ? 0x8000 : 0;
}

function mix(state: Uint32Array, w: Uint32Array): void {
  for (let t = 16; t < 64; t++) {
    const [early, late] = [at(w, t - 15), at(w, t - 2)];
    const small0 = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    const small1 = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
    w[t] = at(w, t - 16) + small0 + at(w, t - 7) + small1;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let t = 0; t < 64; t++) {
    const big1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const one = (h + big1 + ((e & f) ^ (~e & g)) + (rounds[t] ?? 0) + at(w, t)) | 0;
    const big0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const two = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = at(state, index) + word;
}

const at = (words: Uint32Array, index: number): number => words[index] ?? 0;
const turned = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** The first 32 bits of the fractional parts of roots of the first primes. */
const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32);
const primes = firstPrimes(64);
const initial = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const rounds = primes.map((prime) => fraction(Math.cbrt(prime)));

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++)
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  return found;
}
