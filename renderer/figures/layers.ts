// `alignment-by-layer` (Fig. 2): alignment of each layer's kernel with target and input; over several runs, mean ± sd in two panels.
import type { FigureInputs } from '../../main/contract/figures.ts';
import type { LayerAlignment } from '../../main/contract/results.ts';
import { layerCaption } from './caption.ts';
import type { Curve, PlotSpec } from './curves.ts';
import { columnsOf, measureNames, rowsOf, whole, type Drawing, type Layout } from './layout.ts';
import { roles, shapeOf } from './palette.ts';
import { plain, type Table } from './scene.ts';
import { fixed } from './text.ts';

/** Where a layer's alignments stand, by what with and by measure. */
export const keysOf = {
  target: { cka: 'ckaTarget', kta: 'ktaTarget', debiased: 'debiasedTarget' },
  input: { cka: 'ckaInput', kta: 'ktaInput', debiased: 'debiasedInput' },
} as const;
const sides = [
  { side: 'target', role: roles.target, keys: keysOf.target },
  { side: 'input', role: roles.input, keys: keysOf.input },
] as const;
const bothSplits = ['train', 'test'] as const;

export const mean = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0) / values.length;
/** Standard deviation of a sample, n − 1 in the denominator. */
export const deviation = (values: readonly number[]): number => {
  const m = mean(values);
  return values.length < 2 ? 0 : Math.sqrt(values.reduce((s, v) => s + (v - m) ** 2, 0) / (values.length - 1));
};

/** layer1, layer01 → 1; other names as they are. */
export const layerLabel = (name: string): string => (/^layer\d+$/.test(name) ? String(Number(name.slice(5))) : name);
/** The lower end of an axis of alignments: 0, or the tenth under what the debiased estimate has under it. */
export const measureFloor = (curves: readonly Curve[]): number =>
  Math.floor(Math.min(0, ...curves.flatMap((c) => c.points.map((p) => p.y)).filter(Number.isFinite)) * 10) / 10;

export function layerDrawing({ sources, epoch, layers }: FigureInputs['alignment-by-layer'], layout: Layout): Drawing {
  const { palette, style } = layout;
  const { measure } = style;
  const there = bothSplits.filter((split) => layers.some((run) => run[split].length > 0));
  const most = Math.max(0, ...layers.flatMap((run) => there.map((s) => run[s].length)));
  const longest = layers.flatMap((run) => there.map((s) => run[s])).find((l) => l.length === most) ?? [];
  const names = longest.map((l) => l.layer);
  /** values of all runs at one layer */
  const at = (split: 'train' | 'test', l: number, pick: (a: LayerAlignment) => number) =>
    layers.flatMap((run) => (run[split][l] ? [pick(run[split][l])] : []));

  const many = layers.length > 1;
  const labels = names.map(layerLabel);
  /** name: with its last value; bold where it is the first of its colour */
  const curveOf = ({ side, role, keys }: (typeof sides)[number], split: 'train' | 'test', name: string): Curve => {
    const values = names.map((_, l) => at(split, l, (a) => a[keys[measure]]));
    const points = values.map((v, x) => ({ x, y: v.length > 0 ? mean(v) : NaN }));
    const value = fixed(2)(points.at(-1)?.y ?? NaN);
    return {
      points,
      colour: palette.data[role],
      shape: shapeOf(palette, role),
      open: split === 'test',
      series: `${side}, ${split}`,
      name: [{ text: name, bold: split === there[0] }, ...plain(` ${value}`)],
      ...(many && { spread: values.map(deviation) }),
    };
  };
  const nullOf = (split: 'train' | 'test'): Curve[] => {
    if (measure !== 'cka') return [];
    const points = names.map((_, x) => ({ x, y: mean(at(split, x, (a) => a.nullTarget)) }));
    const name = plain(`null ${fixed(2)(points.at(-1)?.y ?? 0)}`);
    return [{ points, colour: palette.soft, open: false, series: 'null', name, reference: true }];
  };
  const plotOf = (curves: readonly Curve[], quantity: string): PlotSpec => ({
    outer: whole(layout),
    x: { type: 'names', names: labels, label: plain('layer') },
    y: { type: 'linear', domain: [measureFloor(curves), 1], label: plain(quantity) },
    palette,
    curves,
    say: (x) => (/^\d/.test(labels[x]) ? `layer ${labels[x]}` : labels[x]),
  });
  const quantity = measureNames[measure];
  const [target, input] = sides;
  const withNull = there.length > 0 ? nullOf(there[there.length - 1]) : [];
  const boxes = layout.wide ? columnsOf(layout, 2).map((outer) => ({ outer })) : rowsOf(whole(layout), 2, false, palette.letters);
  const plots = many
    ? [
        {
          ...plotOf([...there.map((split) => curveOf(target, split, split)), ...withNull], `${quantity} with target`),
          ...boxes[0],
          letter: 'a',
        },
        // Of one set; the training set where it is there (Fig. 2b).
        {
          ...plotOf(
            [target, input].flatMap((side) => there.slice(0, 1).map((split) => curveOf(side, split, side.side))),
            there.length > 0 ? `${quantity} (${there[0]})` : quantity,
          ),
          ...boxes[1],
          letter: 'b',
        },
      ]
    : [
        plotOf(
          [...sides.flatMap((side) => there.map((split, i) => curveOf(side, split, i === 0 ? side.side : split))), ...withNull],
          quantity,
        ),
      ];
  return {
    title: `${quantity} by layer with target and input`,
    caption: layerCaption(sources, epoch, measure, there),
    plots,
    table: layerTable(sources, epoch, layers),
    facts: {},
  };
}

/** A row each run, set, layer and kernel. */
export const layerTable = (
  sources: FigureInputs['alignment-by-layer']['sources'],
  epoch: readonly number[],
  layers: FigureInputs['alignment-by-layer']['layers'],
): Table => ({
  columns: ['run', 'name', 'epoch', 'split', 'layer', 'features', 'with', 'cka', 'kta', 'debiased', 'null'],
  rows: sources.flatMap((s, r) =>
    bothSplits.flatMap((split) =>
      layers[r][split].flatMap((a) =>
        sides.map(({ side, keys }) => [
          s.run,
          s.name,
          epoch[r],
          split,
          a.layer,
          a.features,
          side,
          a[keys.cka],
          a[keys.kta],
          a[keys.debiased],
          side === 'target' ? a.nullTarget : null,
        ]),
      ),
    ),
  ),
});
