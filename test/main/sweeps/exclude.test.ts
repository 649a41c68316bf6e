// Cells that a sweep leaves out.
import { expect, test } from 'vitest';
import { gridSize, leftOut, stepsAt } from '../../../main/contract/sweep-grid.ts';
import { cellsOf, configHash, parseSweep, sweepHash } from '../../../main/sweeps/index.ts';

const base = {
  data: { dataset: 'digits', train: 100, test: 50 },
  training: { batchSize: 50, epochs: 4 },
  analysis: { probe: { train: 20, test: 20 } },
};
const together = 'training.optimizer, training.learningRate';
const grid = {
  'model.hidden': [[8], [8, 8], [16]],
  [together]: [
    ['sgd', 0.1],
    ['momentum', 0.01],
    ['momentum', 0.001],
  ],
  seed: [0, 1],
};
const sweep = (exclude?: unknown, more: object = {}) =>
  parseSweep({ name: 'rates', base, grid, ...more, ...(exclude !== undefined && { exclude }) });
const names = (exclude?: unknown) => cellsOf(sweep(exclude)).map((c) => c.config.name);

test('what is left is the whole grid without the cells that a filter by hand takes out', () => {
  const exclude = [
    { 'model.hidden': [8, 8], 'training.learningRate': 0.01 },
    { 'training.optimizer': 'sgd', seed: 1 },
    { 'model.hidden': [16], seed: 0 },
  ];
  const left = names().filter(
    (n) =>
      !(n.includes('[8,8]') && n.includes('learningRate=0.01')) &&
      !(n.includes('sgd') && n.includes('seed=1')) &&
      !(n.includes('[16]') && n.includes('seed=0')),
  );
  expect(left.length).toBeLessThan(18);
  expect(names(exclude)).toEqual(left);
});

test('cells keep their place in the whole grid, and their names by it', () => {
  const places = cellsOf(sweep([{ seed: 0 }])).map((c) => c.position);
  expect(places).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17]);
  const { axes } = sweep();
  for (const place of places) {
    const [i, j, k] = stepsAt(axes, place);
    expect((i * 3 + j) * 2 + k).toBe(place);
  }
  expect(
    leftOut(axes, [{ seed: 0 }])
      .map((out, i) => (out ? -1 : i))
      .filter((i) => i >= 0),
  ).toEqual(places);
  expect(gridSize(axes)).toBe(18);
});

test('a cell that cannot be may be left out', () => {
  const batches = { grid: { 'training.batchSize': [50, 101], seed: [0, 1] } };
  expect(() => sweep(undefined, batches)).toThrow('cell 3 (batchSize=101 seed=0): training.batchSize: expected 1 … 100');
  expect(cellsOf(sweep([{ 'training.batchSize': 101 }], batches)).map((c) => c.config.name)).toEqual([
    'batchSize=50 seed=0',
    'batchSize=50 seed=1',
  ]);
});

test('a sweep that leaves cells out is another sweep, however it says so', () => {
  const hash = (exclude?: unknown) =>
    sweepHash(
      'rates',
      cellsOf(sweep(exclude)).map((c) => configHash(c.config)),
    );
  expect(hash([])).toBe(hash());
  expect(hash([{ seed: 1 }])).not.toBe(hash());
  expect(
    hash([
      { 'model.hidden': [8], seed: 1 },
      { 'model.hidden': [8, 8], seed: 1 },
      { 'model.hidden': [16], seed: 1 },
    ]),
  ).toBe(hash([{ seed: 1 }]));
  expect(sweep([{ seed: 1 }]).spec.exclude).toEqual([{ seed: 1 }]);
  expect('exclude' in sweep([]).spec).toBe(false);
});

test.each<[string, unknown, string]>([
  ['no list', { seed: 1 }, 'exclude: expected a list of {"PATH": value, …}, got {"seed":1}'],
  ['an empty entry', [{}], 'exclude[0]: expected {"PATH": value, …} of the grid, got {}'],
  [
    'a path that does not vary',
    [{ seed: 1 }, { 'data.train': 100 }],
    'exclude[1].data.train: expected a path of the grid (model.hidden, training.optimizer',
  ],
  ['a value that is not there', [{ seed: 2 }], 'exclude[0].seed: expected a value of the grid (0, 1), got 2'],
  [
    'values that never meet',
    [{ 'training.optimizer': 'sgd', 'training.learningRate': 0.01 }],
    'exclude[0]: expected values that occur together',
  ],
  ['everything', [{ seed: 0 }, { seed: 1 }], 'exclude: expected to leave at least one cell, got none left'],
])('%s is refused in one line', (_, exclude, message) => {
  expect(() => sweep(exclude)).toThrow(expect.objectContaining({ code: 'bad-input', message: expect.stringContaining(message) as string }));
});
