// What is typed into a field that may be swept: one value, a list of them, or a range.
import { shown, type Field } from '../../main/contract/config.ts';
import { mostCells } from '../../main/contract/sweep-grid.ts';
import { fromText, toText } from './form.ts';

export interface Reading {
  /** one: the field has this value; several: it is swept */
  values: readonly unknown[];
  /** why what was typed cannot be read; the values are then of no meaning */
  wrong?: string;
}

/** Fields that make no other run. */
const fixed = new Set(['name', 'tags']);
export const sweepable = (field: Field): boolean => !fixed.has(field.path);

const rangeForm = 'expected a range as 0 … 4; 0 … 1, 5; 1e-4 … 1e-1, 4 log; or 0 … 100 step 25';
const number = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?`;
const rangePattern = new RegExp(
  String.raw`^(${number})\s*(?:…|\.\.\.?)\s*(${number})\s*(?:,\s*(\d+)\s*(log)?|,?\s*step\s+(${number}))?$`,
  'i',
);

/** A number without the noise of its last digits: what 0.1 + 0.2 was meant to be. */
const tidy = (x: number, digits: number): number => Number(x.toPrecision(digits));
const isWhole = (field: Field): boolean => Number.isInteger(field.default) && !field.kind.test(0.5) && !field.kind.test(1.5);

/** From `from` to `to`: so many points, evenly or by equal ratios (those in between to three digits), or by steps. */
function range(field: Field, text: string): Reading {
  const found = rangePattern.exec(text);
  const no = (why: string): Reading => ({ values: [], wrong: `${why}, got ${shown(text)}` });
  if (!found) return no(rangeForm);
  const [from, to] = [Number(found[1]), Number(found[2])];
  const log = found[4] !== undefined;
  const whole = isWhole(field);
  let points: number[];
  if (found[3] !== undefined) {
    const count = Number(found[3]);
    if (count < 2 || count > mostCells) return no(`expected 2 … ${mostCells} points`);
    if (log && (from <= 0 || to <= 0)) return no('expected ends above 0 for a log range');
    const at = (i: number) => (log ? from * (to / from) ** (i / (count - 1)) : from + ((to - from) * i) / (count - 1));
    points = Array.from({ length: count }, (_, i) => (i === 0 ? from : i === count - 1 ? to : tidy(at(i), log ? 3 : 12)));
  } else {
    const step = found[5] !== undefined ? Math.abs(Number(found[5])) : whole ? 1 : NaN;
    if (!(step > 0)) return no('expected how many points, as 0 … 1, 5');
    const count = Math.floor(Math.abs(to - from) / step + 1e-9) + 1;
    if (count > mostCells) return no(`expected at most ${mostCells} points`);
    points = Array.from({ length: count }, (_, i) => tidy(from + Math.sign(to - from) * i * step, 12));
  }
  return { values: whole ? [...new Set(points.map(Math.round))] : points };
}

const truth: Record<string, boolean> = { true: true, on: true, false: false, off: false };
/** A comma between digits, three of them after it, parts thousands; any other one parts values. */
const parts = (text: string): string[] => text.replace(/(?<=\d),(?=\d{3}(?!\d))/g, '').split(',');

/** One value's text → the value: a boolean's word, or as a form reads it. `200 × 4` is a list of four. */
function one(field: Field, text: string): unknown {
  const clean = text.trim();
  if (typeof field.default === 'boolean') return truth[clean.toLowerCase()] ?? clean;
  if (field.path === 'model.hidden')
    return fromText(
      field,
      clean.replace(/(\d+)\s*[×x]\s*(\d{1,2})(?!\d)/g, (_, n, k) => Array(Number(k)).fill(n).join(', ')),
    );
  return fromText(field, clean);
}

/** Reads a field's text. Lists (widths, snapshots) are parted by semicolons, everything else by commas.
 *  repeats: the same value may stand twice, as in fields that vary together */
export function readField(field: Field, text: string, repeats = false): Reading {
  if (!sweepable(field)) return { values: [fromText(field, text)] };
  if (Array.isArray(field.default))
    return distinct(
      text
        .split(';')
        .filter((t, i) => i === 0 || t.trim() !== '')
        .map((t) => one(field, t)),
      repeats,
    );
  if (typeof field.default === 'number' && /…|\.\./.test(text)) return range(field, text.trim());
  const pieces = parts(text).map((t) => t.trim());
  const some = pieces.filter((t) => t !== '');
  return distinct(
    (some.length > 0 ? some : pieces.slice(0, 1)).map((t) => one(field, t)),
    repeats,
  );
}

function distinct(values: unknown[], repeats: boolean): Reading {
  const texts = values.map((v) => JSON.stringify(v));
  const twice = texts.findIndex((t, i) => texts.indexOf(t) !== i);
  if (twice < 0 || repeats) return { values };
  return { values, wrong: `expected different values, got ${shown(values[twice])} twice` };
}

/** Several values as they are typed; of one, its text in a form. */
export const writeField = (field: Field, values: readonly unknown[]): string =>
  values.map(field.path === 'model.hidden' && values.length > 1 ? shortValue : toText).join(Array.isArray(field.default) ? '; ' : ', ');

/** A value as it heads a row: equal widths as `200 × 4`. */
export function shortValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value) && value.length > 2 && value.every((v) => v === value[0])) return `${String(value[0])} × ${value.length}`;
  if (typeof value === 'number')
    return value !== 0 && Math.abs(value) < 0.01 ? String(value.toExponential()).replace('e+', 'e') : String(value);
  return toText(value);
}
