// Widths of words in Inter and the ways numbers are written.
import { format } from 'd3';
import type { Words } from './scene.ts';

/** Advance widths in ems, on the generous side: a margin may be a little wide, never too narrow. */
const narrow = new Map([..." .,:;|'!()[]ijl"].map((c) => [c, 0.3]));
const wide = new Map([...'mwMW%'].map((c) => [c, 0.9]));

function em(char: string): number {
  const known = narrow.get(char) ?? wide.get(char);
  if (known !== undefined) return known;
  if (/[frt-]/.test(char)) return 0.42;
  if (/[\p{Lu}0-9–−+=<>×∇]/u.test(char)) return 0.68;
  return 0.6;
}

/** Pixels that words take at a font size. */
export const widthOf = (words: Words, size: number): number =>
  words.reduce((sum, w) => sum + [...w.text].reduce((s, c) => s + em(c), 0) * size * (w.raised ? 0.72 : 1) * (w.bold ? 1.06 : 1), 0);

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
