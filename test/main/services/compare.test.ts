// `compare.layers` out of a library: which snapshots are meant, which may be compared, and what a compute process is asked for.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../../main/contract/calls.ts';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { createComparer, type Comparer } from '../../../main/services/compare.ts';
import { openLibrary, type Library } from '../../../main/store/index.ts';
import { config, newDir, probe, provenance, snapshot, weights } from '../store/support.ts';
import { answering, settle } from './support.ts';

const names = ['layer1', 'layer2'];
/** A value that tells which layers of which snapshots it compares: a.i0b.j */
const valueOf = (a: number, i: number, b: number, j: number) => a + i / 10 + b / 100 + j / 1000;

/** Compute processes that answer with `valueOf`; at once, unless they `wait`. */
const comparing = (wait = false) =>
  answering(
    'compare',
    ({ snapshots, pairs }) => {
      const layers = snapshots.map(({ layer }) => (layer === null ? names : [layer]));
      const values = (a: number, b: number) => layers[a].map((_, i) => layers[b].map((__, j) => valueOf(a, i, b, j)));
      return { options: { bandwidth: 0.5 }, layers, pairs: pairs.map(([a, b]) => ({ a, b, values: values(a, b) })) };
    },
    wait,
  );

let library: Library;
beforeEach(() => void (library = openLibrary(newDir(), { write: true, owner: 'test' })));
afterEach(() => library.close());

/** A run with snapshots at `epochs` whose probe sets have hashes of this name. */
function runOf(name: string, o: { hash?: string; epochs?: number[]; change?: object } = {}): string {
  const { hash = 'probe', epochs = [0, 2, 4], change = {} } = o;
  const { id } = library.runs.create({ name, config: config(change), device: 'cpu' });
  library.runs.begun(id, names, { ...provenance, probeHash: { train: `${hash}-train`, test: `${hash}-test` } });
  for (const split of ['train', 'test'] as const) library.probes.put(id, split, `${hash}-${split}`, probe(split === 'train' ? 6 : 4));
  for (const epoch of epochs) {
    library.metrics.put(id, { epoch, trainLoss: 1, testLoss: 1, trainAccuracy: 1, testAccuracy: 1 });
    library.snapshots.put(id, snapshot(epoch), weights(epoch));
  }
  return id;
}
const layersOf = (comparer: Comparer, request: object, o = {}) => comparer.layers(calls['compare.layers'].parse(request), o);

describe('what is compared', () => {
  test('two runs at their last snapshots, on the test samples, by CKA; names and ids go', async () => {
    const { compute, asked } = comparing();
    const [a, b] = [runOf('first'), runOf('second', { epochs: [0, 3] })];
    const found = await layersOf(createComparer(library, compute), { runs: [a, 'second'] });
    expect(found).toEqual({
      measure: 'cka',
      options: { bandwidth: 0.5 },
      split: 'test',
      samples: 20,
      snapshots: [
        { run: a, name: 'first', epoch: 4, layers: names, convFeatures: null },
        { run: b, name: 'second', epoch: 3, layers: names, convFeatures: null },
      ],
      pairs: [
        {
          a: 0,
          b: 1,
          values: [
            [valueOf(0, 0, 1, 0), valueOf(0, 0, 1, 1)],
            [valueOf(0, 1, 1, 0), valueOf(0, 1, 1, 1)],
          ],
        },
      ],
    });
    const [{ input }] = asked;
    expect([input.device, input.measure, input.snapshots[0].layer, input.pairs, input.probe]).toEqual([
      'cpu',
      'cka',
      null,
      [[0, 1]],
      probe(4),
    ]);
    expect(input.snapshots.map((s) => s.label)).toEqual([`of run ${a} at epoch 4`, `of run ${b} at epoch 3`]);
  });

  test('its process asks for the weights of each snapshot by its place, and says how far it is', async () => {
    const { compute, asked } = comparing(true);
    const [a, b] = [runOf('a'), runOf('b')];
    const shares: number[] = [];
    const options = { onProgress: (share: number) => shares.push(share) };
    const found = layersOf(createComparer(library, compute), { runs: [a, b], epochs: [0, 2], split: 'train', measure: 'pwcca' }, options);
    await settle();
    const [job] = asked;
    expect([job.input.measure, job.input.probe]).toEqual(['pwcca', probe(6)]);
    expect(await job.report({ kind: 'weights', snapshot: 0 })).toEqual(weights(0));
    expect(await job.report({ kind: 'weights', snapshot: 1 })).toEqual(weights(2));
    await job.report({ kind: 'share', done: 0.25 });
    job.end();
    expect((await found).snapshots.map((s) => s.epoch)).toEqual([0, 2]);
    expect(shares).toEqual([0.25]);
  });

  test('each two once, whichever comes first: the lesser place is `a`', async () => {
    const { compute, asked } = comparing();
    const comparer = createComparer(library, compute);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => runOf(name));
    const pairs = (found: { pairs: { a: number; b: number }[] }) => found.pairs.map((p) => [p.a, p.b]);
    expect(pairs(await layersOf(comparer, { runs: [c, a, b] }))).toEqual([[0, 1], [0, 2], [1, 2]]); // prettier-ignore
    expect(pairs(await layersOf(comparer, { runs: [a], epochs: [4, 0] }))).toEqual([[0, 1]]);
    // One alone: its layers with each other.
    expect(pairs(await layersOf(comparer, { runs: [a] }))).toEqual([[0, 0]]);
    expect(asked.map((j) => j.input.snapshots.map((s) => s.epoch))).toEqual([[4, 4, 4], [4, 0], [4]]);
  });
});

describe('is refused before a process starts', () => {
  test('runs that were probed on different samples, by the split that is asked for', async () => {
    const { compute, asked } = comparing();
    const comparer = createComparer(library, compute);
    const [a, b] = [runOf('a'), runOf('b')];
    const other = runOf('c', { hash: 'other', change: { seed: 3, analysis: { probe: { train: 10, test: 12 } } } });
    const error = {
      code: 'bad-input',
      message: `runs ${a} and ${other} were probed on different samples (20 of digits, seed 0 and 12 of digits, seed 3): not comparable`,
    };
    await expect(layersOf(comparer, { runs: [a, b, other] })).rejects.toMatchObject(error);
    await expect(layersOf(comparer, { runs: [a, other], split: 'train' })).rejects.toThrow(
      '(20 of digits, seed 0 and 10 of digits, seed 3)',
    );
    await expect(comparer.similarities.layers({ runs: [other, b], epochs: [4, 4], split: 'test' })).rejects.toThrow(
      `runs ${other} and ${b} were probed on different samples`,
    );
    // Equal words do not make equal samples: what counts is the hash.
    const said = runOf('d', { hash: 'changed' });
    await expect(layersOf(comparer, { runs: [a, said] })).rejects.toThrow(
      '(20 of digits, seed 0 and 20 of digits, seed 0): not comparable',
    );
    expect(asked).toEqual([]);
  });

  test('snapshots that are not there, twice the same, epochs that fit no runs', async () => {
    const { compute, asked } = comparing();
    const comparer = createComparer(library, compute);
    const [a, b, bare] = [runOf('a'), runOf('b', { epochs: [0, 3] }), runOf('bare', { epochs: [] })];
    const c = runOf('c');
    const refusals: [object, string, string][] = [
      [{ runs: [a, b], epochs: [4] }, 'bad-input', `epochs: expected snapshots of run ${b} (0, 3), got 4`],
      [{ runs: [a, bare] }, 'not-found', `run ${bare}: no snapshot has been analysed yet`],
      [{ runs: [a, a] }, 'bad-input', `runs: expected different snapshots, got run ${a} at epoch 4 twice`],
      [{ runs: [a, b, c], epochs: [0, 2] }, 'bad-input', 'epochs: expected one, or one for each of the 3 runs, got 2'],
    ];
    for (const [request, code, message] of refusals) await expect(layersOf(comparer, request)).rejects.toMatchObject({ code, message });
    await expect(layersOf(comparer, { runs: ['nobody'] })).rejects.toMatchObject({ code: 'not-found' });
    expect(asked).toEqual([]);
  });
});

describe('for figures', () => {
  test('layers of two snapshots; of one and the same, which is formed once', async () => {
    const { compute, asked } = comparing();
    const { similarities } = createComparer(library, compute);
    const [a, b] = [runOf('a'), runOf('b')];
    const rows = (place: number) => names.map((_, i) => names.map((__, j) => valueOf(0, i, place, j)));
    expect(await similarities.layers({ runs: [a, b], epochs: [4, 2], split: 'test' })).toEqual({ layers: [names, names], values: rows(1) });
    expect(await similarities.layers({ runs: [a, a], epochs: [2, 2], split: 'test' })).toEqual({ layers: [names, names], values: rows(0) });
    expect(await similarities.layers({ runs: [a, a], epochs: [0, 2], split: 'train' })).toEqual({
      layers: [names, names],
      values: rows(1),
    });
    expect(asked.map((j) => [j.input.snapshots.length, j.input.pairs])).toEqual([
      [2, [[0, 1]]],
      [1, [[0, 0]]],
      [2, [[0, 1]]],
    ]);
  });

  test('drift is symmetric with ones on its diagonal, from one layer and each pair once', async () => {
    const { compute, asked } = comparing();
    const { similarities } = createComparer(library, compute);
    const values = await similarities.drift({ run: runOf('a'), layer: 'layer2', split: 'train', epochs: [4, 0, 2] });
    const [ab, ac, bc] = [valueOf(0, 0, 1, 0), valueOf(0, 0, 2, 0), valueOf(1, 0, 2, 0)];
    expect(values).toEqual([[1, ab, ac], [ab, 1, bc], [ac, bc, 1]]); // prettier-ignore
    expect(asked.map((j) => [j.input.snapshots[0].layer, j.input.pairs.length, j.input.snapshots.map((s) => s.epoch)])).toEqual([
      ['layer2', 3, [4, 0, 2]],
    ]);
  });
});

describe('is stopped', () => {
  test('by its signal, before and while it works; afterwards the signal is let go', async () => {
    const { compute, asked } = comparing(true);
    const comparer = createComparer(library, compute);
    const [a, b] = [runOf('a'), runOf('b')];
    const cancelled = { code: 'cancelled' };
    const stop = new AbortController();
    const found = layersOf(comparer, { runs: [a, b] }, { signal: stop.signal });
    await settle();
    expect(asked[0].cancelled).toBe(false);
    stop.abort();
    await expect(found).rejects.toMatchObject(cancelled);
    await expect(layersOf(comparer, { runs: [a, b] }, { signal: AbortSignal.abort() })).rejects.toMatchObject(cancelled);

    const late = new AbortController();
    const done = layersOf(comparer, { runs: [a, b] }, { signal: late.signal });
    await settle();
    asked[2].end();
    await done;
    late.abort();
    expect(asked.map((j) => j.cancelled)).toEqual([true, true, false]);
  });

  test('by what goes wrong in its process, in its words', async () => {
    const { compute, asked } = comparing(true);
    const [a, b] = [runOf('a'), runOf('b')];
    const found = layersOf(createComparer(library, compute), { runs: [a, b] });
    await settle();
    asked[0].fail(new KernelscopeError('bad-input', 'layer1 of run x at epoch 4: its features are the same'));
    await expect(found).rejects.toThrow('layer1 of run x at epoch 4: its features are the same');
  });
});
