// What a comparison shows, as it stands in the address.
import { axisColumns, orderColumns } from '../../main/contract/columns.ts';
import { mostOverlaid, type AlignmentSide, type FigureStyle } from '../../main/contract/figures.ts';
import type { Split } from '../../main/contract/results.ts';
import { parseChosen } from './selection.ts';

export interface ComparePlace {
  /** ids of runs, `tag:NAME`, `sweep:NAME` */
  words: string[];
  /** ids; A, B, C, … in their order */
  pins: string[];
  /** a column's name, `-` before it from the largest down */
  order: string;
  to: AlignmentSide;
  measure: FigureStyle['measure'];
  /** of similarity */
  split: Split;
  /** of similarity: `last`, `#3`, or a name */
  layer: string;
  /** the two models of the map whose layers are shown; null: none chosen yet */
  pair: [string, string] | null;
  lines: 'mean' | 'runs';
  x: string;
  y: string;
  /** least training accuracy of Table I and of figures of models; null: all */
  least: number | null;
  /** the run whose epochs are compared, and its layer; null: none */
  drift: { run: string; layer: string } | null;
}

const oneOf = <T extends string>(value: string | undefined, all: readonly T[]): T => all.find((v) => v === value) ?? all[0];
const known = (value: string | undefined, all: readonly string[], usual: string): string =>
  value !== undefined && all.includes(value.replace(/^-/, '')) ? value : usual;

/** Reads the address; what makes no sense is as if it were not there. */
export function parseCompare(params: Readonly<Record<string, string>>): ComparePlace {
  const pair = (params['pair'] ?? '').split(',');
  const least = Number(params['least'] ?? NaN);
  const [run, layer = ''] = (params['drift'] ?? '').split(',');
  return {
    words: parseChosen(params['runs']),
    pins: parseChosen(params['pins']).slice(0, mostOverlaid),
    order: known(params['order'], orderColumns, 'testAccuracy'),
    to: oneOf(params['to'], ['target', 'input']),
    measure: oneOf(params['measure'], ['cka', 'kta', 'debiased']),
    split: oneOf(params['split'], ['test', 'train']),
    layer: params['layer'] ?? 'last',
    pair: pair.length === 2 && pair.every(Boolean) ? [pair[0], pair[1]] : null,
    lines: oneOf(params['lines'], ['mean', 'runs']),
    x: known(params['x'], axisColumns, 'meanCka'),
    y: known(params['y'], axisColumns, 'testAccuracy'),
    least: least > 0 && least <= 1 ? least : null,
    drift: run ? { run, layer } : null,
  };
}
