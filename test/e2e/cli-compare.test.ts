// `compare`: layers of runs with each other, on one probe set.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { similarityMeasures, type LayerComparison } from '../../main/contract/results.ts';
import { comparisonCsv } from '../../main/host/commands/compare.ts';
import { cli, cliJson, type CliOptions } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { noNumpy, numpy } from '../support/numpy.ts';
import { small } from '../support/small.ts';
import { learningCurve } from '../../main/kernels/regression.ts';
import * as naive from '../main/kernels/measures/naive.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const o: CliOptions = { library: at('library'), data: at('data') };
let [a, b, other] = ['', '', ''];
const compare = (...args: string[]) => cliJson<LayerComparison>(['compare', ...args], o);

async function trained(...more: string[]): Promise<string> {
  const { status, out, err } = await cli(['run', 'demo', ...small, ...more], o);
  if (status !== 0) throw new Error(err);
  return out.trim();
}
beforeAll(async () => {
  // The data and their probe sets are drawn from the seed: these two have the same, and different widths.
  a = await trained('--name', 'first');
  b = await trained('--name', 'second', '--set', 'model.hidden=[20,9,14]', '--set', 'training.learningRate=0.002');
  other = await trained('--name', 'other', '--set', 'seed=3');
});

test('two runs: every layer of the first with every layer of the second, at their last snapshots', async () => {
  const found = await compare(a, b);
  expect(found).toMatchObject({ measure: 'cka', split: 'test', samples: 30, options: {} });
  expect(found.snapshots).toEqual([
    { run: a, name: 'first', epoch: 3, layers: ['layer1', 'layer2'], convFeatures: null },
    { run: b, name: 'second', epoch: 3, layers: ['layer1', 'layer2', 'layer3'], convFeatures: null },
  ]);
  expect(found.pairs.map((p) => [p.a, p.b, p.values.length, p.values[0].length])).toEqual([[0, 1, 2, 3]]);
  const { pairs: [turned] } = await compare(b, a); // prettier-ignore
  // other blocks of the same float64 sums
  for (const [i, row] of found.pairs[0].values.entries())
    for (const [j, v] of row.entries()) expect(turned.values[j][i]).toBeCloseTo(v, 12);
});

describe.skipIf(noNumpy)('from exported features', () => {
  const features: Record<string, number[][]> = {};
  beforeAll(async () => {
    for (const run of [a, b]) {
      const { status, err } = await cli(['export', run, '--what', 'features', '--out', at(`${run}.npz`)], o);
      if (status !== 0) throw new Error(err);
      const all = numpy(
        'z = np.load(sys.argv[1]); print(json.dumps({k: z[k].tolist() for k in z.files if k.startswith("features/")}))',
        at(`${run}.npz`),
      ) as typeof features;
      for (const [key, value] of Object.entries(all)) features[`${run}/${key}`] = value;
    }
  });
  test.each(similarityMeasures.filter((m) => m !== 'debiased-cka'))('%s is what its definition gives', async (measure) => {
    const by = { cka: naive.linearCka, svcca: naive.svcca, pwcca: naive.pwcca, procrustes: naive.procrustes, 'rbf-cka': naive.rbfCka };
    const found = await compare(a, b, '--measure', measure, '--epoch', '1', '--split', 'train');
    expect(found).toMatchObject({ measure, split: 'train', samples: 40 });
    for (const [i, row] of found.pairs[0].values.entries())
      for (const [j, v] of row.entries()) {
        const want = by[measure](features[`${a}/features/train/1/layer${i + 1}`], features[`${b}/features/train/1/layer${j + 1}`]);
        // The same float32 features, from the same weights; float64 from there on.
        expect([i, j, Math.abs(v - want) < 1e-9]).toEqual([i, j, true]);
      }
  });
});

test.skipIf(noNumpy)('a network of convolutions, wider than the samples, with a perceptron', async () => {
  const convolutions = await trained(
    '--set',
    'model={"kind":"resnet11","width":0.125}',
    ...['training.epochs=1', 'analysis.snapshots=[1]', 'analysis.ntk=false', 'analysis.spectrum=false'].flatMap((v) => ['--set', v]),
  );
  for (const run of [a, convolutions]) await cli(['export', run, '--what', 'features', '--epoch', '1', '--out', at(`${run}.npz`)], o);
  const found = await compare(convolutions, a, '--epoch', '1');
  expect(found.snapshots.map((s) => s.convFeatures)).toEqual(['flatten', null]);
  const want = numpy(
    `c = lambda A: (lambda B: B - B.mean(0))(A.astype('f8')); z = [np.load(f) for f in sys.argv[1:]]
K = [[(lambda A: A @ A.T)(c(y[k])) for k in y.files if k.startswith('features/test/1/')] for y in z]
print(json.dumps([[float((k * l).sum() / np.linalg.norm(k) / np.linalg.norm(l)) for l in K[1]] for k in K[0]]))`,
    at(`${convolutions}.npz`),
    at(`${a}.npz`),
  ) as number[][];
  expect(want.length).toBe(10);
  // Batches of convolutions may round otherwise in the export's passes: float32, 6e-8 over some hundred terms.
  for (const [i, row] of found.pairs[0].values.entries())
    for (const [j, v] of row.entries()) expect(Math.abs(v - want[i][j])).toBeLessThan(1e-6);
});

test('one run at several epochs: each two; and with itself', async () => {
  const found = await compare(a, '--epochs', '0,1,3');
  expect(found.snapshots.map((s) => s.epoch)).toEqual([0, 1, 3]);
  expect(found.pairs.map((p) => [p.a, p.b])).toEqual([[0, 1], [0, 2], [1, 2]]); // prettier-ignore
  const [[own]] = (await compare(a)).pairs.map((p) => [p.values]);
  expect([own[0][0], own[1][1]]).toEqual([1, 1]);
  expect(own[0][1]).toBe(own[1][0]);
  expect(own[0][1]).toBeLessThan(1);
});

test('figures of layer similarity, of kernel drift and of the tangent kernel’s learning curve', async () => {
  for (const [kind, ...runs] of [
    ['layer-similarity', a, b],
    ['kernel-drift', a],
    ['learning-curve', a],
  ]) {
    // prettier-ignore
    const { status, err } = await cli(['figure', kind, ...runs, '--out', at(`${kind}.svg`)], o);
    expect([status, err]).toEqual([0, '']);
    expect(readFileSync(at(`${kind}.svg`), 'utf8')).toMatch(/<metadata>/);
  }
});

/** Rows of a figure's CSV by the names of its columns. */
async function rowsOf(...args: string[]): Promise<Record<string, string>[]> {
  const { status, err } = await cli(['figure', ...args, '--out', at('figure.csv')], o);
  expect([status, err]).toEqual([0, '']);
  const [head, ...rows] = readFileSync(at('figure.csv'), 'utf8').trim().split(/\r?\n/).map((line) => line.split(',')); // prettier-ignore
  return rows.map((row) => Object.fromEntries(row.map((v, i) => [head[i], v])));
}

test('a learning curve: its theory is that of the stored spectrum, beside regressions and the network itself', async () => {
  const which = [a, '--layer', 'layer2', '--epoch', '0,3', '--split', 'test'];
  const told = await rowsOf('learning-curve', ...which, '--ridge', '0.1');
  expect(new Set(told.map((r) => `${r['split']} ${r['epoch']} ${r['layer']}`))).toEqual(new Set(['test 0 layer2', 'test 3 layer2']));
  const [values, shares] = [await rowsOf('spectrum', ...which), await rowsOf('cumulative-power', ...which)];
  for (const epoch of ['0', '3']) {
    const of = (rows: typeof told, column: string) => rows.filter((r) => r['epoch'] === epoch).map((r) => Number(r[column]));
    const part = (what: string) => told.filter((r) => r['of'] === what);
    const [eigenvalues, C] = [of(values, 'eigenvalue'), of(shares, 'cumulativePower')];
    const spectrum = {
      eigenvalues,
      power: C.map((v, k) => v - (k === 0 ? 0 : C[k - 1])), // of one-hot targets, whose whole power is 1
      nullPower: 1 - C[C.length - 1],
      ridge: 0.1 * eigenvalues.reduce((s, v) => s + v, 0),
    };
    const counts = of(part('theory'), 'samples');
    expect(counts).toHaveLength(65);
    expect([counts[0], counts[64]]).toEqual([1, expect.closeTo(15, 9)]); // half of 30
    const want = learningCurve(spectrum, counts).map((p) => p.error);
    for (const [i, error] of of(part('theory'), 'error').entries()) expect(error / want[i]).toBeCloseTo(1, 9);
    expect(of(part('measured'), 'samples')).toEqual([4, 5, 6, 7, 8, 10, 11, 13, 15]);
    for (const column of ['error', 'heldError', 'heldWrong', 'errorSd', 'heldErrorSd', 'heldWrongSd'])
      for (const v of of(part('measured'), column)) expect(v).toBeGreaterThan(0);
    expect(of(part('network'), 'error')).toHaveLength(1);
  }
  // The same again is the same, and another ridge is not.
  expect(await rowsOf('learning-curve', ...which, '--ridge', '0.1')).toEqual(told);
  expect(await rowsOf('learning-curve', ...which, '--ridge', '0.2')).not.toEqual(told);
});

test('a table for people, and the numbers as CSV', async () => {
  const { status, out } = await cli(['compare', a, b, '--measure', 'svcca'], o);
  expect(status).toBe(0);
  expect(out).toMatch(
    /^svcca, variance 0\.99 on 30 test samples\n\nfirst \(.*\) at epoch 3 ↓ {2}second \(.*\) at epoch 3 →\n +layer1 +layer2 +layer3\nlayer1 +[01]\.\d{3} /,
  );
  expect((await cli(['compare', a, b, '--out', at('c.csv')], o)).status).toBe(0);
  const csv = readFileSync(at('c.csv'), 'utf8');
  expect(csv).toBe(comparisonCsv(await compare(a, b)));
  expect(csv.split('\n').length).toBe(1 + 6 + 1);
});

describe('refusals in one line', () => {
  test.each([
    [
      'other samples',
      () => [a, other],
      () => `runs ${a} and ${other} were probed on different samples (30 of digits, seed 0 and 30 of digits, seed 3): not comparable`,
    ],
    ['an epoch that is not there', () => [a, b, '--epoch', '2'], () => `epochs: expected snapshots of run ${a} (0, 1, 3), got 2`],
    [
      'epochs of neither one nor all',
      () => [a, b, '--epochs', '0,1,3'],
      () => 'epochs: expected one, or one for each of the 2 runs, got 3',
    ],
    ['the same twice', () => [a, a], () => `runs: expected different snapshots, got run ${a} at epoch 3 twice`],
    ['an unknown measure', () => [a, b, '--measure', 'rv'], () => '--measure: expected cka'],
    ['an unknown run', () => [a, 'nobody'], () => 'nobody'],
    ['no run', () => [], () => 'compare: expected RUN…, got nothing'],
    ['a file of another kind', () => [a, b, '--out', at('c.svg')], () => '--out: expected FILE.csv'],
  ])('%s', async (_, args, message) => {
    const { status, lines } = await cli(['compare', ...args()], o);
    expect([status, lines.length]).toEqual([2, 1]);
    expect(lines[0]).toContain(message());
  });
});

describe('figures of several runs', () => {
  const figure = (...args: string[]) => cli(['figure', ...args], o);
  const csv = (file: string) => {
    const [head, ...rows] = readFileSync(at(file), 'utf8').trim().split('\r\n').map((line) => line.split(',')); // prettier-ignore
    return rows.map((row) => Object.fromEntries(head.map((key, i) => [key, row[i]])));
  };

  test('model × model: what `compare` says of the two layers, in the order asked for', async () => {
    expect((await figure('model-similarity', a, b, '--layer', '#2', '--order=-name', '--out', at('m.csv'))).status).toBe(0);
    const rows = csv('m.csv');
    expect(rows.map((r) => [r['run'], r['otherRun']])).toEqual([[b, b], [b, a], [a, b], [a, a]]); // prettier-ignore
    const { pairs: [pair] } = await compare(a, b); // prettier-ignore
    // other blocks of the same float64 sums
    expect(Number(rows[1]['cka'])).toBeCloseTo(pair.values[1][1], 12);
    expect([rows[0], rows[3]].map((r) => r['cka'])).toEqual(['1', '1']);
  });

  test('scatter and models by a field; pictures of both', async () => {
    expect((await figure('scatter', a, b, '--x', 'training.learningRate', '--y', 'meanCkaTrain', '--out', at('s.csv'))).status).toBe(0);
    expect(csv('s.csv').map((r) => [r['run'], r['training.learningRate']])).toEqual([[a, '0.05'], [b, '0.002']]); // prettier-ignore
    for (const [kind, ...args] of [
      ['scatter', '--x', 'data.augment'],
      ['model-similarity'],
      ['alignment-by-model', '--to', 'input', '--order', 'training.learningRate'],
      ['alignment-by-layer', '--overlay', '--to', 'input'],
    ]) {
      expect((await figure(kind, a, b, ...args, '--out', at(`${kind}.svg`))).status).toBe(0);
      expect(readFileSync(at(`${kind}.svg`), 'utf8')).toContain('<metadata>');
    }
  });

  test.each([
    [['model-similarity', 'first', 'other'], /^runs \w+ and \w+ were probed on different samples/],
    [['model-similarity', 'first', 'second', '--layer', 'layer3'], /^layer: expected one of run \w+ \(layer1, layer2\), got "layer3"/],
    [['scatter', 'first', 'second', '--x', 'dataset'], /^x: expected a column of numbers/],
    [['alignment-by-model', 'first', '--order', 'acuracy'], /^order: unknown field acuracy/],
    [['training', 'first', '--to', 'input'], /^to: expected for alignment-by-model, alignment-by-layer, got it for training$/],
  ])('%j is refused', async (args, why) => {
    const { status, lines } = await figure(...args, '--out', at('no.svg'));
    expect([status, lines.at(-1)]).toEqual([2, expect.stringMatching(why)]);
  });
});
