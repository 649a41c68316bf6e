// `figure.data` out of a library: models with what they were trained with, and who forms kernels anew.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { figureRequest } from '../../../main/contract/calls.ts';
import type { FigureData, FigureKind, FigureRequest } from '../../../main/contract/figures.ts';
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
  createFigures(library, similarities)(figureRequest.parse(request));
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
  expect('points' in both && both.points.map((p) => [p.epoch, p.split])).toEqual(
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

test.each<FigureKind>(['layer-similarity', 'kernel-drift'])('%s where nobody forms kernels is refused in words', async (kind) => {
  const run = runOf('a', 1);
  await expect(ask({ kind, runs: [run] })).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining(kind) as string });
});
