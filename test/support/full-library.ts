// A real library of thousands of runs, with metrics and alignments, written through the store.
import type { Provenance, SplitAnalysis } from '../../main/contract/results.ts';
import { openLibrary } from '../../main/store/index.ts';
import { hugeSpecs } from './fake-huge.ts';
import { fakeRun } from './fake-library.ts';
import { layerAlignments, metricsAt, ntkAlignment } from './fake-numbers.ts';

const perTransaction = 500;

/** Fills a new library in `dir` with `n` runs; answers the names, oldest first. Runs that waited or were at work are interrupted, as they
 *  would be found by the next process. */
export function fillLibrary(dir: string, n: number): string[] {
  const library = openLibrary(dir, { write: true, owner: 'test' });
  const specs = hugeSpecs(n).reverse();
  const write = (spec: (typeof specs)[number]) => {
    const { detail } = fakeRun(spec, Date.now());
    const { id } = library.runs.create({ name: spec.name, config: detail.config, device: 'cpu' });
    if (spec.note) library.runs.note(id, spec.note);
    if (spec.state === 'queued') return void library.runs.move(id, 'interrupted', 'stopped before it began');
    library.runs.move(id, 'running');
    library.runs.begun(id, detail.layers, detail.provenance as Provenance);
    for (const epoch of new Set([0, detail.epoch])) library.metrics.put(id, metricsAt(epoch, spec.skill));
    library.runs.reached(id, detail.epoch);
    for (const epoch of detail.snapshots) {
      const split = (test: boolean): SplitAnalysis => ({
        layers: layerAlignments(epoch, detail.layers, test),
        ntk: ntkAlignment(epoch, detail.layers, test),
        spectra: [],
      });
      library.snapshots.put(id, { epoch, train: split(false), test: split(true) }, []);
    }
    if (spec.state === 'done') library.runs.move(id, 'done');
    else if (spec.state === 'failed') library.runs.move(id, 'failed', spec.reason);
    else library.runs.move(id, 'interrupted', 'its process ended without a word');
  };
  for (let from = 0; from < n; from += perTransaction) library.transaction(() => specs.slice(from, from + perTransaction).forEach(write));
  library.close();
  return specs.map((s) => s.name);
}
