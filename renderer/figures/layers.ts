// `alignment-by-layer` (Fig. 2): alignment of each layer's kernel with target and input; mean ± sd over runs where there are several.
import type { FigureInputs } from '../../main/contract/figures.ts';
import type { LayerAlignment } from '../../main/contract/results.ts';
import { layerCaption } from './caption.ts';
import type { Curve } from './curves.ts';
import { measureNames, whole, type Drawing, type Layout } from './layout.ts';
import { roles } from './palette.ts';
import { plain, type Words } from './scene.ts';
import { fixed } from './text.ts';

const sides = [
  { side: 'target', role: roles.target, keys: { cka: 'ckaTarget', kta: 'ktaTarget', debiased: 'debiasedTarget' } },
  { side: 'input', role: roles.input, keys: { cka: 'ckaInput', kta: 'ktaInput', debiased: 'debiasedInput' } },
] as const;
const bothSplits = ['train', 'test'] as const;

export const mean = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0) / values.length;
/** Standard deviation of a sample, n − 1 in the denominator. */
export const deviation = (values: readonly number[]): number => {
  const m = mean(values);
  return values.length < 2 ? 0 : Math.sqrt(values.reduce((s, v) => s + (v - m) ** 2, 0) / (values.length - 1));
};

/** layer1 … layer4 → 1 … 4, other names as they are. */
export const layerLabels = (names: readonly string[]): string[] =>
  names.every((n) => /^layer\d+$/.test(n)) ? names.map((n) => String(Number(n.slice(5)))) : [...names];

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

  const curves = sides.flatMap(({ side, role, keys }) =>
    there.map((split, i): Curve => {
      const values = names.map((_, l) => at(split, l, (a) => a[keys[measure]]));
      const points = values.map((v, x) => ({ x, y: v.length > 0 ? mean(v) : NaN }));
      const value = fixed(2)(points.at(-1)?.y ?? NaN);
      const name: Words = i === 0 ? [{ text: side, bold: true }, ...plain(` ${value}`)] : plain(`${split} ${value}`);
      return {
        points,
        colour: palette.data[role],
        open: split === 'test',
        series: `${side}, ${split}`,
        name,
        ...(layers.length > 1 && { spread: values.map(deviation) }),
      };
    }),
  );
  if (measure === 'cka' && there.length > 0) {
    const split = there[there.length - 1];
    const points = names.map((_, x) => ({ x, y: mean(at(split, x, (a) => a.nullTarget)) }));
    const name = plain(`null ${fixed(2)(points.at(-1)?.y ?? 0)}`);
    curves.push({ points, colour: palette.soft, open: false, series: 'null', name, reference: true });
  }
  const least = Math.min(0, ...curves.flatMap((c) => c.points.map((p) => p.y)).filter(Number.isFinite));
  const labels = layerLabels(names);
  return {
    title: `${measureNames[measure]} by layer with target and input`,
    caption: layerCaption(sources, epoch, measure),
    plots: [
      {
        outer: whole(layout),
        x: { type: 'names', names: labels, label: plain('layer') },
        y: { type: 'linear', domain: [Math.floor(least * 10) / 10, 1], label: plain(measureNames[measure]) },
        palette,
        curves,
        say: (x) => `layer ${labels[x]}`,
      },
    ],
    table: {
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
    },
    facts: {},
  };
}
