// Numbers as words.
import type { FigureKind } from '../main/contract/figures.ts';
import type { RunSummary } from '../main/contract/results.ts';

/** Seconds as a person says them: `42 s`, `3 min`, `3 min 20 s`, `2 h 5 min`, `3 d`. */
export function duration(seconds: number): string {
  if (seconds < 1) return '< 1 s';
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (seconds < 600 && Math.round(seconds) % 60 !== 0) return `${Math.floor(Math.round(seconds) / 60)} min ${Math.round(seconds) % 60} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.round(hours / 24)} d`;
}

/** Seconds of one epoch, three digits: `0.142 s`. */
export const pace = (seconds: number): string => (seconds >= 60 ? duration(seconds) : `${Number(seconds.toPrecision(3))} s`);

/** How long ago, short, for a column. */
export function age(created: string, now: number): string {
  const seconds = (now - Date.parse(created)) / 1000;
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 60) return 'now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  if (seconds < 86_400 * 60) return `${Math.floor(seconds / 86_400)} d`;
  return created.slice(0, 10);
}

/** Decimal bytes: `1.9 GB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : Number(value.toPrecision(2))} ${units[unit]}`;
}

/** A share in [0, 1] with `digits` digits, or a dash. */
export const share = (value: number | null, digits = 3): string => (value === null ? '–' : value.toFixed(digits));

/** `10000` → `10,000`. */
// By hand: the first use of the system's formats takes the page 40 ms, when it has most else to do.
export const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
const two = (n: number) => String(n).padStart(2, '0');
/** By this person's clock: `2026-11-26 09:05:00` */
export function localTime(iso: string): string {
  const t = new Date(iso);
  const date = [t.getFullYear(), two(t.getMonth() + 1), two(t.getDate())].join('-');
  return `${date} ${[t.getHours(), t.getMinutes(), t.getSeconds()].map(two).join(':')}`;
}

export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** Epochs of a run: `60 / 100` while some are missing. */
export const epochsOf = (run: Pick<RunSummary, 'epoch' | 'epochs'>): string =>
  run.epoch < run.epochs ? `${run.epoch} / ${run.epochs}` : `${run.epochs}`;

/** A long hash, recognisable. */
export const shortHash = (hash: string): string => (hash.length > 9 ? `${hash.slice(0, 4)}…${hash.slice(-2)}` : hash);

/** What figures are called on the page. */
export const figureTitles: Record<FigureKind, string> = {
  training: 'Training',
  'alignment-by-layer': 'Alignment by layer',
  'alignment-over-epochs': 'Alignment over epochs',
  spectrum: 'Spectrum',
  'cumulative-power': 'Cumulative power',
  'learning-curve': 'Learning curve',
  'ntk-alignment': 'NTK alignment',
  'ntk-split': 'NTK split',
  'alignment-by-model': 'Alignment by model',
  'accuracy-and-mean-cka': 'Accuracy and mean CKA',
  'layer-similarity': 'Similarity of layers',
  'model-similarity': 'Similarity of models',
  scatter: 'Scatter of runs',
  'kernel-drift': 'Kernel drift',
};

/** A line of the host's, its times as this person's clock shows them. */
export const localTimes = (line: string): string => line.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, localTime);
