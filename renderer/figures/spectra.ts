// `spectrum` and `cumulative-power` (Figs. 3–5, 8): eigenvalues η_ρ of K/P and the target's power C(ρ) in the leading modes, by epoch.
import type { CurveSpectrum, FigureInputs } from '../../main/contract/figures.ts';
import type { AxisSpec } from './axis.ts';
import { powerCaption, spectrumCaption } from './caption.ts';
import type { Curve, PlotSpec, Rule } from './curves.ts';
import type { Entry } from './legend.ts';
import { axisType, splitsOf, whole, type Drawing, type Layout } from './layout.ts';
import { epochColours, shapeOf } from './palette.ts';
import { plain, symbol, type Words } from './scene.ts';

type Input = FigureInputs['spectrum'];

/** Where the target's rank ends and where a kernel's does: C (C − 1 when centred), and N where it is under P. */
export function rulesOf({ source, curves }: Input, at: Rule['at']): Rule[] {
  const rank = source.classes - (source.centred ? 1 : 0);
  const name: Words = [symbol('C'), ...plain(`${source.centred ? ' − 1' : ''} = ${rank}`)];
  const widths = [...new Set(curves.filter((c) => c.features < c.samples).map((c) => c.features))];
  return [{ x: rank, words: name, at }, ...widths.map((n) => ({ x: n, words: [symbol('N'), ...plain(` = ${n}`)], at }))];
}

const series = (c: CurveSpectrum) => `epoch ${c.epoch}, ${c.split}`;

function curvesOf({ curves }: Input, layout: Layout, pick: (c: CurveSpectrum) => readonly number[]): { curves: Curve[]; entries: Entry[] } {
  const epochs = [...new Set(curves.map((c) => c.epoch))].sort((a, b) => a - b);
  const colours = epochColours(layout.palette, epochs.length);
  const colourOf = (epoch: number) => colours[epochs.indexOf(epoch)];
  const shape = (epoch: number) => shapeOf(layout.palette, epochs.indexOf(epoch));
  const sets = splitsOf(curves);
  return {
    curves: curves.map((c) => ({
      points: pick(c).map((y, i) => ({ x: i + 1, y })),
      colour: colourOf(c.epoch),
      shape: shape(c.epoch),
      open: c.split === 'test',
      series: series(c),
      name: null,
      bare: true,
    })),
    entries: [
      ...epochs.map((epoch) => ({
        words: plain(`epoch ${epoch}`),
        colour: colourOf(epoch),
        shape: shape(epoch),
        open: sets.length === 1 && sets[0] === 'test',
      })),
      ...(sets.length > 1 ? sets.map((set) => ({ words: plain(set), colour: layout.palette.soft, open: set === 'test' })) : []),
    ],
  };
}

const modeLabel: Words = [...plain('mode '), symbol('ρ')];
const modes = ({ curves }: Input) => Math.max(2, ...curves.map((c) => c.eigenvalues.length));
const modeAxis = (input: Input, { style }: Layout): AxisSpec => ({
  type: axisType(style.xScale),
  domain: [1, modes(input)],
  label: modeLabel,
});

const tidy = ({ curves }: Input, column: string, pick: (c: CurveSpectrum) => readonly number[]) => ({
  columns: ['split', 'epoch', 'layer', 'mode', column],
  rows: curves.flatMap((c) => pick(c).map((v, i) => [c.split, c.epoch, c.layer, i + 1, v])),
});
const rank = ({ source }: Input) => source.classes - (source.centred ? 1 : 0);

export function spectrumDrawing(input: Input, layout: Layout): Drawing {
  const { curves, entries } = curvesOf(input, layout, (c) => c.eigenvalues);
  const all = input.curves.flatMap((c) => c.eigenvalues);
  const floor = Math.max(0, ...input.curves.map((c) => c.noiseFloor));
  const highest = all.reduce((a, b) => Math.max(a, b), 0) || 1;
  // Down to what is signal, and a little of the noise under it.
  const lowest = all.reduce((a, b) => (b > 0 ? Math.min(a, b) : a), highest);
  const bottom = lowest < floor * 1.01 ? floor / 12 : Math.max(lowest / 1.5, highest * 1e-18);
  const plot: PlotSpec = {
    outer: whole(layout),
    x: modeAxis(input, layout),
    y: {
      type: axisType(layout.style.yScale),
      domain: layout.style.yScale === 'linear' ? [0, highest * 1.05] : [bottom, highest * 1.6],
      label: [...plain('eigenvalue '), symbol('η')],
      shorter: [[symbol('η')]],
    },
    palette: layout.palette,
    curves,
    rules: rulesOf(input, 'top'),
    floor: { value: floor, words: plain('noise floor') },
    legend: entries,
    say: (x) => `mode ${x}`,
  };
  return {
    title: 'Eigenvalues against mode',
    caption: spectrumCaption(input.source, input.curves),
    plots: [plot],
    table: tidy(input, 'eigenvalue', (c) => c.eigenvalues),
    facts: { targetRank: rank(input), noiseFloor: input.curves.map((c) => c.noiseFloor) },
  };
}

export function powerDrawing(input: Input, layout: Layout): Drawing {
  const { curves, entries } = curvesOf(input, layout, (c) => c.power);
  const { palette, style } = layout;
  const P = Math.max(...input.curves.map((c) => c.samples));
  const least = input.curves.flatMap((c) => c.power.slice(0, 1)).reduce((a, b) => (b > 0 ? Math.min(a, b) : a), 0.5);
  const logarithmic = style.yScale !== 'linear';
  // A target that has nothing to do with the kernel spreads its power over all P modes.
  const chance: Curve = {
    points: Array.from({ length: 65 }, (_, i) => modes(input) ** (i / 64)).map((x) => ({ x, y: x / P })),
    colour: palette.soft,
    open: false,
    series: 'random',
    name: null,
    reference: true,
  };
  const plot: PlotSpec = {
    outer: whole(layout),
    x: modeAxis(input, layout),
    y: {
      type: logarithmic ? 'log' : 'linear',
      domain: logarithmic ? [Math.min(0.1, 10 ** Math.floor(Math.log10(Math.max(least, 1e-4)))), 1] : [0, 1],
      label: [...plain('cumulative power '), symbol('C'), ...plain('('), symbol('ρ'), ...plain(')')],
      shorter: [[symbol('C'), ...plain('('), symbol('ρ'), ...plain(')')]],
    },
    palette,
    curves: [...curves, chance],
    rules: rulesOf(input, 'bottom'),
    legend: [...entries, { words: [...plain('random '), symbol('ρ/P')], colour: palette.soft, open: false, dotted: true }],
    say: (x) => `mode ${x}`,
  };
  return {
    title: 'Cumulative power of the target against mode',
    caption: powerCaption(input.source, input.curves),
    plots: [plot],
    table: tidy(input, 'cumulativePower', (c) => c.power),
    facts: { targetRank: rank(input), nullPower: input.curves.map((c) => c.nullPower) },
  };
}
