// Runs that are chosen together, and what their configs differ in.
import { mostRuns } from '../../main/contract/figures.ts';
import type { RunSummary } from '../../main/contract/results.ts';
import { fields, valueAt, type RunConfig } from '../../main/contract/config.ts';

/** Runs that an address holds, and one comparison takes, at most. */
export const mostCompared = mostRuns;

export const setOf = (ids: Iterable<string>): ReadonlySet<string> => new Set(ids);
export const byId = (runs: readonly RunSummary[]): ReadonlyMap<string, RunSummary> => new Map(runs.map((r) => [r.id, r]));
/** These and those, each once, in the order of choosing. */
export const withIds = (chosen: Iterable<string>, more: Iterable<string>): string[] => [...new Set([...chosen, ...more])];
export function withoutIds(chosen: readonly string[], gone: Iterable<string>): string[] {
  const ids = new Set(gone);
  return chosen.filter((id) => !ids.has(id));
}

export const chosenText = (chosen: readonly string[]): string => chosen.join(',');
export const parseChosen = (text: string | undefined): string[] => [...new Set((text ?? '').split(',').filter(Boolean))];

/** Where chosen runs are compared: in the address while they are few; many are taken from the library's own choice. */
export const comparePlace = (chosen: readonly string[]): { view: 'compare'; params: Record<string, string> } => ({
  view: 'compare',
  params: chosen.length > 0 && chosen.length <= mostCompared ? { runs: chosenText(chosen) } : {},
});

export interface Difference {
  path: string;
  /** in the order of the runs; undefined where a run's kind of model has no such field */
  values: unknown[];
}

/** Fields in which the configs differ, in the order of the config; names and tags are what people call them, not what they are. */
export function differences(configs: readonly RunConfig[]): Difference[] {
  return fields
    .filter(({ path }) => path !== 'name' && path !== 'tags')
    .map(({ path }) => ({ path, values: configs.map((config) => valueAt(config, path)) }))
    .filter(({ values }) => new Set(values.map((v) => JSON.stringify(v))).size > 1);
}
