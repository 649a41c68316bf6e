// `figure.data` out of a library: models with what they were trained with, and who forms kernels anew.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { figureRequest } from '../../../main/contract/calls.ts';
import type { FigureData, FigureKind, FigureRequest } from '../../../main/contract/figures.ts';
import type { LearningCurveRequest } from '../../../main/services/learning-curves.ts';
import { createFigures, type Similarities } from '../../../main/services/figures.ts';
import { openLibrary, type Library } from '../../../main/store/index.ts';
import { config, newDir, probe, provenance, snapshot, weights } from '../store/support.ts';

const layers = ['layer1', 'layer2'];
let library: Library;
beforeEach(() => void (library = openLibrary(newDir(), { write: true, owner: 'test' })));
afterEach(() => library.close());

function runOf(name: string, accuracy: number, change: object = {}, epochs = [0, 2, 4]): string {
  const { id } = library.runs.create({ name, config: config(change), device: 'auto' });
  library.runs.begun(id, layers, provenance);
  library.probes.put(id, 'train', 'probe-train', probe());
  for (const epoch of epochs) {
    const share = accuracy * (epoch / 4);
    library.metrics.put(id, { epoch, trainLoss: 1, testLoss: 1, trainAccuracy: share, testAccuracy: share / 2 });
    library.snapshots.put(id, snapshot(epoch), weights(epoch));
  }
  return id;
}

const ask = (request: FigureRequest, similarities?: Similarities): Promise<FigureData> =>
  createFigures(library, { ...(similarities && { similarities }) })(figureRequest.parse(request));
async function models(request: Omit<FigureRequest, 'kind'>) {
  const data = await ask({ kind: 'alignment-by-model', ...request });
  if (data.kind !== 'alignment-by-model') throw new Error(data.kind);
  return data;
}

test('models: hyperparameters, accuracy at the snapshot, alignments of both sets', async () => {
  const a = runOf('a', 1, { training: { optimizer: 'momentum', learningRate: 0.05, batchSize: 25, epochs: 4 } });
  const b = runOf('b', 0.9, { model: { kind: 'resnet11', skip: false }, data: { dataset: 'digits', train: 100, test: 50, augment: true } });
  const { sources, models: found } = await models({ runs: [a, b] });
  expect(sources.map((s) => [s.run, s.convFeatures])).toEqual([
    [a, undefined],
    [b, 'flatten'],
  ]);
  expect(found.map((m) => m.label)).toEqual([
    { skip: null, augment: false, batchSize: 25, optimizer: 'momentum', learningRate: 0.05 },
    { skip: false, augment: true, batchSize: 50, optimizer: 'adam', learningRate: 0.001 },
  ]);
  expect(found[1]).toMatchObject({ epoch: 4, trainAccuracy: 0.9, testAccuracy: 0.45 });
  expect(found[1].layers).toEqual({ train: snapshot(4).train.layers, test: snapshot(4).test.layers });
  const early = await models({ runs: [a, b], epochs: [2] });
  expect(early.models.map((m) => [m.epoch, m.trainAccuracy])).toEqual([
    [2, 0.5],
    [2, 0.45],
  ]);
});

test('models that have not fitted their training samples are left out; none left is said', async () => {
  const runs = [runOf('a', 1), runOf('b', 0.9), runOf('c', 0.95)];
  const kept = await models({ runs, minTrainAccuracy: 0.95 });
  expect(kept.models.map((m) => m.name)).toEqual(['a', 'c']);
  expect(kept.sources.map((s) => s.name)).toEqual(['a', 'c']);
  await expect(models({ runs: runs.slice(1, 2), minTrainAccuracy: 0.95 })).rejects.toMatchObject({
    code: 'not-found',
    message: 'minTrainAccuracy: none of the 1 runs reaches 95.0 %; the best has 90.0 %',
  });
  expect(figureRequest.safeParse({ kind: 'training', runs, minTrainAccuracy: 1.1 }).success).toBe(false);
});

test('a run without snapshots or alignments, and a snapshot that is not there, are named', async () => {
  const bare = runOf('bare', 1, {}, []);
  await expect(models({ runs: [bare] })).rejects.toThrow(`run ${bare}: no snapshot has been analysed yet`);
  const off = runOf('off', 1, { analysis: { probe: { train: 20, test: 20 }, alignment: false } });
  await expect(models({ runs: [off] })).rejects.toThrow(`run ${off}: has no alignments`);
  const fine = runOf('fine', 1);
  await expect(models({ runs: [fine], epochs: [3] })).rejects.toThrow(/^epochs: expected snapshots of run .* \(0, 2, 4\), got 3/);
});

test('alignment over epochs: every snapshot, of the sets asked for, as it was stored', async () => {
  const run = runOf('a', 1);
  const data = await ask({ kind: 'alignment-over-epochs', runs: [run], splits: ['test'] });
  if (data.kind !== 'alignment-over-epochs') throw new Error(data.kind);
  expect(data.points).toEqual([0, 2, 4].map((epoch) => ({ epoch, split: 'test', layers: snapshot(epoch).test.layers })));
  const both = await ask({ kind: 'alignment-over-epochs', runs: [run] });
  expect(both.kind === 'alignment-over-epochs' && both.points.map((p) => [p.epoch, p.split])).toEqual(
    [0, 2, 4].flatMap((epoch) => [
      [epoch, 'train'],
      [epoch, 'test'],
    ]),
  );
  const off = runOf('off', 1, { analysis: { probe: { train: 20, test: 20 }, alignment: false } });
  await expect(ask({ kind: 'alignment-over-epochs', runs: [off] })).rejects.toThrow(`run ${off}: has no alignments`);
  await expect(ask({ kind: 'alignment-over-epochs', runs: [runOf('bare', 1, {}, [])] })).rejects.toThrow('no snapshot');
});

const recorder = () => {
  const asked: unknown[] = [];
  const similarities: Similarities = {
    layers: async (request) => {
      asked.push(request);
      return { layers: [layers, layers], values: layers.map((_, i) => layers.map((_, j) => (i === j ? 1 : 0.5))) };
    },
    drift: async (request) => {
      asked.push(request);
      return request.epochs.map(() => request.epochs.map(() => 1));
    },
    models: async ({ sides, split }) => {
      asked.push({ sides: sides.map(({ run, epoch, layer }) => [run.id, epoch, layer]), split });
      return sides.map((_, i) => sides.map((__, j) => 1 / (1 + Math.abs(i - j))));
    },
  };
  return { asked, similarities };
};

test('layer similarity: of one run or two, at an epoch of each', async () => {
  const { asked, similarities } = recorder();
  const [a, b] = [runOf('a', 1), runOf('b', 1)];
  const kind = 'layer-similarity';
  const data = await ask({ kind, runs: [a, b] }, similarities);
  expect(data).toMatchObject({ kind, epochs: [4, 4], split: 'test', layers: [layers, layers] });
  await ask({ kind, runs: [a], epochs: [0, 4], splits: ['train'] }, similarities);
  await ask({ kind, runs: [a, b], epochs: [2] }, similarities);
  expect(asked).toEqual([
    { runs: [a, b], epochs: [4, 4], split: 'test' },
    { runs: [a, a], epochs: [0, 4], split: 'train' },
    { runs: [a, b], epochs: [2, 2], split: 'test' },
  ]);
  const c = runOf('c', 1);
  await expect(ask({ kind, runs: [a, b, c] }, similarities)).rejects.toThrow(
    'runs: expected one or two for figure layer-similarity, got 3',
  );
  await expect(ask({ kind, runs: [a], epochs: [0, 2, 4] }, similarities)).rejects.toThrow(/^epochs: expected one or two/);
  await expect(ask({ kind, runs: [a], splits: ['train', 'test'] }, similarities)).rejects.toThrow(/^splits: expected one of train \| test/);
});

test('kernel drift: all snapshots of the last layer, or what is asked for', async () => {
  const { asked, similarities } = recorder();
  const run = runOf('a', 1);
  const kind = 'kernel-drift';
  const data = await ask({ kind, runs: [run] }, similarities);
  expect(data).toMatchObject({ kind, layer: 'layer2', epochs: [0, 2, 4], split: 'test' });
  await ask({ kind, runs: [run], layer: 'layer1', epochs: [4, 0], splits: ['train'] }, similarities);
  expect(asked).toEqual([
    { run, layer: 'layer2', split: 'test', epochs: [0, 2, 4] },
    { run, layer: 'layer1', split: 'train', epochs: [0, 4] },
  ]);
  await expect(ask({ kind, runs: [run], layer: 'layer9' }, similarities)).rejects.toThrow('layer: expected layer1 | layer2, got "layer9"');
});

test('models in the order of a column, read where the figure reads it; from the largest down', async () => {
  const change = (batchSize: number) => ({ training: { batchSize, epochs: 4 } });
  const runs = [runOf('a', 0.9, change(50)), runOf('b', 1, change(10)), runOf('c', 0.8, change(25))];
  const names = async (request: object) => (await models({ runs, ...request })).models.map((m) => m.name).join('');
  expect(await names({ order: 'testAccuracy' })).toBe('cab');
  expect(await names({ order: '-trainAccuracy' })).toBe('bac');
  expect(await names({ order: 'training.batchSize' })).toBe('bca');
  expect(await names({ order: '-name', minTrainAccuracy: 0.85 })).toBe('ba');
  const data = await models({ runs, order: '-training.batchSize', to: 'input' });
  expect(data).toMatchObject({ order: { column: 'training.batchSize', words: 'batch size', descending: true }, to: 'input' });
  expect(data.sources.map((s) => s.name)).toEqual(data.models.map((m) => m.name));
  await expect(models({ runs, order: 'batchsize' })).rejects.toThrow('order: unknown field batchsize');
});

test('model similarity: at the last snapshots, in an order, by a layer’s place; no more than fifty', async () => {
  const { asked, similarities } = recorder();
  const kind = 'model-similarity';
  const runs = [runOf('a', 1), runOf('b', 0.5), runOf('c', 0.7)];
  const data = await ask({ kind, runs, order: 'testAccuracy' }, similarities);
  expect(data).toMatchObject({
    kind,
    split: 'test',
    epochs: [4, 4, 4],
    layers: ['layer2', 'layer2', 'layer2'],
    order: { column: 'testAccuracy' },
  });
  const [a, b, c] = runs;
  expect(asked).toEqual([{ sides: [b, c, a].map((id) => [id, 4, 'layer2']), split: 'test' }]);
  if (data.kind !== kind) throw new Error(data.kind);
  expect(data.sources.map((s) => s.run)).toEqual([b, c, a]);
  await ask({ kind, runs: [a, b], layer: '#1', epochs: [2], splits: ['train'] }, similarities);
  expect(asked[1]).toEqual({ sides: [[a, 2, 'layer1'], [b, 2, 'layer1']], split: 'train' }); // prettier-ignore
  const many = Array.from({ length: 51 }, (_, i) => runOf(`r${i}`, 1, {}, [0]));
  await expect(ask({ kind, runs: many }, similarities)).rejects.toThrow(
    'runs: expected at most 50 for figure model-similarity (each is compared with each other), got 51',
  );
});

test('scatter: a point a run that has both numbers, with r; booleans are 0 and 1', async () => {
  const rates = [0.1, 0.01, 0.05, 0.02, 0.3];
  const runs = rates.map((learningRate, i) =>
    runOf(`r${i}`, 0.5 + i / 10, {
      training: { learningRate, epochs: 4, batchSize: 50 },
      data: { dataset: 'digits', train: 100, test: 50, augment: i > 2 },
    }),
  );
  const data = await ask({ kind: 'scatter', runs, x: 'training.learningRate', y: 'trainAccuracy' });
  if (data.kind !== 'scatter') throw new Error(data.kind);
  expect(data.points.map((p) => [p.run, p.x])).toEqual(runs.map((run, i) => [run, rates[i]]));
  // r as the cosine of the angle between the two, their means taken off
  const [x, y] = [data.points.map((p) => p.x), data.points.map((p) => p.y)];
  const off = (v: number[]) => v.map((u) => u - v.reduce((s, w) => s + w, 0) / v.length);
  const dot = (u: number[], v: number[]) => u.reduce((s, w, i) => s + w * v[i], 0);
  const cosine = dot(off(x), off(y)) / Math.sqrt(dot(off(x), off(x)) * dot(off(y), off(y)));
  expect(data.correlation.r).toBeCloseTo(cosine, 12);
  expect(data.correlation.n).toBe(5);
  const truth = await ask({ kind: 'scatter', runs, x: 'data.augment' });
  expect(truth).toMatchObject({ x: { truth: true, words: 'augment' }, points: [0, 0, 0, 1, 1].map((v) => ({ x: v })) });
  // A network without residual blocks has no skip.
  expect(await ask({ kind: 'scatter', runs, x: 'model.skip' })).toMatchObject({ points: [], without: 5, correlation: { n: 0, r: null } });
  const trained = await ask({ kind: 'scatter', runs, x: 'lastCkaTrain', y: 'meanCkaTrain' });
  const { layers: split } = snapshot(4).train;
  expect(trained).toMatchObject({
    points: [{ x: split.at(-1)?.ckaTarget, y: split.reduce((s, l) => s + l.ckaTarget, 0) / split.length }, {}, {}, {}, {}],
  });
  await expect(ask({ kind: 'scatter', runs, x: 'training.optimizer' })).rejects.toThrow(
    'x: expected a column of numbers or of true and false',
  );
});

test('a line a run: at most six; what a kind does not understand is refused by name', async () => {
  const runs = Array.from({ length: 7 }, (_, i) => runOf(`r${i}`, 1));
  const kind = 'alignment-by-layer';
  expect(await ask({ kind, runs: runs.slice(1), overlay: true, to: 'input' })).toMatchObject({ kind, overlay: 'input' });
  expect(await ask({ kind, runs })).not.toHaveProperty('overlay');
  await expect(ask({ kind, runs, overlay: true })).rejects.toThrow('runs: expected at most 6 with overlay, got 7');
  await expect(ask({ kind, runs, to: 'input' })).rejects.toThrow('to: of alignment-by-layer expected with overlay');
  await expect(ask({ kind: 'training', runs, order: 'name' })).rejects.toThrow(
    'order: expected for alignment-by-model, accuracy-and-mean-cka, model-similarity, got it for training',
  );
  await expect(ask({ kind: 'alignment-by-model', runs, x: 'epochs' })).rejects.toThrow('x: expected for scatter');
});

test.each<FigureKind>(['layer-similarity', 'kernel-drift', 'model-similarity'])(
  '%s where nobody forms kernels is refused in words',
  async (kind) => {
    const run = runOf('a', 1);
    await expect(ask({ kind, runs: [run] })).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining(kind) as string });
  },
);

test('learning curve: of the stored spectra of one set; what has none, and a ridge elsewhere, are refused', async () => {
  const kind = 'learning-curve';
  const asked: LearningCurveRequest[] = [];
  const figures = createFigures(library, {
    learningCurves: async (request) => {
      asked.push(request);
      return request.spectra.map(({ epoch }) => ({
        ...{ epoch, split: request.split, layer: request.layer, samples: 20, ridge: request.ridge, draws: 10 },
        ...{ theory: [], measured: [], network: { error: 0, wrong: 0 } },
      }));
    },
  });
  const run = runOf('a', 1);
  const data = await figures({ kind, runs: [run], layer: 'layer1', epochs: [4, 0] });
  expect(data).toMatchObject({ kind, ridge: 1e-3, source: { run } });
  expect(data.kind === kind && data.curves.map((c) => [c.epoch, c.layer, c.split])).toEqual([
    [0, 'layer1', 'test'],
    [4, 'layer1', 'test'],
  ]);
  await figures({ kind, runs: [run], splits: ['train'], ridge: 0.5 });
  expect(asked.map(({ run: { id }, split, layer, ridge }) => [id, split, layer, ridge])).toEqual([
    [run, 'test', 'layer1', 1e-3],
    [run, 'train', 'ntk', 0.5],
  ]);
  const stored = snapshot(4).test.spectra.find((s) => s.layer === 'layer1');
  expect(asked[0].spectra[1]).toEqual({
    epoch: 4,
    spectrum: { eigenvalues: stored?.eigenvalues, power: stored?.power, nullPower: stored?.nullPower },
  });
  await expect(figures({ kind, runs: [run], splits: ['train', 'test'] })).rejects.toThrow(/^splits: expected one of train \| test/);
  await expect(figures({ kind, runs: [run], layer: 'layer9' })).rejects.toThrow('layer: expected layer1 | layer2 | ntk, got "layer9"');
  await expect(figures({ kind: 'spectrum', runs: [run], ridge: 1 })).rejects.toThrow(
    'ridge: expected for learning-curve, got it for spectrum',
  );
  await expect(ask({ kind, runs: [run] })).rejects.toMatchObject({ code: 'not-found', message: /kernels cannot be formed anew here/ });
  expect(figureRequest.safeParse({ kind, runs: [run], ridge: 0 }).success).toBe(false);
});
