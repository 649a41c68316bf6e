// A comparison without a page: its address, who can be compared with whom, pins, two runs in words, the work that is asked for and stopped.
import { expect, test, vi } from 'vitest';
import type { Client, Events } from '../../main/contract/calls.ts';
import { comparable } from '../../renderer/state/comparable.ts';
import { parseCompare } from '../../renderer/state/compare-place.ts';
import { pairWords } from '../../renderer/state/pair-words.ts';
import { pinsOf, repinned } from '../../renderer/state/pins.ts';
import { differences } from '../../renderer/state/selection.ts';
import { modelSpecs } from '../support/fake-compare.ts';
import { FakeClient } from '../support/fake-client.ts';
import { fakeRun } from '../support/fake-library.ts';

const details = modelSpecs(8).map((spec) => fakeRun(spec, 1e12).detail);

test('an address says what is shown; what makes no sense in it is as if it were not there', () => {
  const place = parseCompare({
    runs: 'tag:fig1,a,a',
    pins: 'a,b',
    order: '-training.learningRate',
    to: 'input',
    pair: 'a,b',
    least: '0.95',
    drift: 'a,layer2',
    x: 'data.augment',
  });
  expect(place).toMatchObject({
    words: ['tag:fig1', 'a'],
    pins: ['a', 'b'],
    order: '-training.learningRate',
    to: 'input',
    measure: 'cka',
    layer: 'last',
  });
  expect(place).toMatchObject({
    pair: ['a', 'b'],
    least: 0.95,
    drift: { run: 'a', layer: 'layer2' },
    x: 'data.augment',
    y: 'testAccuracy',
  });
  const wrong = parseCompare({
    order: 'tags',
    to: 'there',
    pair: 'a',
    least: '7',
    x: 'dataset',
    measure: 'constructor',
    pins: 'a,b,c,d,e,f,g',
  });
  expect(wrong).toMatchObject({ order: 'testAccuracy', to: 'target', pair: null, least: null, x: 'meanCka', measure: 'cka', drift: null });
  expect(wrong.pins).toHaveLength(6);
});

test('runs of one probe set can be compared; the odd ones and what differs are named', () => {
  const [alike, odd] = [details.slice(0, 8), details[8]];
  const fine = comparable(alike);
  expect([fine.alike.length, fine.odd, fine.why, fine.probe]).toEqual([8, [], '', 'one probe set (1,000 train, 1,000 test)']);
  const mixed = comparable([odd, ...alike]);
  expect(mixed.odd.map((r) => r.id)).toEqual(['modd']);
  expect(mixed.why).toBe(
    `${alike[0].name} (1,000 + 1,000 samples of digits, seed 0) and another-seed (1,000 + 1,000 samples of digits, seed 3) were probed on different samples.`,
  );
  const waiting = { ...alike[0], id: 'new', provenance: null, snapshots: [] };
  expect(comparable([waiting, ...alike]).unprobed.map((r) => r.id)).toEqual(['new']);
  expect(comparable([waiting])).toMatchObject({ probe: '', why: '' });
  const maps = (convFeatures: 'flatten' | 'mean') => ({
    ...alike[0],
    config: {
      ...alike[0].config,
      model: { kind: 'resnet11', width: 1, skip: true, batchNorm: true } as const,
      analysis: { ...alike[0].config.analysis, convFeatures },
    },
  });
  expect(comparable([maps('flatten')]).features).toBe('features flattened');
  expect(comparable([maps('flatten'), maps('mean')]).features).toBe('features of maps formed in two ways');
});

test('pins are A, B, C in the order of pinning; a seventh takes the place of the last', () => {
  expect(pinsOf(['m003', 'gone', 'm001'], details).map((p) => [p.run, p.letter, p.colour])).toEqual([['m003', 'A', 'var(--d1)'], ['m001', 'B', 'var(--d2)']]); // prettier-ignore
  expect(repinned(['a', 'b'], 'a')).toEqual(['b']);
  expect(repinned(['a', 'b', 'c', 'd', 'e', 'f'], 'g')).toEqual(['a', 'b', 'c', 'd', 'e', 'g']);
});

test('two runs in words: what they share of what sets all apart, and what they differ in', () => {
  const runs = details.slice(0, 8);
  const differing = differences(runs.map((r) => r.config));
  const at = (pick: (r: (typeof runs)[number]) => boolean) => runs.findIndex(pick);
  const [a, b] = [
    at((r) => r.config.training.optimizer === 'momentum' && !r.config.data.augment),
    at((r) => r.config.training.optimizer === 'momentum' && r.config.data.augment),
  ];
  expect(pairWords(differing, a, b)).toBe('share momentum, learning rate 0.01; differ in augment');
  expect(pairWords(differing, a, a)).toMatch(/^share no augment, .*; have the same config$/);
  const two = differences([runs[0], runs[1]].map((r) => r.config));
  expect(pairWords(two, 0, 1)).toBe('differ in optimizer');
});

/** The fake host with runs to compare. */
function host(): { client: Client & FakeClient; asked: (name: string) => unknown[] } {
  const client = new FakeClient({ more: null });
  for (const spec of modelSpecs(6)) client.add(spec);
  return { client, asked: (name) => client.made.filter((c) => c.name === name).map((c) => c.input) };
}

test('model × model is asked for once, whatever the order; new questions stop the old work, and it can be stopped and asked again', async () => {
  const { ModelMap } = await import('../../renderer/state/model-map.svelte.ts');
  const { client, asked } = host();
  client.slowMs = 60;
  const map = new ModelMap(client);
  const end = map.start();
  const question = (...runs: string[]) => ({ runs, layer: 'last', split: 'test' as const });
  map.ask(question('m001', 'm002', 'm003'));
  map.ask(question('m003', 'm001', 'm002'));
  expect([map.state, asked('compare.models').length]).toEqual(['working', 1]);
  await vi.waitFor(() => expect(map.share).toBeGreaterThan(0.2));
  await vi.waitFor(() => expect(map.state).toBe('ready'));
  expect(map.valueOf('m002', 'm001')).toBe(map.valueOf('m001', 'm002'));
  expect([map.valueOf('m001', 'm001'), map.valueOf('m001', 'nobody')]).toEqual([1, null]);
  map.ask(question('m001', 'm002'));
  map.ask(question('m001', 'm004'));
  await vi.waitFor(() => expect(asked('compare.cancel')).toHaveLength(1));
  map.stop();
  expect(map.state).toBe('stopped');
  map.ask(question('m001', 'm004'));
  expect(map.state).toBe('stopped'); // until it is asked for again in so many words
  map.ask(question('m001', 'm004'), true);
  await vi.waitFor(() => expect(map.state).toBe('ready'));
  map.ask(question('m001', 'modd'));
  await vi.waitFor(() => expect([map.state, map.reason]).toEqual(['failed', expect.stringContaining('were probed on different samples')]));
  map.ask(question('m001'));
  expect([map.state, map.found]).toEqual(['idle', null]);
  end();
});

test('progress of other work is not taken for one’s own', async () => {
  const { ModelMap } = await import('../../renderer/state/model-map.svelte.ts');
  const { client } = host();
  client.slowMs = 60;
  const map = new ModelMap(client);
  const end = map.start();
  map.ask({ runs: ['m001', 'm002'], layer: 'last', split: 'test' });
  client.emit('compare.progress', { ticket: 'another', done: 0.9 } satisfies Events['compare.progress']);
  expect(map.share).toBe(0);
  end();
});

test('the runs of a tag, of a list, and those that are gone; a second question overtakes the first', async () => {
  const { Comparison } = await import('../../renderer/state/comparison.svelte.ts');
  const { client, asked } = host();
  const { runs: listed } = await client.call('library.list', {});
  const comparison = new Comparison(client);
  const first = comparison.read(['m000'], listed);
  await Promise.all([first, comparison.read(['tag:fig1', 'm001', 'nobody'], listed)]);
  expect(comparison.runs.map((r) => r.id)).toEqual(['m000', 'm001', 'm002', 'm003', 'm004', 'm005']);
  expect(comparison.problems).toEqual([expect.stringContaining('nobody')]);
  const before = asked('run.get').length;
  await comparison.read(['m002', 'm001'], listed);
  expect(comparison.runs.map((r) => r.id)).toEqual(['m002', 'm001']);
  expect(asked('run.get')).toHaveLength(before); // runs that are done do not change
});

test('a tag that no run has, and then none at all, are answered too', async () => {
  const { Comparison } = await import('../../renderer/state/comparison.svelte.ts');
  const { client } = host();
  const comparison = new Comparison(client);
  await comparison.read(['tag:nothing'], (await client.call('library.list', {})).runs);
  expect([comparison.state, comparison.runs, comparison.problems]).toEqual(['ready', [], []]);
});
