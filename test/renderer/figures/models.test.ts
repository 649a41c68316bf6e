// Figures of many models: their order, where each value stands, what the matrix says, and what is left of one model or none.
import { describe, expect, test } from 'vitest';
import type { FigureStyle, ModelPoint } from '../../../main/contract/figures.ts';
import { sceneOf } from '../../../renderer/figures/index.ts';
import { layerLabel } from '../../../renderer/figures/layers.ts';
import { matrixRows } from '../../../renderer/figures/matrix.ts';
import { layerColours } from '../../../renderer/figures/palette.ts';
import { spell, type Mark, type Scene } from '../../../renderer/figures/scene.ts';
import { modelsOf, source } from './data.ts';

const byModel = (models: ModelPoint[], style: Partial<FigureStyle> = { widthMm: 175 }) =>
  sceneOf({ kind: 'alignment-by-model', sources: models.map(() => source), models }, style);
const meanCka = (models: ModelPoint[], style: Partial<FigureStyle> = {}) =>
  sceneOf({ kind: 'accuracy-and-mean-cka', sources: models.map(() => source), models }, style);
type Text = Extract<Mark, { type: 'text' }>;
const texts = (scene: Scene) => scene.panels.flatMap((p) => p.marks).filter((m): m is Text => m.type === 'text');
const words = (scene: Scene) => texts(scene).map((t) => spell(t.words));

describe.each([1, 2, 12, 36, 60])('%i models', (n) => {
  const models = modelsOf(n);
  const scene = byModel(models);

  test('three panels on one axis, models from the worst to the best, each layer in its colour', () => {
    const plots = scene.panels.slice(0, 3);
    const places = plots.map((p) => [...new Set(p.spots.map((s) => s.x))].sort((a, b) => a - b));
    for (const own of places) {
      expect(own).toHaveLength(n);
      expect(own).toEqual(places[0]); // all panels, the same places
    }
    const best = [...models].sort((a, b) => a.testAccuracy - b.testAccuracy);
    const picks = [
      (m: ModelPoint) => m.layers.train.map((a) => a.ckaTarget),
      (m: ModelPoint) => m.layers.test.map((a) => a.ckaTarget),
      (m: ModelPoint) => m.layers.test.map((a) => a.ckaInput),
    ];
    for (const [i, { spots, frame }] of plots.entries())
      for (const [k, model] of best.entries()) {
        const here = spots.filter((s) => s.x === places[0][k]);
        expect(here.map((s) => s.value)).toEqual(picks[i](model));
        expect(here.map((s) => s.colour)).toEqual(layerColours('light', 10));
        // CKA axes go from 0 to 1
        for (const s of here) expect(s.y).toBeCloseTo(frame.y + frame.height * (1 - s.value), 6);
      }
    const heights = plots.map((p) => p.frame.height);
    for (const h of heights) expect(h).toBeCloseTo(heights[0], 6);
  });

  test('panels do not overlap, and the matrix stands under them at the models’ places', () => {
    const frames = scene.panels.map((p) => p.frame);
    expect(frames).toHaveLength(4);
    for (let i = 1; i < frames.length; i++) expect(frames[i].y).toBeGreaterThan(frames[i - 1].y + frames[i - 1].height);
    expect(frames[3].y + frames[3].height).toBeLessThan(scene.height);
    const places = new Set(scene.panels[0].spots.map((s) => Math.round(s.x * 10) / 10));
    const squares = scene.panels[3].marks.flatMap((m) =>
      m.type === 'path' ? [...m.d.matchAll(/M([\d.]+) [\d.]+h([\d.]+)/g)].map((s) => Number(s[1]) + Number(s[2]) / 2) : [],
    );
    expect(squares.length).toBeGreaterThan(0);
    for (const x of squares) expect([...places].some((p) => Math.abs(p - x) < 0.11)).toBe(true); // two roundings to a hundredth, one to a tenth
  });

  test('every other measure, the dark theme and one column', () => {
    for (const style of [{ measure: 'kta' }, { measure: 'debiased', theme: 'dark' }, { widthMm: 85 }] as const)
      expect(JSON.stringify(byModel(models, style))).not.toMatch(/NaN|Infinity/);
    const kta = byModel(models, { measure: 'kta' });
    expect(new Set(kta.panels[0].spots.map((s) => s.value))).toEqual(
      new Set(models.flatMap((m) => m.layers.train.map((a) => a.ktaTarget))),
    );
    expect(kta.caption).toContain('KTA');
  });
});

test('the matrix: what was on, and which size', () => {
  const models = modelsOf(3);
  const row = (name: string) => matrixRows(models).find((r) => r.name === name);
  expect(row('skip')).toEqual({ name: 'skip', on: models.map((m) => m.label.skip) });
  expect(row('momentum')).toEqual({ name: 'momentum', on: models.map((m) => m.label.optimizer === 'momentum') });
  expect(row('batch')).toEqual({ name: 'batch', values: [512, 2048, 4096] });
  const mlps = models.map((m) => ({ ...m, label: { ...m.label, skip: null } }));
  expect(matrixRows(mlps).map((r) => r.name)).not.toContain('skip');
  // Numbers while there is room for them, the range of bars after that.
  expect(words(byModel(models))).toEqual(expect.arrayContaining(['512', '2048', '4096']));
  expect(words(byModel(modelsOf(60)))).toContain('512–4096');
});

test('networks of different depths: layers meet by their names, and a layer that is not there leaves a gap', () => {
  const [a, b] = modelsOf(2);
  const shallow = { ...a, layers: { train: a.layers.train.slice(0, 3), test: a.layers.test.slice(0, 3) } };
  const scene = byModel([shallow, b]);
  expect(scene.panels[0].spots).toHaveLength(13);
  expect(JSON.stringify(scene.panels)).not.toMatch(/NaN/);
});

test('no models: axes without points', () => {
  for (const scene of [byModel([]), meanCka([])]) {
    expect(scene.panels.flatMap((p) => p.spots)).toEqual([]);
    expect(JSON.stringify(scene)).not.toMatch(/NaN|Infinity|undefined/);
    expect(scene.table.rows).toEqual([]);
  }
});

test('the table: one row a model, set, layer and kernel, in order of test accuracy', () => {
  const models = modelsOf(5);
  const { columns, rows } = byModel(models).table;
  expect(rows).toHaveLength(5 * 2 * 10 * 2);
  const accuracies = rows.map((r) => r[columns.indexOf('testAccuracy')] as number);
  expect(accuracies).toEqual([...accuracies].sort((x, y) => x - y));
  const of = (wanted: Record<string, unknown>) =>
    rows.find((r) => Object.entries(wanted).every(([name, v]) => r[columns.indexOf(name)] === v)) ?? [];
  const row = of({ run: 'r3', split: 'test', layer: 'layer09', with: 'input' });
  expect(row[columns.indexOf('cka')]).toBe(models[3].layers.test[8].ckaInput);
  expect(row[columns.indexOf('batchSize')]).toBe(models[3].label.batchSize);
});

test('accuracy and mean CKA: the mean over layers, and r in the caption', () => {
  const models = modelsOf(12);
  const scene = meanCka(models);
  const best = models.reduce((a, b) => (b.testAccuracy > a.testAccuracy ? b : a));
  const sum = best.layers.test.reduce((s, a) => s + a.ckaTarget, 0);
  expect(scene.panels[1].spots.filter((s) => s.series === 'test').at(-1)?.value).toBeCloseTo(sum / 10, 12);
  expect(scene.panels[0].spots.map((s) => s.value).sort()).toEqual(models.flatMap((m) => [m.trainAccuracy, m.testAccuracy]).sort());
  // Another route to r: slope of the least-squares line in units of the standard deviations.
  const x = models.map((m) => m.layers.test.reduce((s, a) => s + a.ckaTarget, 0) / 10);
  const y = models.map((m) => m.testAccuracy);
  const n = x.length;
  const [sx, sy] = [x, y].map((v) => v.reduce((a, b) => a + b, 0));
  const dot = (a: number[], b: number[]) => a.reduce((s, v, i) => s + v * b[i], 0);
  const r = (n * dot(x, y) - sx * sy) / Math.sqrt((n * dot(x, x) - sx ** 2) * (n * dot(y, y) - sy ** 2));
  expect(scene.facts['pearsonTest']).toBeCloseTo(r, 9); // the sums above cancel to about 1e-13 of 12
  expect(scene.caption).toContain(`${r.toFixed(2)} (test set)`);
  expect(meanCka(modelsOf(2)).facts['pearsonTest']).toBeNull();
});

test('layer01 … layer10 are 1 … 10', () => {
  expect(['layer01', 'layer9', 'layer10', 'output', 'ntk'].map(layerLabel)).toEqual(['1', '9', '10', 'output', 'ntk']);
});
