// What goes into the store comes out, and what nobody refers to goes away.
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { openLibrary, type Library } from '../../../main/store/index.ts';
import { checkpoint, config, newDir, probe, provenance, snapshot, weights } from './support.ts';

let library: Library;
let id: string;
beforeEach(() => {
  library = openLibrary(newDir(), { write: true, owner: 'test' });
  id = library.runs.create({ name: 'first', config: config({ tags: ['a'] }), device: 'auto' }).id;
});
afterEach(() => library.close());

const count = (table: string) => {
  const db = new Sqlite(library.file, { readonly: true });
  const n = db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get();
  db.close();
  return n;
};
const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof KernelscopeError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no error';
};

test('a snapshot, its weights, a checkpoint and the probes read back as they were', () => {
  library.snapshots.put(id, snapshot(2), weights(2));
  library.checkpoints.put(id, checkpoint(2));
  library.probes.put(id, 'train', 'probe-train', probe());
  expect(library.snapshots.get(id, 2)).toEqual(snapshot(2));
  expect(library.snapshots.weights(id, 2)).toEqual(weights(2));
  expect(Object.is((library.snapshots.weights(id, 2)[1].data as Float32Array)[1], -0)).toBe(true);
  expect(library.checkpoints.get(id)).toEqual(checkpoint(2));
  expect(library.probes.get(id, 'train')).toEqual(probe());
  expect(library.probes.get(id, 'test')).toBeNull();
  expect(library.spectra.one(id, 2, 'test', 'ntk')).toEqual(snapshot(2).test.spectra[1]);
  expect(library.spectra.one(id, 2, 'test', 'layer9')).toBeNull();
});

test('detail and summary say what is stored', () => {
  for (const epoch of [0, 4, 2]) library.snapshots.put(id, snapshot(epoch), weights(epoch));
  const metrics = { trainLoss: 0.5, testLoss: 0.6, trainAccuracy: 0.9, testAccuracy: 0.8 };
  library.metrics.put(id, { epoch: 0, ...metrics, testAccuracy: 0.1 });
  library.metrics.put(id, { epoch: 4, ...metrics, testAccuracy: 0.3 });
  library.metrics.put(id, { epoch: 4, ...metrics }); // measured again by a resumed run
  library.runs.begun(id, ['layer1', 'layer2'], provenance);
  library.runs.reached(id, 4);
  const detail = library.runs.detail(id);
  expect(detail).toMatchObject({
    name: 'first',
    state: 'queued',
    tags: ['a'],
    dataset: 'digits',
    model: 'mlp 4×200 relu',
    epochs: 4,
    epoch: 4,
    testAccuracy: 0.8,
    ntkTarget: snapshot(4).test.ntk?.ntkTarget,
    snapshots: [0, 2, 4],
    planned: [0, 2, 4],
    layers: ['layer1', 'layer2'],
    provenance,
    config: config({ tags: ['a'] }),
    final: { epoch: 4, ...metrics },
  });
  expect(library.metrics.all(id)).toHaveLength(2);
  expect([detail.note, detail.seconds]).toEqual(['', 0]);
  const [summary] = library.runs.list();
  expect(library.runs.list()).toHaveLength(1);
  expect(detail).toMatchObject(summary);
  expect(library.alignments.ntkPoints(id).map((p) => [p.epoch, p.split])).toEqual([
    [0, 'train'],
    [0, 'test'],
    [2, 'train'],
    [2, 'test'],
    [4, 'train'],
    [4, 'test'],
  ]);
});

test('the same array is stored once, and a checkpoint’s arrays go with it', () => {
  library.checkpoints.put(id, checkpoint(1));
  expect(count('arrays')).toBe(3);
  library.checkpoints.put(id, checkpoint(2));
  expect(count('arrays')).toBe(3);
  library.snapshots.put(
    id,
    { ...snapshot(2), train: { layers: [], ntk: null, spectra: [] }, test: { layers: [], ntk: null, spectra: [] } },
    weights(2),
  );
  expect(count('arrays')).toBe(3); // the weights are those of the checkpoint
  library.checkpoints.remove(id);
  expect(count('arrays')).toBe(2);
  expect(library.snapshots.weights(id, 2)).toEqual(weights(2));
});

test('the same bytes of another type or shape are another array', () => {
  const bytes = new Uint8Array(8);
  const named = (name: string, shape: number[], data: Float32Array | Int32Array) => ({ name, shape, data });
  library.checkpoints.put(id, {
    ...checkpoint(0),
    weights: [
      named('a', [2], new Float32Array(bytes.buffer)),
      named('b', [2], new Int32Array(bytes.buffer)),
      named('c', [1, 2], new Int32Array(2)),
    ],
    optimizer: [],
  });
  expect(count('arrays')).toBe(3);
  expect(library.checkpoints.get(id)?.weights[2]).toEqual(named('c', [1, 2], new Int32Array(2)));
});

test('an array of several chunks reads back; views into larger buffers are stored as they are seen', () => {
  const big = Float32Array.from({ length: 2_500_001 }, (_, i) => Math.fround(Math.sin(i)));
  const view = big.subarray(1); // 10 MB: three chunks
  library.snapshots.put(id, snapshot(1), [{ name: 'w', shape: [view.length], data: view }]);
  const [read] = library.snapshots.weights(id, 1);
  expect(Buffer.from(read.data.buffer).equals(Buffer.from(view.buffer, view.byteOffset, view.byteLength))).toBe(true);
  expect(count('chunks')).toBeGreaterThanOrEqual(3);
});

test('a removed run leaves nothing behind, and takes nothing that another run has', () => {
  const other = library.runs.create({ name: 'second', config: config(), device: 'cpu' }).id;
  for (const run of [id, other]) {
    library.snapshots.put(run, snapshot(2), weights(2));
    library.checkpoints.put(run, checkpoint(2));
    library.probes.put(run, 'train', 'probe-train', probe());
    library.metrics.put(run, { epoch: 0, trainLoss: 1, testLoss: 1, trainAccuracy: 0, testAccuracy: 0 });
  }
  const arrays = count('arrays');
  library.removeRun(id);
  expect(count('arrays')).toBe(arrays);
  expect(library.snapshots.get(other, 2)).toEqual(snapshot(2));
  expect(library.probes.get(other, 'train')).toEqual(probe());
  library.removeRun(other);
  for (const table of [
    'runs',
    'metrics',
    'snapshots',
    'layer_alignments',
    'ntk_alignments',
    'ntk_parts',
    'spectra',
    'snapshot_weights',
    'checkpoints',
    'checkpoint_arrays',
    'probe_sets',
    'run_probes',
    'arrays',
    'chunks',
  ])
    expect([table, count(table)]).toEqual([table, 0]);
});

test('a snapshot that cannot be stored whole is not stored at all', () => {
  const wrong = snapshot(3);
  wrong.test.layers[1].ckaTarget = NaN; // SQLite has no NaN, and no column here accepts its absence
  expect(() => library.snapshots.put(id, wrong, weights(3))).toThrow(/NOT NULL/);
  expect(library.snapshots.epochs(id)).toEqual([]);
  expect(count('arrays')).toBe(0);
});

test('a run is found by id, name or the beginning of its id', () => {
  const twin = library.runs.create({ name: 'twin', config: config(), device: 'cpu' }).id;
  library.runs.create({ name: 'twin', config: config(), device: 'cpu' });
  expect(library.runs.resolve(id)).toBe(id);
  expect(library.runs.resolve('first')).toBe(id);
  expect(library.runs.resolve(id.slice(0, 5))).toBe(id);
  expect(codeOf(() => library.runs.resolve('twin'))).toContain(`bad-input: run: "twin" could be ${twin} (twin), `);
  expect(codeOf(() => library.runs.resolve('no-such'))).toBe('not-found: run: no run "no-such"; see list');
  expect(codeOf(() => library.runs.resolve(''))).toBe('not-found: run: no run ""; see list');
  expect(codeOf(() => library.runs.resolve('%'))).toBe('not-found: run: no run "%"; see list');
});

test('names, tags and notes change; an unknown run is refused', () => {
  library.runs.rename(id, 'renamed');
  library.runs.tag(id, ['x', 'y']);
  library.runs.note(id, 'seen on Tuesday');
  expect(library.runs.detail(id)).toMatchObject({ name: 'renamed', tags: ['x', 'y'], note: 'seen on Tuesday' });
  expect(codeOf(() => library.runs.rename('zzz', 'n'))).toContain('not-found');
  expect(codeOf(() => library.snapshots.get(id, 9))).toBe(`not-found: epoch: run ${id} has no snapshot at epoch 9; it has none yet`);
});
