// A form's lists as axes, a table, a sweep's file; and what is left out of it.
import { expect, test } from 'vitest';
import { parseConfig } from '../../main/contract/config.ts';
import { gridSize, leftOut, type LeaveOut } from '../../main/contract/sweep-grid.ts';
import { valuesOf } from '../../renderer/state/form.ts';
import { readField } from '../../renderer/state/ranges.ts';
import { axesOf, gridWords, specOf, textsOf, usualName } from '../../renderer/state/sweep-spec.ts';
import { rulesFor, rulesThatHold, tableOf, usualLayout } from '../../renderer/state/sweep-table.ts';
import { fields } from '../../main/contract/config.ts';
import { cellsOf, parseSweep } from '../../main/sweeps/index.ts';

const lists = {
  seed: [0, 1, 2],
  'model.hidden': [[100], [200]],
  'training.optimizer': ['sgd', 'sgd', 'momentum'],
  'training.learningRate': [0.1, 0.03, 0.01],
  'data.train': [100],
};
const together = [['training.optimizer', 'training.learningRate']];
const axes = axesOf(lists, together, []);

test('axes: in the order of fields, seeds last; fields that vary together are one', () => {
  expect(axes.map((a) => [a.paths, a.tuples.length])).toEqual([
    [['model.hidden'], 2],
    [['training.optimizer', 'training.learningRate'], 3],
    [['seed'], 3],
  ]);
  expect(axes[1].tuples).toEqual([
    ['sgd', 0.1],
    ['sgd', 0.03],
    ['momentum', 0.01],
  ]);
  expect(axesOf(lists, together, ['seed', 'training.optimizer', 'training.learningRate', 'model.hidden']).map((a) => a.paths[0])).toEqual([
    'seed',
    'training.optimizer',
    'model.hidden',
  ]);
  expect(gridWords(axes)).toBe('2 hidden × 3 optimizer + learningRate × 3 seed');
  expect(usualName(axes)).toBe('hidden × optimizer × learningRate × seed');
});

test('the table holds every place once; its cells tell how many runs and what one costs', () => {
  const layout = usualLayout(axes);
  expect(layout).toEqual({ rows: 0, columns: 1 });
  const seconds = Array.from({ length: 18 }, (_, i) => i);
  const table = tableOf(axes, layout, Array<boolean>(18).fill(false), seconds);
  expect([table.rows, table.columns]).toEqual([
    ['100', '200'],
    ['sgd, 0.1', 'sgd, 0.03', 'momentum, 0.01'],
  ]);
  expect(
    table.cells
      .flat()
      .flatMap((c) => c.places)
      .sort((a, b) => a - b),
  ).toEqual(seconds);
  expect(table.cells[1][2]).toEqual({ row: 1, column: 2, places: [15, 16, 17], left: 3, seconds: 16 });
  const out = leftOut(axes, [{ 'model.hidden': [200], 'training.optimizer': 'momentum', seed: 2 }]);
  expect(tableOf(axes, layout, out, seconds).cells[1][2]).toMatchObject({ left: 2, seconds: 15.5 });
  expect(tableOf(axes, { rows: 2, columns: 0 }, out, null).cells.map((row) => row.map((c) => c.left))).toEqual([
    [3, 3],
    [3, 3],
    [3, 2],
  ]);
  const one = axesOf({ seed: [1, 2] }, [], []);
  expect(tableOf(one, usualLayout(one), [false, true], null)).toMatchObject({
    rows: [''],
    columns: ['1', '2'],
    cells: [[{ left: 1 }, { left: 0 }]],
  });
});

test('rules made from what is left out leave out just that, whatever the layout', () => {
  const layouts = [
    { rows: 0, columns: 1 },
    { rows: 2, columns: 0 },
    { rows: null, columns: 2 },
  ];
  const patterns: LeaveOut[][] = [
    [],
    [{ seed: 1 }],
    [
      { 'model.hidden': [100], 'training.learningRate': 0.1 },
      { 'training.optimizer': 'sgd', seed: 0 },
    ],
  ];
  for (const layout of layouts)
    for (const rules of patterns) {
      const out = leftOut(axes, rules);
      const again = rulesFor(axes, tableOf(axes, layout, out, null), layout, out);
      expect(leftOut(axes, again)).toEqual(out);
    }
  const cell = leftOut(axes, [{ 'model.hidden': [100], 'training.optimizer': 'sgd', 'training.learningRate': 0.1 }]);
  const layout = usualLayout(axes);
  expect(rulesFor(axes, tableOf(axes, layout, cell, null), layout, cell)).toEqual([
    { 'model.hidden': [100], 'training.optimizer': 'sgd', 'training.learningRate': 0.1 },
  ]);
});

test('rules whose values have gone from the grid are idle', () => {
  const rules = [{ seed: 1 }, { seed: 9 }, { 'training.optimizer': 'momentum', 'training.learningRate': 0.1 }, { 'data.noise': 1 }, {}];
  expect(rulesThatHold(axes, rules)).toEqual([{ seed: 1 }]);
});

test('a file goes into the form and comes out as the same cells', () => {
  const spec = {
    name: 'rates',
    base: {
      data: { dataset: 'digits', train: 100, test: 50 },
      tags: ['x'],
      model: { kind: 'resnet11', width: 0.25 },
      training: { epochs: 4, batchSize: 50 },
      analysis: { probe: { train: 20, test: 20 } },
    },
    grid: {
      'model.skip': [true, false],
      'training.optimizer, training.learningRate': [
        ['sgd', 0.1],
        ['momentum', 0.1],
      ],
      seed: [0, 1],
      'analysis.snapshots': [[0, 'last'], { every: 2 }],
    },
    exclude: [{ seed: 1, 'model.skip': false }],
  };
  const { texts, together: groups, order } = textsOf(spec);
  const readLists = Object.fromEntries(
    Object.entries(texts).map(([path, text]) => {
      const field = fields.find((f) => f.path === path);
      if (!field) throw new Error(path);
      return [path, readField(field, text, groups.flat().includes(path)).values];
    }),
  );
  const back = axesOf(readLists, groups, order);
  const base = valuesOf(parseConfig(spec.base));
  const again = specOf('rates', base, back, rulesThatHold(back, spec.exclude));
  expect(cellsOf(parseSweep(again))).toEqual(cellsOf(parseSweep(spec)));
  expect(gridSize(back)).toBe(16);
});
