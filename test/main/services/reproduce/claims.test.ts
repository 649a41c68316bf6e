// Every statement, both ways: it passes on numbers made as the paper says, fails where they are turned round, and is undecided where they
// leave it open.
import { expect, test } from 'vitest';
import { checked, margin, over, type Claim } from '../../../../main/services/reproduce/claim.ts';
import { layerClaims } from '../../../../main/services/reproduce/claims/layers.ts';
import { modelClaims } from '../../../../main/services/reproduce/claims/models.ts';
import { spectraClaims } from '../../../../main/services/reproduce/claims/spectra.ts';
import { tangentClaims, tangentSpectraClaims } from '../../../../main/services/reproduce/claims/tangents.ts';
import { modesOf, threeOf, type Change, type Model, type ModelSet, type ThreeModels } from '../../../../main/services/reproduce/numbers.ts';
import { paperFigures } from '../../../../main/contract/reproduce.ts';
import { modelSet, tableOf, tangentRun, tangentSpectra, threeModels } from './made.ts';

const verdicts = <N>(claims: readonly Claim<N>[], numbers: N) => Object.fromEntries(claims.map((c) => [c.id, c.check(numbers).verdict]));
const allAre = <N>(claims: readonly Claim<N>[], numbers: N, verdict: string, but: readonly string[] = []) => {
  const found = verdicts(
    claims.filter((c) => !but.includes(c.id)),
    numbers,
  );
  expect(found).toEqual(Object.fromEntries(Object.keys(found).map((id) => [id, verdict])));
};

/** The layers in the opposite order, with target and input exchanged in time: what was early is late. */
function turned(set: ModelSet): ModelSet {
  const models = set.models.map((m): Model => {
    const back = (layers: Model['layers']['train']) => layers.toReversed();
    const { optimizer } = m.config.training;
    const training = { ...m.config.training, optimizer: optimizer === 'sgd' ? ('momentum' as const) : ('sgd' as const) };
    return {
      ...m,
      config: { ...m.config, training },
      testAccuracy: 1.5 - m.testAccuracy,
      layers: { train: back(m.layers.train), test: back(m.layers.test) },
    };
  });
  return { ...set, models };
}
const withLayers = (set: ModelSet, change: (m: Model, i: number) => Model): ModelSet => ({ ...set, models: set.models.map(change) });

test('ids differ, every figure has statements, and each names its place', () => {
  const all = [...layerClaims, ...modelClaims, ...spectraClaims, ...tangentClaims, ...tangentSpectraClaims];
  expect(new Set(all.map((c) => c.id)).size).toBe(all.length);
  for (const figure of paperFigures)
    expect(
      all.some((c) => c.figure === figure),
      figure,
    ).toBe(true);
  for (const { id, figure, place, statement } of all) {
    expect(id.startsWith(`${figure}.`), id).toBe(true);
    expect(place, id).toMatch(/^(Abstract|Section|Fig\.|Table)/);
    expect(statement, id).toMatch(/\.$/);
  }
  expect(modelClaims.filter((c) => c.entry)).toHaveLength(40);
});

test('Figs. 1 and 2 hold on models made as the paper says, fail with the layers turned round', () => {
  const set = modelSet();
  allAre(layerClaims, set, 'passed');
  // Train and test still go together, whatever the order of the layers.
  allAre(layerClaims, turned(set), 'failed', ['fig2.train-test', 'fig1.momentum', 'fig1.sgd-input', 'fig1.better-less-input']);
});

test('each of the others of Figs. 1 and 2 fails where its own numbers are turned round', () => {
  const set = modelSet();
  const swapped = withLayers(set, (m) => {
    const { training } = m.config;
    const optimizer = training.optimizer === 'sgd' ? ('momentum' as const) : ('sgd' as const);
    return { ...m, config: { ...m.config, training: { ...training, optimizer } } };
  });
  const worse = withLayers(set, (m) => ({ ...m, testAccuracy: 1.5 - m.testAccuracy }));
  const apart = withLayers(set, (m) => ({ ...m, layers: { ...m.layers, test: m.layers.train.toReversed() } }));
  const of = (id: string, numbers: ModelSet) => verdicts(layerClaims, numbers)[id];
  expect(of('fig1.momentum', swapped)).toBe('failed');
  expect(of('fig1.sgd-input', swapped)).toBe('failed');
  expect(of('fig1.better-less-input', worse)).toBe('failed');
  expect(of('fig2.train-test', apart)).toBe('failed');
});

test('a plateau between two layers leaves the monotone rise undecided, a single fall fails it', () => {
  const set = modelSet();
  const step = (by: (i: number) => number) =>
    withLayers(set, (m, i) => {
      const shift = (layers: Model['layers']['train']) =>
        layers.map((l, at) => (at === 5 ? { ...l, ckaTarget: layers[4].ckaTarget + by(i) } : l));
      return { ...m, layers: { train: shift(m.layers.train), test: shift(m.layers.test) } };
    });
  const monotone = (numbers: ModelSet) => verdicts(layerClaims, numbers)['fig2.monotone'];
  expect(monotone(step((i) => 0.02 * (i % 2 === 0 ? 1 : -1)))).toBe('undecided');
  expect(monotone(step((i) => -0.01 + 0.002 * (i % 2)))).toBe('failed');
});

test('Fig. 6 and Table I hold, and fail where closeness or signs are exchanged', () => {
  const set = modelSet();
  allAre(modelClaims, set, 'passed');
  const exchanged = withLayers({ ...set, table: tableOf(-1) }, (m) => {
    const { outcome: o } = m;
    return {
      ...m,
      testAccuracy: m.testAccuracy - 0.3,
      outcome: {
        ...o,
        accuracy: 1.5 - (o.accuracy as number),
        // Turned as well, so that they go with it as before, but which goes closest is exchanged.
        ckaTest: -(o.meanCkaTest as number),
        ckaTrain: -(o.meanCkaTrain as number) + 0,
        meanCkaTest: -(o.ckaTest as number) + (0.5 * (o.batchSize as number)) / 4096,
        meanCkaTrain: -(o.ckaTrain as number),
      },
    };
  });
  const found = verdicts(modelClaims, exchanged);
  for (const id of ['fig6.mean-over-last-test', 'fig6.mean-over-last-train', 'fig6.range', 'table1.augmentation'])
    expect(found[id], id).toBe('failed');
  for (const { id, entry } of modelClaims) if (entry) expect(found[id], id).toBe('failed');
  const against = withLayers(set, (m) => ({
    ...m,
    outcome: { ...m.outcome, accuracy: 1.5 - (m.outcome.accuracy as number), ckaTest: m.outcome.ckaTrain, ckaTrain: m.outcome.ckaTest },
  }));
  expect(verdicts(modelClaims, against)['fig6.goes-together']).toBe('failed');
  const trainCloser = withLayers(set, (m) => ({
    ...m,
    outcome: { ...m.outcome, ckaTest: m.outcome.ckaTrain, ckaTrain: m.outcome.ckaTest },
  }));
  expect(verdicts(modelClaims, trainCloser)['table1.test-over-train']).toBe('failed');
  const byBatch = withLayers(set, (m) => ({
    ...m,
    outcome: { ...m.outcome, augment: m.outcome.skip, skip: m.outcome.augment, batchSize: -(m.outcome.accuracy as number) },
  }));
  expect(verdicts(modelClaims, byBatch)['table1.batch-and-skip']).toBe('failed');
});

test('Table I: an interval that includes 0 is undecided, and so is a number that does not vary', () => {
  const set = modelSet();
  const wide = set.table.map((c) => ({ ...c, r: 0.1, low: -0.2, high: 0.4 }));
  const none = set.table.map((c) => ({ ...c, r: null, low: null, high: null }));
  for (const table of [wide, none])
    for (const claim of modelClaims) if (claim.entry) expect(claim.check({ ...set, table }).verdict, claim.id).toBe('undecided');
});

test('with three models nothing about many is decided', () => {
  const set = modelSet();
  const few = { ...set, models: set.models.slice(0, 3), table: set.table.map((c) => ({ ...c, n: 3, r: null, low: null, high: null })) };
  allAre(layerClaims, few, 'undecided', ['fig2.train-test']); // that one is over layers
  allAre(modelClaims, few, 'undecided', ['fig6.range']);
});

test('Figs. 3–5 hold on three models made as the paper says, and fail with their changes turned round', () => {
  const three = threeModels();
  allAre(spectraClaims, three, 'passed');
  const { worst, misled, best } = three;
  const back = (c: Change): Change => ({ layer: c.layer, first: c.last, last: c.first });
  const timeTurned: ThreeModels = {
    worst: { ...worst, before: back(worst.before), last: back(worst.last) },
    misled: { ...misled, before: back(misled.before), last: back(misled.last) },
    best: { ...best, before: back(best.before), last: back(best.last) },
  };
  const found = verdicts(spectraClaims, timeTurned);
  for (const id of ['fig3.eigenvalues-grow', 'fig3.last-layer-power', 'fig4.low-rank', 'fig4.power', 'fig3.layer-before-barely'])
    expect(found[id], id).toBe('failed');
  // The models exchanged: the best stays high in rank, the worst does not.
  const exchanged = verdicts(spectraClaims, { worst: best, misled, best: worst });
  for (const id of ['fig3.stays-high-rank', 'fig4.beats-worst', 'fig5.exists', 'fig5.mixture', 'fig5.power-like-best', 'fig4.power'])
    expect(exchanged[id], id).toBe('failed');
});

test('Figs. 7 and 8 hold on a run made as the paper says, and fail turned round', () => {
  const run = tangentRun();
  allAre(tangentClaims, run, 'passed');
  allAre(tangentSpectraClaims, tangentSpectra(), 'passed');
  const back = {
    ...run,
    testAccuracy: 0.9,
    points: run.points.map((p, i, all) => ({ ...p, ntk: all[all.length - 2 - i + 2 * (i % 2)].ntk })),
  };
  const turnedRun = { ...back, points: back.points.map((p) => ({ ...p, ntk: { ...p.ntk, penultimateShare: 0.2, gradientShare: 0.9 } })) };
  allAre(tangentClaims, turnedRun, 'failed');
  const { train, test: other } = tangentSpectra();
  const turnedSpectra = {
    train: { ...train, first: train.last, last: train.first },
    test: { ...other, first: other.last, last: other.first },
  };
  allAre(tangentSpectraClaims, turnedSpectra, 'failed');
});

test('without numbers, or on runs of other sizes where sizes matter, a statement is not yet run', () => {
  const set = modelSet();
  for (const claim of checked(modelClaims, null, 'not yet run', [])) {
    expect([claim.verdict, claim.measured]).toEqual(['not-run', 'not yet run']);
    if (claim.id.startsWith('table1.momentum')) expect(claim.cell).toMatchObject({ row: 'Momentum', r: null, low: null });
  }
  const range = checked(modelClaims, set, '', [{ path: 'model.width', here: '0.125', paper: '1' }]).find((c) => c.id === 'fig6.range');
  expect(range?.verdict).toBe('not-run');
  expect(range?.measured).toContain('model.width is 0.125, in the paper 1');
  expect(checked(modelClaims, set, '', [{ path: 'data.test', here: '1', paper: '2' }]).find((c) => c.id === 'fig6.range')?.verdict).toBe(
    'passed',
  );
});

test('an interval decides only where it lies on one side; a margin has a gap in which nothing is decided', () => {
  expect(over({ value: 0.1, low: 0.01, high: 0.2 }, '').verdict).toBe('passed');
  expect(over({ value: 0.1, low: 0, high: 0.2 }, '').verdict).toBe('undecided');
  expect(over({ value: -0.1, low: -0.2, high: -0.01 }, '').verdict).toBe('failed');
  expect(over(null, 'r').verdict).toBe('undecided');
  expect([0.05, 0.03, 0, -1, NaN].map((v) => margin(v, { pass: 0.05, fail: 0 }, '').verdict)).toEqual([
    'passed',
    'undecided',
    'failed',
    'failed',
    'undecided',
  ]);
  expect([0.5, 0.7, 0.9].map((v) => margin(v, { pass: 0.5, fail: 0.9 }, '').verdict)).toEqual(['passed', 'undecided', 'failed']);
});

test('the three numbers of a spectrum, by hand', () => {
  const kernel = { eigenvalues: Float64Array.of(8, 4, 2, 1, 1), power: Float64Array.of(0.2, 0.5, 0.9, 0.95, 1), classes: 3 };
  // uncentred: C = 3 modes; beyond them 2, of 4 + 2 + 1 + 1 without the constant's
  expect(modesOf({ ...kernel, centred: false })).toEqual({ trace: 16, tail: 0.25, power: 0.9 });
  // centred: C − 1 = 2 modes; beyond them 4 of 16
  expect(modesOf({ ...kernel, centred: true })).toEqual({ trace: 16, tail: 0.25, power: 0.5 });
  // a kernel of rank C has nothing beyond; fewer modes than classes
  expect(modesOf({ ...kernel, eigenvalues: Float64Array.of(5, 4, 3, 0, 0), centred: false }).tail).toBe(0);
  expect(modesOf({ eigenvalues: Float64Array.of(5, 4), power: Float64Array.of(0.2, 0.6), classes: 3, centred: false })).toMatchObject({
    tail: 0,
    power: 0.6,
  });
});

test('the worst, the best, and of the worse half the best aligned', () => {
  const set = modelSet();
  const models = set.models.slice(0, 7).map((m, i): Model => {
    const cka = [0.1, 0.2, 0.9, 0.3, 0.95, 0.99, 0.8][i];
    const layers = m.layers.train.map((l) => ({ ...l, ckaTarget: cka }));
    return { ...m, testAccuracy: 0.5 + i / 20, layers: { train: layers, test: layers } };
  });
  const three = threeOf(models.toReversed());
  // Of seven, places 1, 2 and 3 are the worse half without the worst: the third has 0.9 there.
  expect([three?.worst.run, three?.misled.run, three?.best.run]).toEqual(['m0', 'm2', 'm6']);
  expect(threeOf(models.slice(0, 2))).toBeNull();
});
