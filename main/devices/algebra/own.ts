// Spectra and solutions without LAPACK: the same reductions in WebAssembly, one thread, to the same accuracy.
import type { Solver } from '../algebra.ts';
import { breathe } from './checks.ts';
import { solvePositive } from './cholesky.ts';
import { spectrumOf, toColumns, type Spectrum } from './modes.ts';
import type { Products } from './products.ts';
import { createScratch, type Modules } from './scratch.ts';
import { scaleOf, solveBand, type Modes } from './tridiagonal.ts';

interface QrKernel {
  factorise(P: number, N: number, extra: number, A: number, v: number, from: number, to: number): void;
}

/** A dense matrix is a band matrix with n − 1 sub-diagonals: chasing its bulges is Householder's reduction to tridiagonal form. */
function denseModes(modules: Modules, K: Float64Array, n: number, Y: Float64Array, C: number): Promise<Modes> {
  const b = Math.max(1, n - 1);
  const band = new Float64Array((b + 1) * n);
  // Column j below the diagonal is row j of the upper triangle.
  for (let j = 0; j < n; j++) band.set(K.subarray(j * n + j, (j + 1) * n), (b + 1) * j);
  return solveBand(modules, n, b, band, Y, C);
}

/** Ψ = QR, then the symmetric [0 Rᵀ; R 0]: its eigenvalues are ±σ with vectors (v, ±u)/√2, right to ε·σ₁ where those of RᵀR would be
 *  right to ε·σ₁² only. The target (0, QᵀY) has half of ‖uᵀY‖² in each of the two. */
async function ownFeatures(modules: Modules, Psi: Float64Array, P: number, N: number, Y: Float64Array, C: number): Promise<Spectrum> {
  const { memory, blocks } = createScratch(P * (N + C), P);
  const [A, v] = blocks;
  const scale = scaleOf(Psi.subarray(0, P * N));
  for (let i = 0; i < P; i++) for (let j = 0; j < N; j++) A.view[j * P + i] = Psi[i * N + j] * scale;
  toColumns(Y, P, C, A.view.subarray(P * N));
  const kernel = modules<QrKernel>('qr', memory);
  const atOnce = Math.max(1, Math.floor(1e7 / (P * (N + C))));
  for (let j = 0; j < N; j += atOnce) {
    kernel.factorise(P, N, C, A.at, v.at, j, j + atOnce);
    await breathe();
  }
  const M = 2 * N;
  const B = new Float64Array(M * M);
  const target = new Float64Array(M * C);
  for (let i = 0; i < N; i++) {
    for (let j = i; j < N; j++) B[(N + i) * M + j] = B[j * M + N + i] = A.view[j * P + i] / scale;
    for (let c = 0; c < C; c++) target[(N + i) * C + c] = A.view[(N + c) * P + i];
  }
  const { values, power } = spectrumOf(await denseModes(modules, B, M, target, C));
  return {
    values: values.slice(0, N).map((sigma) => sigma * sigma),
    power: power.slice(0, N).map((p, i) => p + power[M - 1 - i]),
  };
}

export function createOwnSolver(modules: Modules, products: Products): Solver {
  return {
    symmetricPower: async (K, n, Y, C) => spectrumOf(await denseModes(modules, K, n, Y, C)),
    featurePower: (Psi, P, N, Y, C) => ownFeatures(modules, Psi, P, N, Y, C),
    async symmetricEigen(K, n) {
      const identity = new Float64Array(n * n);
      for (let i = 0; i < n; i++) identity[i * n + i] = 1;
      const { values, rows, columns } = await denseModes(modules, K, n, identity, n);
      const order = Uint32Array.from(values, (_, i) => i).sort((i, j) => values[j] - values[i]);
      const vectors = new Float64Array(n * n);
      order.forEach((i, rho) => vectors.set(rows.subarray(i * columns, i * columns + n), rho * n));
      return { values: Float64Array.from(order, (i) => values[i]), vectors };
    },
    solvePositive: (A, n, B, C) => solvePositive(products, A, n, B, C),
  };
}
