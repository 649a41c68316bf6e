// The JSON that `analyze` answers with.
import type { Activations } from './read.ts';
import type { ActivationAnalysis } from '../boot.ts';

export interface AnalysisDocument {
  samples: number;
  classes: number;
  layers: {
    name: string;
    features: number;
    cka: { target: number; input: number | null; nullTarget: number };
    debiasedCka: { target: number; input: number | null };
    kta: { target: number; input: number | null };
    spectrum: { eigenvalues: number[]; cumulativePower: number[]; nullPower: number; noiseFloor: number };
  }[];
  meanCka: { target: number; input: number | null };
  /** layer × layer CKA */
  similarity: number[][];
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/** The document of an analysis; `input` values are null where there is no input. */
export function analysisDocument(
  { samples, classes, input }: Pick<Activations, 'samples' | 'classes' | 'input'>,
  analysis: ActivationAnalysis,
): AnalysisDocument {
  const layers = analysis.layers.map(({ name, features, target, input: x, spectrum }) => ({
    name,
    features,
    cka: { target: target.cka, input: x?.cka ?? null, nullTarget: target.null },
    debiasedCka: { target: target.debiased, input: x?.debiased ?? null },
    kta: { target: target.kta, input: x?.kta ?? null },
    spectrum: {
      eigenvalues: [...spectrum.eigenvalues],
      cumulativePower: [...spectrum.power],
      nullPower: spectrum.nullPower,
      noiseFloor: spectrum.noiseFloor,
    },
  }));
  return {
    samples,
    classes,
    layers,
    meanCka: { target: mean(layers.map((l) => l.cka.target)), input: input ? mean(layers.map((l) => l.cka.input ?? NaN)) : null },
    similarity: analysis.similarity,
  };
}
