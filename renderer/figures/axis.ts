// Scales and their ticks: linear, logarithmic with decades labelled and minor ticks bare, epochs on a logarithm that has a zero, and names.
import { scaleLinear, scaleLog, scalePoint, scaleSymlog, ticks as evenTicks } from 'd3';
import { plain, type Words } from './scene.ts';
import { plainNumber, powerOfTen } from './text.ts';

export type AxisSpec = { label: Words } & (
  { type: 'linear' | 'log' | 'symlog'; domain: readonly [number, number] } | { type: 'names'; names: readonly string[] }
);

export interface Tick {
  value: number;
  /** null: a minor tick */
  words: Words | null;
}

export interface Axis {
  label: Words;
  /** pixels of a value; of the i-th name for names */
  at(value: number): number;
  ticks: Tick[];
}

/** Ticks of a logarithm from `low` to `high`. */
function logTicks(low: number, high: number, pixels: number): Tick[] {
  const [first, last] = [Math.floor(Math.log10(low) + 1e-9), Math.ceil(Math.log10(high) - 1e-9)];
  const decades = last - first;
  const inside = (v: number) => v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9);
  const perDecade = pixels / Math.max(1, Math.log10(high / low));
  const every = Math.max(1, Math.ceil(26 / perDecade));
  const withPowers = first < -2 || last > 4;
  // Two powers of ten at least are needed to read between; else 2 and 5 of each decade help.
  const sparse = Array.from({ length: decades + 1 }, (_, i) => 10 ** (first + i)).filter(inside).length < 2;
  const found: Tick[] = [];
  for (let k = first; k <= last; k++)
    for (let m = 1; m <= 9; m++) {
      const value = m * 10 ** k;
      if (!inside(value)) continue;
      if (m === 1) found.push({ value, words: (k - first) % every === 0 || sparse ? powerOfTen(k, withPowers) : null });
      else if (sparse && [2, 5].includes(m)) found.push({ value, words: plain(plainNumber(value)) });
      else if (perDecade >= 22) found.push({ value, words: null });
    }
  return found;
}

/** An axis over `length` pixels from `start` on; negative lengths run upwards. */
export function axisOf(spec: AxisSpec, start: number, length: number): Axis {
  const range = [start, start + length];
  const pixels = Math.abs(length);
  const { label } = spec;
  if (spec.type === 'names') {
    const scale = scalePoint(spec.names.keys(), range).padding(0.35);
    return { label, at: (i) => scale(i) ?? start, ticks: spec.names.map((name, value) => ({ value, words: name ? plain(name) : null })) };
  }
  const [low, high] = spec.domain;
  const inside = (v: number) => v >= low && v <= high;
  if (spec.type === 'log') {
    const scale = scaleLog([low, high], range);
    return { label, at: (v) => scale(v), ticks: logTicks(low, high, pixels) };
  }
  if (spec.type === 'symlog') {
    const scale = scaleSymlog([low, high], range);
    const decades = logTicks(1, Math.max(1.1, high), pixels).filter((t) => t.words !== null || pixels > 150);
    return { label, at: (v) => scale(v), ticks: [{ value: 0, words: plain('0') }, ...decades].filter((t) => inside(t.value)) };
  }
  const scale = scaleLinear([low, high], range);
  const values = evenTicks(low, high, Math.max(pixels < 30 ? 1 : 2, Math.min(6, Math.floor(pixels / 34)))).filter(inside);
  const digits = Math.max(0, ...values.map((v) => (plainNumber(v).split('.')[1] ?? '').length));
  const written = (v: number) => plain(digits > 0 ? v.toFixed(digits).replace('-', '−') : plainNumber(v));
  return { label, at: (v) => scale(v), ticks: values.map((value) => ({ value, words: written(value) })) };
}
