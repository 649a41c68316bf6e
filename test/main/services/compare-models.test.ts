// `compare.models`: one layer of each run with that of each other, each pair computed once, watched and stopped.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { calls, type Events } from '../../../main/contract/calls.ts';
import { createComparer } from '../../../main/services/compare.ts';
import { layerNamed } from '../../../main/services/compare-snapshots.ts';
import { openLibrary, type Library } from '../../../main/store/index.ts';
import { config, newDir, probe, provenance, snapshot, weights } from '../store/support.ts';
import { answering, setUp, settle } from './support.ts';

/** Similarity of two runs by what their names say: 1/(1 + |a − b|). */
const closeness = (a: string, b: string) => 1 / (1 + Math.abs(Number(a) - Number(b)));

/** Compute processes that tell runs by the name in their config; at once, unless they `wait`. */
const comparing = (wait = false) =>
  answering(
    'compare',
    ({ snapshots, pairs }) => ({
      options: {},
      layers: snapshots.map((s) => [s.layer ?? '']),
      pairs: pairs.map(([a, b]) => ({ a, b, values: [[closeness(snapshots[a].config.name, snapshots[b].config.name)]] })),
    }),
    wait,
  );

let library: Library;
beforeEach(() => void (library = openLibrary(newDir(), { write: true, owner: 'test' })));
afterEach(() => library.close());

function runOf(name: string, layers = ['layer1', 'layer2', 'layer3'], hash = 'probe'): string {
  const { id } = library.runs.create({ name, config: config({ name }), device: 'cpu' });
  library.runs.begun(id, layers, { ...provenance, probeHash: { train: `${hash}-train`, test: `${hash}-test` } });
  for (const split of ['train', 'test'] as const) library.probes.put(id, split, `${hash}-${split}`, probe(4));
  for (const epoch of [0, 4]) {
    library.metrics.put(id, { epoch, trainLoss: 1, testLoss: 1, trainAccuracy: 1, testAccuracy: 1 });
    library.snapshots.put(id, snapshot(epoch), weights(epoch));
  }
  return id;
}
const parse = (request: object) => calls['compare.models'].parse(request);

test('every two runs at their last snapshots, symmetric, with names, layers and samples', async () => {
  const { compute, asked } = comparing();
  const runs = ['5', '1', '3'].map((name) => runOf(name));
  const found = await createComparer(library, compute)['compare.models'](parse({ runs }));
  expect(found).toMatchObject({
    split: 'test',
    samples: 20,
    models: runs.map((run, i) => ({ run, name: ['5', '1', '3'][i], epoch: 4, layer: 'layer3' })),
  });
  const names = ['5', '1', '3'];
  expect(found.values).toEqual(names.map((a) => names.map((b) => closeness(a, b))));
  expect(asked.map((j) => [j.input.measure, j.input.pairs.length, j.input.snapshots.map((s) => s.layer)])).toEqual([
    ['cka', 3, ['layer3', 'layer3', 'layer3']],
  ]);
});

test('what is known is not computed again: another order costs nothing, one more run its own pairs, another layer or set all', async () => {
  const { compute, asked } = comparing();
  const comparer = createComparer(library, compute);
  const [a, b, c, d] = ['1', '2', '4', '8'].map((name) => runOf(name));
  const ask = (request: object) => comparer['compare.models'](parse(request));
  await ask({ runs: [a, b, c] });
  const turned = await ask({ runs: [c, a, b] });
  expect(turned.values[0]).toEqual([1, closeness('4', '1'), closeness('4', '2')]);
  expect(asked).toHaveLength(1);
  const more = await ask({ runs: [a, b, d, c] });
  expect(more.values[2]).toEqual(['1', '2', '8', '4'].map((name) => closeness('8', name)));
  expect(asked[1].input.pairs).toHaveLength(3);
  // The figure of the same asks nobody.
  const sides = [a, d].map((id) => ({ run: library.runs.detail(id), epoch: 4, layer: 'layer3' }));
  expect(await comparer.similarities.models({ sides, split: 'test' })).toEqual([[1, closeness('1', '8')], [closeness('1', '8'), 1]]); // prettier-ignore
  expect(asked).toHaveLength(2);
  await ask({ runs: [a, b], layer: '#1' });
  await ask({ runs: [a, b], split: 'train' });
  expect(asked).toHaveLength(4);
});

test('under a ticket it tells how far it is, and stops', async () => {
  const { compute, asked } = comparing(true);
  const told: Events['compare.progress'][] = [];
  const comparer = createComparer(library, compute, (_, payload) => void told.push(payload as Events['compare.progress']));
  const runs = ['1', '2'].map((name) => runOf(name));
  const found = comparer['compare.models'](parse({ runs, ticket: 't1' }));
  await settle();
  for (const done of [0.5, 0.505, 1]) asked[0].report({ kind: 'share', done });
  expect(told).toEqual([
    { ticket: 't1', done: 0.5 },
    { ticket: 't1', done: 1 },
  ]); // not every hair's breadth // prettier-ignore
  expect(await comparer['compare.cancel']({ ticket: 'another' })).toEqual({ ticket: 'another', stopped: false });
  expect(await comparer['compare.cancel']({ ticket: 't1' })).toEqual({ ticket: 't1', stopped: true });
  await expect(found).rejects.toMatchObject({ code: 'cancelled' });
  expect(asked[0].cancelled).toBe(true);
  // It can be asked again, and nothing half-done is taken for known.
  const again = comparer['compare.models'](parse({ runs, ticket: 't1' }));
  await settle();
  asked[1].end();
  expect((await again).values[0][1]).toBe(closeness('1', '2'));
  expect(await comparer['compare.cancel']({ ticket: 't1' })).toEqual({ ticket: 't1', stopped: false });
});

test('refused before a process starts: other samples also where the numbers are known, a layer that one does not have, too many', async () => {
  const { compute, asked } = comparing();
  const comparer = createComparer(library, compute);
  const [a, deep, other] = [runOf('1'), runOf('2', ['layer1', 'layer2', 'layer3', 'layer4']), runOf('3', ['layer1'], 'other')];
  const ask = (request: object) => comparer['compare.models'](parse(request));
  await expect(ask({ runs: [a, deep, other] })).rejects.toThrow(`runs ${a} and ${other} were probed on different samples`);
  await expect(ask({ runs: [a, deep], layer: 'layer4' })).rejects.toThrow(
    `layer: expected one of run ${a} (layer1, layer2, layer3), got "layer4"; last, #1, #-2 take a layer by its place`,
  );
  expect(calls['compare.models'].safeParse({ runs: Array.from({ length: 51 }, (_, i) => `r${i}`) }).success).toBe(false);
  expect(asked).toEqual([]);
});

test('a layer by its name or its place, from either end', () => {
  const run = library.runs.detail(runOf('1'));
  expect([undefined, 'last', '#1', '#-1', '#-3', 'layer2'].map((word) => layerNamed(run, word))).toEqual([
    'layer3',
    'layer3',
    'layer1',
    'layer3',
    'layer1',
    'layer2',
  ]);
  for (const word of ['#0', '#4', '#-4', 'nothing']) expect(() => layerNamed(run, word)).toThrow('layer: expected one of run');
});

/** A page that asks, and goes. */
const page = () => {
  const gone = new AbortController();
  return { caller: { gone: gone.signal }, leave: () => gone.abort() };
};
const cancelled = { code: 'cancelled' };

test('the same question is asked once; its job goes on while one who asked is there, and ends with the last', async () => {
  const { compute, asked } = comparing(true);
  const told: Events['compare.progress'][] = [];
  const comparer = createComparer(library, compute, (_, payload) => void told.push(payload as Events['compare.progress']));
  const runs = ['1', '2'].map((name) => runOf(name));
  const [one, two, three] = [page(), page(), page()];
  const ask = (of: typeof one, more: object = {}) => {
    const found = comparer['compare.models'](parse({ runs, ...more }), of.caller);
    found.catch(() => undefined); // looked at below
    return found;
  };
  const answers = [ask(one, { ticket: 'a' }), ask(two, { ticket: 'b' }), ask(three, { split: 'train' })];
  await settle();
  expect(asked.map((j) => j.input.pairs)).toEqual([[[0, 1]], [[0, 1]]]);
  asked[0].report({ kind: 'share', done: 0.5 });
  expect(told).toEqual(['a', 'b'].map((ticket) => ({ ticket, done: 0.5 })));
  one.leave();
  three.leave();
  await expect(answers[0]).rejects.toMatchObject(cancelled);
  await expect(answers[2]).rejects.toMatchObject(cancelled);
  expect(asked.map((j) => j.cancelled)).toEqual([false, true]);
  two.leave();
  await expect(answers[1]).rejects.toMatchObject(cancelled);
  expect(asked[0].cancelled).toBe(true);
  // Who asks again gets a job of its own, also at once; who is gone already starts none.
  const again = ask(page());
  await expect(ask(one)).rejects.toMatchObject(cancelled);
  expect(asked).toHaveLength(3);
  asked[2].end();
  expect((await again).values[0][1]).toBe(closeness('1', '2'));
});

test('epochs of one run are the same: known, watched under a ticket, stopped with who asked; the host itself never goes', async () => {
  const { compute, asked } = comparing(true);
  const comparer = createComparer(library, compute);
  const run = runOf('3');
  const shares: number[] = [];
  const leave = new AbortController();
  const question = { run, layer: 'layer2', split: 'test' as const, epochs: [0, 4] };
  const first = comparer.similarities.drift(question, { signal: leave.signal, onProgress: (share) => shares.push(share) });
  const second = comparer.similarities.drift({ ...question });
  await settle();
  asked[0].report({ kind: 'share', done: 0.25 });
  leave.abort();
  await expect(first).rejects.toMatchObject(cancelled);
  expect([asked.length, asked[0].cancelled, shares]).toEqual([1, false, [0.25]]);
  asked[0].end();
  const one = [1, 1];
  expect(await second).toEqual([one, one]);
  // Another order of what is known, and a part of it, ask nobody.
  expect(await comparer.similarities.drift({ ...question, epochs: [4, 0] })).toEqual([one, one]);
  expect(asked).toHaveLength(1);
  const broken = comparer.similarities.drift({ ...question, split: 'train' }, { signal: AbortSignal.abort() });
  await expect(broken).rejects.toMatchObject(cancelled);
  expect(asked).toHaveLength(1);
});

test('a job that fails is told to all who asked, and tried again by the next', async () => {
  const { compute, asked } = comparing(true);
  const comparer = createComparer(library, {
    ...compute,
    start: (...args) => ({ ...compute.start(...args), result: Promise.reject(new Error('broke')) }),
  });
  const runs = ['1', '2'].map((name) => runOf(name));
  const ask = () => comparer['compare.models'](parse({ runs }));
  const ends = await Promise.allSettled([ask(), ask()]);
  expect(ends.map((e) => e.status === 'rejected' && (e.reason as Error).message)).toEqual(['broke', 'broke']);
  expect(asked).toHaveLength(1);
  await expect(ask()).rejects.toThrow('broke');
  expect(asked).toHaveLength(2);
});

test('kernel drift as a figure: told under its ticket, stopped by it, and by the going of the page; known for the file of it', async () => {
  const { compute, asked } = comparing(true);
  const { services, events } = setUp(compute, { library });
  const request = { kind: 'kernel-drift' as const, runs: [runOf('3')] };
  const one = page();
  const first = services['figure.data']({ ...request, ticket: 'drift' }, one.caller);
  first.catch(() => undefined); // looked at below
  await settle();
  asked[0].report({ kind: 'share', done: 0.5 });
  expect(events).toContainEqual(['compare.progress', { ticket: 'drift', done: 0.5 }]);
  one.leave();
  await expect(first).rejects.toMatchObject(cancelled);
  const second = services['figure.export']({ request, style: {}, format: 'csv', ticket: 'file' });
  second.catch(() => undefined); // looked at below
  await settle();
  await services['compare.cancel']({ ticket: 'file' });
  await expect(second).rejects.toMatchObject(cancelled);
  expect(asked.map((j) => j.cancelled)).toEqual([true, true]);
  const third = services['figure.data'](request);
  await settle();
  asked[2].end();
  expect(await third).toMatchObject({ kind: 'kernel-drift', epochs: [0, 4] });
  await services['figure.export']({ request, style: {}, format: 'csv' });
  expect(asked).toHaveLength(3);
});
