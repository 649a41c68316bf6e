// The caption of a figure, from its facts: dataset, model, parameterisation, samples, estimator, centring.
import type { CurveSpectrum, FigureSource } from '../../main/contract/figures.ts';
import type { EpochMetrics } from '../../main/contract/results.ts';

const parameterisations: Record<string, string> = { ntk: 'NTK parameterisation', standard: 'standard parameterisation' };
const thousands = (n: number) => n.toLocaleString('en-US');

const model = (s: FigureSource): string => `${s.model} (${parameterisations[s.parameterisation] ?? s.parameterisation}) on ${s.dataset}`;
const probes = (s: FigureSource): string => `${thousands(s.probe.train)} training and ${thousands(s.probe.test)} test samples`;
const runs = (sources: readonly FigureSource[]): string => {
  const kinds = [...new Set(sources.map(model))];
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

export function layerCaption(sources: readonly FigureSource[], epochs: readonly number[], measure: Measure): string {
  const at = [...new Set(epochs)].join(', ');
  const spread = sources.length > 1 ? ' Lines: mean over runs, bands: ± standard deviation.' : '';
  const dotted = measure === 'cka' ? ' Dotted: mean over all permutations of the samples.' : '';
  return `${capital(measures[measure])} of each layer’s kernel with the target’s and the input’s kernel at epoch ${at}, ${runs(sources)}; ${probes(sources[0])}, solid and dashed.${spread}${dotted}`;
}

export function ntkAlignmentCaption(s: FigureSource, measure: 'cka' | 'kta', withAccuracy: boolean): string {
  const accuracy = withAccuracy ? '(a) Training (solid) and test (dashed) accuracy. (b) ' : '';
  const dotted = measure === 'cka' ? '; dotted: mean of NTK–target over all permutations of the test samples' : '';
  return `${accuracy}Alignment of the class-traced NTK with the target and the network kernel, and of these two, during training: ${measures[measure]}; ${model(s)}; ${probes(s)}, solid and dashed${dotted}.`;
}

export function ntkSplitCaption(s: FigureSource, measure: 'cka' | 'kta', withLayers: boolean): string {
  const layers = withLayers
    ? ' (b) The same CKA as a sum over layers, each weighted by its share of the NTK’s norm; the sum is exact.'
    : '';
  return `${withLayers ? '(a) ' : ''}Alignment with the target of the NTK and of its two parts, the penultimate layer’s kernel K^(L), and the gradient kernel: ${measures[measure]}; ${model(s)}; ${probes(s)}, solid and dashed.${layers}`;
}

const kernelOf = (layer: string) => (layer === 'ntk' ? 'the class-traced NTK' : `the kernel of ${layer}`);
const samplesOf = (curves: readonly CurveSpectrum[]) =>
  [...new Set(curves.map((c) => `P = ${thousands(c.samples)} ${c.split === 'train' ? 'training' : 'test'} samples`))].join(', ');
const centring = (s: FigureSource) => (s.centred ? 'centred' : 'not centred');

export const spectrumCaption = (s: FigureSource, curves: readonly CurveSpectrum[]): string =>
  `Eigenvalues of K/P, K ${kernelOf(curves[0].layer)} (${centring(s)}), during training; ${model(s)}; ${samplesOf(curves)}. Dashed: rank of the target${s.centred ? ' (C − 1)' : ' (C)'} and, where it is smaller than P, of the kernel (N). Grey: numerical noise.`;

export function powerCaption(s: FigureSource, curves: readonly CurveSpectrum[]): string {
  const none = Math.max(...curves.map((c) => c.nullPower));
  const left = none > 5e-4 ? ` Up to ${(100 * none).toPrecision(2)} % of the power lies in no mode of the kernel.` : '';
  return `Share of the target’s power in the leading modes of ${kernelOf(curves[0].layer)} (${centring(s)}), during training; ${model(s)}; ${samplesOf(curves)}. Dotted: a target unrelated to the kernel.${left}`;
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);
