// The order of the library's rows.
import { runField } from '../../main/contract/filter.ts';
import type { RunSummary } from '../../main/contract/results.ts';

export interface Sort {
  /** a column of the list or a field of the config */
  key: string;
  descending: boolean;
}
export const newestFirst: Sort = { key: 'created', descending: true };

/** Reads `-created`, `name`, `training.epochs` …; anything else is newest first. */
export function parseSort(text: string | undefined): Sort {
  const key = text?.replace(/^-/, '') ?? '';
  return runField(key) ? { key, descending: text?.startsWith('-') ?? false } : newestFirst;
}
export const sortText = ({ key, descending }: Sort): string => `${descending ? '-' : ''}${key}`;

/** A text whose order by code units is that of a person: small and capital letters alike, accents left out, numbers by their value. A
 *  collator that knows numbers takes ten times as long to sort thousands of names. */
export function naturalKey(text: string): string {
  const plain = (/[^\0-\x7f]/.test(text) ? text.normalize('NFD').replace(/\p{M}/gu, '') : text).toLowerCase();
  let key = '';
  let kept = 0; // all before it is in the key
  for (let i = 0; i < plain.length; i++) {
    if (!isDigit(plain, i)) continue;
    let from = i;
    while (isDigit(plain, i + 1)) i++;
    key += plain.slice(kept, from);
    while (from < i && plain[from] === '0') from++;
    kept = from;
    key += String.fromCharCode(48 + i + 1 - from); // how many digits, so that the longer number is the larger
  }
  return key + plain.slice(kept);
}
const isDigit = (text: string, i: number) => {
  const code = text.charCodeAt(i);
  return code >= 48 && code <= 57;
};

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : Array.isArray(value) ? value.join(' ') : JSON.stringify(value);

/** Places of `values` in their order; those without a value come last either way, equal ones as they came. */
export function orderOf(values: readonly unknown[], descending: boolean): number[] {
  const places: number[] = [];
  const missing: number[] = [];
  values.forEach((v, i) => (v === null || v === undefined || Number.isNaN(v) ? missing : places).push(i));
  const sign = descending ? -1 : 1;
  if (places.every((i) => typeof values[i] === 'number' || typeof values[i] === 'boolean')) {
    const keys = Float64Array.from(values, (v) => Number(v));
    places.sort((a, b) => sign * (keys[a] - keys[b]));
  } else {
    const known = new Map<string, string>(); // many share their dataset, model and tags
    const keys = values.map((v) => {
      if (v === null || v === undefined) return '';
      const text = asText(v);
      const key = known.get(text) ?? naturalKey(text);
      known.set(text, key);
      return key;
    });
    places.sort((a, b) => (keys[a] < keys[b] ? -sign : keys[a] > keys[b] ? sign : 0));
  }
  return places.concat(missing);
}

/** Newest first, as a copy. */
export const byAge = (runs: readonly RunSummary[]): RunSummary[] =>
  [...runs].sort((a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : 0));

/** Sorted copy; runs without a value come last either way, equal ones newest first. */
export function sortRuns(runs: readonly RunSummary[], { key, descending }: Sort): RunSummary[] {
  const newest = byAge(runs);
  if (key === 'created') return descending ? newest : newest.reverse();
  const read = runField(key)?.read ?? (() => null);
  return orderOf(newest.map(read), descending).map((i) => newest[i]);
}
