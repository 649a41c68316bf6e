// The program's own seeded generator: weights, shuffling, splits, probes and generated tasks each draw from a stream of their own.
// xoshiro128** (Blackman & Vigna, 2018) on four 32-bit words, seeded from (seed, stream name) by FNV-1a and splitmix32.

export interface Generator {
  /** uniform on [0, 1), 53 bits */
  next(): number;
  /** N(0, 1) */
  normal(): number;
  /** uniform on 0 … n − 1 */
  integer(n: number): number;
  /** a uniformly random order of 0 … n − 1 */
  permutation(n: number): Int32Array;
  /** enough for `restore` to go on exactly here */
  state(): number[];
  restore(state: readonly number[]): void;
}

const rotl = (x: number, k: number) => (x << k) | (x >>> (32 - k));

function* splitmix32(seed: number): Generator32 {
  let s = seed | 0;
  for (;;) {
    s = (s + 0x9e3779b9) | 0;
    let z = s;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    yield (z ^ (z >>> 16)) >>> 0;
  }
}
type Generator32 = globalThis.Generator<number, never>;

function fnv1a(text: string): number {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 0x01000193);
  return h;
}

class Xoshiro implements Generator {
  readonly #s = new Uint32Array(4);
  #spare: number | null = null;

  constructor(words: readonly number[]) {
    this.#s.set(words);
  }

  /** uniform on the 32-bit words */
  word(): number {
    const s = this.#s;
    const result = Math.imul(rotl(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 11);
    return result;
  }
  next(): number {
    return ((this.word() >>> 5) * 2 ** 26 + (this.word() >>> 6)) / 2 ** 53;
  }
  /** Marsaglia's polar method; the second of each pair is kept for the next call. */
  normal(): number {
    if (this.#spare !== null) {
      const z = this.#spare;
      this.#spare = null;
      return z;
    }
    for (;;) {
      const u = 2 * this.next() - 1;
      const v = 2 * this.next() - 1;
      const q = u * u + v * v;
      if (q >= 1 || q === 0) continue;
      const f = Math.sqrt((-2 * Math.log(q)) / q);
      this.#spare = v * f;
      return u * f;
    }
  }
  integer(n: number): number {
    return Math.floor(this.next() * n); // the bias, n/2^53, is far under what any sample here could show
  }
  /** Fisher–Yates */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const t = order[i];
      order[i] = order[j];
      order[j] = t;
    }
    return order;
  }
  state(): number[] {
    return [...this.#s, ...(this.#spare === null ? [] : [this.#spare])];
  }
  restore(state: readonly number[]): void {
    this.#s.set(state.slice(0, 4));
    this.#spare = state.length > 4 ? state[4] : null;
  }
}

/** A generator of its own for a seed (0 … 2³² − 1) and a stream's name: streams of one seed are independent of each other. */
export function createGenerator(seed: number, stream: string): Generator {
  const words = splitmix32(fnv1a(stream) ^ Math.imul(seed, 0x9e3779b1));
  const second = splitmix32(seed ^ fnv1a(`${stream}\0`));
  return new Xoshiro([words.next().value, words.next().value, second.next().value, second.next().value | 1]);
}

/** The generator in a given state of four 32-bit words. */
export const generatorFrom = (words: readonly [number, number, number, number]): Generator & { word(): number } => new Xoshiro(words);
