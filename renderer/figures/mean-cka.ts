// `accuracy-and-mean-cka` (Fig. 6): accuracy of models in order of test accuracy, and their CKA with the target averaged over layers.
import type { FigureInputs, ModelPoint } from '../../main/contract/figures.ts';
import { meanCkaCaption } from './caption.ts';
import type { Curve, PlotSpec } from './curves.ts';
import { keysOf, mean, measureFloor } from './layers.ts';
import { columnsOf, measureNames, rowsOf, whole, type Drawing, type Layout } from './layout.ts';
import { modelAxis, modelCells, modelColumns, ordered, sayModel, spacing } from './models.ts';
import { roles } from './palette.ts';
import { plain } from './scene.ts';
import { fixed } from './text.ts';
import { accuracyFloor } from './training.ts';

const sets = ['train', 'test'] as const;
type Measure = 'cka' | 'kta' | 'debiased';
const measures: readonly Measure[] = ['cka', 'kta', 'debiased'];

/** Pearson's r of the pairs in which both are numbers; null with fewer than three, or where one does not vary. */
export function pearson(x: readonly number[], y: readonly number[]): number | null {
  const pairs = x.flatMap((a, i) => (Number.isFinite(a) && Number.isFinite(y[i]) ? [[a, y[i]]] : []));
  if (pairs.length < 3) return null;
  const [p, q] = [mean(pairs.map(([a]) => a)), mean(pairs.map(([, b]) => b))];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [a, b] of pairs) {
    xy += (a - p) * (b - q);
    xx += (a - p) ** 2;
    yy += (b - q) ** 2;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : null;
}

/** NaN where the model has no alignments on this set. */
const meanOf = (m: ModelPoint, split: 'train' | 'test', measure: Measure): number =>
  mean(m.layers[split].map((a) => a[keysOf.target[measure]]));

export function meanCkaDrawing({ sources, models: given }: FigureInputs['accuracy-and-mean-cka'], layout: Layout): Drawing {
  const { palette, style, wide } = layout;
  const { measure } = style;
  const models = ordered(given);
  const dots = spacing(layout, models) >= (wide ? 18 : 8);
  const curvesOf = (colour: string, pick: (m: ModelPoint, split: 'train' | 'test') => number): Curve[] =>
    sets.map((split) => {
      const points = models.map((m, x) => ({ x, y: pick(m, split) }));
      const last = points.findLast((p) => Number.isFinite(p.y));
      const name = last ? [{ text: split, bold: split === 'train' }, ...plain(` ${fixed(2)(last.y)}`)] : null;
      return { points, colour, open: split === 'test', series: split, name, ...(dots ? { dots } : { bare: true }) };
    });
  const accuracies = curvesOf(palette.data[roles.network], (m, split) => m[`${split}Accuracy`]);
  const means = curvesOf(palette.data[roles.target], (m, split) => meanOf(m, split, measure));
  const axis = { x: modelAxis(models), palette, say: sayModel(models) };
  const rows = wide ? columnsOf(layout, 2).map((outer) => ({ outer, shared: false })) : rowsOf(whole(layout), 2, false, palette.letters);
  const testAccuracies = models.map((m) => m.testAccuracy);
  const r = Object.fromEntries(
    sets.map((split) => [
      split,
      pearson(
        models.map((m) => meanOf(m, split, measure)),
        testAccuracies,
      ),
    ]),
  ) as { train: number | null; test: number | null };
  const plots: PlotSpec[] = [
    {
      ...rows[0],
      ...axis,
      letter: 'a',
      aside: true,
      y: { type: 'linear', domain: [Math.min(accuracyFloor(testAccuracies), lowestTenth(accuracies)), 1], label: plain('accuracy') },
      curves: accuracies,
    },
    {
      ...rows[1],
      ...axis,
      letter: 'b',
      y: { type: 'linear', domain: [measureFloor(means), 1], label: plain(`mean ${measureNames[measure]}`) },
      curves: means,
    },
  ];
  return {
    title: `Accuracy and mean ${measureNames[measure]} by model`,
    caption: meanCkaCaption(sources, models, measure, r),
    plots,
    table: {
      columns: [...modelColumns, 'split', 'accuracy', ...measures.map((m) => `mean-${m}`)],
      rows: models.flatMap((m) =>
        sets.map((split) => [
          ...modelCells(m),
          split,
          m[`${split}Accuracy`],
          ...measures.map((of) => (m.layers[split].length > 0 ? meanOf(m, split, of) : null)),
        ]),
      ),
    },
    facts: { models: models.length, pearsonTrain: r.train, pearsonTest: r.test },
  };
}

/** Every model is on its axis, however bad. */
const lowestTenth = (curves: readonly Curve[]): number =>
  Math.floor(Math.min(1, ...curves.flatMap((c) => c.points.map((p) => p.y)).filter(Number.isFinite)) * 10) / 10;
