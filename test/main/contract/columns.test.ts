// Columns that order runs and lay them along axes: which there are, what they are called, and how runs stand in their order.
import { expect, test } from 'vitest';
import { axisColumn, axisColumns, columnNamed, orderColumns, parseOrder, placesBy, trainColumns } from '../../../main/contract/columns.ts';
import { filterFields } from '../../../main/contract/filter.ts';

test('columns of the list, fields of the config and CKA on the training probe, in words of an axis', () => {
  const words = [
    'testAccuracy',
    'training.learningRate',
    'model.skip',
    'meanCka',
    'lastCkaTrain',
    'analysis.probe.train',
    'data.train',
    'epochs',
  ];
  expect(words.map((name) => columnNamed(name, 'x').words)).toEqual([
    'test accuracy',
    'learning rate',
    'skip',
    'mean CKA (test)',
    'CKA of the last layer (train)',
    'probe, train',
    'data, train',
    'epochs',
  ]);
  expect(() => columnNamed('testAcuracy', 'x')).toThrow('x: unknown field testAcuracy; did you mean testAccuracy?');
});

test('an order is a column, with a minus from the largest down; lists have none', () => {
  expect(parseOrder('-training.batchSize')).toMatchObject({ column: { name: 'training.batchSize' }, descending: true });
  expect(parseOrder('name')).toMatchObject({ column: { name: 'name' }, descending: false });
  expect(() => parseOrder('-tags')).toThrow('order: tags is a list and has no order');
  expect(() => parseOrder('--name')).toThrow('order: unknown field -name');
});

test('an axis holds numbers, and true and false', () => {
  expect(axisColumn('data.augment', 'y').type).toBe('truth');
  expect(() => axisColumn('dataset', 'y')).toThrow(
    /^y: expected a column of numbers or of true and false, dataset is a text; known: epochs, /,
  );
  const all = [...filterFields, ...trainColumns];
  expect(axisColumns.every((name) => all.includes(name))).toBe(true);
  expect(axisColumns).toEqual(expect.arrayContaining(['testAccuracy', 'model.skip', 'training.learningRate', 'meanCkaTrain']));
  expect(axisColumns).not.toEqual(expect.arrayContaining(['training.optimizer']));
  expect(orderColumns).toEqual(expect.arrayContaining(['name', 'training.optimizer']));
  expect(orderColumns).not.toContain('model.hidden');
});

test('what has no value comes last either way, equal ones stand by name', () => {
  const names = ['w10', 'w9', 'c', 'a', 'b'];
  const values = [2, 2, null, 1, undefined];
  const order = (descending: boolean) => placesBy(values, names, descending).map((i) => names[i]);
  expect(order(false)).toEqual(['a', 'w9', 'w10', 'b', 'c']);
  expect(order(true)).toEqual(['w9', 'w10', 'a', 'b', 'c']);
  expect(placesBy(['sgd', 'adam', 'momentum'], ['x', 'y', 'z'], false)).toEqual([1, 2, 0]);
  expect(placesBy([true, false], ['x', 'y'], false)).toEqual([1, 0]);
});
