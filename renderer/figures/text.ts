// The ways numbers are written.
import { format } from 'd3';
import type { Words } from './scene.ts';

const minus = (text: string) => text.replace('-', '−');
const trimmed = format('~r');
/** A tick's number. */
export const plainNumber = (v: number): string => minus(Math.abs(v) >= 10_000 ? format(',')(v) : trimmed(Number(v.toPrecision(6))));
export const fixed =
  (digits: number) =>
  (v: number): string =>
    minus(v.toFixed(digits));
/** Four significant digits, as shown at the pointer. */
export const four = (v: number): string =>
  v === 0 ? '0' : minus(Math.abs(v) < 1e-3 || Math.abs(v) >= 1e5 ? v.toExponential(3) : Number(v.toPrecision(4)).toString());

/** 10 to a power, as words. */
export function powerOfTen(exponent: number, withPowers: boolean): Words {
  if (!withPowers) return [{ text: plainNumber(10 ** exponent) }];
  return [{ text: '10' }, { text: minus(String(exponent)), raised: true }];
}

/** A name of so many characters at most: its head and its end, which tells runs of a sweep apart. */
export function shortened(name: string, most: number): string {
  if (name.length <= most) return name;
  const tail = Math.floor((most - 1) / 3);
  return `${name.slice(0, most - 1 - tail).trimEnd()}…${tail > 0 ? name.slice(-tail).trimStart() : ''}`;
}
