// `scatter`: two columns of runs against each other, a dot a run, with Pearson's r, its interval and n over the plot.
import type { FigureInputs, ScatterAxis } from '../../main/contract/figures.ts';
import { axisOf, type AxisSpec } from './axis.ts';
import { scatterCaption } from './caption.ts';
import type { Drawing, Layout } from './layout.ts';
import { limitedPlot } from './limits.ts';
import { within } from './lines.ts';
import { shapeOf } from './palette.ts';
import { plain, symbol, type Mark, type Panel, type Spot, type Words } from './scene.ts';
import { dotMark } from './shapes.ts';
import { fixed, plainNumber, shortened } from './text.ts';
import { accuracyFloor } from './training.ts';

type Point = FigureInputs['scatter']['points'][number];

const isShare = ({ column }: ScatterAxis) => /cka|ntkTarget/i.test(column);
const isAccuracy = ({ column }: ScatterAxis) => column.endsWith('Accuracy');

/** An axis for these values: CKA always 0 to 1, accuracy cut where all are high, sizes over more than a decade on a logarithm. */
export function scatterAxis(axis: ScatterAxis, values: readonly number[], scale: 'auto' | 'linear' | 'log'): AxisSpec {
  const label = plain(axis.words);
  if (axis.truth) return { type: 'names', names: ['false', 'true'], label };
  const [low, high] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
  if (scale === 'log' && low > 0) return { type: 'log', domain: [low / 1.3, isShare(axis) || isAccuracy(axis) ? 1 : high * 1.3], label };
  if (isShare(axis)) return { type: 'linear', domain: [Math.min(0, low), Math.max(1, high)], label };
  if (isAccuracy(axis)) return { type: 'linear', domain: [Math.min(accuracyFloor(values), Math.floor(low * 10) / 10), 1], label };
  if (scale === 'auto' && low > 0 && high / low >= 10) return { type: 'log', domain: [low / 1.3, high * 1.3], label };
  const pad = high > low ? 0.06 * (high - low) : Math.max(1, Math.abs(low)) * 0.5;
  return { type: 'linear', domain: [low >= 0 && low - pad < 0 ? 0 : low - pad, high + pad], label };
}

/** `r = 0.92 [0.85, 0.96], n = 36` */
export function correlationWords({ n, r, low, high }: FigureInputs['scatter']['correlation']): Words {
  const two = fixed(2);
  const head: Words =
    r === null || low === null || high === null
      ? plain('no correlation, ')
      : [symbol('r'), ...plain(` = ${two(r)} [${two(low)}, ${two(high)}], `)];
  return [...head, symbol('n'), ...plain(` = ${n}`)];
}

export function scatterDrawing(input: FigureInputs['scatter'], layout: Layout): Drawing {
  const { x, y, points, correlation, sources, without } = input;
  const { palette, style, top, width, height } = layout;
  const { letters } = palette;
  const scales = {
    x: scatterAxis(x, points.map((p) => p.x), style.xScale), // prettier-ignore
    y: scatterAxis(y, points.map((p) => p.y), style.yScale), // prettier-ignore
  };
  const head = letters.tick + 5;
  const outer = { x: 0, y: top + head, width, height: Math.max(1, height - head) };
  // With the ends that the style asks for, since the dots are placed here.
  const spec = limitedPlot({ outer, ...scales, palette, curves: [], say: plainNumber }, style);
  const twice = new Set(points.map((p) => p.name).filter((name, i, all) => all.indexOf(name) !== i));
  const nameOf = (p: Point) => `${shortened(p.name || p.run, 40)}${twice.has(p.name) ? ` (${p.run})` : ''}`;

  const finish = ([panel]: readonly Panel[]): Panel[] => {
    const { frame } = panel;
    const across = axisOf(spec.x, frame.x, frame.width, letters);
    const up = axisOf(spec.y, frame.y + frame.height, -frame.height, letters);
    const colour = palette.data[0];
    // On a logarithm what is not positive has no place, and what lies beyond the ends is not drawn.
    const placed = points
      .map((p) => ({ p, at: { x: across.at(p.x), y: up.at(p.y) } }))
      .filter(({ at }) => within(frame, { u: at.x, v: at.y }));
    const dots = placed.map(({ at }) => dotMark(shapeOf(palette, 0), at.x, at.y, colour, true, palette.ground));
    const spots = placed.flatMap(
      ({ p, at }): Spot[] =>
      ([['y', y], ['x', x]] as const).map(([key, { words }]) => ({ ...at, at: nameOf(p), series: words, value: p[key], colour, key: p.run })), // prettier-ignore
    );
    const said: Mark = {
      type: 'text',
      x: frame.x + frame.width,
      y: frame.y - 6,
      words: correlationWords(correlation),
      size: letters.tick,
      fill: palette.text,
      anchor: 'end',
    };
    return [{ ...panel, marks: [...panel.marks, ...dots, said], spots }];
  };
  return {
    title: `${y.words} against ${x.words}`,
    caption: scatterCaption(input),
    plots: [spec],
    finish,
    table: {
      columns: ['run', 'name', x.column, y.column === x.column ? `${y.column} again` : y.column],
      rows: points.map((p) => [p.run, p.name, p.x, p.y]),
    },
    facts: { runs: sources.length, without, n: correlation.n, r: correlation.r, low: correlation.low, high: correlation.high },
  };
}
