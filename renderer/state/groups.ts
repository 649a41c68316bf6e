// Runs in groups: those that differ in the seed alone, or that agree in chosen fields; and what a group says of its runs.
import { runField } from '../../main/contract/filter.ts';
import type { RunSummary } from '../../main/contract/results.ts';
import { toText } from './form.ts';
import { orderOf, type Sort } from './order.ts';

/** Not at all; all fields but the seed; these fields. */
export type GroupBy = 'none' | 'seed' | readonly string[];

/** From the address; `seed` where it says nothing. */
export function parseGroup(text: string | undefined): GroupBy {
  if (text === undefined || text === 'seed' || text === 'none') return text ?? 'seed';
  const fields = [...new Set(text.split(','))].filter((f) => runField(f) !== null);
  return fields.length > 0 ? fields : 'seed';
}
export const groupText = (by: GroupBy): string | null => (by === 'seed' ? null : by === 'none' ? 'none' : by.join(','));

export interface Group {
  key: string;
  name: string;
  /** in the order of the table, at least one */
  runs: readonly RunSummary[];
}
/** A row of the table: a group, or a run. */
export type Line = Group | RunSummary;
export const isGroup = (line: Line): line is Group => 'runs' in line;

/** What runs that differ in the seed alone have in common. */
export function keyWithoutSeed(run: RunSummary): string {
  // Fields stand in the order of the config, so that equal ones read equal.
  let key = '';
  for (const path in run.fields) {
    const value = run.fields[path];
    if (path !== 'seed') key += `${path}=${JSON.stringify(value)}\n`;
  }
  return key;
}

/** A name for all: the words that stand at the same place in each, else what they begin with, else what they are. */
export function commonName(runs: readonly RunSummary[]): string {
  const [first, ...others] = runs;
  if (others.every((r) => r.name === first.name)) return first.name;
  const split = runs.map((r) => r.name.split(/([\s_/,-]+)/));
  const words = split[0];
  if (split.every((s) => s.length === words.length)) {
    const same = words.map((w, i) => i % 2 === 0 && split.every((s) => s[i] === w));
    const name = words.flatMap((w, i) => (same[i] ? [words[i - 1] ?? '', w] : [])).join('');
    const clean = name.replace(/^[\s_/,-]+|[\s_/,-]+$/g, '').replace(/[\s_/,-]+(?:seed|s)$/, '');
    if (clean) return clean;
  }
  return `${first.dataset} ${first.model}`;
}

const valueText = (value: unknown): string => (value === undefined || value === null ? '–' : toText(value));

/** Runs in groups, each in the order of its first run. `key`: what `keyWithoutSeed` answers, perhaps remembered. */
export function groupRuns(runs: readonly RunSummary[], by: Exclude<GroupBy, 'none'>, key = keyWithoutSeed): Group[] {
  const reads = by === 'seed' ? [] : by.map((name) => runField(name)?.read ?? (() => undefined));
  const keyOf = by === 'seed' ? key : (run: RunSummary) => reads.map((read) => valueText(read(run))).join('\n');
  const found = new Map<string, RunSummary[]>();
  for (const run of runs) {
    const k = keyOf(run);
    const members = found.get(k);
    if (members) members.push(run);
    else found.set(k, [run]);
  }
  const label = by === 'seed' ? '' : by.map((name) => name.split('.').at(-1)).join('\n');
  const words = label.split('\n');
  const nameOf = (k: string, members: RunSummary[]) =>
    by === 'seed'
      ? commonName(members)
      : k
          .split('\n')
          .map((v, i) => (/^[a-z]/i.test(v) && !/^(true|false)$/.test(v) ? v : `${words[i]} ${v}`)) // mlp, but skip true
          .join(' · ');
  return [...found].map(([k, members]) => ({
    key: k,
    runs: members,
    get name() {
      return nameOf(k, members); // few are ever seen
    },
  }));
}

export interface Stat {
  /** runs that have the number */
  n: number;
  mean: number;
  /** with n − 1; null of one */
  sd: number | null;
}

/** Mean and standard deviation (n − 1) of the numbers among `values`; null where there is none. */
export function statOf(values: readonly unknown[]): Stat | null {
  const numbers = values.filter((v): v is number => typeof v === 'number');
  const n = numbers.length;
  if (n === 0) return null;
  const mean = numbers.reduce((sum, v) => sum + v, 0) / n;
  const squares = numbers.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return { n, mean, sd: n > 1 ? Math.sqrt(squares / (n - 1)) : null };
}

/** Sorted copy: by the mean where the field is a number, else by the value of the first run that has one. */
export function sortGroups(groups: readonly Group[], { key, descending }: Sort): readonly Group[] {
  const field = runField(key);
  if (field?.type !== 'number') return groups; // they stand in the order of their first runs, which are sorted
  const means = groups.map(({ runs }) => statOf(runs.map(field.read))?.mean ?? null);
  return orderOf(means, descending).map((i) => groups[i]);
}

/** The mean of each layer's CKA over runs with the same number of layers; empty where they differ. */
export function meanByLayer(runs: readonly RunSummary[]): number[] {
  const with_ = runs.filter((r) => r.cka.length > 0);
  if (with_.length === 0 || with_.some((r) => r.cka.length !== with_[0].cka.length)) return [];
  return with_[0].cka.map((_, i) => with_.reduce((sum, r) => sum + r.cka[i], 0) / with_.length);
}

/** Distinct values, as text, in the order of the runs. */
export function distinct(runs: readonly RunSummary[], name: string): string[] {
  const read = runField(name)?.read ?? (() => undefined);
  return [...new Set(runs.map((r) => valueText(read(r))))];
}

/** The rows: groups with their runs under those that are open. Under `seed` a run that is alone is no group. */
export function linesOf(groups: readonly Group[], by: Exclude<GroupBy, 'none'>, open: ReadonlySet<string>): Line[] {
  const lines: Line[] = [];
  for (const group of groups) {
    if (by === 'seed' && group.runs.length === 1) {
      lines.push(group.runs[0]);
      continue;
    }
    lines.push(group);
    if (open.has(group.key)) for (const run of group.runs) lines.push(run);
  }
  return lines;
}

/** The group of each run that is shown under one. */
export function parentsOf(groups: readonly Group[], by: GroupBy, open: ReadonlySet<string>): ReadonlyMap<string, Group> {
  const found = new Map<string, Group>();
  if (open.size === 0) return found;
  for (const group of groups)
    if (open.has(group.key) && (group.runs.length > 1 || by !== 'seed')) for (const run of group.runs) found.set(run.id, group);
  return found;
}
