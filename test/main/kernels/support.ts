// Random features and the naive alignments of their kernels.
import { createAlgebra, type Algebra } from '../../../main/devices/algebra.ts';
import { findNative } from '../../../main/devices/native.ts';
import { alignLayer, alignmentReference, type Alignment } from '../../../main/kernels/alignment.ts';
import type { Reals } from '../../../main/kernels/features.ts';
import { centre, cka, debiasedCka, flat, gaussians, gram, inner, kta, matrix, trace, type Matrix } from '../../support/numerics.ts';

const native = await findNative();
export const algebras: [string, Algebra][] = [
  ...(native.library ? [['with LAPACK', createAlgebra(native)] as [string, Algebra]] : []),
  ['without', createAlgebra(null)],
];
export const [[, algebra]] = algebras;

export function features(P: number, N: number, seed: number, mean = 0): Matrix {
  const next = gaussians(seed);
  return matrix(P, N, () => mean + next());
}
/** Rows of Q: orthonormal, by Gram–Schmidt twice. */
export function orthogonal(n: number, seed: number): Matrix {
  const Q = features(n, n, seed);
  for (let pass = 0; pass < 2; pass++)
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        const c = Q[i].reduce((s, v, k) => s + v * Q[j][k], 0);
        Q[i] = Q[i].map((v, k) => v - c * Q[j][k]);
      }
      const length = Math.hypot(...Q[i]);
      Q[i] = Q[i].map((v) => v / length);
    }
  return Q;
}

/** Alignments of Ψ with Y as kernels, by the program. */
export async function aligned(Psi: Matrix, Y: Matrix, as: (x: Float64Array) => Reals = (x) => x): Promise<Alignment> {
  const P = Psi.length;
  const reference = await alignmentReference({ algebra, P, y: as(flat(Y)), classes: Y[0].length, x: null, inputs: 0 });
  const { target } = await alignLayer({ algebra, reference, layer: 'layer', features: as(flat(Psi)), P, N: Psi[0].length });
  return target;
}

/** The same by the definitions, P×P. */
export function naively(Psi: Matrix, Y: Matrix): Alignment {
  const [K, L] = [gram(Psi), gram(Y)];
  const [Kc, Lc] = [centre(K), centre(L)];
  const pr = (M: Matrix) => trace(M) ** 2 / inner(M, M);
  return { cka: cka(K, L), kta: kta(K, L), debiased: debiasedCka(K, L), null: Math.sqrt(pr(Kc) * pr(Lc)) / (K.length - 1) };
}
