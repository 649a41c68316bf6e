// Alignments of the class-traced NTK from the moments that its tiles left behind: CKA, KTA beside it, the null line and the exact split.
import { badInput } from '../contract/errors.ts';
import type { NtkAlignment, NtkPart } from '../contract/results.ts';
import type { Algebra } from '../devices/algebra.ts';
import { nullAlignment, participation } from './alignment.ts';
import { readFeatures, uncentredProduct } from './features.ts';
import { centredFrom, gramRowSums } from './moments.ts';
import type { NtkMoments } from './ntk.ts';
import { centredProducts } from './product.ts';

interface Sides {
  device: { algebra: Algebra };
  P: number;
  classes: number;
  /** target and network outputs [P, C] */
  y: Float32Array;
  outputs: Float32Array;
}

/** A kernel's norms and its products with the target kernel, centred and not. */
interface Products {
  norm: number;
  centredNorm: number;
  target: number;
  centredTarget: number;
}

export async function ntkAlignment({ device, P, classes, y, outputs }: Sides, M: NtkMoments): Promise<NtkAlignment> {
  const Y = await readFeatures({ layer: 'target', features: y, P, N: classes });
  const F = await readFeatures({ layer: 'network output', features: outputs, P, N: classes });
  const [yy, yf] = await centredProducts(device.algebra, Y, [Y, F]);
  const [ff] = await centredProducts(device.algebra, F, [F]);
  const norms = {
    y: Math.sqrt(uncentredProduct(Y, Y, yy)),
    f: Math.sqrt(uncentredProduct(F, F, ff)),
    yc: Math.sqrt(yy),
    fc: Math.sqrt(ff),
  };
  const [rY, rF] = [gramRowSums(y, P, classes), gramRowSums(outputs, P, classes)];

  const products = (layer: string, square: number, target: number, rows: Float64Array): Products => {
    if (!Number.isFinite(square)) throw badInput(`ntk: the share of ${layer} is not finite`);
    const centred = centredFrom(square, rows, rows);
    // Tiles are float32, so a centred norm under a millionth of the norm is rounding.
    if (!(centred > 1e-12 * square))
      throw badInput(`ntk: the share of ${layer} is the same for all samples (centred norm 0), so it has no alignment`);
    return { norm: Math.sqrt(square), centredNorm: Math.sqrt(centred), target, centredTarget: centredFrom(target, rows, rY) };
  };
  const parts = M.parts.map((m, l) => products(M.names[l], m.square, m.target, m.rows));
  const gradientParts = M.parts.filter((_, l) => l !== M.readout);
  const all = added(M.parts, P);
  const inner = added(gradientParts, P);
  const K = products('all layers', M.square, all.target, all.rows);
  const gradient = products('the hidden layers', M.gradientSquare, inner.target, inner.rows);
  const penultimate = parts[M.readout];

  const ckaTarget = (k: Products) => k.centredTarget / (k.centredNorm * norms.yc);
  const ktaTarget = (k: Products) => k.target / (k.norm * norms.y);
  const share = (k: Products) => k.centredNorm / K.centredNorm;
  const centredTrace = all.trace - all.rows.reduce((s, r) => s + r, 0) / P;
  return {
    ntkTarget: ckaTarget(K),
    ntkNetwork: centredFrom(M.network, all.rows, rF) / (K.centredNorm * norms.fc),
    networkTarget: yf / (norms.yc * norms.fc),
    penultimateTarget: ckaTarget(penultimate),
    gradientTarget: ckaTarget(gradient),
    penultimateShare: share(penultimate),
    gradientShare: share(gradient),
    nullTarget: nullAlignment(participation(centredTrace, K.centredNorm ** 2), participation(Y.trace, yy), P),
    kta: {
      ntkTarget: ktaTarget(K),
      ntkNetwork: M.network / (K.norm * norms.f),
      networkTarget: uncentredProduct(Y, F, yf) / (norms.y * norms.f),
      penultimateTarget: ktaTarget(penultimate),
      gradientTarget: ktaTarget(gradient),
    },
    parts: parts.map((k, l): NtkPart => ({ layer: M.names[l], ckaTarget: ckaTarget(k), share: share(k) })),
  };
}

/** Linear moments of a sum of kernels */
function added(parts: NtkMoments['parts'], P: number): { target: number; trace: number; rows: Float64Array } {
  const rows = new Float64Array(P);
  for (const part of parts) for (let i = 0; i < P; i++) rows[i] += part.rows[i];
  const sum = (pick: (m: NtkMoments['parts'][number]) => number) => parts.reduce((s, m) => s + pick(m), 0);
  return { target: sum((m) => m.target), trace: sum((m) => m.trace), rows };
}
