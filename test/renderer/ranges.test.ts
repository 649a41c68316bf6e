// Values that are typed into a field: one, several, ranges.
import { expect, test } from 'vitest';
import { fields } from '../../main/contract/config.ts';
import { readField, shortValue, sweepable, writeField } from '../../renderer/state/ranges.ts';
import { controlOf, toText } from '../../renderer/state/form.ts';

const field = (path: string) => {
  const found = fields.find((f) => f.path === path);
  if (!found) throw new Error(`no field ${path}`);
  return found;
};
const values = (path: string, text: string, repeats?: boolean) => {
  const { values, wrong } = readField(field(path), text, repeats);
  return wrong ?? values;
};

test('every default, alone, is one value', () => {
  for (const f of fields)
    if (controlOf(f).kind === 'text') expect(readField(f, toText(f.default)), f.path).toEqual({ values: [f.default] });
});

test.each<[string, string, unknown]>([
  ['training.learningRate', '1e-3, 1e-2', [0.001, 0.01]],
  ['training.learningRate', ' 0.1 ,', [0.1]],
  ['training.learningRate', '3e-4 … 1e-2, 4 log', [3e-4, 9.65e-4, 3.11e-3, 1e-2]],
  ['training.learningRate', '1e-4...1e-1, 4 log', [1e-4, 1e-3, 1e-2, 1e-1]],
  ['data.noise', '0 … 1, 5', [0, 0.25, 0.5, 0.75, 1]],
  ['data.noise', '0 .. 0.3 step 0.1', [0, 0.1, 0.2, 0.3]],
  ['data.noise', '0.3 … 0, 4', [0.3, 0.2, 0.1, 0]],
  ['seed', '0 … 4', [0, 1, 2, 3, 4]],
  ['seed', '0,1,2', [0, 1, 2]],
  ['training.batchSize', '16 … 256, 5 log', [16, 32, 64, 128, 256]],
  ['training.batchSize', '1 … 4, 7', [1, 2, 3, 4]], // halves are rounded, and none stands twice
  ['data.train', '1,000, 10,000', [1000, 10_000]],
  ['data.train', '10,000', [10_000]],
  ['training.epochs', '5, 1,000', [5, 1000]],
  ['data.augment', 'on, off', [true, false]],
  ['data.augment', 'true', [true]],
  ['model.activation', 'relu, tanh', ['relu', 'tanh']],
  ['data.dataset', 'mnist, digits', ['mnist', 'digits']],
  ['model.hidden', '100, 200', [[100, 200]]],
  [
    'model.hidden',
    '100 × 4; 200, 200; ',
    [
      [100, 100, 100, 100],
      [200, 200],
    ],
  ],
  ['model.hidden', '[8]; 16x2, 4', [[8], [16, 16, 4]]],
  ['analysis.snapshots', '0, 25, last; every 5', [[0, 25, 'last'], { every: 5 }]],
  ['tags', 'a, b', [['a', 'b']]],
  ['name', '1, 2', ['1, 2']],
])('%s: %s', (path, text, expected) => expect(values(path, text)).toEqual(expected));

test.each([
  ['training.learningRate', '0 … 1', 'expected how many points, as 0 … 1, 5, got "0 … 1"'],
  ['training.learningRate', '0 … 1, 4 log', 'expected ends above 0 for a log range, got "0 … 1, 4 log"'],
  ['training.learningRate', '1 … 2, 1', 'expected 2 … 10000 points, got "1 … 2, 1"'],
  ['training.learningRate', 'low … high, 3', 'expected a range as 0 … 4;'],
  ['seed', '0 … 1000000000', 'expected at most 10000 points'],
  ['seed', '1, 2, 1', 'expected different values, got 1 twice'],
  ['model.hidden', '8; 8', 'expected different values, got [8] twice'],
])('%s: %s is refused', (path, text, message) => expect(values(path, text)).toContain(message));

test('what cannot be a value of the field stays what was typed, for the field to refuse', () => {
  expect(values('training.epochs', 'many, 3')).toEqual(['many', 3]);
  expect(values('training.epochs', '')).toEqual(['']);
  expect(values('data.augment', 'perhaps')).toEqual(['perhaps']);
});

test('fields that vary together may repeat a value', () => {
  expect(values('training.optimizer', 'sgd, sgd, momentum', true)).toEqual(['sgd', 'sgd', 'momentum']);
});

test('several values are typed as they are read', () => {
  for (const [path, text] of [
    ['training.learningRate', '3e-4 … 1e-2, 4 log'],
    ['model.hidden', '100 × 4; 8'],
    ['data.augment', 'on, off'],
    ['analysis.snapshots', '0, 25, last; every 5'],
    ['model.activation', 'relu, erf'],
  ]) {
    const { values: read } = readField(field(path), text);
    expect(readField(field(path), writeField(field(path), read)).values).toEqual(read);
  }
  expect([[200, 200, 200], [8, 8], 1e-4, 0.1, 0, true, 'relu', { every: 5 }].map(shortValue)).toEqual([
    '200 × 3',
    '8, 8',
    '1e-4',
    '0.1',
    '0',
    'on',
    'relu',
    'every 5',
  ]);
  expect(fields.filter((f) => !sweepable(f)).map((f) => f.path)).toEqual(['name', 'tags']);
});
