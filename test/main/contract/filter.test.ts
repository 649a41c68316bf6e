import { describe, expect, test } from 'vitest';
import { changedFields, defaultConfig, parseConfig } from '../../../main/contract/config.ts';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { parseFilter } from '../../../main/contract/filter.ts';
import { distance, nearest } from '../../../main/contract/nearest.ts';
import type { RunSummary } from '../../../main/contract/results.ts';

const run: RunSummary = {
  id: 'k3x9',
  name: 'Wide net',
  state: 'done',
  created: '2026-11-20T10:00:00.000Z',
  tags: ['demo', 'fig7'],
  dataset: 'mnist',
  model: 'mlp 200×4',
  epochs: 100,
  epoch: 100,
  trainAccuracy: 1,
  testAccuracy: 0.943,
  ntkTarget: null,
  cka: [0.2, 0.6],
  meanCka: 0.4,
  seconds: 12,
  note: 'Look at epoch 30 again',
  reason: null,
  fields: changedFields({ ...defaultConfig(), seed: 3 }),
};
const chosen = (text: string) => parseFilter(text).test(run);

describe('a filter', () => {
  test.each([
    ['', true],
    ['   ', true],
    ['testAccuracy > 0.7', true],
    ['testAccuracy>0.943', false],
    ['testAccuracy >= 0.943', true],
    ['testAccuracy < 1e0', true],
    ['testAccuracy != 0.943', false],
    ['model.kind = mlp', true],
    ['model.kind == "mlp"', true],
    ["dataset = 'cifar10'", false],
    ['tag = demo', true],
    ['tags contains fig7', true],
    ['tag contains fig', false],
    ['tag != demo', false],
    ['name contains "WIDE"', true],
    ['name = "wide net"', false],
    ['seed = 3', true],
    ['model.hidden = 200', true],
    ['model.hidden contains 100', false],
    ['model.bias = true', true],
    ['analysis.centred = true', false],
    ['analysis.probe.train <= 1000', true],
    ['ntkTarget = null', true],
    ['ntkTarget > 0', false],
    ['not ntkTarget > 0', true],
    ['trainAccuracy != null', true],
    ['created > 2026-11-01', true],
    ['created < 2026', false],
    ['id = k3x9', true],
    ['model contains mlp and testAccuracy > 0.99 or tag = demo', true], // and binds first
    ['model contains mlp and (testAccuracy > 0.99 or tag = nothing)', false],
    ['not (tag = demo and state = done)', false],
    ['not not tag = demo', true],
    ['name = "and"', false],
    ['meanCka >= 0.4 and lastCka > 0.5', true],
    ['note contains "EPOCH 30"', true],
    ['name has WIDE', true],
    ['tag has fig', false],
    ['seed in (1, 2,3)', true],
    ['seed in (1,2)', false],
    ['tag in (x, demo)', true],
    ['dataset in ("mnist", cifar10)', true],
    ['not dataset in (mnist)', false],
    ['ntkTarget in (null, 1)', true],
    ['note in (a, b) or (tag = demo)', true],
    ['testAccuracy ≥ 0.943 and testAccuracy ≤ 0.943 and tag ≠ x', true],
    ['name = Wide,net', false], // a comma separates between the brackets of in alone
  ])('%s → %s', (text, expected) => expect(chosen(text)).toBe(expected));

  test('fields of another kind of model are not there, rather than at their defaults', () => {
    const fields = changedFields(parseConfig({ model: { kind: 'resnet11', skip: false } }));
    expect(fields).toEqual({ 'model.kind': 'resnet11', 'model.skip': false });
    const chooses = (text: string) => parseFilter(text).test({ ...run, fields });
    expect(chooses('model.bias = true or model.bias = false')).toBe(false);
    expect([chooses('model.skip = false'), chooses('model.width = 1'), chooses('model.batchNorm = true')]).toEqual([true, true, true]);
  });

  test('a number in a text column is that text', () => expect(parseFilter('name = 7').test({ ...run, name: '7' })).toBe(true));

  // De Morgan, as a second route through and, or, not
  test.each(['tag = demo', 'tag = x'])('not (a and b) is not a or not b: %s', (a) => {
    for (const b of ['seed = 3', 'seed = 4']) expect(chosen(`not (${a} and ${b})`)).toBe(chosen(`not ${a} or not ${b}`));
  });
});

describe('a wrong filter is refused with the place:', () => {
  test.each([
    ['testAccuracy', 'at 13: expected = != < <= > >= contains has in after testAccuracy, got the end'],
    ['testAccuracy >', 'at 15: expected a value after >, got the end'],
    ['testAcuracy > 1', 'at 1: unknown field testAcuracy; did you mean testAccuracy?'],
    ['tag = a and', 'at 12: a comparison is missing here'],
    ['tag = a b', 'at 9: expected and, or or the end, got "b"'],
    ['(tag = a', 'at 9: expected ) for the ( at 1'],
    ['tag = a)', 'at 8: expected and, or or the end, got ")"'],
    ['name contains "x', 'at 15: this quote has no end'],
    ['testAccuracy > high', 'at 16: testAccuracy is a number, got "high"'],
    ['testAccuracy contains 1', 'at 23: testAccuracy is a number; use ='],
    ['model.bias = 1', 'at 14: model.bias is true or false, got 1'],
    ['tag < a', 'at 7: tag has no order; use =, != or contains'],
    ['epochs < null', 'at 10: null goes with = and != only'],
    ['seed in 3', 'at 9: expected (a, b, …) after in, got "3"'],
    ['seed in (', 'at 10: expected a value after (, got the end'],
    ['seed in ()', 'at 10: expected a value after (, got ")"'],
    ['seed in (1,)', 'at 12: expected a value after ,, got ")"'],
    ['seed in (1 2)', 'at 12: expected , or ) in the list after in, got "2"'],
    ['seed in (1, two)', 'at 13: seed is a number, got "two"'],
    ['model.bias has x', 'at 16: model.bias is a truth; use ='],
    ['= 3', 'at 1: expected a field, got "="'],
    ['tag = !', 'at 7: expected a field or a value, got "!"'],
    ['constructor = 1', 'at 1: unknown field constructor'],
    [`${'('.repeat(200)}tag = a`, 'nested deeper than 100'],
    ['x'.repeat(20_000), 'expected at most 10000 characters'],
  ])('%s', (text, message) => {
    expect(() => parseFilter(text)).toThrow(KernelscopeError);
    expect(() => parseFilter(text)).toThrow(message);
  });
});

test('a filter tells where its comparisons stand, each with a test of its own', () => {
  const text = 'not  tag in (x, demo) and (seed=4 or name has "Wide net")';
  const { comparisons } = parseFilter(text);
  expect(comparisons.map((c) => text.slice(c.from, c.to))).toEqual(['tag in (x, demo)', 'seed=4', 'name has "Wide net"']);
  expect(comparisons.map((c) => c.field)).toEqual(['tag', 'seed', 'name']);
  expect(comparisons.map((c) => c.test(run))).toEqual([true, false, true]);
});

test('distance counts edits; the nearest known word is found, or none', () => {
  expect([distance('abc', 'abc'), distance('', 'abc'), distance('acb', 'abc'), distance('kitten', 'sitting')]).toEqual([0, 3, 1, 3]);
  expect(nearest('epocs', ['epoch', 'epochs', 'name'])).toMatch(/^epoch/);
  expect(nearest('zzzzzz', ['epoch', 'name'])).toBeNull();
});
