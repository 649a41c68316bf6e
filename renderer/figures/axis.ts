// Scales and their ticks: linear, logarithmic with decades labelled and minor ticks bare, epochs on a logarithm that has a zero, and names.
// As many ticks carry words as stand clear of each other.
import { scaleLinear, scaleLog, scalePoint, scaleSymlog, ticks as evenTicks } from 'd3';
import { tickWidth, type Letters } from './letters.ts';
import { plain, type Words } from './scene.ts';
import { plainNumber, powerOfTen } from './text.ts';
import { apart, thinned } from './thin.ts';

export type AxisSpec = {
  label: Words;
  /** shorter forms of the label, for where it has no room */
  shorter?: readonly Words[];
} & ({ type: 'linear' | 'log' | 'symlog'; domain: readonly [number, number] } | { type: 'names'; names: readonly string[] });

export interface Tick {
  value: number;
  /** null: a minor tick */
  words: Words | null;
}

export interface Axis {
  /** pixels of a value; of the i-th name for names */
  at(value: number): number;
  ticks: Tick[];
}

/** What words take along an axis: their width where it lies, their height where it stands. */
type Extent = (words: Words) => number;
/** Words that stand less apart than this run together. */
const clearance = (lies: boolean, { tick }: Letters) => (lies ? 0.55 * tick : 0.35 * tick);

/** Ticks of a logarithm from `low` to `high`; on one that has a zero, more than the decades above it. */
function logTicks(low: number, high: number, pixels: number, clear: (ticks: readonly Tick[]) => boolean): Tick[] {
  const [first, last] = [Math.floor(Math.log10(low) + 1e-9), Math.ceil(Math.log10(high) - 1e-9)];
  const inside = (v: number) => v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9);
  const perDecade = pixels / Math.max(1, Math.log10(high / low));
  const withPowers = first < -2 || last > 4;
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((k) => inside(10 ** k));
  const every = (n: number): Tick[] =>
    powers.map((k) => ({ value: 10 ** k, words: (k - first) % n === 0 ? powerOfTen(k, withPowers) : null }));
  let major = every(1);
  for (let n = Math.max(1, Math.ceil(26 / perDecade)); n <= powers.length; n++) {
    major = every(n);
    if (clear(major)) break;
  }
  // Two powers of ten at least are needed to read between; else 2 and 5 of each decade help, and within one decade whatever stands there.
  const between = (digits: readonly number[], words: boolean): Tick[] =>
    Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i)).flatMap((decade) =>
      digits
        .map((m) => m * decade)
        .filter(inside)
        .map((value) => ({ value, words: words ? plain(plainNumber(value)) : null })),
    );
  const minor = perDecade >= 22 ? between([2, 3, 4, 5, 6, 7, 8, 9], false) : [];
  if (powers.length < 2) {
    const found = [[2, 5], [2, 3, 4, 5, 6, 7, 8, 9], [3], [5]]
      .map((digits) => [...major, ...between(digits, true)])
      .filter((ticks) => ticks.length > 1 && clear(ticks));
    if (found.length > 0) major = found[0];
  }
  const known = new Set(major.map((t) => t.value));
  return [...major, ...minor.filter((t) => !known.has(t.value))].sort((a, b) => a.value - b.value);
}

/** An axis over `length` pixels from `start` on; negative lengths run upwards, and an axis that runs upwards stands. */
export function axisOf(spec: AxisSpec, start: number, length: number, letters: Letters): Axis {
  const range = [start, start + length];
  const pixels = Math.abs(length);
  const lies = length >= 0;
  const extent: Extent = (words) => (lies ? tickWidth(words, letters) : letters.tick);
  const least = clearance(lies, letters);
  const clearOf = (at: (v: number) => number) => (ticks: readonly Tick[]) => {
    const worded = ticks.flatMap((t) => (t.words ? [{ place: at(t.value), width: extent(t.words) }] : []));
    return apart(
      worded.map((t) => t.place),
      worded.map((t) => t.width),
      least,
    );
  };
  if (spec.type === 'names') {
    const scale = scalePoint(spec.names.keys(), range).padding(0.35);
    const at = (i: number) => scale(i) ?? start;
    const words = spec.names.map((name) => (name ? plain(name) : null));
    const kept = new Set(
      thinned(
        words.map((_, i) => at(i)),
        words.map((w) => (w ? extent(w) : 0)),
        least,
      ),
    );
    return { at, ticks: words.map((w, value) => ({ value, words: kept.has(value) ? w : null })) };
  }
  const [low, high] = spec.domain;
  const inside = (v: number) => v >= low && v <= high;
  if (spec.type === 'log') {
    const scale = scaleLog([low, high], range);
    return { at: (v) => scale(v), ticks: logTicks(low, high, pixels, clearOf(scale)) };
  }
  if (spec.type === 'symlog') {
    const scale = scaleSymlog([low, high], range);
    const zero: Tick[] = inside(0) ? [{ value: 0, words: plain('0') }] : [];
    const clear = clearOf(scale);
    const decades = logTicks(Math.max(1, low), Math.max(1.1, high), pixels, (ticks) => clear([...zero, ...ticks]));
    return {
      at: (v) => scale(v),
      ticks: [...zero, ...decades.filter((t) => t.words !== null || pixels > 150)].filter((t) => inside(t.value)),
    };
  }
  const scale = scaleLinear([low, high], range);
  const ticksOf = (n: number): Tick[] => {
    const values = evenTicks(low, high, n).filter(inside);
    const digits = Math.max(0, ...values.map((v) => (plainNumber(v).split('.')[1] ?? '').length));
    return values.map((value) => ({ value, words: plain(digits > 0 ? value.toFixed(digits).replace('-', '−') : plainNumber(value)) }));
  };
  const most = Math.max(pixels < 30 ? 1 : 2, Math.min(6, Math.floor(pixels / (3.65 * letters.tick))));
  const clear = clearOf(scale);
  const fewer = Array.from({ length: most }, (_, i) => ticksOf(most - i)).filter((t) => t.length > 0);
  return { at: (v) => scale(v), ticks: fewer.find(clear) ?? fewer.at(-1)?.slice(0, 1) ?? [] };
}
