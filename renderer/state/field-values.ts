// The values that a library's runs have in a field, for completion and for what to try instead of a filter that finds nothing.
import { fields } from '../../main/contract/config.ts';
import { filterFields, runField, type FieldType } from '../../main/contract/filter.ts';
import type { RunSummary } from '../../main/contract/results.ts';
import { count, plural } from '../text.ts';
import { settingText } from './cells.ts';

export interface Values {
  type: FieldType;
  /** how often each value occurs, most often first; of numbers in their order */
  counts: readonly (readonly [value: string, runs: number])[];
  least: number;
  most: number;
  /** the kind of model whose runs alone have the field */
  only: string | null;
}

const kindOf = runField('model.kind')?.read as (run: RunSummary) => string;
const ofKind = new Map<string, string | undefined>(fields.map((f) => [f.path, f.of]));

export class FieldValues {
  readonly #runs: readonly RunSummary[];
  readonly #known = new Map<string, Values>();
  constructor(runs: readonly RunSummary[]) {
    this.#runs = runs;
  }

  /** Counted when it is first asked for. */
  of(name: string): Values {
    let values = this.#known.get(name);
    if (!values) this.#known.set(name, (values = this.#count(name)));
    return values;
  }

  /** Fields that have not been asked for. */
  *uncounted(): Generator<string, undefined> {
    for (const name of filterFields) if (!this.#known.has(name)) yield name;
    return undefined;
  }

  #count(name: string): Values {
    const field = runField(name);
    const found = new Map<unknown, number>();
    const add = (value: unknown) => found.set(value, (found.get(value) ?? 0) + 1);
    for (const run of this.#runs) {
      const value = field?.read(run);
      if (Array.isArray(value)) for (const item of new Set(value)) add(item);
      else if (value !== undefined && value !== null && value !== '') add(typeof value === 'object' ? JSON.stringify(value) : value);
    }
    const entries = [...found];
    const numbers = entries.map(([v]) => v).filter((v): v is number => typeof v === 'number');
    const type = field?.type ?? 'text';
    if (type === 'number') entries.sort(([a], [b]) => (a as number) - (b as number));
    else entries.sort(([, a], [, b]) => b - a);
    const of = ofKind.get(name);
    return {
      type,
      counts: entries.map(([value, n]) => [String(value), n]),
      least: numbers.reduce((a, b) => Math.min(a, b), Infinity),
      most: numbers.reduce((a, b) => Math.max(a, b), -Infinity),
      only: of !== undefined && this.#runs.some((r) => kindOf(r) !== of) ? of : null,
    };
  }
}

const numberText = (v: number) => (Number.isInteger(v) ? String(v) : settingText(Number(v.toPrecision(3))));

/** In a few words: `mlp 214 · resnet11 198`, `relu, tanh, erf, linear`, `1 … 4`. */
export function valuesInShort({ type, counts, least, most }: Values): string {
  if (counts.length === 0) return 'no values';
  if (type === 'number') return counts.length === 1 ? numberText(least) : `${numberText(least)} … ${numberText(most)}`;
  if (counts.length <= 2) return counts.map(([v, n]) => `${v} ${count(n)}`).join(' · ');
  return counts
    .slice(0, 6)
    .map(([v]) => v)
    .join(', ');
}
/** `3 values`, or whose alone the field is. */
export const howMany = ({ counts, only }: Values): string => (only ? `${only} only` : plural(counts.length, 'value'));

const listedNumbers = 8;
const listedTexts = 12;
/** What there is: the values themselves where they are few, `least … most` of many numbers. */
export function valuesHere({ type, counts, least, most }: Values): string {
  if (type === 'number' && counts.length > listedNumbers) return `${numberText(least)} … ${numberText(most)}`;
  const more = counts.length > listedTexts ? ` and ${count(counts.length - listedTexts)} more` : '';
  return (
    counts
      .slice(0, listedTexts)
      .map(([v]) => (type === 'number' ? numberText(Number(v)) : v))
      .join(', ') + more
  );
}
