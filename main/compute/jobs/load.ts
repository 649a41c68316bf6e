// Reads the samples of a run for a page, which has no files: they leave in pieces, the next one made when the one before has been taken.
import { KernelscopeError } from '../../contract/errors.ts';
import { splits } from '../../contract/results.ts';
import { pieceElements, sampleParts } from '../protocol.ts';
import type { Job } from '../worker.ts';

export const load: Job<'load'> = async ({ config, dataDir }, { host, signal, tell, ask }) => {
  const dataset = await host.loadDataset({
    config,
    dataDir,
    signal,
    onShape: (shape) => tell({ kind: 'shape', shape }),
    onProgress: (done) => tell({ kind: 'share', done }),
  });
  for (const split of splits)
    for (const part of sampleParts) {
      const all = dataset[split][part];
      for (let from = 0; from < all.length; from += pieceElements) {
        if (signal.aborted) throw new KernelscopeError('cancelled', 'cancelled while the data was read');
        // A copy: of a view, some ports send all that lies behind it.
        await ask({ kind: 'samples', split, part, length: all.length, from, data: all.slice(from, from + pieceElements) });
      }
    }
  const { name, shape, inputs, classes, hash } = dataset;
  return { name, shape, inputs, classes, hash };
};
