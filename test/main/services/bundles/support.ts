// Libraries with whole runs in them, and everything that can be read of one, for tests of bundles.
import { createHash } from 'node:crypto';
import { splits, type ProbeSet, type RunState } from '../../../../main/contract/results.ts';
import { openLibrary, type Library } from '../../../../main/store/index.ts';
import { checkpoint, config, newDir, provenance, snapshot, weights } from '../../store/support.ts';

export const emptyLibrary = (): Library => openLibrary(newDir(), { write: true, owner: 'test' });

const P = 20; // as the config of the store's tests has it
export function probe(seed: number): ProbeSet {
  const x = Float32Array.from({ length: P * 9 }, (_, i) => Math.fround(seed + i / 7));
  const y = Float32Array.from({ length: P * 10 }, (_, i) => Number(i % 10 === Math.floor(i / 10) % 10));
  return { ids: Int32Array.from({ length: P }, (_, i) => 2 * i + seed), x, xShape: [P, 3, 3, 1], y, classes: 10 };
}
/** The hash of a probe set as its definition says: SHA-256 of ids, x and y, one after the other. */
const hashOf = ({ ids, x, y }: ProbeSet) =>
  createHash('sha256')
    .update(Buffer.concat([ids, x, y].map((a) => Buffer.from(a.buffer))))
    .digest('hex');

export interface Made {
  seed?: number;
  state?: RunState;
  name?: string;
}

/** A run with metrics, probes, snapshots, weights and, where it is not done, a checkpoint; answers its id. */
export function fill(library: Library, { seed = 1, state = 'done', name = `run ${seed}` }: Made = {}): string {
  const { id } = library.runs.create({ name, config: config({ seed, tags: ['made'] }), device: 'cpu' });
  const probes = { train: probe(0), test: probe(1) };
  const done = state === 'done';
  library.transaction(() => {
    library.runs.move(id, 'running');
    library.runs.begun(id, ['layer1', 'layer2'], { ...provenance, probeHash: { train: hashOf(probes.train), test: hashOf(probes.test) } });
    for (const split of splits) library.probes.put(id, split, hashOf(probes[split]), probes[split]);
    for (const epoch of done ? [0, 1, 2, 3, 4] : [0, 1, 2]) {
      library.metrics.put(id, { epoch, trainLoss: seed / (epoch + 3), testLoss: 0.1 + 0.2, trainAccuracy: epoch / 7, testAccuracy: 0.5 });
      library.runs.reached(id, epoch);
    }
    for (const epoch of done ? [0, 2, 4] : [0, 2]) library.snapshots.put(id, snapshot(epoch), weights(epoch + seed));
    if (!done) library.checkpoints.put(id, { ...checkpoint(2), weights: weights(seed) });
    library.records.insertLog(id, [
      { at: '2026-01-31T12:00:00.000Z', epoch: null, level: 'info', line: 'queued' },
      { at: '2026-01-31T12:00:01.000Z', epoch: 2, level: 'warning', line: 'slow: η' },
    ]);
    library.runs.beat(id, 12.5);
    library.runs.note(id, `a note\nof ${name} – η`);
    if (state !== 'running') library.runs.move(id, state, state === 'failed' ? 'loss became NaN' : null);
  });
  return id;
}

/** All that a library says of a run, its arrays read. */
export function everything(library: Library, id: string) {
  const { id: _, ...detail } = library.runs.detail(id);
  return {
    detail,
    device: library.runs.owner(id).device,
    metrics: library.metrics.all(id),
    snapshots: library.snapshots.epochs(id).map((epoch) => ({
      snapshot: library.snapshots.get(id, epoch),
      weights: library.snapshots.weights(id, epoch),
    })),
    probes: splits.map((split) => library.probes.get(id, split)),
    checkpoint: library.checkpoints.get(id),
    log: library.records.log(id, 1000),
  };
}

/** Rows of every table, for what must not have changed. */
export const contents = (library: Library) => ({
  runs: library.runs.list(),
  everything: library.runs.list().map(({ id }) => everything(library, id)),
  staged: library.staging.runs(),
  arrays: library.staging.count(),
});
