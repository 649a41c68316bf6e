// `alignment-over-epochs`: how each layer's alignment with the target and with the input develops over the snapshots, layers by colour.
import type { FigureInputs } from '../../main/contract/figures.ts';
import { layerEpochsCaption } from './caption.ts';
import type { Curve, PlotSpec } from './curves.ts';
import { keysOf, layerLabel, mean, measureFloor } from './layers.ts';
import { columnsOf, epochAxis, measureNames, ofSplit, rowsOf, splitsOf, whole, type Drawing, type Layout } from './layout.ts';
import { shapeOf } from './palette.ts';
import { plain } from './scene.ts';
import { fixed } from './text.ts';

type Input = FigureInputs['alignment-over-epochs'];
const sides = ['target', 'input'] as const;
type Side = (typeof sides)[number];

/** The null of CKA with the target hardly depends on the layer: one line, its mean over layers. */
function nullCurve({ points }: Input, { palette }: Layout): Curve {
  const own = ofSplit(points, splitsOf(points).at(-1) ?? 'test').map(({ epoch, layers }) => ({
    x: epoch,
    y: mean(layers.map((l) => l.nullTarget)),
  }));
  const name = plain(`null ${fixed(2)(own.at(-1)?.y ?? 0)}`);
  return { points: own, colour: palette.soft, open: false, series: 'null', name, reference: true };
}

function curvesOf(input: Input, side: Side, layout: Layout): Curve[] {
  const { measure } = layout.style;
  const { palette } = layout;
  const there = splitsOf(input.points);
  const names = input.points[0]?.layers.map((l) => l.layer) ?? [];
  const colours = palette.layers(names.length);
  return there.flatMap((split) =>
    names.map((name, l): Curve => {
      const points = ofSplit(input.points, split).map(({ epoch, layers }) => ({ x: epoch, y: layers[l]?.[keysOf[side][measure]] ?? NaN }));
      const label = layerLabel(name);
      return {
        points,
        colour: colours[l],
        shape: shapeOf(palette, l),
        open: split === 'test',
        series: `${/^\d/.test(label) ? `layer ${label}` : label}, ${split}`,
        name: split === there[0] ? [{ text: label, bold: true }] : null,
      };
    }),
  );
}

export function layerEpochsDrawing(input: Input, layout: Layout): Drawing {
  const { source, points } = input;
  const { palette, style, wide } = layout;
  const quantity = measureNames[style.measure];
  const boxes = wide ? columnsOf(layout, 2).map((outer) => ({ outer })) : rowsOf(whole(layout), 2, false, palette.letters);
  const x = epochAxis(
    points.map((p) => p.epoch),
    style.xScale,
  );
  const plots = sides.map((side, i): PlotSpec => {
    const curves = curvesOf(input, side, layout);
    return {
      ...boxes[i],
      letter: 'ab'[i],
      x,
      y: { type: 'linear', domain: [measureFloor(curves), 1], label: plain(`${quantity} with ${side}`) },
      palette,
      curves: side === 'target' && style.measure === 'cka' && points.length > 0 ? [...curves, nullCurve(input, layout)] : curves,
      say: (e) => `epoch ${e}`,
    };
  });
  return {
    title: `${quantity} of each layer against epoch`,
    caption: layerEpochsCaption(source, style.measure, splitsOf(points)),
    plots,
    table: {
      columns: ['epoch', 'split', 'layer', 'features', 'with', 'cka', 'kta', 'debiased', 'null'],
      rows: points.flatMap(({ epoch, split, layers }) =>
        layers.flatMap((a) =>
          sides.map((side) => {
            const keys = keysOf[side];
            const chance = side === 'target' ? a.nullTarget : null;
            return [epoch, split, a.layer, a.features, side, a[keys.cka], a[keys.kta], a[keys.debiased], chance];
          }),
        ),
      ),
    },
    facts: {},
  };
}
