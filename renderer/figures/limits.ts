// Ends of axes as a person wants them, in place of those of the data.
import { badInput } from '../../main/contract/errors.ts';
import type { FigureStyle } from '../../main/contract/figure-style.ts';
import type { AxisSpec } from './axis.ts';
import type { PlotSpec } from './curves.ts';

/** @throws KernelscopeError `bad-input` where a logarithm does not reach, or the ends cross */
function limited(spec: AxisSpec, axis: 'x' | 'y', style: FigureStyle): AxisSpec {
  const [from, to] = [style[`${axis}Min`], style[`${axis}Max`]];
  if (spec.type === 'names' || (from === undefined && to === undefined)) return spec;
  for (const [name, value] of [
    [`${axis}Min`, from],
    [`${axis}Max`, to],
  ] as const) {
    if (value === undefined) continue;
    if (spec.type === 'log' && value <= 0) throw badInput(`${name}: expected more than 0 on a logarithmic axis, got ${value}`);
    if (spec.type === 'symlog' && value < 0) throw badInput(`${name}: expected 0 or more on a logarithmic axis of epochs, got ${value}`);
  }
  const [low, high] = spec.domain;
  if (from !== undefined && to === undefined && from >= high)
    throw badInput(`${axis}Min: expected less than ${Number(high.toPrecision(4))}, where the data end, got ${from}`);
  if (to !== undefined && from === undefined && to <= low)
    throw badInput(`${axis}Max: expected more than ${Number(low.toPrecision(4))}, where the data begin, got ${to}`);
  return { ...spec, domain: [from ?? low, to ?? high] };
}

export const limitedPlot = (plot: PlotSpec, style: FigureStyle): PlotSpec => ({
  ...plot,
  x: limited(plot.x, 'x', style),
  y: plot.aside ? plot.y : limited(plot.y, 'y', style),
});
