// The caption of a figure, from its facts: dataset, model, parameterisation, samples, estimator, centring.
import type {
  AlignmentSide,
  CurveSpectrum,
  FigureInputs,
  FigureOrder,
  FigureSource,
  LearningCurve,
  ModelPoint,
} from '../../main/contract/figures.ts';
import type { EpochMetrics, Split } from '../../main/contract/results.ts';

const parameterisations: Record<string, string> = { ntk: 'NTK parameterisation', standard: 'standard parameterisation' };
const thousands = (n: number) => n.toLocaleString('en-US');

const features = { flatten: ', maps flattened', mean: ', maps averaged over space' } as const;
const model = (s: FigureSource): string =>
  `${s.model} (${parameterisations[s.parameterisation] ?? s.parameterisation}${s.convFeatures ? features[s.convFeatures] : ''}) on ${s.dataset}`;
const probes = (sources: readonly FigureSource[]): string =>
  [...new Set(sources.map((s) => `${thousands(s.probe.train)} training and ${thousands(s.probe.test)} test samples`))].join('; ');
const runs = (sources: readonly FigureSource[]): string => {
  const kinds = [...new Set(sources.map(model))];
  if (sources.length === 0) return 'no runs';
  return sources.length === 1 ? kinds[0] : `n = ${sources.length} runs: ${kinds.join('; ')}`;
};
const measures = {
  cka: 'CKA (kernels centred, biased estimator)',
  kta: 'KTA (kernels not centred)',
  debiased: 'debiased CKA (unbiased HSIC estimator)',
} as const;
type Measure = keyof typeof measures;

export function trainingCaption(sources: readonly FigureSource[], metrics: readonly (readonly EpochMetrics[])[]): string {
  const epochs = Math.max(0, ...metrics.map((m) => m.at(-1)?.epoch ?? 0));
  return `Training over ${thousands(epochs)} epochs, ${runs(sources)}. (a) Accuracy and (b) squared error, summed over classes and averaged over samples; solid: training set, dashed: test set.`;
}

export function layerCaption(
  sources: readonly FigureSource[],
  epochs: readonly number[],
  measure: Measure,
  there: readonly Split[] = ['train', 'test'],
): string {
  const at = `at epoch ${[...new Set(epochs)].join(', ')}`;
  const dotted = measure === 'cka' ? ' Dotted: mean over all permutations of the samples.' : '';
  if (sources.length === 1)
    return `${capital(measures[measure])} of each layer’s kernel with the target’s and the input’s kernel ${at}, ${runs(sources)}; ${probes(sources)}, solid and dashed.${dotted}`;
  const only = there[0] === 'test' ? 'test' : 'training';
  const sets = there.length > 1 ? 'training (solid) and test set (dashed)' : `${only} set`;
  return `${capital(measures[measure])} of each layer’s kernel ${at}: (a) with the target’s kernel, ${sets}; (b) with the target’s and the input’s kernel, ${only} set; ${runs(sources)}; ${probes(sources)}. Lines: mean over runs, bands: ± standard deviation.${dotted}`;
}

export function layerEpochsCaption(s: FigureSource, measure: Measure, there: readonly Split[]): string {
  const sets = there.length > 1 ? 'training (solid) and test set (dashed)' : `${there[0] === 'test' ? 'test' : 'training'} set`;
  const dotted = measure === 'cka' ? ' Dotted: mean over all permutations of the samples, averaged over layers.' : '';
  return `${capital(measures[measure])} of each layer’s kernel during training, with (a) the target’s and (b) the input’s kernel, ${sets}; ${model(s)}; ${probes([s])}.${dotted}`;
}

export function ntkAlignmentCaption(s: FigureSource, measure: 'cka' | 'kta', withAccuracy: boolean): string {
  const accuracy = withAccuracy ? '(a) Training (solid) and test (dashed) accuracy. (b) ' : '';
  const dotted = measure === 'cka' ? '; dotted: mean of NTK–target over all permutations of the test samples' : '';
  return `${accuracy}Alignment of the class-traced NTK with the target and the network kernel, and of these two, during training: ${measures[measure]}; ${model(s)}; ${probes([s])}, solid and dashed${dotted}.`;
}

export function ntkSplitCaption(s: FigureSource, measure: 'cka' | 'kta', withLayers: boolean): string {
  const layers = withLayers
    ? ' (b) The same CKA as a sum over layers, each weighted by its share of the NTK’s norm; the sum is exact.'
    : '';
  return `${withLayers ? '(a) ' : ''}Alignment with the target of the NTK and of its two parts, the penultimate layer’s kernel K^(L), and the gradient kernel: ${measures[measure]}; ${model(s)}; ${probes([s])}, solid and dashed.${layers}`;
}

const kernelOf = (layer: string) => (layer === 'ntk' ? 'the class-traced NTK' : `the kernel of ${layer}`);
const samplesOf = (curves: readonly CurveSpectrum[]) =>
  [...new Set(curves.map((c) => `P = ${thousands(c.samples)} ${c.split === 'train' ? 'training' : 'test'} samples`))].join(', ');
const centring = (s: FigureSource) => (s.centred ? 'centred' : 'not centred');

export const spectrumCaption = (s: FigureSource, curves: readonly CurveSpectrum[]): string =>
  `Eigenvalues of K/P, K ${kernelOf(curves[0].layer)} (${centring(s)}), during training; ${model(s)}; ${samplesOf(curves)}. Dashed: rank of the target${s.centred ? ' (C − 1)' : ' (C)'} and, where it is smaller than P, of the kernel (N). Grey: numerical noise.`;

/** ridge: the share of the kernel's mean diagonal element, as it is to be read */
export function learningCaption(s: FigureSource, curves: readonly LearningCurve[], ridge: string): string {
  const [{ layer, samples, split, draws }] = curves;
  const set = split === 'train' ? 'training' : 'test';
  return `Ridge regression with ${kernelOf(layer)} (${centring(s)}) on n samples, at ${curves.length > 1 ? 'epochs' : 'epoch'} ${curves.map((c) => thousands(c.epoch)).join(', ')}: (a) share of the samples not drawn that are given another class than theirs; (b) squared error over all samples, summed over classes and averaged, as the kernel’s spectrum and the target’s power in it predict (lines; Canatar, Bordelon & Pehlevan 2021) and as measured (dots). Dots: mean over ${draws} draws of n among P = ${thousands(samples)} ${set} samples; bands: ± standard deviation; dotted: the network’s own outputs on the same samples. Ridge: ${ridge} of the kernel’s mean diagonal element. ${model(s)}.`;
}

export function powerCaption(s: FigureSource, curves: readonly CurveSpectrum[]): string {
  const none = Math.max(...curves.map((c) => c.nullPower));
  const left = none > 5e-4 ? ` Up to ${(100 * none).toPrecision(2)} % of the power lies in no mode of the kernel.` : '';
  return `Share of the target’s power in the leading modes of ${kernelOf(curves[0].layer)} (${centring(s)}), during training; ${model(s)}; ${samplesOf(curves)}. Dotted: a target unrelated to the kernel.${left}`;
}

const epochsOf = (models: readonly ModelPoint[]) => {
  const all = models.map((m) => m.epoch);
  const [first, last] = [Math.min(...all), Math.max(...all)];
  return models.length === 0
    ? ''
    : first === last
      ? ` at epoch ${thousands(first)}`
      : ` at epochs ${thousands(first)} to ${thousands(last)}`;
};
const accuracies = (models: readonly ModelPoint[], { column, words, descending }: FigureOrder) => {
  if (models.length < 2) return '';
  const ends = [models[0], models[models.length - 1]].map((m) => percent(m.testAccuracy));
  const range = column === 'testAccuracy' ? `, from ${ends[0]} to ${ends[1]}` : '';
  return ` Models stand in ${descending ? 'falling ' : ''}order of ${words}${range}.`;
};
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** models: in the order in which they are drawn */
export function modelsCaption(
  sources: readonly FigureSource[],
  models: readonly ModelPoint[],
  measure: Measure,
  { order, to }: { order: FigureOrder; to: AlignmentSide | undefined },
): string {
  const dotted = measure === 'cka' && models.length > 1 ? ' Dotted: mean over all permutations of the samples, averaged over layers.' : '';
  const panels = to
    ? `with the ${to}’s kernel on (b) the training and (c) the test set; (a) test accuracy`
    : 'with the target’s kernel on (a) the training and (b) the test set, (c) with the input’s on the test set';
  return `${capital(measures[measure])} of each layer’s kernel${epochsOf(models)}: ${panels}; ${runs(sources)}; ${probes(sources)}.${accuracies(models, order)}${to === 'input' ? '' : dotted}`;
}

/** r: with test accuracy, of the mean alignment on each set; null where it is not defined */
export function meanCkaCaption(
  sources: readonly FigureSource[],
  models: readonly ModelPoint[],
  measure: Measure,
  r: { train: number | null; test: number | null },
  order: FigureOrder,
): string {
  const said = (['train', 'test'] as const).flatMap((set) =>
    r[set] === null ? [] : [`${r[set].toFixed(2).replace('-', '−')} (${set === 'train' ? 'training' : 'test'} set)`],
  );
  const pearson = said.length > 0 ? ` Pearson’s r of the mean with test accuracy: ${said.join(', ')}.` : '';
  return `(a) Accuracy and (b) alignment with the target, averaged over layers${epochsOf(models)}; solid: training set, dashed: test set; ${measures[measure]}; ${runs(sources)}; ${probes(sources)}.${accuracies(models, order)}${pearson}`;
}

const samplesIn = (s: FigureSource, split: Split) => `${thousands(s.probe[split])} ${split === 'train' ? 'training' : 'test'} samples`;

export function similarityCaption({ sources, epochs, split }: FigureInputs['layer-similarity']): string {
  const [first, second] = [sources[0], sources[sources.length - 1]];
  const one = (s: FigureSource, epoch: number) => `${s.name || s.run}, ${model(s)}, epoch ${thousands(epoch)}`;
  const which =
    sources.length > 1
      ? `rows: ${one(first, epochs[0])}; columns: ${one(second, epochs[1])}`
      : epochs[0] === epochs[1]
        ? one(first, epochs[0])
        : `${one(first, epochs[0])} (rows) and ${thousands(epochs[1])} (columns)`;
  return `${capital(measures.cka)} between the kernels of layers; ${which}; the same ${samplesIn(first, split)}.`;
}

export const driftCaption = ({ source, split, layer }: FigureInputs['kernel-drift']): string =>
  `${capital(measures.cka)} of ${kernelOf(layer)} at each epoch with itself at each other; ${model(source)}; ${samplesIn(source, split)}.`;

/** letters: of the runs' lines */
export function overlayCaption(
  { sources, epoch, overlay = 'target' }: FigureInputs['alignment-by-layer'],
  measure: Measure,
  there: readonly Split[],
): string {
  const sets = there.map((split, i) => `(${'ab'[i]}) the ${split === 'train' ? 'training' : 'test'} set`).join(' and ');
  const lines = sources.map((s, i) => `${letterOf(i)}: ${s.name || s.run}`).join('; ');
  const at = `at epoch ${[...new Set(epoch)].join(', ')}`;
  return `${capital(measures[measure])} of each layer’s kernel with the ${overlay}’s kernel ${at} on ${sets}; ${lines}; ${runs(sources)}; ${probes(sources)}.`;
}
/** Runs that are drawn beside each other are A, B, C, … */
export const letterOf = (i: number): string => String.fromCharCode(65 + i);

export function modelMapCaption({ sources, epochs, layers, split, order }: FigureInputs['model-similarity']): string {
  const names = [...new Set(layers)];
  const layer = names.length === 1 ? kernelOf(names[0]) : `the kernel of one layer each (${names.join(', ')})`;
  const at = [...new Set(epochs)].map(thousands).join(', ');
  const standing = order && sources.length > 1 ? ` Models stand in ${order.descending ? 'falling ' : ''}order of ${order.words}.` : '';
  const few = sources.length <= 12 ? ` ${sources.map((s, i) => `${i + 1}: ${s.name || s.run}`).join('; ')}.` : '';
  return `${capital(measures.cka)} of ${layer} of each model with that of each other, at epoch ${at}; ${runs(sources)}; the same ${sources.length > 0 ? samplesIn(sources[0], split) : 'samples'}.${standing}${few}`;
}

export function scatterCaption({ sources, x, y, correlation: { n, r, low, high }, without }: FigureInputs['scatter']): string {
  const two = (v: number | null) => (v ?? NaN).toFixed(2).replace('-', '−');
  const found =
    r === null
      ? `no correlation (${n} runs, or one of the two does not vary)`
      : `Pearson’s r = ${two(r)}, 95 % interval ${two(low)} to ${two(high)} (Fisher), n = ${n}`;
  const left = without > 0 ? ` ${without} runs lack one of the two numbers.` : '';
  return `${capital(y.words)} against ${x.words}: ${found}; ${runs(sources)}; ${probes(sources)}. CKA: with the target, of the newest snapshot.${left}`;
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);
