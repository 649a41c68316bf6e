// Numbers shaped like those of real runs, made from formulas: for developing and photographing the page without training.
import type { EpochMetrics, LayerAlignment, NtkAlignment, Spectrum, Snapshot, SplitAnalysis } from '../../main/contract/results.ts';

/** A number in [0, 1) that looks random and is always the same for the same `n`. */
export const jitter = (n: number): number => {
  const x = Math.sin(n * 12.9898 + 78.233) * 43_758.5453;
  return x - Math.floor(x);
};
const rise = (epoch: number, scale: number) => 1 - Math.exp(-epoch / scale);

export function metricsAt(epoch: number, skill = 1): EpochMetrics {
  const noise = 0.004 * (jitter(epoch) - 0.5);
  const trainAccuracy = Math.min(1, 0.1 + 0.9 * skill * rise(epoch + 0.4, 4) + noise);
  const testAccuracy = Math.min(1, 0.1 + 0.852 * skill * rise(epoch + 0.4, 3.4) + noise);
  return { epoch, trainLoss: 1.02 * (1 - trainAccuracy) + 0.004, testLoss: 0.95 * (1 - testAccuracy) + 0.03, trainAccuracy, testAccuracy };
}

export function layerAlignments(epoch: number, layers: string[], test: boolean, skill = 1): LayerAlignment[] {
  const learned = rise(epoch, 12) * (test ? 0.86 : 1) * skill ** 1.5;
  return layers.map((layer, i) => {
    const depth = (i + 1) / layers.length;
    const ckaTarget = 0.12 + 0.1 * depth + learned * 0.76 * depth ** 1.2;
    const ckaInput = 0.86 - 0.34 * depth - learned * 0.3 * depth;
    return {
      layer,
      features: layer === 'output' ? 10 : 200,
      ckaTarget,
      ckaInput,
      ktaTarget: 0.3 + 0.65 * ckaTarget,
      ktaInput: 0.5 + 0.45 * ckaInput,
      debiasedTarget: ckaTarget - 0.02,
      debiasedInput: ckaInput - 0.015,
      nullTarget: 0.021,
    };
  });
}

export function ntkAlignment(epoch: number, layers: string[], test: boolean): NtkAlignment {
  const cut = test ? 0.84 : 1;
  const ntkTarget = 0.24 + 0.62 * rise(epoch, 9) * cut;
  const penultimateTarget = 0.26 + 0.67 * rise(epoch, 7) * cut;
  const gradientTarget = 0.23 + 0.5 * rise(epoch, 11) * cut;
  const networkTarget = 0.2 + 0.79 * rise(epoch + 0.2, 4) * (test ? 0.93 : 1);
  const ntkNetwork = 0.34 + 0.53 * rise(epoch, 6) * cut;
  const hidden = layers.slice(0, -1);
  return {
    ntkTarget,
    ntkNetwork,
    networkTarget,
    penultimateTarget,
    gradientTarget,
    penultimateShare: 0.42,
    gradientShare: 0.63,
    nullTarget: 0.022,
    kta: {
      ntkTarget: 0.9 * ntkTarget,
      ntkNetwork: 0.9 * ntkNetwork,
      networkTarget,
      penultimateTarget: 0.9 * penultimateTarget,
      gradientTarget: 0.9 * gradientTarget,
    },
    parts: [...hidden, 'readout'].map((layer, i) => ({ layer, ckaTarget: 0.3 + 0.1 * i * rise(epoch, 9), share: 0.2 + 0.05 * i })),
  };
}

export function spectrum(epoch: number, layer: string, test: boolean, samples: number, classes: number): Spectrum {
  const features = layer === 'output' ? classes : layer === 'ntk' ? samples : 200;
  const rank = Math.min(features, samples);
  const learned = rise(epoch, 12) * (test ? 0.85 : 1);
  const eigenvalues = Float64Array.from({ length: rank }, (_, i) => {
    const bulk = 20 * (i + 1) ** -(1.2 + 0.5 * learned) * Math.exp(-3 * (i / rank) ** 8);
    return i < classes ? bulk + 30 * learned * (1 - 0.04 * i) : bulk * (1 - 0.6 * learned);
  }).sort((a, b) => b - a);
  const limit = layer === 'output' ? 0.5 + 0.4 * learned : 1;
  const power = Float64Array.from({ length: rank }, (_, i) => limit * (1 - (1 - (i + 1) / rank) ** (1 + 24 * learned + 2)));
  return {
    layer,
    samples,
    features,
    classes,
    eigenvalues,
    power,
    nullPower: 1 - power[rank - 1],
    noiseFloor: eigenvalues[0] * 1e-13,
    centred: false,
  };
}

export function snapshotAt(epoch: number, layers: string[], samples: number, classes: number, skill = 1): Snapshot {
  const split = (test: boolean): SplitAnalysis => ({
    layers: layerAlignments(epoch, layers, test, skill),
    ntk: ntkAlignment(epoch, layers, test),
    spectra: [...layers, 'ntk'].map((layer) => spectrum(epoch, layer, test, samples, classes)),
  });
  return { epoch, train: split(false), test: split(true) };
}
