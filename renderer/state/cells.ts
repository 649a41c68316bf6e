// What stands in the cells of a row: of a run, or of a group, whose measures are means.
import type { RunState, RunSummary } from '../../main/contract/results.ts';
import { age, duration, epochsOf, localTime } from '../text.ts';
import { readColumn, type Column } from './columns.ts';
import { toText } from './form.ts';
import { distinct, isGroup, meanByLayer, statOf, type Group, type Line } from './groups.ts';

export type Cell =
  /** `spread`: ± sd of a group; `place`: of a measure, whose spread keeps its room where there is none */
  | { kind: 'text'; text: string; title?: string; dim?: boolean; measure?: boolean; spread?: string }
  | { kind: 'scale'; mean: number; sd: number }
  | { kind: 'layers'; values: readonly number[] }
  /** `more`: tags that only some of a group have */
  | { kind: 'tags'; tags: readonly string[]; more: number };

const none: Cell = { kind: 'text', text: '' };
const dash: Cell = { kind: 'text', text: '–', dim: true };

/** `10000` → `10k` */
const thousands = (n: number) => (n >= 1000 && n % 100 === 0 ? `${n / 1000}k` : String(n));
/** A setting, short: `1e-3`, `200, 200` */
export function settingText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'number' || value === 0 || Number.isInteger(value)) return toText(value);
  return Math.abs(value) < 0.01 ? value.toExponential().replace('e+', 'e') : String(Number(value.toPrecision(6)));
}
const datasetText = (run: RunSummary) => `${run.dataset} · ${thousands((run.fields['data.train'] as number | undefined) ?? 10_000)}`;
/** How long ago, short also after months. */
function ageText(created: string, now: number): string {
  const days = (now - Date.parse(created)) / 86_400_000;
  return days < 60 ? age(created, now) : days < 700 ? `${Math.floor(days / 30.44)} mo` : `${Math.floor(days / 365.25)} y`;
}
/** How many tags a cell of so many pixels holds, one at least. */
export function tagsThatFit(tags: readonly string[], px: number): number {
  let taken = 0;
  const n = tags.findIndex((tag, i) => {
    taken += 6.2 * tag.length + 20;
    return i > 0 && taken > px - (i + 1 < tags.length ? 22 : 0);
  });
  return n < 0 ? tags.length : n;
}

function measureText(column: Column, value: number): string {
  return column.name === 'seconds' ? duration(value) : value.toFixed(column.digits);
}

function runCell(column: Column, run: RunSummary, now: number, digits: number): Cell {
  switch (column.kind) {
    case 'age':
      return { kind: 'text', text: ageText(run.created, now), title: localTime(run.created), dim: true };
    case 'epochs':
      return { kind: 'text', text: epochsOf(run) };
    case 'tags':
      return { kind: 'tags', tags: run.tags, more: 0 };
    case 'scale':
      return run.testAccuracy === null ? none : { kind: 'scale', mean: run.testAccuracy, sd: 0 };
    case 'layers':
      return run.cka.length === 0 ? none : { kind: 'layers', values: run.cka };
    case 'measure': {
      const value = readColumn(column)(run);
      if (typeof value !== 'number') return dash;
      const text = column.name === 'seconds' ? duration(value) : value.toFixed(column.digits + digits);
      return { kind: 'text', text, title: String(value), measure: true };
    }
    default: {
      const text = column.name === 'dataset' ? datasetText(run) : settingText(readColumn(column)(run));
      return text ? { kind: 'text', text, title: text } : dash;
    }
  }
}

/** Of all runs of a group: `none` says that none of them has it. */
function groupCell(column: Column, group: Group, now: number): Cell {
  const { runs } = group;
  switch (column.kind) {
    case 'age': {
      const newest = runs.reduce((last, r) => (r.created > last ? r.created : last), runs[0].created);
      return { kind: 'text', text: ageText(newest, now), title: `newest: ${localTime(newest)}`, dim: true };
    }
    case 'epochs': {
      const slowest = runs.reduce((a, b) => (b.epoch / b.epochs < a.epoch / a.epochs ? b : a));
      const wanted = new Set(runs.map((r) => r.epochs)).size;
      return wanted === 1
        ? { kind: 'text', text: epochsOf(slowest), title: 'of the run that has come least far' }
        : several(column, wanted);
    }
    case 'tags': {
      const common = runs[0].tags.filter((tag) => runs.every((r) => r.tags.includes(tag)));
      return { kind: 'tags', tags: common, more: new Set(runs.flatMap((r) => r.tags)).size - common.length };
    }
    case 'scale': {
      const stat = statOf(runs.map((r) => r.testAccuracy));
      return stat ? { kind: 'scale', mean: stat.mean, sd: stat.sd ?? 0 } : none;
    }
    case 'layers': {
      const values = meanByLayer(runs);
      return values.length > 0 ? { kind: 'layers', values } : none;
    }
    case 'measure': {
      const stat = statOf(runs.map(readColumn(column)));
      if (!stat) return dash;
      const { n, mean, sd } = stat;
      const title = `mean ${mean}${sd === null ? '' : `, standard deviation ${sd}`}, n = ${n}`;
      const spread = sd === null || column.digits < 3 ? {} : { spread: `± ${measureText(column, sd)}` };
      return { kind: 'text', text: measureText(column, mean), title, measure: true, ...spread };
    }
    default: {
      const values = distinct(runs, column.sort);
      return values.length > 1 ? several(column, values.length, values.slice(0, 20).join(', ')) : runCell(column, runs[0], now, 0);
    }
  }
}
/** A narrow column has no room for the whole word. */
const several = ({ width }: Column, n: number, title = ''): Cell => ({
  kind: 'text',
  text: width < 60 ? `${n} val.` : `${n} values`,
  title: title || `${n} values`,
  dim: true,
});

const urgency: RunState[] = ['running', 'queued', 'paused', 'failed', 'interrupted', 'done'];
/** The state that asks for most, of a group. */
export const stateOf = (line: Line): RunState =>
  isGroup(line) ? (urgency.find((state) => line.runs.some((r) => r.state === state)) as RunState) : line.state;
/** `2 done, 1 failed` */
export const statesOf = ({ runs }: Group): string =>
  urgency
    .map((state) => [runs.filter((r) => r.state === state).length, state] as const)
    .filter(([n]) => n > 0)
    .map(([n, state]) => `${n} ${state}`)
    .join(', ');

/** Said in place of the measures: why there are none. */
export function insteadOf(line: Line): { text: string; bad: boolean } | null {
  const runs = isGroup(line) ? line.runs : [line];
  const state = stateOf(line);
  if (state === 'failed' && runs.every((r) => r.state === 'failed' && r.reason)) {
    const reasons = new Set(runs.map((r) => r.reason));
    return { text: reasons.size === 1 ? (runs[0].reason as string) : `${runs.length} failed: ${runs[0].reason}`, bad: true };
  }
  if (runs.every((r) => r.state === 'queued')) return { text: 'waiting for a device', bad: false };
  return null;
}

/** The cells of a row. Of a run under its group, what all of the group have in common is said by the group. */
export function cellsOf(columns: readonly Column[], line: Line, parent: Group | null, now: number): Cell[] {
  if (isGroup(line)) return columns.map((c) => groupCell(c, line, now));
  const said = (c: Column) =>
    parent !== null && (c.kind === 'setting' || c.kind === 'text') && c.name !== 'id' && distinct(parent.runs, c.sort).length === 1;
  return columns.map((c) => (said(c) ? none : runCell(c, line, now, parent !== null && c.digits === 3 ? 1 : 0)));
}

/** What a run is called under its group: by its seed, where that tells it from the others. */
export const nameUnder = (run: RunSummary, parent: Group): string =>
  distinct(parent.runs, 'seed').length === parent.runs.length ? `seed ${toText(run.fields['seed'] ?? 0)}` : run.name;
