// Everything that a snapshot holds of one probe set: alignments of the layer kernels, the tangent kernel's, and the spectra of both.
import type { AnalysisConfig } from '../contract/config.ts';
import { KernelscopeError } from '../contract/errors.ts';
import type { LayerAlignment, NtkAlignment, ProbeSet, Spectrum, SplitAnalysis } from '../contract/results.ts';
import type { Device } from '../devices/index.ts';
import { alignmentReference, storedAlignments, type AlignmentReference } from './alignment.ts';
import { layerFeatures, type Probed } from './layer-features.ts';
import { tangentKernel, tangentSource, type Tangential } from './ntk.ts';
import { featureSpectrum, kernelSpectrum } from './spectrum.ts';

/** What the analysis needs of a network. */
export interface Analysed extends Probed, Tangential {
  readonly sampleBytes: Probed['sampleBytes'] & Tangential['sampleBytes'];
}

export interface AnalysisOptions {
  device: Device;
  network: Analysed;
  probe: ProbeSet;
  analysis: AnalysisConfig;
  /** of this probe set, from `probeReference`; made here where it is not given */
  reference?: AlignmentReference;
  signal?: AbortSignal;
  /** share done, 0 … 1 */
  onProgress?(share: number): void;
}

const sizeOf = ({ ids, x }: ProbeSet) => ({ P: ids.length, D: x.length / ids.length });

/** Target and input of a probe set, the same for every layer and snapshot. */
export function probeReference({ algebra }: Device, probe: ProbeSet): Promise<AlignmentReference> {
  const { P, D } = sizeOf(probe);
  return alignmentReference({ algebra, P, y: probe.y, classes: probe.classes, x: probe.x, inputs: D });
}

/** The analysis that `analysis` asks for. @throws as the kernels do, naming the layer; `cancelled` when the signal aborts */
export async function analyseSplit(o: AnalysisOptions): Promise<SplitAnalysis> {
  const { device, network, probe, analysis } = o;
  const { algebra } = device;
  const { P, D } = sizeOf(probe);
  const { y, classes } = probe;
  const { centred } = analysis;
  const next = step(o, analysis);

  const { layers: features, output } = await layerFeatures(device, network, { x: probe.x, P, D });
  const layers: LayerAlignment[] = [];
  const spectra: Spectrum[] = [];
  if (analysis.alignment) {
    const reference = o.reference ?? (await probeReference(device, probe));
    layers.push(...(await storedAlignments(algebra, reference, features, () => next(1 / features.length))));
  }
  if (analysis.spectrum)
    for (const layer of features) {
      spectra.push(await featureSpectrum({ algebra, ...layer, y, classes, centred }));
      next(1 / features.length);
    }
  let ntk: NtkAlignment | null = null;
  if (analysis.ntk) {
    const { spectrum: keep } = analysis;
    let before = 0;
    const onProgress = (share: number) => {
      next(share - before);
      before = share;
    };
    const made = await tangentKernel({ ...tangentSource(device, network, probe, output), keep, signal: o.signal, onProgress });
    ntk = made.alignment;
    if (made.K) spectra.push(await kernelSpectrum({ algebra, layer: 'ntk', K: made.K, P, y, classes, centred }));
    next(1);
  }
  return { layers, ntk, spectra };
}

/** Counts the parts of an analysis, each 1 in all, and stops between them. */
function step({ signal, onProgress }: AnalysisOptions, { alignment, spectrum, ntk }: AnalysisConfig): (part: number) => void {
  const parts = Number(alignment) + Number(spectrum) + 2 * Number(ntk);
  let done = 0;
  return (part) => {
    if (signal?.aborted) throw new KernelscopeError('cancelled', 'stopped between two parts of an analysis');
    done += part;
    onProgress?.(Math.min(1, done / parts));
  };
}
