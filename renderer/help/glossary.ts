// Words of the program in a line each: states of runs, what a run is made of, files.

export interface Entry {
  word: string;
  means: string;
}
export const glossary: readonly { title: string; entries: readonly Entry[] }[] = [
  {
    title: 'States of a run',
    entries: [
      { word: 'queued', means: 'waits for its turn' },
      { word: 'running', means: 'trains or is being analysed' },
      { word: 'paused', means: 'halted by you; goes on when you say so' },
      { word: 'done', means: 'trained to its last epoch' },
      { word: 'failed', means: 'cannot go on as it is: the reason stands in place of its accuracy' },
      { word: 'interrupted', means: 'stopped before its end; resume goes on from the last checkpoint, to the same weights' },
    ],
  },
  {
    title: 'Words',
    entries: [
      { word: 'probe', means: 'the samples on which kernels are formed: P of the training set, P of the test set, fixed for a run' },
      { word: 'snapshot', means: 'an epoch at which weights are kept and every measure is taken' },
      { word: 'checkpoint', means: 'weights, optimiser and generator, so that a run can go on as if nothing had happened' },
      { word: 'preset', means: 'an experiment of the paper, or a smaller version of one' },
      { word: 'sweep', means: 'a grid of runs; started again, it does what is left' },
      { word: 'parameterisation', means: 'standard: weights N(0, 1/N); ntk: weights N(0, 1) with a factor 1/√N outside' },
      { word: 'provenance', means: 'version, device, libraries and hashes of data and probe, kept with every run' },
      { word: 'P, N, C, L', means: 'probe samples, features of a layer, classes, layers' },
    ],
  },
  {
    title: 'Files',
    entries: [
      { word: 'CONFIG.json', means: 'the fields of a run that differ from the defaults; unknown ones are refused by name' },
      { word: 'SWEEP.json', means: 'a name, a base and a grid of fields with their values' },
      { word: 'SVG', means: 'a figure that carries the numbers it shows' },
      { word: 'PNG', means: 'the same figure in pixels' },
      { word: 'CSV', means: 'the numbers of a figure or a table, one row a point' },
      { word: 'NPZ', means: 'arrays for NumPy: weights, features, spectra, kernels' },
      { word: 'bundle', means: 'a whole run in one file, for another library' },
      { word: 'library.sqlite', means: 'the library: all runs and their results' },
    ],
  },
];
