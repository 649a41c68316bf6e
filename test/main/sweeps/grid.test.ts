// From a sweep's file to its cells.
import { expect, test } from 'vitest';
import { parseConfig } from '../../../main/contract/config.ts';
import { cellsOf, configHash, parseSweep, sweepHash, withSettings } from '../../../main/sweeps/index.ts';

const base = {
  data: { dataset: 'digits', train: 100, test: 50 },
  training: { batchSize: 50, epochs: 4 },
  analysis: { probe: { train: 20, test: 20 } },
};
const rates = 'training.optimizer, training.learningRate';
const spec = (change: object = {}) => ({
  name: 'rates',
  base,
  grid: {
    'model.hidden': [[8], [8, 8]],
    [rates]: [
      ['sgd', 0.1],
      ['momentum', 0.01],
      ['momentum', 0.001],
    ],
    'data.shear': [0, 0.5],
  },
  ...change,
});
const cells = (json: unknown) => cellsOf(parseSweep(json)).map((c) => c.config);

test('cells are those of nested loops, the last key fastest', () => {
  const expected: unknown[] = [];
  for (const hidden of [[8], [8, 8]])
    for (const [optimizer, learningRate] of [
      ['sgd', 0.1],
      ['momentum', 0.01],
      ['momentum', 0.001],
    ] as const)
      for (const shear of [0, 0.5]) {
        const name = `hidden=${JSON.stringify(hidden)} optimizer=${optimizer} learningRate=${learningRate} shear=${shear}`;
        const layer = { name, tags: ['rates'], model: { hidden }, training: { optimizer, learningRate }, data: { shear } };
        expected.push(parseConfig(base, layer));
      }
  expect(cells(spec())).toEqual(expected);
});

test('the sweep’s name joins the tags of the base, once', () => {
  const [config] = cells(spec({ base: { ...base, tags: ['rates', 'mine'] } }));
  expect(config.tags).toEqual(['rates', 'mine']);
});

test('paths that end alike keep more of their parts; long values stand by their place', () => {
  const wide = Array<number>(20).fill(16);
  const grid = { 'data.train': [100], 'analysis.probe.train': [20, 30], 'analysis.probe.test': [20], 'model.hidden': [[8], wide] };
  expect(cells(spec({ grid })).map((c) => c.name)).toEqual([
    'data.train=100 probe.train=20 test=20 hidden=[8]',
    'data.train=100 probe.train=20 test=20 hidden=#2',
    'data.train=100 probe.train=30 test=20 hidden=[8]',
    'data.train=100 probe.train=30 test=20 hidden=#2',
  ]);
});

test('models of several kinds in one grid', () => {
  const kinds = cells(spec({ base: { ...base, model: { hidden: [8] } }, grid: { 'model.kind': ['mlp', 'resnet11'] } }));
  expect(kinds.map((c) => Object.keys(c.model))).toEqual([
    ['kind', 'hidden', 'activation', 'bias', 'parameterisation'],
    ['kind', 'width', 'skip', 'batchNorm'],
  ]);
});

test.each<[string, object, RegExp]>([
  ['an unknown path', { grid: { 'training.rate': [1] } }, /^grid: expected paths of fields .*, got "training.rate"$/],
  ['a group', { grid: { training: [{}] } }, /^grid: expected paths of fields .*, got "training"$/],
  ['an empty list', { grid: { 'training.batchSize': [] } }, /^grid.training.batchSize: expected a list of values, got \[\]$/],
  ['no list', { grid: { 'training.batchSize': 5 } }, /^grid.training.batchSize: expected a list of values, got 5$/],
  ['an empty grid', { grid: {} }, /^grid: expected .* with at least one path, got \{\}$/],
  ['a value twice', { grid: { 'training.batchSize': [5, 6, 5] } }, /^grid.training.batchSize: expected different values, got 5 twice$/],
  [
    'a path twice',
    { grid: { [rates]: [['sgd', 1]], 'training.optimizer': ['sgd'] } },
    /expected each path once, got training.optimizer twice/,
  ],
  ['a short tuple', { grid: { [rates]: [['sgd']] } }, /expected tuples of 2 values, got \["sgd"\]$/],
  ['a name', { grid: { name: ['a'] } }, /^grid: expected fields that change a run, got name$/],
  [
    'a value out of range',
    { grid: { 'data.shear': [0, 0.1], 'training.batchSize': [50, 0] } },
    /^cell 2 \(shear=0 batchSize=0\): training.batchSize: expected 1 … 1000000.*, got 0$/,
  ],
  [
    'values that do not go together',
    { grid: { 'training.batchSize': [50, 101] } },
    /^cell 2 \(batchSize=101\): training.batchSize: expected 1 … 100 \(the training samples\), got 101$/,
  ],
  ['an unknown field of the base', { base: { datta: {} } }, /datta: unknown field/],
  ['a name in the base', { base: { name: 'x' } }, /^base.name: expected none/],
  ['an unknown key', { jobs: 3 }, /^jobs: unknown field of a sweep; known here: name, base, grid, exclude$/],
  ['no name', { name: '' }, /^name: expected a text of 1 … 60 characters, got ""$/],
])('%s is refused in one line', (_, change, message) => {
  expect(() => parseSweep(spec(change))).toThrow(
    expect.objectContaining({ code: 'bad-input', message: expect.stringMatching(message) as string }),
  );
});

test('10,000 cells and no more', () => {
  const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);
  expect(() => parseSweep(spec({ grid: { seed: numbers(101), 'data.noise': numbers(100).map((i) => i / 100) } }))).toThrow(
    'grid: expected at most 10000 cells, got 10100',
  );
});

test('settings go over the base, not over the grid', () => {
  const changed = withSettings(spec(), ['training.epochs=2', 'analysis.probe={"test":30}', 'analysis.snapshots={"every":1}']);
  expect(changed.base).toEqual({
    ...base,
    training: { batchSize: 50, epochs: 2 },
    analysis: { probe: { train: 20, test: 30 }, snapshots: { every: 1 } },
  });
  for (const setting of ['training.learningRate=1', 'training={"learningRate":1}'])
    expect(() => withSettings(spec() as never, [setting])).toThrow(
      '--set training.learningRate: expected a field that the grid does not vary',
    );
});

test('a run is the same whatever it is called; every other field makes another', () => {
  const [config] = cells(spec());
  const hash = configHash(config);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(configHash({ ...config, name: 'x', tags: ['y'] })).toBe(hash);
  expect(configHash(JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(config).reverse()))) as typeof config)).toBe(hash);
  expect(new Set(cells(spec()).map(configHash)).size).toBe(12);
  expect(configHash({ ...config, seed: 1 })).not.toBe(hash);
});

test('a sweep is the same however its base is written', () => {
  const hash = (json: unknown) => {
    const sweep = parseSweep(json);
    return sweepHash(
      sweep.name,
      cellsOf(sweep).map((c) => configHash(c.config)),
    );
  };
  expect(hash(spec({ base: { training: { epochs: 4, batchSize: 50 }, seed: 0, data: base.data, analysis: base.analysis } }))).toBe(
    hash(spec()),
  );
  expect(hash(spec({ name: 'other' }))).not.toBe(hash(spec()));
  expect(hash(spec({ base: { ...base, seed: 1 } }))).not.toBe(hash(spec()));
});
