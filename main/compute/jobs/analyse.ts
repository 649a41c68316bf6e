// The analysis of `analyze`: activations that another program wrote, layer by layer. The arrays are fetched in pieces, as they are needed.
import { KernelscopeError } from '../../contract/errors.ts';
import { openDevice } from '../../devices/index.ts';
import type { Algebra } from '../../devices/index.ts';
import { alignTogether, alignmentReference } from '../../kernels/alignment.ts';
import { similarityMatrix } from '../../kernels/similarity.ts';
import { featureSpectrum } from '../../kernels/spectrum.ts';
import type { ActivationAnalysis, AnalyseInput, AnalyseReport, Numbers } from '../protocol.ts';
import type { Job } from '../worker.ts';

const pieceElements = 2 ** 23;

/** Activations with their numbers at hand. target [P, C], input [P, D] or null, each layer [P, N] */
export interface Activations extends AnalyseInput {
  target: Numbers;
  input: Numbers | null;
  numbers: Numbers[];
}

/** Alignments, spectra and layer × layer similarity. @throws `bad-input` naming the layer */
export async function analyseActivations(
  algebra: Algebra,
  { samples: P, classes, centred, target, input, inputs, layers, numbers }: Activations,
  o: { signal?: AbortSignal; onProgress?(share: number): void } = {},
): Promise<ActivationAnalysis> {
  const reference = await alignmentReference({ algebra, P, y: target, classes, x: input, inputs: inputs ?? 0 });
  const sets = layers.map(({ name, features }, l) => ({ layer: name, features: numbers[l], P, N: features }));
  const goOn = (layer: string) => {
    if (o.signal?.aborted) throw new KernelscopeError('cancelled', `stopped at ${layer}`);
  };
  // Together, so that the input is centred once for all layers.
  const aligned = await alignTogether(algebra, reference, sets, (count) => goOn(sets[count - 1].layer));
  const found: ActivationAnalysis['layers'] = [];
  for (const [l, set] of sets.entries()) {
    goOn(set.layer);
    const spectrum = await featureSpectrum({ algebra, ...set, y: target, classes, centred });
    found.push({ name: set.layer, features: set.N, ...aligned[l], spectrum });
    o.onProgress?.(found.length / (sets.length + 1));
  }
  return { layers: found, similarity: await similarityMatrix(algebra, sets) };
}

export const analyse: Job<'analyse'> = async (wanted, context) => {
  const fetch = async (of: Extract<AnalyseReport, { kind: 'numbers' }>['of'], length: number): Promise<Numbers> => {
    let all: Numbers | null = null;
    for (let from = 0; from < length; from += pieceElements) {
      const to = Math.min(length, from + pieceElements);
      const piece = await context.ask({ kind: 'numbers', of, from, to });
      if (!piece || piece.length !== to - from) throw new Error(`expected elements ${from} … ${to - 1} of ${of}`);
      all ??= piece instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
      all.set(piece, from);
    }
    return all ?? new Float64Array(0);
  };
  const { samples: P, classes, inputs, layers } = wanted;
  const device = await openDevice('cpu'); // float64 algebra, the same on every device
  const target = await fetch('target', P * classes);
  const input = inputs === null ? null : await fetch('input', P * inputs);
  const numbers: Numbers[] = [];
  for (const [l, layer] of layers.entries()) numbers.push(await fetch(l, P * layer.features));
  return analyseActivations(
    device.algebra,
    { ...wanted, target, input, numbers },
    { signal: context.signal, onProgress: (done) => context.tell({ kind: 'share', done }) },
  );
};
