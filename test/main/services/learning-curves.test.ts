// Learning curves of a run's kernels: each computed once, shared by who asks at the same time, stopped when nobody waits.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LearningCurve } from '../../../main/contract/figures.ts';
import type { KernelscopeError } from '../../../main/contract/errors.ts';
import { createLearningCurves, type LearningCurveRequest } from '../../../main/services/learning-curves.ts';
import { openLibrary, type Library } from '../../../main/store/index.ts';
import { config, newDir, probe, provenance, snapshot, weights } from '../store/support.ts';
import { answering, settle } from './support.ts';

/** Compute processes that answer curves with nothing on them, when they are told to. */
const regressing = () =>
  answering(
    'regress',
    (input) =>
      input.snapshots.map(({ epoch }): LearningCurve => ({
        ...{ epoch, split: input.split, layer: input.layer, samples: 4, ridge: input.ridge, draws: 10 },
        ...{ theory: [], measured: [], network: { error: epoch, wrong: 0 } },
      })),
    true,
  );

let library: Library;
beforeEach(() => void (library = openLibrary(newDir(), { write: true, owner: 'test' })));
afterEach(() => library.close());

function requestFor(epochs: number[], change: Partial<LearningCurveRequest> = {}): LearningCurveRequest {
  const [run] = library.runs.list().map(({ id }) => library.runs.detail(id));
  const spectrum = { eigenvalues: Float64Array.of(2, 1), power: Float64Array.of(0.5, 0.9), nullPower: 0.1 };
  return { run, split: 'test', layer: 'layer1', ridge: 1e-3, spectra: epochs.map((epoch) => ({ epoch, spectrum })), ...change };
}
beforeEach(() => {
  const { id } = library.runs.create({ name: 'a', config: config(), device: 'cpu' });
  library.runs.begun(id, ['layer1'], provenance);
  library.probes.put(id, 'test', 'probe-test', probe(4));
  for (const epoch of [0, 2, 4]) library.snapshots.put(id, snapshot(epoch), weights(epoch));
});
const kept = { version: '1', log: () => undefined };
const onCpu = () => Promise.resolve('cpu' as const);

test('what is known is not computed again; another ridge, layer or set is', async () => {
  const { compute, asked } = regressing();
  const learning = createLearningCurves(library, compute, onCpu, kept);
  const first = learning(requestFor([0, 4]));
  await settle();
  expect(asked[0].input).toMatchObject({ device: 'cpu', layer: 'layer1', split: 'test', ridge: 1e-3, probe: { ids: probe(4).ids } });
  expect(asked[0].report({ kind: 'weights', epoch: 4 })).toEqual(weights(4));
  asked[0].end();
  expect((await first).map((c) => c.epoch)).toEqual([0, 4]);
  const second = learning(requestFor([0, 2, 4]));
  await settle();
  expect(asked[1].input.snapshots.map((s) => s.epoch)).toEqual([2]);
  asked[1].end();
  expect((await second).map((c) => [c.epoch, c.network.error])).toEqual([
    [0, 0],
    [2, 2],
    [4, 4],
  ]);
  expect((await learning(requestFor([4, 0]))).map((c) => c.epoch)).toEqual([4, 0]);
  // Also by who comes later, to the same library.
  expect((await createLearningCurves(library, compute, onCpu, kept)(requestFor([0, 2, 4]))).map((c) => c.network.error)).toEqual([0, 2, 4]);
  expect(asked).toHaveLength(2);
  for (const change of [{ ridge: 0.1 }, { layer: 'ntk' }]) {
    const other = learning(requestFor([0], change));
    await settle();
    asked.at(-1)?.end();
    expect((await other)[0]).toMatchObject(change);
  }
  expect(asked).toHaveLength(4);
  await expect(learning(requestFor([0], { split: 'train' }))).rejects.toMatchObject({
    code: 'not-found',
    message: /has no train probe set/,
  });
});

test('two who ask the same wait for one; it is stopped when both have gone', async () => {
  const { compute, asked } = regressing();
  const learning = createLearningCurves(library, compute, onCpu, kept);
  const shares: number[] = [];
  const [one, other] = [new AbortController(), new AbortController()];
  const first = learning(requestFor([0]), { signal: one.signal, onProgress: (share) => shares.push(share) });
  const second = learning(requestFor([0]), { signal: other.signal });
  const ends = Promise.allSettled([first, second]);
  await settle();
  expect(asked).toHaveLength(1);
  asked[0].report({ kind: 'share', done: 0.5 });
  expect(shares).toEqual([0.5]);
  one.abort();
  await settle();
  expect(asked[0].cancelled).toBe(false);
  other.abort();
  await settle();
  expect(asked[0].cancelled).toBe(true);
  expect((await ends).map((e) => e.status === 'rejected' && (e.reason as KernelscopeError).code)).toEqual(['cancelled', 'cancelled']);
  const again = learning(requestFor([0]));
  await settle();
  asked[1].end();
  expect(await again).toHaveLength(1);
});
