// Figures of a comparison: a line a run, model × model, two columns against each other, and the page's pins over them.
import { describe, expect, test } from 'vitest';
import type { FigureData, ModelPoint } from '../../../main/contract/figures.ts';
import { sceneOf } from '../../../renderer/figures/index.ts';
import { lettersOf } from '../../../renderer/figures/letters.ts';
import { distinctNames, numbered } from '../../../renderer/figures/model-map.ts';
import { moved, pinsOnMap, pinsOnModels, pinsOnScatter } from '../../../renderer/figures/pins.ts';
import { correlationWords } from '../../../renderer/figures/scatter.ts';
import { spell, type Mark, type Panel, type Scene } from '../../../renderer/figures/scene.ts';
import { shortened } from '../../../renderer/figures/text.ts';
import { figures, modelMapOf, modelsOf, scatterOf, source } from './data.ts';

const textOf = (marks: readonly Mark[]) => marks.flatMap((m) => (m.type === 'text' ? [spell(m.words)] : []));
const words = (scene: Scene) => textOf(scene.panels.flatMap((p) => p.marks));
const places = ({ spots }: Panel) => [...new Set(spots.map((s) => s.x))].sort((a, b) => a - b);

describe('models in an order that was asked for, with one kernel', () => {
  const models = modelsOf(12);
  const order = { column: 'training.batchSize', words: 'batch size', descending: true };
  const data: FigureData = { kind: 'alignment-by-model', sources: models.map(() => source), models, order, to: 'input' };
  const scene = sceneOf(data, { widthMm: 175 });

  test('accuracy over alignment with it on both sets, models as they came', () => {
    const [accuracy, train, test_] = scene.panels;
    for (const panel of [accuracy, train, test_]) expect(places(panel)).toEqual(places(accuracy));
    const at = places(accuracy);
    expect(accuracy.spots.map((s) => s.value)).toEqual(models.map((m) => m.testAccuracy));
    for (const [k, m] of models.entries()) {
      const values = (panel: Panel) => panel.spots.filter((s) => s.x === at[k]).map((s) => s.value);
      expect(values(train)).toEqual(m.layers.train.map((a) => a.ckaInput));
      expect(values(test_)).toEqual(m.layers.test.map((a) => a.ckaInput));
    }
    // The accuracy is lower than the others, and all three fill the figure.
    expect(accuracy.frame.height).toBeLessThan(0.6 * train.frame.height);
    expect(train.frame.height).toBeCloseTo(test_.frame.height, 6);
    expect(words(scene)).toEqual(
      expect.arrayContaining(['12 models, in falling order of batch size', 'CKA with input (train)', 'accuracy (test)']),
    );
    expect(scene.caption).toContain('in falling order of batch size.');
    expect(scene.caption).not.toMatch(/Dotted/); // the null is of the target
  });

  test('every point tells its run', () => {
    const runs = models.map((m) => m.run);
    for (const panel of scene.panels.slice(0, 3)) for (const s of panel.spots) expect(runs[places(panel).indexOf(s.x)]).toBe(s.key);
  });

  test('pins stand at their models through all panels; one that is not there has none', () => {
    const pins = ['r7', 'gone', 'r0'].map((run, i) => ({ run, letter: 'ABC'[i], colour: 'red' }));
    const marks = pinsOnModels(scene, pins);
    expect(textOf(marks)).toEqual(['A', 'C']);
    const lines = marks.flatMap((m) => (m.type === 'path' ? [/^M([\d.]+) ([\d.]+)V([\d.]+)$/.exec(m.d)?.slice(1).map(Number) ?? []] : []));
    const at = places(scene.panels[0]);
    expect(lines.map(([x]) => x)).toEqual([7, 0].map((i) => expect.closeTo(at[i], 1) as number));
    for (const [, top, bottom] of lines) {
      expect(top).toBeCloseTo(scene.panels[0].frame.y, 1);
      expect(bottom).toBeGreaterThan(scene.panels[2].frame.y + scene.panels[2].frame.height);
    }
  });
});

describe('a line a run', () => {
  const layers = (m: ModelPoint) => m.layers;
  const [deep, shallow] = [modelsOf(1)[0], modelsOf(1, 3)[0]];
  const data: FigureData = {
    kind: 'alignment-by-layer',
    sources: ['seed=1 width=20', 'seed=2 width=20'].map((name, i) => ({ ...source, run: `r${i}`, name })),
    epoch: [5, 5],
    layers: [deep, shallow].map(layers),
    overlay: 'target',
  };

  test('each set in its panel, each run in its colour with its letter; a shallow network ends early', () => {
    for (const style of [{}, { widthMm: 175 }]) {
      const scene = sceneOf(data, style);
      expect(scene.panels).toHaveLength(2);
      for (const [i, split] of (['train', 'test'] as const).entries()) {
        const { spots } = scene.panels[i];
        const of = (letter: string) => spots.filter((s) => s.series.startsWith(letter)).map((s) => s.value);
        expect(of('A')).toEqual(deep.layers[split].map((a) => a.ckaTarget));
        expect(of('B')).toEqual(shallow.layers[split].map((a) => a.ckaTarget));
        expect(new Set(spots.map((s) => s.colour)).size).toBe(2);
      }
      // What all names have is no help to tell them apart.
      expect(words(scene)).toEqual(expect.arrayContaining(['A seed=1', 'B seed=2', 'A', 'B', 'CKA with target (test)']));
      expect(JSON.stringify(scene)).not.toMatch(/NaN|undefined/);
    }
  });

  test('other measures, one set alone, one run alone', () => {
    const kta = sceneOf({ ...data, overlay: 'input' }, { measure: 'kta' });
    expect(kta.panels[0].spots[0].value).toBe(deep.layers.train[0].ktaInput);
    const one = sceneOf({ ...data, sources: data.sources.slice(0, 1), epoch: [5], layers: [{ train: [], test: deep.layers.test }] });
    expect(one.panels).toHaveLength(1);
    expect(one.panels[0].spots).toHaveLength(10);
  });
});

describe('model × model', () => {
  test('every cell has its value and its two runs, rows from the top', () => {
    const data = modelMapOf(5);
    const [panel] = sceneOf(data).panels;
    expect(panel.spots.map((s) => s.value)).toEqual(data.values.flat());
    expect(panel.spots[7].key).toBe('r1 r2');
    expect(panel.spots[7].at).toBe('2. model=1 × 3. model=2');
  });

  test('names stand at the rows where they fit, numbers where not; labels of many keep their distance', () => {
    const named = modelMapOf(3);
    expect(words(sceneOf(named, { widthMm: 175 }))).toEqual(
      expect.arrayContaining(['model=0 1', 'model=2 3', '3 models, in order of test accuracy']),
    );
    const long = {
      ...named,
      sources: named.sources.map((s, i) => ({ ...s, name: `training.learningRate=0.0${i} data.augment=${i % 2 === 0}` })),
    };
    expect(words(sceneOf(long))).toEqual(expect.arrayContaining(['1', '2', '3']));
    expect(numbered(24, 40, lettersOf('inter', 8))).toEqual(Array.from({ length: 24 }, (_, i) => `${i + 1}`));
    expect(numbered(50, 6, lettersOf('inter', 8)).filter(Boolean)).toEqual([
      '1',
      '5',
      '10',
      '15',
      '20',
      '25',
      '30',
      '35',
      '40',
      '45',
      '50',
    ]);
    expect(numbered(24, 10, lettersOf('inter', 8)).filter(Boolean)).toEqual(Array.from({ length: 12 }, (_, i) => `${2 * i + 1}`));
  });

  test('cells too small for every value have none, not the round ones alone', () => {
    expect(words(sceneOf(modelMapOf(24))).filter((w) => w === '1')).toHaveLength(3); // the labels of row, column and scale, no diagonal
  });

  test('the chosen cell is framed, pins stand at their row and column, arrows walk from cell to cell', () => {
    const scene = sceneOf(modelMapOf(4));
    const [{ spots }] = scene.panels;
    const marks = pinsOnMap(scene, [{ run: 'r2', letter: 'A', colour: 'red' }], ['r0', 'r3']);
    const diagonal = spots.find((s) => s.key === 'r2 r2');
    const dots = marks.flatMap((m) => (m.type === 'dot' ? [[m.x, m.y]] : []));
    expect(dots.some(([x]) => x === diagonal?.x) && dots.some(([, y]) => y === diagonal?.y)).toBe(true);
    const frame = marks.find((m) => m.type === 'path');
    const [x, y, side] =
      /^M([\d.]+) ([\d.]+)h([\d.]+)/
        .exec(frame?.type === 'path' ? frame.d : '')
        ?.slice(1)
        .map(Number) ?? [];
    const chosen = spots.find((s) => s.key === 'r0 r3');
    expect([x + side / 2, y + side / 2]).toEqual([expect.closeTo(chosen?.x ?? NaN, 1), expect.closeTo(chosen?.y ?? NaN, 1)]);
    expect(moved(scene, null, 'ArrowDown')).toEqual(['r0', 'r1']);
    expect(moved(scene, ['r0', 'r3'], 'ArrowRight')).toEqual(['r0', 'r3']); // the edge
    expect(moved(scene, ['r0', 'r3'], 'ArrowDown')).toEqual(['r1', 'r3']);
    expect(moved(scene, ['r0', 'r3'], 'ArrowLeft')).toEqual(['r0', 'r2']);
    expect(moved(scene, ['r0', 'r3'], 'a')).toBeNull();
  });

  test('no words in common, or nothing but common words: names as they are', () => {
    expect(distinctNames(['a=1 b=2', 'a=1 b=3'])).toEqual(['b=2', 'b=3']);
    expect(distinctNames(['same', 'same'])).toEqual(['same', 'same']);
    expect(distinctNames(['alone here'])).toEqual(['alone here']);
    expect(shortened('optimizer=momentum batchSize=200', 16)).toBe('optimizer=…e=200');
    expect(shortened('short', 16)).toBe('short');
  });
});

describe('scatter', () => {
  const models = modelsOf(12);

  test('a dot a run at its two numbers; r, its interval and n over the plot', () => {
    const data = scatterOf(models);
    const [panel] = sceneOf(data).panels;
    const dots = panel.marks.filter((m) => m.type === 'dot');
    expect(dots).toHaveLength(12);
    // Equal rates stand over each other, and a tenfold rate is a decade to the right: the axis is logarithmic.
    const at = (rate: number) => panel.spots.filter((s) => s.series === 'learning rate' && s.value === rate).map((s) => s.x);
    expect(new Set(at(0.01)).size).toBe(1);
    expect((at(0.02)[0] - at(0.01)[0]) / (at(0.1)[0] - at(0.01)[0])).toBeCloseTo(Math.log10(2), 9);
    const { r, low, high } = data.correlation;
    const two = (v: number | null) => (v as number).toFixed(2).replace('-', '−');
    expect(textOf(panel.marks)).toContain(`r = ${two(r)} [${two(low)}, ${two(high)}], n = 12`);
    expect(panel.spots.find((s) => s.series === 'test accuracy' && s.key === 'r3')?.value).toBe(models[3].testAccuracy);
  });

  test('true and false are two places; CKA goes from 0 to 1; a constant, one point and none have axes', () => {
    const base = scatterOf(models);
    const truth = sceneOf({
      ...base,
      x: { column: 'model.skip', words: 'skip', truth: true },
      points: base.points.map((p, i) => ({ ...p, x: i % 2 })),
    });
    expect(words(truth)).toEqual(expect.arrayContaining(['false', 'true']));
    expect(new Set(truth.panels[0].spots.map((s) => s.x)).size).toBe(2);
    const cka = sceneOf({
      ...base,
      x: { column: 'meanCka', words: 'mean CKA (test)', truth: false },
      points: base.points.map((p) => ({ ...p, x: 0.5 })),
    });
    const { frame, spots } = cka.panels[0];
    expect(spots[0].x).toBeCloseTo(frame.x + frame.width / 2, 6);
    for (const points of [base.points.slice(0, 1), []]) {
      const scene = sceneOf({ ...base, points, correlation: { n: points.length, r: null, low: null, high: null } });
      expect(JSON.stringify(scene)).not.toMatch(/NaN|Infinity|undefined/);
      expect(words(scene)).toContain(`no correlation, n = ${points.length}`);
    }
  });

  test('runs of one name are told apart; pins stand on their points', () => {
    const data = figures.scatter;
    if (data.kind !== 'scatter') throw new Error();
    const twins = { ...data, points: data.points.map((p) => ({ ...p, name: 'twin' })) };
    const scene = sceneOf(twins);
    expect(new Set(scene.panels[0].spots.map((s) => s.at)).size).toBe(12);
    const [dot] = pinsOnScatter(scene, [{ run: 'r4', letter: 'A', colour: 'red' }]);
    const spot = scene.panels[0].spots.find((s) => s.key === 'r4');
    expect(dot).toMatchObject({ x: spot?.x, y: spot?.y });
    expect(spell(correlationWords({ n: 3, r: null, low: null, high: null }))).toBe('no correlation, n = 3');
  });
});
