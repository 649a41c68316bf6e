// Hyperparameters of models in place of slanted labels: a square where something is on, a number or a bar where it has a size.
import type { ModelPoint } from '../../main/contract/figures.ts';
import { axisOf, type AxisSpec } from './axis.ts';
import { fitting, type Margins } from './frame.ts';
import { tickWidth } from './letters.ts';
import type { Palette } from './palette.ts';
import { px } from './px.ts';
import { plain, size, type Box, type Mark, type Panel } from './scene.ts';
import { plainNumber } from './text.ts';

const lead = 4; // between plot and matrix

/** null: the model does not have it */
type Row = { name: string; on: (boolean | null)[] } | { name: string; values: number[] };

export function matrixRows(models: readonly ModelPoint[]): Row[] {
  const labels = models.map((m) => m.label);
  // Of two, one tells the other.
  const used = [...new Set(labels.map((l) => l.optimizer))].sort();
  const optimizers = used.length === 2 && used.includes('sgd') ? used.filter((o) => o !== 'sgd') : used;
  return [
    ...(labels.some((l) => l.skip !== null) ? [{ name: 'skip', on: labels.map((l) => l.skip) }] : []),
    { name: 'augment', on: labels.map((l) => l.augment) },
    ...optimizers.map((name) => ({ name, on: labels.map((l) => l.optimizer === name) })),
    { name: 'batch', values: labels.map((l) => l.batchSize) },
    { name: 'rate', values: labels.map((l) => l.learningRate) },
  ];
}

const distinct = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
/** The range that bars stand for. */
const rangeOf = (values: readonly number[]) => {
  const steps = distinct(values);
  return steps.length > 1 ? `${plainNumber(steps[0])}–${plainNumber(steps[steps.length - 1])}` : steps.map(plainNumber).join('');
};

/** between: pixels from one model to the next, about; width: of the whole figure */
export function matrixOf(models: readonly ModelPoint[], palette: Palette, between: number, width: number) {
  const { letters } = palette;
  const { tick, text, row } = letters;
  const rows = matrixRows(models);
  const written = (values: readonly number[]) =>
    Math.max(0, ...values.map((v) => tickWidth(plain(plainNumber(v)), letters))) + 5 <= between;
  const right = Math.max(
    0,
    ...rows.map((r) => ('values' in r && !written(r.values) ? tickWidth(plain(rangeOf(r.values)), letters) + 4 : 0)),
  );
  const left = Math.max(0, ...rows.map((r) => tickWidth(plain(r.name), letters))) + 8;
  const margins: Margins = { left, right };
  const soft = { size: tick, fill: palette.soft };

  /** foot: of the whole figure, where the label of the axis stands */
  const panelUnder = (frame: Box, x: AxisSpec, foot: number): Panel => {
    const { at } = axisOf(x, frame.x, frame.width, letters);
    const top = frame.y + frame.height + size.major + lead;
    const side = Math.max(1.6, Math.min(6.5, between - 2));
    const marks = rows.flatMap((r, k): Mark[] => {
      const line = top + row * (k + 0.5);
      const y = line + tick * 0.36;
      const name: Mark = { type: 'text', x: frame.x - 6, y, words: plain(r.name), ...soft, anchor: 'end' };
      if ('on' in r) return [name, ...onMarks(r.on, at, line, side, palette)];
      if (written(r.values))
        return [
          name,
          ...r.values.map((v, i): Mark => ({ type: 'text', x: at(i), y, words: plain(plainNumber(v)), ...soft, anchor: 'middle' })),
        ];
      const range: Mark = { type: 'text', x: frame.x + frame.width + 4, y, words: plain(rangeOf(r.values)), ...soft, anchor: 'start' };
      return [name, barMarks(r.values, at, line + row / 2 - 2, side, palette), range];
    });
    const middle = frame.x + frame.width / 2;
    marks.push({
      type: 'text',
      x: middle,
      y: foot - 4,
      words: fitting([x.label, ...(x.shorter ?? [])], 2 * Math.min(middle, width - middle), letters),
      size: text,
      fill: palette.text,
      anchor: 'middle',
    });
    return { frame: { x: frame.x, y: top, width: frame.width, height: rows.length * row }, marks, spots: [] };
  };
  return { margins, height: rows.length * row + lead + text + 8, panelUnder };
}

const filled = (d: string, fill: string): Mark => ({ type: 'path', d, stroke: 'none', width: 0, fill });
const square = (x: number, y: number, width: number, height = width) =>
  `M${px(x - width / 2)} ${px(y - height / 2)}h${px(width)}v${px(height)}h${px(-width)}Z`;

/** On a square, off a speck, without it nothing. */
function onMarks(on: readonly (boolean | null)[], at: (i: number) => number, y: number, side: number, palette: Palette): Mark[] {
  const of = (wanted: boolean, width: number) => on.flatMap((v, i) => (v === wanted ? [square(at(i), y, width)] : [])).join('');
  return [
    [of(true, side), palette.soft],
    [of(false, 1.6), palette.axis],
  ].flatMap(([d, colour]) => (d ? [filled(d, colour)] : []));
}

/** Bars on a common foot, higher by one step from each distinct value to the next. */
function barMarks(values: readonly number[], at: (i: number) => number, foot: number, side: number, palette: Palette): Mark {
  const steps = distinct(values);
  const heightOf = (v: number) => 2 + ((palette.letters.row - 6) * steps.indexOf(v)) / Math.max(1, steps.length - 1);
  const d = values.map((v, i) => square(at(i), foot - heightOf(v) / 2, side, heightOf(v))).join('');
  return filled(d, palette.soft);
}
