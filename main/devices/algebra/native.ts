// Spectra and solutions on LAPACK.
import type { Solver } from '../algebra.ts';
import type { Lapack } from '../lapack.ts';
import { spectrumOf, toColumns, toRows } from './modes.ts';
import { nativeFeatures } from './native-features.ts';
import { nativeModes } from './native-symmetric.ts';
import type { Modules } from './scratch.ts';

export function createNativeSolver(lapack: Lapack, modules: Modules): Solver {
  return {
    symmetricPower: async (K, n, Y, C) => spectrumOf(await nativeModes(lapack, modules, K, n, Y, C)),
    featurePower: (Psi, P, N, Y, C) => nativeFeatures(lapack, Psi, P, N, Y, C),
    async symmetricEigen(K, n) {
      const values = new Float64Array(n);
      await lapack.call('dsyevd', 'V', 'L', n, K, n, values);
      // Ascending, vectors by columns: read row-major, row i is vector i. Both are turned round in place.
      const vectors = K.subarray(0, n * n);
      for (let i = 0, j = n - 1; i < j; i++, j--) {
        const row = vectors.slice(i * n, (i + 1) * n);
        vectors.copyWithin(i * n, j * n, (j + 1) * n);
        vectors.set(row, j * n);
      }
      return { values: values.reverse(), vectors };
    },
    async solvePositive(A, n, B, C) {
      const columns = toColumns(B, n, C);
      await lapack.call('dposv', 'L', n, C, A, n, columns, n);
      B.set(toRows(columns, n, C));
    },
  };
}
