// Figures as geometry: every mark on the page, axes that say what was drawn, numbers where their values are.
import { describe, expect, test } from 'vitest';
import type { FigureStyle } from '../../../main/contract/figures.ts';
import { csvOf } from '../../../renderer/figures/csv.ts';
import { spaced } from '../../../renderer/figures/curves.ts';
import { fullStyle, sceneOf } from '../../../renderer/figures/index.ts';
import { widthOf } from '../../../renderer/figures/letters.ts';
import { dashes, spell, type Mark, type Scene } from '../../../renderer/figures/scene.ts';
import { four } from '../../../renderer/figures/text.ts';
import { allowed, figures, kinds, source } from './data.ts';

type Text = Extract<Mark, { type: 'text' }>;
const marksOf = (scene: Scene) => scene.panels.flatMap((p) => p.marks);
const textsOf = (scene: Scene) => marksOf(scene).filter((m): m is Text => m.type === 'text');
/** Numbers of a tick: '10−3' with the exponent raised is 1e-3. */
const numberOf = ({ words }: Text) => {
  const plain = (s: string) => Number(s.replace('−', '-').replace(',', ''));
  return words.length === 2 && words[1].raised ? 10 ** plain(words[1].text) : plain(spell(words));
};

const styles: Partial<FigureStyle>[] = [
  {},
  { widthMm: 175 },
  { widthMm: 60, heightMm: 40 },
  { widthMm: 91, heightMm: 88, theme: 'dark' },
  { xScale: 'log', yScale: 'log', measure: 'kta' },
  { xScale: 'linear', yScale: 'linear', measure: 'debiased' },
];

const heatMaps = ['layer-similarity', 'kernel-drift', 'model-similarity'];
const averaged = ['alignment-by-layer', 'accuracy-and-mean-cka'];

describe.each(kinds)('%s', (kind) => {
  test.each(styles)('stays on the page, without a NaN: %j', (style) => {
    const scene = sceneOf(figures[kind], allowed(kind, style));
    expect(scene.panels.length).toBeGreaterThan(0);
    for (const mark of marksOf(scene)) {
      expect(JSON.stringify(mark)).not.toMatch(/:null|NaN|Infinity/); // JSON writes NaN as null
      if (mark.type === 'path') {
        expect(mark.d).not.toMatch(/NaN|Infinity|e/);
        continue;
      }
      if (mark.type === 'dot') {
        expect(mark.x).toBeGreaterThanOrEqual(0);
        expect(mark.x).toBeLessThanOrEqual(scene.width);
        continue;
      }
      if (mark.turned) continue;
      const width = widthOf(mark.words, mark.size);
      const left = mark.x - (mark.anchor === 'end' ? width : mark.anchor === 'middle' ? width / 2 : 0);
      // widths are estimates on the generous side: a pixel over is none in print
      expect(left).toBeGreaterThan(-1.5);
      expect(left + width).toBeLessThan(scene.width + 1.5);
      expect(mark.y).toBeLessThan(scene.height);
      expect(mark.y - 0.7 * mark.size).toBeGreaterThan(-1.5);
    }
  });

  // The axes of a heat map name layers and epochs; where its cells lie is checked in heat.test.ts.
  test.skipIf(heatMaps.includes(kind))('two numbers on an axis tell where every point lies', () => {
    const scene = sceneOf(figures[kind], {});
    for (const panel of scene.panels) {
      if (panel.spots.length === 0) continue; // the matrix of hyperparameters
      const { x, height, y } = panel.frame;
      const ticks = panel.marks.filter(
        (m): m is Text => m.type === 'text' && m.anchor === 'end' && m.x < x && Number.isFinite(numberOf(m)),
      );
      expect(ticks.length).toBeGreaterThan(1);
      const log =
        ticks.every((t) => numberOf(t) > 0) &&
        Math.abs(numberOf(ticks[0]) * numberOf(ticks[ticks.length - 1])) < 1 &&
        (kind === 'spectrum' || kind === 'cumulative-power');
      const scale = (v: number) => (log ? Math.log10(v) : v);
      const [a, b] = [ticks[0], ticks[ticks.length - 1]];
      // A tick's words stand a constant under its line, which cancels in differences.
      const slope = (scale(numberOf(b)) - scale(numberOf(a))) / (b.y - a.y);
      const shift = a.size * 0.36;
      for (const spot of panel.spots) {
        const value = scale(numberOf(a)) + slope * (spot.y + shift - a.y);
        if (kind === 'scatter' && spot.series !== figures.scatter.y.words) continue; // its other spot says the horizontal value
        if ((kind === 'training' || kind === 'learning-curve') && panel === scene.panels[1]) continue; // its axis is logarithmic; checked by spectrum
        expect(Math.abs(value - scale(spot.value))).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
        expect(spot.y).toBeGreaterThanOrEqual(y - 0.6);
        expect(spot.y).toBeLessThanOrEqual(y + height + 0.6);
      }
    }
  });

  test('its table holds every drawn point, its caption the facts', () => {
    const scene = sceneOf(figures[kind], {});
    const numbers = new Set(scene.table.rows.flat().filter((v) => typeof v === 'number'));
    for (const row of scene.table.rows) expect(row.length).toBe(scene.table.columns.length);
    if (!averaged.includes(kind)) for (const spot of scene.panels.flatMap((p) => p.spots)) expect(numbers).toContain(spot.value);
    for (const fact of ['mnist', 'mlp 2×20 relu', 'NTK parameterisation']) expect(scene.caption).toContain(fact);
  });
});

test('alignment by layer over runs is the mean, with the sample’s standard deviation around it', () => {
  const data = figures['alignment-by-layer'];
  const scene = sceneOf(data);
  const [a, b] = data.layers.map((run) => run.train[1].ckaTarget);
  const spot = scene.panels[0].spots.find((s) => s.series === 'target, train' && s.at === 'layer 2');
  expect(spot?.value).toBeCloseTo((a + b) / 2, 12);
  const bands = (panel: number) => scene.panels[panel].marks.filter((m) => m.type === 'path' && m.opacity === 0.15);
  // (a) the target on both sets, (b) target and input on the training set
  expect([0, 1].map((panel) => bands(panel).length)).toEqual([2, 2]);
  expect([0, 1].map((panel) => [...new Set(scene.panels[panel].spots.map((s) => s.series))])).toEqual([
    ['target, train', 'target, test'],
    ['target, train', 'input, train'],
  ]);
  const [low, high] = [sceneOf({ ...data, sources: [source], layers: [data.layers[0]], epoch: [4] }), scene];
  expect(low.panels[0].marks.some((m) => m.type === 'path' && m.opacity === 0.15)).toBe(false);
  expect(high.table.rows.length).toBe(2 * low.table.rows.length);
});

test('target rank: C, and C − 1 when centred; N where the kernel has fewer features than samples', () => {
  const words = (centred: boolean, features: number) => {
    const { curves } = figures.spectrum;
    const scene = sceneOf({ kind: 'spectrum', source: { ...source, centred }, curves: curves.map((c) => ({ ...c, features })) });
    return textsOf(scene).map((t) => spell(t.words));
  };
  expect(words(false, 20)).toEqual(expect.arrayContaining(['C = 10', 'N = 20']));
  expect(words(true, 20)).toEqual(expect.arrayContaining(['C − 1 = 9', 'N = 20']));
  expect(words(false, 60).some((w) => w.startsWith('N ='))).toBe(false);
});

test.each(['spectrum', 'cumulative-power'] as const)('%s of a layer: dashed lines at C and N, on a logarithm of modes', (kind) => {
  const [P, N] = [1000, 512]; // the paper's ninth layer
  const curves = [0, 25, 5000].map((epoch) => ({
    ...figures.spectrum.curves[0],
    epoch,
    layer: 'layer09',
    samples: P,
    features: N,
    eigenvalues: Array.from({ length: N }, (_, i) => 1 / (i + 1)),
    power: Array.from({ length: N }, (_, i) => (i + 1) / N),
  }));
  for (const centred of [false, true]) {
    const scene = sceneOf({ kind, source: { ...source, centred }, curves });
    const [{ frame, marks }] = scene.panels;
    const lines = marks.flatMap((m) => {
      const at = m.type === 'path' && m.dash === dashes.rule ? /^M([\d.]+) [\d.]+V/.exec(m.d) : null;
      return at ? [Number(at[1])] : [];
    });
    const wanted = [centred ? 9 : 10, N].map((x) => frame.x + (frame.width * Math.log(x)) / Math.log(N));
    expect(lines).toHaveLength(2);
    for (const [i, x] of lines.entries()) expect(Math.abs(x - wanted[i])).toBeLessThan(0.006); // to a hundredth of a pixel
    expect(scene.caption).toContain('layer09');
    // As wide as the samples: no bound of its own, and no line for one.
    const full = sceneOf({ kind, source, curves: curves.map((c) => ({ ...c, features: P })) });
    expect(full.panels[0].marks.filter((m) => m.type === 'path' && m.dash === dashes.rule)).toHaveLength(1);
  }
});

test('words of a legend and of a line at its foot do not meet', () => {
  const curves = figures['cumulative-power'].curves.map((c) => ({ ...c, power: c.power.map((_, i) => 1 - 0.5 / (i + 1)) }));
  const texts = textsOf(sceneOf({ kind: 'cumulative-power', source, curves }));
  const rule = texts.find((t) => spell(t.words) === 'N = 20');
  for (const entry of texts.filter((t) => /^(epoch \d|random)/.test(spell(t.words))))
    expect(Math.abs(entry.y - (rule?.y ?? 0))).toBeGreaterThan(entry.size);
});

test('a run of one epoch, of one split, of eigenvalues that are 0', () => {
  const { metrics } = figures.training;
  const one = sceneOf({ kind: 'training', sources: [source], metrics: [metrics[0].slice(0, 1)] });
  expect(one.panels.map((p) => p.spots.length)).toEqual([2, 2]);
  const empty = sceneOf({ kind: 'training', sources: [source], metrics: [[]] });
  expect(empty.panels.flatMap((p) => p.spots)).toEqual([]);
  const { curves } = figures.spectrum;
  const zeros = sceneOf({ kind: 'spectrum', source, curves: curves.slice(0, 1).map((c) => ({ ...c, eigenvalues: [1, 1e-3, 0, 0] })) });
  expect(JSON.stringify(zeros.panels[0].marks)).not.toMatch(/NaN|Infinity/);
  expect(zeros.panels[0].spots).toHaveLength(2);
});

test('names at the ends keep their distance, their order and the plot', () => {
  for (const wanted of [[50], [50, 50, 50], [0, 1, 2, 99, 100], [100, 90, 10, 12, 11], [3, 3, 97, 97, 50, 50]]) {
    const places = spaced(wanted, 13, 0, 100);
    const sorted = [...places].sort((a, b) => a - b);
    for (const [i, p] of sorted.entries()) {
      expect(p).toBeGreaterThanOrEqual(-1e-9);
      expect(p).toBeLessThanOrEqual(100 + 1e-9);
      if (i > 0) expect(p - sorted[i - 1]).toBeGreaterThanOrEqual(13 - 1e-9);
    }
    for (let i = 0; i < wanted.length; i++)
      for (let j = 0; j < wanted.length; j++) if (wanted[i] < wanted[j]) expect(places[i]).toBeLessThan(places[j]);
  }
  expect(spaced([20, 60], 13, 0, 100)).toEqual([20, 60]);
});

test('CSV: a header, a row a point, quotes doubled, all digits', () => {
  const csv = csvOf(sceneOf(figures.training).table);
  const lines = csv.trimEnd().split('\r\n');
  expect(lines[0]).toBe('run,name,split,epoch,loss,accuracy');
  expect(lines).toHaveLength(1 + 2 * 17);
  expect(lines[1].startsWith('abc123,"a name with ""quotes"", <tags> & more",train,0,')).toBe(true);
  expect(Number(lines[1].split(',').at(-1))).toBe(figures.training.metrics[0][0].trainAccuracy);
});

test('sizes: one column, two, two panels on top of each other', () => {
  expect(fullStyle('spectrum')).toMatchObject({ widthMm: 85, heightMm: 57 });
  expect(fullStyle('training').heightMm).toBeGreaterThan(85);
  expect(sceneOf(figures.training, { widthMm: 175 }).panels.map((p) => p.frame.y)[0]).toBe(
    sceneOf(figures.training, { widthMm: 175 }).panels[1].frame.y,
  );
  expect(sceneOf(figures['ntk-alignment'], { widthMm: 175 }).panels).toHaveLength(2);
  const [above, below] = sceneOf(figures.training).panels;
  expect([below.frame.x, below.frame.width]).toEqual([above.frame.x, above.frame.width]);
});

test('numbers at the pointer have four digits', () => {
  expect([0, 0.123456, 12.3456, 1.23456e-5, -0.5].map(four)).toEqual(['0', '0.1235', '12.35', '1.235e−5', '−0.5']);
});
