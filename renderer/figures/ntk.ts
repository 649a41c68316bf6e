// `ntk-alignment` (Fig. 7, right) and `ntk-split`: alignments of the class-traced NTK over epochs, and where its own comes from.
import type { FigureInputs } from '../../main/contract/figures.ts';
import type { NtkAlignment, Split } from '../../main/contract/results.ts';
import { ntkAlignmentCaption, ntkSplitCaption } from './caption.ts';
import type { Curve, PlotSpec } from './curves.ts';
import { columnsOf, epochAxis, measureNames, ofSplit, splitsOf, whole, type Drawing, type Layout } from './layout.ts';
import { roles, shapeOf, type Palette } from './palette.ts';
import { plain, spell, symbol, type Words } from './scene.ts';
import { fixed } from './text.ts';
import { trainingDrawing } from './training.ts';

type Points = FigureInputs['ntk-split']['points'];
type Key = keyof NtkAlignment['kta'];
/** The tangent kernel has no debiased estimate: it is measured by CKA there. */
const measureOf = ({ style }: Layout): 'cka' | 'kta' => (style.measure === 'kta' ? 'kta' : 'cka');
const valueOf = (ntk: NtkAlignment, key: Key, measure: 'cka' | 'kta'): number => (measure === 'kta' ? ntk.kta[key] : ntk[key]);

/** Curves of one quantity on both sets; the first carries its name, the others the set's. */
function curvesOf(points: Points, name: Words, role: number, palette: Palette, pick: (ntk: NtkAlignment) => number): Curve[] {
  return splitsOf(points).map((split, i): Curve => {
    const own = ofSplit(points, split).map(({ epoch, ntk }) => ({ x: epoch, y: pick(ntk) }));
    const last = own.at(-1);
    const value = last ? fixed(2)(last.y) : '';
    const label: Words = i === 0 ? [...name.map((w) => ({ ...w, bold: true })), ...plain(` ${value}`)] : plain(`${split} ${value}`);
    const series = `${spell(name)}, ${split}`;
    const entry = { words: [...name, ...plain(`, ${split}`)], open: split === 'test' };
    return { points: own, colour: palette.data[role], shape: shapeOf(palette, role), open: split === 'test', series, name: label, entry };
  });
}

function nullCurve(points: Points, layout: Layout): Curve[] {
  if (measureOf(layout) !== 'cka') return [];
  const split: Split = splitsOf(points).includes('test') ? 'test' : 'train';
  const own = ofSplit(points, split).map(({ epoch, ntk }) => ({ x: epoch, y: ntk.nullTarget }));
  const name = plain(`null ${fixed(2)(own.at(-1)?.y ?? 0)}`);
  return [{ points: own, colour: layout.palette.soft, open: false, series: 'null', name, reference: true }];
}

const pairs = [
  { key: 'networkTarget', name: plain('net–target'), role: roles.network },
  { key: 'ntkNetwork', name: plain('NTK–net'), role: roles.input },
  { key: 'ntkTarget', name: plain('NTK–target'), role: roles.target },
] as const;

function alignmentPlot(points: Points, epochs: readonly number[], layout: Layout): PlotSpec {
  const { palette, style } = layout;
  const measure = measureOf(layout);
  return {
    outer: whole(layout),
    x: epochAxis(epochs, style.xScale),
    y: { type: 'linear', domain: [0, 1], label: plain(measureNames[measure]) },
    palette,
    curves: [
      ...pairs.flatMap(({ key, name, role }) => curvesOf(points, name, role, palette, (ntk) => valueOf(ntk, key, measure))),
      ...nullCurve(points, layout),
    ],
    say: (e) => `epoch ${e}`,
  };
}

export function ntkAlignmentDrawing({ source, metrics, points }: FigureInputs['ntk-alignment'], layout: Layout): Drawing {
  const epochs = [...metrics.map((m) => m.epoch), ...points.map((p) => p.epoch)];
  const plot = alignmentPlot(points, epochs, layout);
  const { wide } = layout;
  const [left, right] = columnsOf(layout, 2);
  const accuracy = trainingDrawing({ sources: [source], metrics: [metrics] }, layout).plots[0];
  return {
    title: 'NTK alignment against epoch',
    caption: ntkAlignmentCaption(source, measureOf(layout), wide),
    plots: wide
      ? [
          { ...accuracy, outer: left, letter: 'a', aside: true },
          { ...plot, outer: right, letter: 'b' },
        ]
      : [plot],
    table: {
      columns: ['epoch', 'split', 'pair', 'cka', 'kta', 'null'],
      rows: points.flatMap(({ epoch, split, ntk }) =>
        pairs.map(({ key }) => [epoch, split, key, ntk[key], ntk.kta[key], key === 'ntkTarget' ? ntk.nullTarget : null]),
      ),
    },
    facts: {},
  };
}

const K = symbol('K');
const parts = [
  { key: 'penultimateTarget', share: 'penultimateShare', name: [K, { text: '(L)', raised: true }], role: roles.penultimate },
  { key: 'gradientTarget', share: 'gradientShare', name: plain('gradient'), role: roles.gradient },
  { key: 'ntkTarget', share: null, name: plain('NTK'), role: roles.target },
] as const;

/** What each layer adds to the NTK's CKA, share · CKA, one on top of the other: they sum to it exactly. */
function contributionPlot(points: Points, epochs: readonly number[], layout: Layout): PlotSpec | null {
  const split: Split = splitsOf(points).includes('test') ? 'test' : 'train';
  const own = ofSplit(points, split);
  const layers = own[0]?.ntk.parts.map((p) => p.layer) ?? [];
  if (layers.length === 0) return null;
  const colours = layout.palette.layers(layers.length);
  const upTo = (ntk: NtkAlignment, l: number) => ntk.parts.slice(0, l + 1).reduce((s, p) => s + p.share * p.ckaTarget, 0);
  const curves = layers.map((layer, l): Curve => {
    const words: Words = layer === 'readout' ? [K, { text: '(L)', raised: true }] : plain(layer.replace(/^layer0*/, 'layer '));
    const points = own.map(({ epoch, ntk }) => ({ x: epoch, y: upTo(ntk, l) }));
    const shape = shapeOf(layout.palette, l);
    return {
      points,
      colour: colours[l],
      shape,
      open: split === 'test',
      series: `up to ${layer}`,
      name: words,
      entry: { words: [...plain('up to '), ...words], open: split === 'test' },
    };
  });
  return {
    outer: whole(layout),
    x: epochAxis(epochs, layout.style.xScale),
    y: {
      type: 'linear',
      domain: [0, 1],
      label: plain(`CKA, summed over layers (${split})`),
      shorter: [plain(`CKA, summed (${split})`), plain('CKA, summed')],
    },
    palette: layout.palette,
    curves,
    say: (e) => `epoch ${e}`,
  };
}

export function ntkSplitDrawing({ source, points }: FigureInputs['ntk-split'], layout: Layout): Drawing {
  const { palette, style } = layout;
  const measure = measureOf(layout);
  const epochs = points.map((p) => p.epoch);
  const split: PlotSpec = {
    outer: whole(layout),
    x: epochAxis(epochs, style.xScale),
    y: {
      type: 'linear',
      domain: [0, 1],
      label: plain(`${measureNames[measure]} with the target`),
      shorter: [plain(measureNames[measure])],
    },
    palette,
    curves: [
      ...parts.flatMap(({ key, name, role }) => curvesOf(points, name, role, palette, (ntk) => valueOf(ntk, key, measure))),
      ...nullCurve(points, layout),
    ],
    say: (e) => `epoch ${e}`,
  };
  const added = layout.wide && measure === 'cka' ? contributionPlot(points, epochs, layout) : null;
  const [left, right] = columnsOf(layout, 2);
  return {
    title: 'NTK alignment with the target, split into parts',
    caption: ntkSplitCaption(source, measure, added !== null),
    plots: added
      ? [
          { ...split, outer: left, letter: 'a' },
          { ...added, outer: right, letter: 'b' },
        ]
      : [split],
    table: {
      columns: ['epoch', 'split', 'part', 'cka', 'kta', 'share'],
      rows: points.flatMap(({ epoch, split, ntk }) => [
        ...parts.map(({ key, share }) => [epoch, split, key.replace('Target', ''), ntk[key], ntk.kta[key], share ? ntk[share] : 1]),
        ...ntk.parts.map((p) => [epoch, split, p.layer, p.ckaTarget, null, p.share]),
      ]),
    },
    facts: {},
  };
}
