// `accuracy-and-mean-cka` (Fig. 6): accuracy of models in order of test accuracy, and their CKA with the target averaged over layers.
import { correlated } from '../../main/contract/correlation.ts';
import type { FigureInputs, ModelPoint } from '../../main/contract/figures.ts';
import { meanCkaCaption } from './caption.ts';
import type { Curve, PlotSpec } from './curves.ts';
import { keysOf, mean, measureFloor } from './layers.ts';
import { columnsOf, measureNames, rowsOf, whole, type Drawing, type Layout } from './layout.ts';
import { byAccuracy, lowestTenth, modelAxis, modelCells, modelColumns, ordered, sayModel, spacing } from './models.ts';
import { roles } from './palette.ts';
import { plain } from './scene.ts';
import { fixed } from './text.ts';
import { accuracyFloor } from './training.ts';

const sets = ['train', 'test'] as const;
type Measure = 'cka' | 'kta' | 'debiased';
const measures: readonly Measure[] = ['cka', 'kta', 'debiased'];

/** NaN where the model has no alignments on this set. */
const meanOf = (m: ModelPoint, split: 'train' | 'test', measure: Measure): number =>
  mean(m.layers[split].map((a) => a[keysOf.target[measure]]));

export function meanCkaDrawing({ sources, models: given, order }: FigureInputs['accuracy-and-mean-cka'], layout: Layout): Drawing {
  const { palette, style, wide } = layout;
  const { measure } = style;
  const models = ordered(given, order);
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
  const axis = { x: modelAxis(models, order), palette, say: sayModel(models), key: (i: number) => models[i].run };
  const rows = wide ? columnsOf(layout, 2).map((outer) => ({ outer, shared: false })) : rowsOf(whole(layout), 2, false, palette.letters);
  const testAccuracies = models.map((m) => m.testAccuracy);
  const r = Object.fromEntries(
    sets.map((split) => [
      split,
      correlated(
        models.map((m) => meanOf(m, split, measure)),
        testAccuracies,
      ).r,
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
    caption: meanCkaCaption(sources, models, measure, r, order ?? byAccuracy),
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
