// `reproduce.get` on a library: which runs count, what they differ in, when the answer is made anew, that others get their turn.
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { RunState } from '../../../../main/contract/results.ts';
import type { Reproduction } from '../../../../main/contract/reproduce.ts';
import { createReproduce } from '../../../../main/services/reproduce/index.ts';
import { createSlices } from '../../../../main/services/reproduce/slices.ts';
import { openLibrary, type Library } from '../../../../main/store/index.ts';
import { newDir, probe, provenance, snapshot, weights } from '../../store/support.ts';
import { parseConfig, type RunConfig } from '../../../../main/contract/config.ts';
import { presets } from '../support.ts';

let library: Library;
beforeEach(() => void (library = openLibrary(newDir(), { write: true, owner: 'test' })));
afterEach(() => library.close());

const five = (change: { data?: object; training?: object; model?: object; seed?: number } = {}) =>
  parseConfig({
    seed: change.seed ?? 0,
    data: { dataset: 'cifar10', train: 800, test: 500, ...change.data },
    model: { kind: 'resnet11', width: 0.125, ...change.model },
    training: { optimizer: 'sgd', learningRate: 0.1, batchSize: 32, epochs: 4, ...change.training },
    analysis: { snapshots: [0, 2, 'last'], probe: { train: 20, test: 20 }, ntk: false },
  });
const six = (change: { model?: object; training?: object; data?: object } = {}) =>
  parseConfig({
    data: { dataset: 'mnist', ...change.data },
    model: { parameterisation: 'ntk', ...change.model },
    training: { learningRate: 0.1, schedule: 'constant', epochs: 4, ...change.training },
    analysis: { snapshots: [0, 2, 'last'], probe: { train: 20, test: 20 } },
  });

interface Made {
  train?: number;
  test?: number;
  state?: RunState;
}
/** A run with numbers, in a state; its accuracies are those of every epoch. */
function put(config: RunConfig, { train = 1, test: other = 0.6, state = 'done' }: Made = {}): string {
  const { id } = library.runs.create({ name: 'run', config, device: 'cpu' });
  if (state === 'queued') return id;
  library.runs.move(id, 'running');
  library.runs.begun(id, ['layer1', 'layer2'], provenance);
  library.probes.put(id, 'train', 'probe-train', probe());
  for (const epoch of [0, 2, 4]) {
    library.metrics.put(id, { epoch, trainLoss: 0.1, testLoss: 0.2, trainAccuracy: train, testAccuracy: other });
    library.snapshots.put(id, snapshot(epoch), weights(epoch));
  }
  if (state !== 'running') library.runs.move(id, state, state === 'done' ? null : 'stopped');
  return id;
}
const service = () => createReproduce({ library, presets });
const get = () => service()['reproduce.get']({});
const claim = (found: Reproduction, id: string) => found.figures.flatMap((f) => f.claims).find((c) => c.id === id);
const study = (found: Reproduction, at: 0 | 1) => found.studies[at];

test('an empty library: everything is not yet run, and there are presets to start', async () => {
  const found = await get();
  expect(found.figures.map((f) => f.name)).toEqual([
    'Fig. 1',
    'Fig. 2',
    'Fig. 3',
    'Fig. 4',
    'Fig. 5',
    'Fig. 6',
    'Table I',
    'Fig. 7',
    'Fig. 8',
  ]);
  for (const { claims, drawn, name } of found.figures) {
    expect(claims.length, name).toBeGreaterThan(2);
    expect(drawn).toEqual([]);
    for (const c of claims) expect(c.verdict, c.id).toBe('not-run');
  }
  expect(found.studies.map((s) => [s.used, s.underway, s.presets.map((p) => p.preset)])).toEqual([
    [null, [], ['section-5-small', 'section-5']],
    [null, [], ['section-6-small', 'section-6']],
  ]);
});

test('Section VI: only runs of its kind count, the one nearest to the paper is taken, and its numbers are those of the store', async () => {
  put(six({ model: { activation: 'tanh' } }));
  put(six({ model: { parameterisation: 'standard' } }));
  put(six({ model: { hidden: [20, 20] } }));
  put(six(), { state: 'interrupted' });
  expect(study(await get(), 1).used).toBeNull();
  const near = put(six(), { test: 0.951 });
  put(six({ training: { batchSize: 100 } }));
  const found = await get();
  expect(study(found, 1)).toMatchObject({
    used: { runs: [near], name: 'run', differs: [{ path: 'training.epochs', here: '4', paper: '3,000' }] },
    underway: [],
  });
  expect(study(found, 1).stopped).toHaveLength(1);
  expect(claim(found, 'fig7.accuracy')).toMatchObject({ verdict: 'passed', measured: 'test accuracy 95.1 %' });
  // The snapshots of the store's tests have CKA 0.1 + e/100 on training samples, 0.2 + e/100 on test samples.
  expect(claim(found, 'fig7.ntk-target-rises')).toMatchObject({
    verdict: 'undecided',
    measured: 'train: CKA from 0.100 to 0.140; test: CKA from 0.200 to 0.240',
  });
  expect(claim(found, 'fig7.penultimate')?.verdict).toBe('failed');
  expect(found.figures.find((f) => f.figure === 'fig7')?.drawn).toMatchObject([{ request: { kind: 'ntk-alignment', runs: [near] } }]);
});

test('Section V: the largest set of alike models; those that did not fit are left out; what differs is said', async () => {
  const kept = [five(), five({ data: { augment: true } }), five({ training: { optimizer: 'momentum' } })].map((c, i) =>
    put(c, { test: 0.5 + i / 10 }),
  );
  put(five({ training: { batchSize: 16 } }), { train: 0.9 });
  put(five({ seed: 1 })); // other probe samples
  put(five({ model: { width: 0.25 } }));
  put(five({ training: { optimizer: 'adam' } }));
  put(five({ model: { batchNorm: false } }));
  const running = put(five({ training: { learningRate: 0.3 } }), { state: 'running' });
  const waiting = put(five({ training: { learningRate: 0.4 } }), { state: 'queued' });
  const found = await get();
  const { used, underway } = study(found, 0);
  expect(used?.runs.toSorted()).toEqual(kept.toSorted());
  expect(used?.leftOut).toBe(1);
  expect(underway.toSorted()).toEqual([running, waiting].toSorted());
  expect(used?.differs.map((d) => [d.path, d.here, d.paper])).toEqual([
    ['data.train', '800', '50,000'],
    ['data.test', '500', '10,000'],
    ['model.width', '0.125', '1'],
    ['training.batchSize', '16, 32', '512, 2,048, 4,096'],
    ['training.epochs', '4', '5,000'],
  ]);
  // Three models are too few for any interval over models.
  expect(claim(found, 'fig1.target-by-depth')?.verdict).toBe('undecided');
  expect(claim(found, 'fig6.range')).toMatchObject({ verdict: 'not-run' });
  // In these snapshots layer2 has half of layer1's CKA, and there is no spectrum of layer2.
  expect(claim(found, 'fig3.eigenvalues-grow')?.measured).toContain('spectra');
  put(five({ training: { learningRate: 0.5 } }));
  const four = await get();
  expect(claim(four, 'fig1.target-by-depth')?.verdict).toBe('failed');
  expect(claim(four, 'fig2.monotone')?.verdict).toBe('failed');
});

test('none has fitted its training samples: it is said', async () => {
  put(five(), { train: 0.5 });
  const found = await get();
  expect(study(found, 0).used).toMatchObject({ runs: [], leftOut: 1 });
  expect(claim(found, 'fig1.robust')).toMatchObject({ verdict: 'not-run', measured: 'none of 1 runs reached 95 % training accuracy' });
});

test('what is in the trash does not count', async () => {
  const id = put(six());
  library.trash.put(id);
  expect(study(await get(), 1).used).toBeNull();
});

test('the answer is kept until a run begins, ends, is edited or goes', async () => {
  const reproduce = service();
  const ask = () => reproduce['reproduce.get']({});
  const id = put(six(), { state: 'running' });
  const first = ask();
  expect(ask()).toBe(first);
  await first;
  const changed = () => reproduce.heard('run.changed', library.runs.get(id));
  changed();
  const second = ask();
  expect(second).not.toBe(first);
  for (let epoch = 0; epoch < 3; epoch++) changed(); // still running: another epoch is no news
  expect(ask()).toBe(second);
  library.runs.move(id, 'done');
  changed();
  const third = ask();
  expect(third).not.toBe(second);
  expect(study(await third, 1).used?.runs).toEqual([id]);
  reproduce.heard('run.removed', { id });
  expect(ask()).not.toBe(third);
});

test('others get their turn between slices', async () => {
  let turns = 0;
  const tick = () => {
    turns++;
    timer = setImmediate(tick);
  };
  let timer = setImmediate(tick);
  const often = createSlices(0);
  for (let i = 0; i < 5; i++) await often();
  expect(turns).toBeGreaterThanOrEqual(4);
  const before = turns;
  const never = createSlices(1e9);
  for (let i = 0; i < 5; i++) await never();
  expect(turns).toBe(before);
  clearImmediate(timer);
});
