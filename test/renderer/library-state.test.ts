// The library's table without a page: order, groups, cells, completion, what is said when nothing matches, the table as CSV.
import { describe, expect, test } from 'vitest';
import { filterFields, parseFilter, runField } from '../../main/contract/filter.ts';
import type { RunSummary } from '../../main/contract/results.ts';
import { cellsOf, insteadOf, nameUnder, settingText, stateOf, statesOf, tagsThatFit } from '../../renderer/state/cells.ts';
import { columnNamed, columns, shownColumns, usualColumns, widthOf, type Column } from '../../renderer/state/columns.ts';
import { complete, matchOf, putIn, quoted } from '../../renderer/state/completion.ts';
import { FieldValues, howMany, valuesHere, valuesInShort } from '../../renderer/state/field-values.ts';
import { Changes, isExpression, mergeRuns, readFilter, readTyped } from '../../renderer/state/filter.ts';
import {
  commonName,
  groupRuns,
  isGroup,
  linesOf,
  meanByLayer,
  parentsOf,
  parseGroup,
  groupText,
  sortGroups,
  statOf,
} from '../../renderer/state/groups.ts';
import { instead, manyOf } from '../../renderer/state/no-match.ts';
import { naturalKey, orderOf, sortRuns } from '../../renderer/state/order.ts';
import { comparePlace } from '../../renderer/state/selection.ts';
import { tableCsv } from '../../renderer/state/table-csv.ts';
import { hugeSpecs } from '../support/fake-huge.ts';
import { fakeRun, specs, summaryOf } from '../support/fake-library.ts';
import { jitter } from '../support/fake-numbers.ts';

const now = 1e12;
const some = hugeSpecs(400).map((s) => summaryOf(fakeRun(s, now)));
const named = specs(16).map((s) => summaryOf(fakeRun(s, now)));
const column = (name: string) => columnNamed(name) as Column;
const run = (over: Partial<RunSummary>): RunSummary => ({ ...named[2], ...over });

describe('order', () => {
  test('names by their numbers, small and capital letters and accents alike: as a collator that knows numbers has it', () => {
    const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
    const names = [
      'w10',
      'w9',
      'W9b',
      'a-007',
      'a-7',
      'a-70',
      'Ärger',
      'arger',
      'b',
      'x2y10',
      'x2y9',
      'x10y1',
      '',
      'run 1',
      ...some.map((r) => r.name),
    ];
    const mine = orderOf(names, false).map((i) => names[i]);
    for (let i = 1; i < mine.length; i++)
      expect(collator.compare(mine[i - 1], mine[i]), `${mine[i - 1]} ${mine[i]}`).toBeLessThanOrEqual(0);
    expect(naturalKey('a-007')).toBe(naturalKey('a-7'));
  });
  test('any column and any field of the config sorts, what is missing last, equal ones newest first', () => {
    for (const name of filterFields)
      for (const descending of [false, true]) {
        const sorted = sortRuns(some, { key: name, descending });
        expect(new Set(sorted).size).toBe(some.length);
        const values = sorted.map((r) => runField(name)?.read(r));
        const firstMissing = values.findIndex((v) => v === null || v === undefined);
        if (firstMissing >= 0) expect(values.slice(firstMissing).every((v) => v === null || v === undefined)).toBe(true);
        for (let i = 1; i < values.length; i++) {
          const [a, b] = [values[i - 1], values[i]];
          if (typeof a === 'number' && typeof b === 'number') expect(descending ? a >= b : a <= b, name).toBe(true);
          if (a === b && name !== 'created') expect(sorted[i - 1].created >= sorted[i].created).toBe(true);
        }
      }
  });
});

describe('groups', () => {
  /** The same, the slow way: two runs belong together where all their fields but the seed agree. */
  const naive = (runs: readonly RunSummary[]) => {
    const same = (a: RunSummary, b: RunSummary) =>
      [...new Set([...Object.keys(a.fields), ...Object.keys(b.fields)])].every(
        (f) => f === 'seed' || JSON.stringify(a.fields[f]) === JSON.stringify(b.fields[f]),
      );
    const groups: RunSummary[][] = [];
    for (const r of runs) {
      const home = groups.find((g) => same(g[0], r));
      if (home) home.push(r);
      else groups.push([r]);
    }
    return groups;
  };

  test('all but the seed, as compared pair by pair; mean and sd as by their definitions', () => {
    const groups = groupRuns(some, 'seed');
    expect(groups.map((g) => g.runs.map((r) => r.id))).toEqual(naive(some).map((g) => g.map((r) => r.id)));
    for (const { runs } of groups) {
      const values = runs.flatMap((r) => r.testAccuracy ?? []);
      const stat = statOf(runs.map((r) => r.testAccuracy));
      if (values.length === 0) expect(stat).toBeNull();
      else {
        // another route to the variance: sum of squared differences of all pairs over n (n − 1)
        let pairs = 0;
        for (const [i, a] of values.entries()) for (const b of values.slice(0, i)) pairs += (a - b) ** 2;
        const n = values.length;
        expect(stat?.n).toBe(n);
        expect(stat?.mean).toBeCloseTo(values.reduce((a, b) => a + b, 0) / n, 12);
        if (n > 1) expect((stat?.sd as number) ** 2).toBeCloseTo(pairs / (n * (n - 1)), 12);
        else expect(stat?.sd).toBeNull();
      }
    }
  });
  test('by chosen fields, under their values', () => {
    const groups = groupRuns(some, ['model.kind', 'training.optimizer']);
    expect(groups.reduce((n, g) => n + g.runs.length, 0)).toBe(some.length);
    for (const g of groups)
      expect(new Set(g.runs.map((r) => `${r.model.split(' ')[0]} ${String(r.fields['training.optimizer'])}`)).size).toBe(1);
    expect(groups[0].name).toMatch(/^(mlp|resnet11) · (adam|sgd|momentum)$/);
    expect(groupRuns(some, ['model.kind', 'model.skip']).map((g) => g.name)).toContain('resnet11 · skip false');
    expect(new Set(groups.map((g) => g.key)).size).toBe(groups.length);
  });
  test('sorted by the mean', () => {
    const sorted = sortGroups(groupRuns(some, 'seed'), { key: 'testAccuracy', descending: true });
    const means = sorted.flatMap((g) => statOf(g.runs.map((r) => r.testAccuracy))?.mean ?? []);
    expect(means).toEqual([...means].sort((a, b) => b - a));
    expect(sorted).toHaveLength(groupRuns(some, 'seed').length);
  });
  test('open ones show their runs; a run alone is no group, unless groups were asked for by field', () => {
    const groups = groupRuns(some.slice(0, 11), 'seed');
    expect(groups.map((g) => g.runs.length)).toEqual([5, 5, 1]);
    const lines = linesOf(groups, 'seed', new Set([groups[1].key]));
    expect(lines.map((l) => (isGroup(l) ? l.runs.length : l.id))).toEqual([5, 5, ...some.slice(5, 10).map((r) => r.id), some[10].id]);
    expect(parentsOf(groups, 'seed', new Set([groups[1].key, groups[2].key])).get(some[7].id)).toBe(groups[1]);
    expect(parentsOf(groups, 'seed', new Set([groups[2].key])).size).toBe(0);
    expect(linesOf(groupRuns(some.slice(10, 11), ['seed']), ['seed'], new Set())).toHaveLength(1);
    expect(isGroup(linesOf(groupRuns(some.slice(10, 11), ['seed']), ['seed'], new Set())[0])).toBe(true);
  });
  test('the words that names share', () => {
    const of = (...names: string[]) => commonName(names.map((name) => run({ name })));
    expect(of('sweep-relu-w50-s0', 'sweep-relu-w50-s1')).toBe('sweep-relu-w50');
    expect(of('seed=0 skip=true', 'seed=1 skip=true')).toBe('skip=true');
    expect(of('a', 'a')).toBe('a');
    expect(of('cifar-seed-1', 'cifar-seed-2')).toBe('cifar');
    expect(of('one', 'other thing')).toBe(`${named[2].dataset} ${named[2].model}`);
  });
  test('the address holds the grouping', () => {
    expect(parseGroup(undefined)).toBe('seed');
    for (const by of ['none', 'seed', ['model.kind', 'seed']] as const) expect(parseGroup(groupText(by) ?? undefined)).toEqual(by);
    expect(parseGroup('nothing,model.width')).toEqual(['model.width']);
    expect(parseGroup('nothing')).toBe('seed');
  });
  test('CKA by layer: the mean at each layer, none where networks differ', () => {
    expect(meanByLayer([run({ cka: [0, 1] }), run({ cka: [0.5, 0] }), run({ cka: [] })])).toEqual([0.25, 0.5]);
    expect(meanByLayer([run({ cka: [0, 1] }), run({ cka: [0.5] })])).toEqual([]);
  });
});

describe('cells', () => {
  const text = (name: string, line: Parameters<typeof cellsOf>[1], parent: Parameters<typeof cellsOf>[2] = null) => {
    const cell = cellsOf([column(name)], line, parent, now)[0];
    return cell.kind === 'text' ? [cell.text, cell.spread].filter(Boolean).join(' ') : cell;
  };
  test('of a run', () => {
    const one = run({ testAccuracy: 0.94125, meanCka: null, fields: { 'training.learningRate': 0.0005, 'data.train': 50_000 } });
    expect(text('testAccuracy', one)).toBe('0.941');
    expect(text('meanCka', one)).toBe('–');
    expect(text('training.learningRate', one)).toBe('5e-4');
    expect(text('dataset', one)).toBe('mnist · 50k');
    expect(text('model.width', one)).toBe('–'); // an mlp has none
    expect(text('model.hidden', one)).toBe('200, 200, 200, 200');
    expect([0.1, 0.05, 0.001, 1e-5, 500, true, 'adam', undefined].map(settingText)).toEqual([
      '0.1',
      '0.05',
      '1e-3',
      '1e-5',
      '500',
      'true',
      'adam',
      '',
    ]);
  });
  test('of a group: mean ± sd of measures, the common value of settings, else how many', () => {
    const runs = [0.9, 0.92, 0.94].map((testAccuracy, seed) =>
      run({
        id: `g${seed}`,
        testAccuracy,
        tags: seed ? ['a', 'b'] : ['a'],
        fields: { seed, ...(seed === 2 && { 'training.batchSize': 64 }) },
      }),
    );
    const group = { key: 'k', name: 'g', runs };
    expect(text('testAccuracy', group)).toBe('0.920 ± 0.020');
    expect(text('training.batchSize', group)).toBe('2 val.'); // its column is narrow
    expect(text('training.optimizer', group)).toBe('adam');
    expect(text('tags', group)).toEqual({ kind: 'tags', tags: ['a'], more: 1 });
    expect(text('testScale', group)).toMatchObject({
      kind: 'scale',
      mean: expect.closeTo(0.92, 12) as number,
      sd: expect.closeTo(0.02, 12) as number,
    });
    // under its group a run repeats nothing that all share, and has one digit more
    expect(text('training.optimizer', runs[0], group)).toBe('');
    expect(text('training.batchSize', runs[2], group)).toBe('64');
    expect(text('testAccuracy', runs[0], group)).toBe('0.9000');
    expect(nameUnder(runs[1], group)).toBe('seed 1');
    expect(nameUnder(runs[1], { ...group, runs: [runs[1], runs[1]] })).toBe(runs[1].name);
  });
  test('what has failed says why in place of its numbers, what waits that it waits; a group only where all do', () => {
    const [done, failed, waiting] = [run({}), run({ state: 'failed', reason: 'loss became NaN' }), run({ state: 'queued' })];
    const group = (...runs: RunSummary[]) => ({ key: 'k', name: 'g', runs });
    expect(insteadOf(failed)).toEqual({ text: 'loss became NaN', bad: true });
    expect(insteadOf(waiting)?.bad).toBe(false);
    expect(insteadOf(done)).toBeNull();
    expect(insteadOf(group(done, failed))).toBeNull();
    expect(insteadOf(group(failed, { ...failed, reason: 'other' }))?.text).toBe('2 failed: loss became NaN');
    expect([stateOf(group(done, failed)), statesOf(group(done, failed, done))]).toEqual(['failed', '1 failed, 2 done']);
  });
  test('tags that fit, one at least', () => {
    expect([
      tagsThatFit([], 60),
      tagsThatFit(['a very long tag indeed'], 60),
      tagsThatFit(['fig7', 'paper'], 60),
      tagsThatFit(['fig7', 'paper'], 200),
    ]).toEqual([0, 1, 1, 2]);
  });
});

describe('columns', () => {
  test('there is one for every field, each with what it means', () => {
    for (const field of filterFields) if (field !== 'tag' && field !== 'name') expect(columnNamed(field)?.meaning, field).toBeTruthy();
    expect(new Set(columns.map((c) => c.name)).size).toBe(columns.length);
    for (const c of columns) expect(runField(c.sort), c.name).not.toBeNull();
  });
  test('the usual ones fit beside the rail at 1366, fewer where it is narrower; chosen ones all stand', () => {
    const names = (room: number, chosen: string[] = []) => shownColumns(chosen, room).map((c) => c.name);
    expect(names(1366 - 68 - 15)).toEqual(usualColumns);
    for (const room of [1100, 900, 700]) expect(widthOf(shownColumns([], room))).toBeLessThanOrEqual(room);
    expect(names(700)).toContain('testAccuracy');
    expect(names(500, ['note', 'no such', 'seed'])).toEqual(['note', 'seed']);
  });
});

describe('completion', () => {
  const values = new FieldValues(some);
  const at = (text: string, caret = text.length) => complete(text, caret, values);
  const labels = (text: string, caret?: number) => at(text, caret)?.proposals.map((p) => p.label) ?? [];
  const put = (text: string, label: string, caret = text.length) => {
    const found = complete(text, caret, values);
    const proposal = found?.proposals.find((p) => p.label === label);
    return found && proposal ? putIn(text, found, proposal).text : null;
  };

  test('fields first: beginnings before parts before middles', () => {
    expect(labels('model.')).toEqual(filterFields.filter((f) => f.startsWith('model.')));
    expect(labels('test')[0]).toBe('testAccuracy');
    expect(labels('test')).toContain('data.test');
    expect(labels('acc')).toEqual(['trainAccuracy', 'testAccuracy']);
    expect(labels('zzz')).toEqual([]);
    expect(matchOf('kind', 'model.kind')).toEqual({ rank: 1, at: 6 });
    expect(at('model.kind = mlp and not (mod')?.kind).toBe('field');
  });
  test('then the operators of that type, then the values that are there', () => {
    expect(labels('model.skip ')).toEqual(['=', '!=']);
    expect(labels('testAccuracy ')).toContain('<');
    expect(labels('tags ')[0]).toBe('has');
    expect(new Set(labels('model.kind = '))).toEqual(new Set(['mlp', 'resnet11']));
    expect(labels('model.kind = r')[0]).toBe('resnet11');
    expect(labels('training.batchSize in (64, ')).toEqual(['64', '128', '500']);
    expect(at('training.batchSize in (64, ')?.proposals[0].aside).toMatch(/^\d+ runs$/);
    expect(labels('model.kind = mlp ')).toEqual(['and', 'or']);
    expect(labels('name = "mnist')[0]).toMatch(/^mnist/);
  });
  test('of numbers with many values the least and the most', () => {
    const accuracies = some.flatMap((r) => r.testAccuracy ?? []);
    expect(labels('testAccuracy > ')).toEqual([Math.min(...accuracies), Math.max(...accuracies)].map(String));
  });
  test('nothing after words, in the middle of nowhere, after a wrong field', () => {
    for (const text of ['mnist re', 'widht = ', 'testAccuracy > 0.5 testAccuracy ', 'model.kind = "mlp', ')'])
      expect(at(text) === null || at(text)?.kind === 'value', text).toBe(true);
  });
  test('what is put in can be read, also in the middle of a text and over the rest of a word', () => {
    expect(put('model.', 'model.kind')).toBe('model.kind ');
    expect(put('model.kind ', '=')).toBe('model.kind = ');
    expect(put('model.kind = ', 'mlp')).toBe('model.kind = mlp ');
    expect(put('training.batchSize ', 'in')).toBe('training.batchSize in (');
    expect(put('mode = mlp and seed = 1', 'model.kind', 4)).toBe('model.kind = mlp and seed = 1');
    expect(put('model.kind = mlp tes', 'testAccuracy')).toBe('model.kind = mlp and testAccuracy ');
    const odd = new FieldValues([run({ name: 'two words' }), run({ name: 'say "hi"' }), run({ name: "it's" }), run({ name: 'or' })]);
    for (const name of ['two words', 'say "hi"', "it's", 'or']) {
      const found = complete('name = ', 7, odd);
      const proposal = found?.proposals.find((p) => p.label === name);
      if (!found || !proposal) throw new Error(`${name} is not proposed`);
      expect(parseFilter(putIn('name = ', found, proposal).text).test(run({ name })), name).toBe(true);
    }
    expect(quoted('a,b')).toBe('"a,b"');
  });
  test('counts are those of the library', () => {
    const kinds = values.of('model.kind');
    for (const [kind, n] of kinds.counts) expect(n).toBe(some.filter((r) => r.model.startsWith(kind)).length);
    expect(valuesInShort(kinds)).toMatch(/^mlp \d+ · resnet11 \d+$/);
    expect(howMany(values.of('model.width'))).toBe('resnet11 only');
    const batches = values.of('training.batchSize');
    expect([batches.least, batches.most, valuesInShort(batches), valuesHere(batches)]).toEqual([64, 500, '64 … 500', '64, 128, 500']);
    expect(valuesHere(values.of('testAccuracy'))).toMatch(/^0\.\d+ … 0\.\d+$/);
  });
});

describe('what is typed', () => {
  test('words or an expression', () => {
    for (const text of ['seed = 1', 'name has x', 'seed in (1)', 'a>b']) expect(isExpression(text), text).toBe(true);
    for (const text of ['mnist relu', 'it has typos', 'trained in (paris)', 'contains']) expect(isExpression(text), text).toBe(false);
    const noted = run({ note: 'Look at the width sweep again' });
    expect([readFilter('WIDTH again').test(noted), readFilter('width never').test(noted)]).toEqual([true, false]);
  });
  test('while it is wrong, what stands before holds', () => {
    const countOf = (test: (r: RunSummary) => boolean) => some.filter((r) => test(r)).length;
    const taken = (text: string) => countOf(readTyped(text).filter.test);
    const mlps = taken('model.kind = mlp');
    expect(mlps).toBeLessThan(some.length);
    for (const text of [
      'model.kind = mlp and seed',
      'model.kind = mlp and seed =',
      'model.kind = mlp and (seed = 1',
      'model.kind = mlp and widht = 2 and seed',
    ])
      expect(taken(text), text).toBe(mlps);
    expect(taken('widht = 2')).toBe(some.length);
    expect(taken('model.ki')).toBe(some.length); // a field that is being typed is no word to look for
    expect(readTyped('seed = 1 and widht = 2').problem).toMatchObject({
      at: 13,
      open: false,
      text: expect.stringContaining('unknown field widht') as string,
    });
    expect(readTyped('seed = ').problem?.open).toBe(true);
  });
  test('changes are laid over the list: the last word on a run counts', () => {
    const list = [run({ id: 'a' }), run({ id: 'b' }), run({ id: 'c' })];
    const changes = new Changes([
      ['b', null],
      ['c', run({ id: 'c', name: 'new' })],
      ['d', run({ id: 'd' })],
    ]);
    expect(mergeRuns(list, changes).map((r) => [r.id, r.name])).toEqual([
      ['a', list[0].name],
      ['c', 'new'],
      ['d', list[0].name],
    ]);
  });
});

test('a filter that finds nothing says what there is', () => {
  const widths = [1, 2, 4].map((w, i) => run({ id: `w${i}`, fields: { 'model.kind': 'resnet11', ...(w !== 1 && { 'model.width': w }) } }));
  const say = (text: string) => instead(text, parseFilter(text), widths, new FieldValues(widths));
  expect(say('model.width = 3')).toBe('Widths here: 1, 2, 4.');
  expect(say('model.activation = relu')).toBe('No run here has model.activation.');
  expect(say('model.width = 1 and model.width = 2')).toBe('Alone, model.width = 1 takes 1 run, model.width = 2 takes 1 run.');
  expect(instead('x', readFilter('x'), widths, new FieldValues(widths))).toBe('Datasets here: mnist. Tags here: fig7, paper.');
  expect(['model.batchNorm', 'model.bias', 'training.epochs', 'note', 'seed'].map(manyOf)).toEqual([
    'Batch norms',
    'Biases',
    'Epochs',
    'Notes',
    'Seeds',
  ]);
});

describe('the table as CSV', () => {
  const read = (csv: string) =>
    csv
      .trimEnd()
      .split('\r\n')
      .map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain));
  const shown = shownColumns([], 1300);
  test('of runs: one row each, every number whole', () => {
    const [head, ...rows] = read(tableCsv(some, shown));
    expect(head.slice(0, 4)).toEqual(['id', 'name', 'state', 'dataset']);
    expect(new Set(head).size).toBe(head.length);
    expect(rows).toHaveLength(some.length);
    const at = head.indexOf('testAccuracy');
    rows.forEach((row, i) => expect(row[at] === '' ? null : Number(row[at])).toBe(some[i].testAccuracy));
  });
  test('of groups: mean, sd and n of each measure', () => {
    const lines = linesOf(groupRuns(some, 'seed'), 'seed', new Set());
    const [head, ...rows] = read(tableCsv(lines, shown));
    expect(head.slice(0, 2)).toEqual(['name', 'n']);
    expect(rows.reduce((n, row) => n + Number(row[1]), 0)).toBe(some.length);
    const at = head.indexOf('testAccuracy sd');
    const first = lines.findIndex((l) => isGroup(l) && (statOf(l.runs.map((r) => r.testAccuracy))?.n ?? 0) > 1);
    const line = lines[first];
    expect(Number(rows[first][at])).toBe(statOf((isGroup(line) ? line.runs : [line]).map((r) => r.testAccuracy))?.sd);
  });
});

test('few are compared by the address, many by what is chosen', () => {
  expect(comparePlace(['a', 'b']).params).toEqual({ runs: 'a,b' });
  expect(comparePlace(Array.from({ length: 501 }, (_, i) => `r${i}${jitter(i)}`)).params).toEqual({});
});
