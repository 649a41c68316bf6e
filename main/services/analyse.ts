// `analyze`: activations that another program wrote, analysed in a compute process.
import type { ActivationAnalysis, Compute, Numbers } from '../compute/index.ts';
import { resultOf } from './job-result.ts';

export interface Activations {
  /** P */
  samples: number;
  /** C */
  classes: number;
  /** [P, C] */
  target: Numbers;
  /** [P, D] */
  input: { data: Numbers; features: number } | null;
  /** each [P, N] */
  layers: { name: string; features: number; data: Numbers }[];
  /** spectra of the centred kernel */
  centred: boolean;
}

/** Alignments, spectra and similarity of layers. @throws KernelscopeError `bad-input` naming the layer, `cancelled` after the signal */
export async function analyse(
  compute: Compute,
  { samples, classes, target, input, layers, centred }: Activations,
  o: { signal?: AbortSignal; onProgress?: (share: number) => void } = {},
): Promise<ActivationAnalysis> {
  const wanted = {
    samples,
    classes,
    centred,
    inputs: input?.features ?? null,
    layers: layers.map(({ name, features }) => ({ name, features })),
  };
  const job = compute.start('analyse', wanted, (report) => {
    if (report.kind === 'share') return o.onProgress?.(report.done);
    const { of, from, to } = report;
    const all = of === 'target' ? target : of === 'input' ? input?.data : layers[of].data;
    return all?.slice(from, to);
  });
  return resultOf(job, o.signal);
}
