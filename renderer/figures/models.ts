// `alignment-by-model` (Fig. 1): each layer's alignment with target and input, models in order of test accuracy or of what was asked for,
// hyperparameters under them. With one kernel chosen: test accuracy over the alignment with it on both sets.
import type { AlignmentSide, FigureInputs, FigureOrder, ModelPoint } from '../../main/contract/figures.ts';
import type { LayerAlignment, Split } from '../../main/contract/results.ts';
import type { AxisSpec } from './axis.ts';
import { modelsCaption } from './caption.ts';
import type { Curve, PlotSpec } from './curves.ts';
import { ends } from './frame.ts';
import { keysOf, layerLabel, mean, measureFloor } from './layers.ts';
import { measureNames, rowsOf, type Drawing, type Layout } from './layout.ts';
import { layerLegend } from './layer-legend.ts';
import { matrixOf } from './matrix.ts';
import { textWidth } from './letters.ts';
import { shapeOf } from './palette.ts';
import { plain, type Cell, type Words } from './scene.ts';
import { fixed, shortened } from './text.ts';
import { accuracyFloor } from './training.ts';

interface Section {
  split: Split;
  side: AlignmentSide;
}
const paper: readonly Section[] = [
  { split: 'train', side: 'target' },
  { split: 'test', side: 'target' },
  { split: 'test', side: 'input' },
];
const both = (side: AlignmentSide): readonly Section[] => [
  { split: 'train', side },
  { split: 'test', side },
];

/** From the lowest test accuracy to the highest; of equals, by name. In an order that was asked for they come already. */
export const ordered = (models: readonly ModelPoint[], order?: FigureOrder): readonly ModelPoint[] =>
  order ? models : [...models].sort((a, b) => a.testAccuracy - b.testAccuracy || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
export const byAccuracy: FigureOrder = { column: 'testAccuracy', words: 'test accuracy', descending: false };

/** `12 models, in order of test accuracy`, and in fewer words. */
export function countedWords(n: number, order: FigureOrder | null): [Words, ...Words[]] {
  const count = n === 1 ? 'one model' : `${n} models`;
  if (n === 1 || !order) return [plain(count)];
  const { words, descending } = order;
  return [plain(`${count}, in ${descending ? 'falling ' : ''}order of ${words}`), plain(`${count} by ${words}`), plain(count)];
}

/** One place a model; their hyperparameters stand in place of names. */
export function modelAxis(models: readonly ModelPoint[], order: FigureOrder = byAccuracy): AxisSpec {
  const [label, ...shorter] = countedWords(models.length, order);
  return { type: 'names', names: models.map(() => ''), label, shorter };
}
export const sayModel =
  (models: readonly ModelPoint[]) =>
  (i: number): string =>
    `${i + 1}. ${shortened(models[i].name || models[i].run, 36)}, test accuracy ${fixed(3)(models[i].testAccuracy)}`;
/** Every model is on its axis, however bad. */
export const lowestTenth = (curves: readonly Curve[]): number =>
  Math.floor(Math.min(1, ...curves.flatMap((c) => c.points.map((p) => p.y)).filter(Number.isFinite)) * 10) / 10;

/** The labels of all layers, in the order of the deepest network. */
const depthOf = (models: readonly ModelPoint[]): string[] => {
  const lists = models.flatMap((m) => [m.layers.train, m.layers.test]).map((l) => l.map((a) => layerLabel(a.layer)));
  const longest = lists.reduce((a, b) => (b.length > a.length ? b : a), []);
  return [...new Set([...longest, ...lists.flat()])];
};

/** Room between two models, in pixels. */
export const spacing = ({ width }: Layout, models: readonly unknown[]): number => (width - 100) / Math.max(1, models.length);

export function modelsDrawing({ sources, models: given, order, to }: FigureInputs['alignment-by-model'], layout: Layout): Drawing {
  const { palette, style, top, width, height } = layout;
  const { letters } = palette;
  const { measure } = style;
  const models = ordered(given, order);
  const labels = depthOf(models);
  const colours = palette.layers(labels.length);
  const valueOf = (m: ModelPoint, split: Split, label: string, pick: (a: LayerAlignment) => number) => {
    const found = m.layers[split].find((a) => layerLabel(a.layer) === label);
    return found ? pick(found) : NaN;
  };

  const sections = to ? both(to) : paper;
  const weights = to ? [0.42, 1, 1] : [1, 1, 1];
  const matrix = matrixOf(models, palette, spacing(layout, models), width);
  const legend = layerLegend(style.legend === 'auto' ? labels : [], colours, palette, width - matrix.margins.left - 4);
  // Hyperparameters and then the legend give way where the plots would be too low to be read.
  const around = ends({ letter: 'a', shared: true }, letters);
  const withMatrix = height - legend.height - matrix.height >= 3 * (34 + around.top + around.bottom);
  const under = withMatrix ? matrix.height : 0;
  const over = height - legend.height >= 3 * (27 + around.top + around.bottom) ? legend.height : 0;
  const rows = rowsOf({ x: 0, y: top + over, width, height: height - over - under }, 3, withMatrix, letters, weights);
  const dots = spacing(layout, models) >= 8;

  const curvesOf = (split: Split, side: 'target' | 'input'): Curve[] => {
    const curves = labels.map((label, l): Curve => {
      const points = models.map((m, x) => ({ x, y: valueOf(m, split, label, (a) => a[keysOf[side][measure]]) }));
      return {
        points,
        colour: colours[l],
        shape: shapeOf(palette, l),
        open: split === 'test',
        series: `layer ${label}`,
        name: null,
        ...(dots ? { dots } : { bare: true }),
      };
    });
    if (side !== 'target' || measure !== 'cka' || models.length < 2) return curves;
    const points = models.map((m, x) => ({ x, y: mean(m.layers[split].map((a) => a.nullTarget)) }));
    return [{ points, colour: palette.soft, open: false, series: 'null', name: null, reference: true }, ...curves];
  };
  const entries = labels.map((label, l) => ({
    words: plain(`layer ${label}`),
    colour: colours[l],
    shape: shapeOf(palette, l),
    open: false,
  }));
  // One form of words for all three.
  const forms = [
    (side: string, split: string) => plain(`${measureNames[measure]} with ${side} (${split})`),
    (side: string, split: string) => plain(`${measureNames[measure]}, ${side} (${split})`),
    (side: string, split: string) => plain(`${side} (${split})`),
  ];
  const room = rows[2].outer.height - around.top - around.bottom;
  const wording = forms.find((form) => textWidth(form('target', 'train'), letters) <= room) ?? (() => plain(''));
  const shared = {
    x: modelAxis(models, order),
    palette,
    least: withMatrix ? matrix.margins : { left: matrix.margins.left },
    say: sayModel(models),
    key: (i: number) => models[i].run,
  };
  const alignments = sections.map(({ split, side }, i): PlotSpec => {
    const place = i + 3 - sections.length;
    const curves = curvesOf(split, side);
    return {
      ...shared,
      ...rows[place],
      letter: 'abc'[place],
      // Where it does not stand over the plots, the legend is that of the first.
      ...(i === 0 && style.legend !== 'auto' && { legend: entries, roomBeside: height - under }),
      y: { type: 'linear', domain: [measureFloor(curves), 1], label: wording(side, split) },
      curves,
    };
  });
  const plots = to ? [accuracyPlot({ ...shared, ...rows[0], letter: 'a' }, models), ...alignments] : alignments;
  return {
    title: `${measureNames[measure]} of layers with target and input, by model`,
    caption: modelsCaption(sources, models, measure, { order: order ?? byAccuracy, to }),
    plots,
    finish: (panels) => {
      const frame = panels[panels.length - 1].frame;
      const [first, ...rest] = panels;
      const headed = over > 0 ? { ...first, marks: [...first.marks, ...legend.marksAt(frame.x, top)] } : first;
      return withMatrix ? [headed, ...rest, matrix.panelUnder(frame, shared.x, top + height)] : [headed, ...rest];
    },
    table: {
      columns: [...modelColumns, 'split', 'layer', 'features', 'with', 'cka', 'kta', 'debiased', 'null'],
      rows: models.flatMap((m) =>
        (['train', 'test'] as const).flatMap((split) =>
          m.layers[split].flatMap((a) =>
            (['target', 'input'] as const).map((side) => [
              ...modelCells(m),
              split,
              a.layer,
              a.features,
              side,
              a[keysOf[side].cka],
              a[keysOf[side].kta],
              a[keysOf[side].debiased],
              side === 'target' ? a.nullTarget : null,
            ]),
          ),
        ),
      ),
    },
    facts: { models: models.length, order: (order ?? byAccuracy).column, descending: String(order?.descending ?? false) },
  };
}

/** Test accuracy alone, as dots. */
function accuracyPlot(spec: Omit<PlotSpec, 'y' | 'curves'>, models: readonly ModelPoint[]): PlotSpec {
  const points = models.map((m, x) => ({ x, y: m.testAccuracy }));
  const curves: Curve[] = [{ points, colour: spec.palette.soft, open: true, series: 'test accuracy', name: null, loose: true, dots: true }];
  const floor = Math.min(accuracyFloor(models.map((m) => m.testAccuracy)), lowestTenth(curves));
  const [label, ...shorter] = ['accuracy (test)', 'accuracy', 'acc.'].map(plain);
  return { ...spec, aside: true, y: { type: 'linear', domain: [floor, 1], label, shorter }, curves };
}

export const modelColumns = [
  'run',
  'name',
  'epoch',
  'skip',
  'augment',
  'batchSize',
  'optimizer',
  'learningRate',
  'trainAccuracy',
  'testAccuracy',
];
export function modelCells({ run, name, epoch, label, trainAccuracy, testAccuracy }: ModelPoint): Cell[] {
  const { skip, augment, batchSize, optimizer, learningRate } = label;
  return [
    run,
    name,
    epoch,
    skip === null ? null : String(skip),
    String(augment),
    batchSize,
    optimizer,
    learningRate,
    trainAccuracy,
    testAccuracy,
  ];
}
