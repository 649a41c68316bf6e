// `learning-curve`: error of ridge regression with one kernel on n samples, by epoch: the share of wrong answers on samples not seen, and the
// squared error in theory (lines) and as measured (dots). Dotted: the network itself on the same samples.
import type { FigureInputs, LearningCurve } from '../../main/contract/figures.ts';
import { learningCaption } from './caption.ts';
import type { AxisSpec } from './axis.ts';
import type { Curve } from './curves.ts';
import type { Entry } from './legend.ts';
import { axisType, columnsOf, stacked, type Drawing, type Layout } from './layout.ts';
import { epochColours, shapeOf } from './palette.ts';
import { plain, symbol, type Words } from './scene.ts';
import { plainNumber } from './text.ts';

type Input = FigureInputs['learning-curve'];

const samplesLabel: Words = [...plain('samples '), symbol('n')];

export function learningDrawing(input: Input, layout: Layout): Drawing {
  const { palette, style } = layout;
  const curves = [...input.curves].sort((a, b) => a.epoch - b.epoch);
  const colours = epochColours(palette, curves.length);
  const look = (k: number) => ({ colour: colours[k], shape: shapeOf(palette, k), open: curves[k].split === 'test' });
  const most = Math.max(...curves.flatMap((c) => c.measured.map((m) => m.n)));
  const x: AxisSpec = {
    type: axisType(style.xScale),
    domain: [1, Math.max(2, most)] as const,
    label: samplesLabel,
    shorter: [[symbol('n')]],
  };
  const say = (n: number) => `n = ${Number.isInteger(n) ? n : n.toPrecision(3)}`;
  const boxes = layout.wide ? columnsOf(layout, 2) : stacked(layout, 2);

  const theory = curves.map((c, k): Curve => ({
    ...look(k),
    points: c.theory.map(({ n, error }) => ({ x: n, y: error })),
    series: `epoch ${c.epoch}, theory`,
    name: null,
    undotted: true,
  }));
  const measured = (of: 'error' | 'heldWrong') =>
    curves.map((c, k): Curve => ({
      ...look(k),
      points: c.measured.map((m) => ({ x: m.n, y: m[of] })),
      spread: c.measured.map((m) => m[`${of}Sd`]),
      series: `epoch ${c.epoch}, measured`,
      name: null,
      dots: true,
      ...(of === 'error' && { loose: true }),
    }));
  const network = (of: 'error' | 'wrong') =>
    curves.map((c, k): Curve => ({
      ...look(k),
      points: [1, most].map((n) => ({ x: n, y: c.network[of] })),
      series: `epoch ${c.epoch}, network`,
      name: null,
      reference: true,
    }));
  const entries: Entry[] = [
    ...curves.map((c, k) => ({ words: plain(`epoch ${c.epoch}`), ...look(k) })),
    { words: plain('network'), colour: palette.soft, open: false, dotted: true },
  ];
  // A panel that is lower than its legend does without: lightness says what came later, and the caption names the epochs.
  const roomy = boxes[1].height > 40 + palette.letters.row * entries.length;
  const errors = curves.flatMap((c) => [...c.theory.map((p) => p.error), ...c.measured.map((m) => m.error), c.network.error]);
  const wrong = curves.flatMap((c) => [...c.measured.map((m) => m.heldWrong + m.heldWrongSd), c.network.wrong]);
  return {
    title: 'Learning curve of kernel regression',
    caption: learningCaption(input.source, curves, plainNumber(input.ridge)),
    plots: [
      {
        outer: boxes[0],
        letter: 'a',
        aside: true,
        x,
        y: {
          type: 'linear',
          domain: [0, Math.min(1, Math.max(0.02, ...wrong.filter(Number.isFinite)) * 1.05)],
          label: plain('wrong answers'),
        },
        palette,
        curves: [...measured('heldWrong'), ...network('wrong')],
        say,
      },
      {
        outer: boxes[1],
        letter: 'b',
        x,
        y: errorAxis(errors, style.yScale),
        palette,
        curves: [...theory, ...measured('error'), ...network('error')],
        ...(roomy && { legend: entries }),
        say,
      },
    ],
    table: tidy(curves),
    facts: {
      ridge: curves.map((c) => c.ridge),
      networkError: curves.map((c) => c.network.error),
      networkWrong: curves.map((c) => c.network.wrong),
    },
  };
}

function errorAxis(values: readonly number[], wanted: 'auto' | 'linear' | 'log') {
  const label: Words = [...plain('squared error '), symbol('E')];
  const shorter = [[symbol('E')]];
  const positive = values.filter((v) => v > 0 && Number.isFinite(v));
  if (wanted === 'linear' || positive.length === 0)
    return { type: 'linear' as const, domain: [0, Math.max(0, ...positive) * 1.05 || 1] as const, label, shorter };
  return { type: 'log' as const, domain: [Math.min(...positive) / 1.2, Math.max(...positive) * 1.2] as const, label, shorter };
}

const numbers = ['error', 'errorSd', 'heldError', 'heldErrorSd', 'heldWrong', 'heldWrongSd'] as const;
/** One row a point: of theory its error alone; of the network, to which all samples are the same, each once as all and once as held. */
const tidy = (curves: readonly LearningCurve[]) => ({
  columns: ['split', 'epoch', 'layer', 'of', 'samples', ...numbers],
  rows: curves.flatMap((c) => {
    const row = (of: string, samples: number | string, ...rest: (number | string)[]) => [c.split, c.epoch, c.layer, of, samples, ...rest];
    return [
      ...c.theory.map((p) => row('theory', p.n, p.error, '', '', '', '', '')),
      ...c.measured.map((m) => row('measured', m.n, ...numbers.map((name) => m[name]))),
      row('network', '', c.network.error, '', c.network.error, '', c.network.wrong, ''),
    ];
  }),
});
