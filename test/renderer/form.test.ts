import { expect, test } from 'vitest';
import { defaultConfig, fields, parseConfig } from '../../main/contract/config.ts';
import { controlOf, errorsOf, fromText, layerOf, relevant, toText, valuesOf } from '../../renderer/state/form.ts';

const field = (path: string) => {
  const found = fields.find((f) => f.path === path);
  if (!found) throw new Error(`no field ${path}`);
  return found;
};

test('every default comes back from its own text', () => {
  for (const f of fields) if (controlOf(f).kind === 'text') expect(fromText(f, toText(f.default)), f.path).toEqual(f.default);
});

test('a choice offers exactly what the field accepts; everything else is typed', () => {
  expect(controlOf(field('model.activation'))).toEqual({ kind: 'choice', values: ['relu', 'tanh', 'erf', 'linear'] });
  expect(controlOf(field('model.bias'))).toEqual({ kind: 'choice', values: [true, false] });
  expect(controlOf(field('training.loss'))).toEqual({ kind: 'fixed', value: 'mse' });
  for (const path of ['name', 'tags', 'seed', 'model.hidden', 'analysis.snapshots'])
    expect(controlOf(field(path)), path).toEqual({ kind: 'text' });
  for (const f of fields) {
    const control = controlOf(f);
    if (control.kind === 'choice') for (const v of control.values) expect(f.kind.test(v), f.path).toBe(true);
  }
});

test('what a person types becomes the value it means', () => {
  expect(fromText(field('training.learningRate'), ' 1e-3 ')).toBe(0.001);
  expect(fromText(field('data.train'), '10,000')).toBe(10_000);
  expect(fromText(field('model.hidden'), '[100, 50]')).toEqual([100, 50]);
  expect(fromText(field('analysis.snapshots'), '0, 25, last')).toEqual([0, 25, 'last']);
  expect(fromText(field('analysis.snapshots'), 'every 5')).toEqual({ every: 5 });
  expect(fromText(field('analysis.snapshots'), 'log 4')).toEqual({ log: 4 });
  expect(fromText(field('tags'), 'fig7, 2, ')).toEqual(['fig7', '2']);
});

test('what cannot be read is refused by the field, with what stood there', () => {
  const values = {
    ...valuesOf(defaultConfig()),
    'training.epochs': fromText(field('training.epochs'), 'many'),
    'model.hidden': fromText(field('model.hidden'), ''),
  };
  expect(errorsOf(values)).toEqual({
    'training.epochs': 'expected 0 … 1000000, got "many"',
    'model.hidden': 'expected a list of 1 … 64 widths, each 1 … 16384, got []',
  });
});

test('a field that does not fit another is named as the contract names it', () => {
  const values = { ...valuesOf(defaultConfig()), 'training.batchSize': 12_000 };
  expect(errorsOf(values)).toEqual({ 'training.batchSize': 'expected 1 … 10000 (the training samples), got 12000' });
});

test('values and layers are two forms of one config', () => {
  const config = parseConfig({ model: { hidden: [7] }, analysis: { probe: { train: 12 } } });
  expect(parseConfig(layerOf(valuesOf(config)))).toEqual(config);
});

test('fields of one dataset or optimizer are hidden with another', () => {
  const mnist = parseConfig({ data: { dataset: 'mnist' }, training: { optimizer: 'adam' } });
  const digits = parseConfig({ data: { dataset: 'digits' }, training: { optimizer: 'momentum' } });
  expect(['data.shift', 'training.momentum', 'model.hidden'].map((p) => relevant(mnist, p))).toEqual([false, false, true]);
  expect(['data.shift', 'training.momentum', 'model.hidden'].map((p) => relevant(digits, p))).toEqual([true, true, true]);
});
