// Which runs the library lists, and in which order.
import { parseFilter, type Filter } from '../../main/contract/filter.ts';
import type { RunSummary } from '../../main/contract/results.ts';

export const sortKeys = ['created', 'name', 'epochs', 'testAccuracy', 'ntkTarget'] as const;
export type SortKey = (typeof sortKeys)[number];
export interface Sort {
  key: SortKey;
  descending: boolean;
}
export const newestFirst: Sort = { key: 'created', descending: true };

/** Reads `-created`, `name`, … ; anything else is newest first. */
export function parseSort(text: string | undefined): Sort {
  const key = text?.replace(/^-/, '') as SortKey;
  return sortKeys.includes(key) ? { key, descending: text?.startsWith('-') ?? false } : newestFirst;
}
export const sortText = ({ key, descending }: Sort): string => `${descending ? '-' : ''}${key}`;

/** Sorted copy; runs without a value come last either way, equal ones newest first. */
export function sortRuns(runs: readonly RunSummary[], { key, descending }: Sort): RunSummary[] {
  const sign = descending ? -1 : 1;
  const newest = (a: RunSummary, b: RunSummary) => (a.created < b.created ? 1 : a.created > b.created ? -1 : 0);
  return [...runs].sort((a, b) => {
    const x = a[key];
    const y = b[key];
    if (x === null || y === null) return x === y ? newest(a, b) : x === null ? 1 : -1;
    const order =
      typeof x === 'string' && key === 'name' ? x.localeCompare(String(y), 'en', { numeric: true }) : x < y ? -1 : x > y ? 1 : 0;
    return order === 0 ? newest(a, b) : sign * order;
  });
}

/** What was typed: an expression where it holds a comparison, else words of which each must occur in name, tags, dataset, model or state.
 *  @throws KernelscopeError `bad-input` where an expression is wrong */
export function readFilter(text: string): Filter {
  if (/[=<>]|\scontains\s/.test(text)) return parseFilter(text);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return {
    test(run) {
      const where = [run.name, run.id, run.dataset, run.model, run.state, run.note, ...run.tags].join('\n').toLowerCase();
      return words.every((w) => where.includes(w));
    },
  };
}

/** The list with changed runs in their places, new ones at its end, removed ones gone. */
export function mergeRuns(runs: readonly RunSummary[], changed: readonly RunSummary[], removed: readonly string[]): RunSummary[] {
  const byId = new Map([...runs, ...changed].map((r) => [r.id, r]));
  for (const id of removed) byId.delete(id);
  return [...byId.values()];
}

/** Every tag in use, in order. */
export const tagsOf = (runs: readonly RunSummary[]): string[] => [...new Set(runs.flatMap((r) => r.tags))].sort();
