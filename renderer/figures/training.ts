// `training`: loss and accuracy over epochs (Fig. 7, left), train solid, test dashed; several runs by colour.
import type { FigureInputs } from '../../main/contract/figures.ts';
import type { EpochMetrics } from '../../main/contract/results.ts';
import { trainingCaption } from './caption.ts';
import type { Curve } from './curves.ts';
import { columnsOf, epochAxis, stacked, type Drawing, type Layout } from './layout.ts';
import { cut, tickWidth } from './letters.ts';
import { shapeOf } from './palette.ts';
import { plain, type Words } from './scene.ts';
import { fixed } from './text.ts';

const sets = [
  { set: 'train', open: false },
  { set: 'test', open: true },
] as const;
type Quantity = 'Accuracy' | 'Loss';

/** The lower end of an accuracy axis: tenths, from where nine tenths of the epochs lie. */
export function accuracyFloor(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return 0;
  return Math.min(0.9, Math.max(0, Math.floor(sorted[Math.floor(sorted.length / 10)] * 10) / 10));
}

export function trainingDrawing({ sources, metrics }: FigureInputs['training'], layout: Layout): Drawing {
  const { palette, style } = layout;
  const many = sources.length > 1;
  // A third of a panel is for names and values at most.
  const room = (layout.wide ? layout.width / 2 : layout.width) / 3;
  const shortened = (name: string, value: string) =>
    cut(name, room, (text) => tickWidth([{ text, bold: true }, { text: value }], palette.letters));
  const curvesOf = (quantity: Quantity): Curve[] =>
    sources.flatMap((source, r) =>
      sets.map(({ set, open }): Curve => {
        const points = metrics[r].map((m) => ({ x: m.epoch, y: m[`${set}${quantity}`] }));
        const last = points.at(-1);
        const value = last ? ` ${quantity === 'Accuracy' ? fixed(3)(last.y) : Number(last.y.toPrecision(2))}` : '';
        const title: Words = [{ text: shortened(source.name || source.run, value), bold: true }];
        const run: Words = [...title, ...plain(value)];
        const name: Words | null = many ? (open ? run : null) : [{ text: set, bold: !open }, ...plain(value)];
        const colour = palette.data[many ? r % palette.data.length : 0];
        const shape = shapeOf(palette, many ? r : 0);
        const series = many ? `${source.name}, ${set}` : set;
        return { points, colour, shape, open, series, name, ...(many && { entry: { words: title, open: false } }) };
      }),
    );
  const all = metrics.flat();
  const x = epochAxis(
    all.map((m) => m.epoch),
    style.xScale,
  );
  const accuracies = all.flatMap((m) => [m.trainAccuracy, m.testAccuracy]);
  const boxes = layout.wide ? columnsOf(layout, 2) : stacked(layout, 2);
  const legend = many ? sets.map(({ set, open }) => ({ words: plain(set), colour: palette.soft, open })) : undefined;
  return {
    title: 'Training: accuracy and loss against epoch',
    caption: trainingCaption(sources, metrics),
    plots: [
      {
        outer: boxes[0],
        letter: 'a',
        aside: true,
        x,
        y: { type: 'linear', domain: [accuracyFloor(accuracies), 1], label: plain('accuracy') },
        palette,
        curves: curvesOf('Accuracy'),
        say: (e) => `epoch ${e}`,
        ...(legend && { legend }),
      },
      {
        outer: boxes[1],
        letter: 'b',
        x,
        y: lossAxis(all, style.yScale),
        palette,
        curves: curvesOf('Loss'),
        say: (e) => `epoch ${e}`,
      },
    ],
    table: {
      columns: ['run', 'name', 'split', 'epoch', 'loss', 'accuracy'],
      rows: sources.flatMap((s, r) =>
        sets.flatMap(({ set }) => metrics[r].map((m) => [s.run, s.name, set, m.epoch, m[`${set}Loss`], m[`${set}Accuracy`]])),
      ),
    },
    facts: {},
  };
}

function lossAxis(all: readonly EpochMetrics[], wanted: 'auto' | 'linear' | 'log') {
  const values = all.flatMap((m) => [m.trainLoss, m.testLoss]).filter((v) => Number.isFinite(v));
  const positive = values.filter((v) => v > 0);
  const label = plain('squared error');
  const [low, high] = [Math.min(...positive), Math.max(...positive)];
  if (positive.length > 0 && wanted !== 'linear' && (wanted === 'log' || high / low > 8))
    return { type: 'log' as const, domain: [low / 1.15, high * 1.15] as const, label };
  return { type: 'linear' as const, domain: [0, Math.max(0, ...values) * 1.05 || 1] as const, label };
}
