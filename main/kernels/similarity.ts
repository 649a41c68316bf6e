// Layer × layer CKA: S_ab = ‖Ψ_aᶜᵀ Ψ_bᶜ‖² / (‖Ψ_aᶜᵀ Ψ_aᶜ‖ ‖Ψ_bᶜᵀ Ψ_bᶜ‖). Where it fits, one rank-k update over the concatenated
// centred features holds every product at once.
import type { Algebra } from '../devices/algebra.ts';
import { centredRows, type FeatureInput, type Features } from './features.ts';
import { alignable } from './alignment.ts';
import { centredProducts } from './product.ts';

const concatenationBytes = 512 * 2 ** 20;

/** CKA of two feature sets on the same P samples, in [0, 1]. */
export const similarity = async (algebra: Algebra, a: FeatureInput, b: FeatureInput): Promise<number> =>
  (await similarityMatrix(algebra, [a, b]))[0][1];

/** Layer × layer CKA → L rows of L values: symmetric, with a diagonal of exactly 1. Wide layers (N ≥ P) are compared through kernels. */
export async function similarityMatrix(algebra: Algebra, layers: readonly FeatureInput[]): Promise<number[][]> {
  const sets: Features[] = [];
  for (const layer of layers) sets.push(await alignable(layer));
  const products = await (fits(sets) ? concatenated(algebra, sets) : pairwise(algebra, sets));
  return products.map((row, a) =>
    row.map((p, b) => (a === b ? 1 : Math.min(1, p / (Math.sqrt(products[a][a]) * Math.sqrt(products[b][b]))))),
  );
}

function fits(sets: readonly Features[]): boolean {
  const N = sets.reduce((sum, s) => sum + s.N, 0);
  const P = sets[0]?.P ?? 0;
  return sets.every((s) => s.P === P && s.N < P) && (N * N + P * N) * 8 <= concatenationBytes;
}

/** ⟨K_a, K_b⟩ from blocks of one big ΨᵀΨ */
async function concatenated(algebra: Algebra, sets: readonly Features[]): Promise<number[][]> {
  const starts = sets.map((_, a) => sets.slice(0, a).reduce((sum, s) => sum + s.N, 0));
  const N = sets.reduce((sum, s) => sum + s.N, 0);
  const P = sets[0]?.P ?? 0;
  const Psi = new Float64Array(P * N);
  for (const [a, set] of sets.entries()) {
    const rows = await centredRows(set, 0, P);
    for (let i = 0; i < P; i++) Psi.set(rows.subarray(i * set.N, (i + 1) * set.N), i * N + starts[a]);
  }
  const G = new Float64Array(N * N);
  if (N > 0) await algebra.syrk({ trans: true, n: N, k: P, a: Psi, c: G });
  const products = sets.map(() => sets.map(() => 0));
  for (let a = 0; a < sets.length; a++)
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = starts[a]; i < starts[a] + sets[a].N; i++)
        for (let k = i * N + starts[b], end = k + sets[b].N; k < end; k++) sum += G[k] * G[k];
      products[a][b] = products[b][a] = sum;
    }
  return products;
}

async function pairwise(algebra: Algebra, sets: readonly Features[]): Promise<number[][]> {
  const products = sets.map(() => sets.map(() => 0));
  for (let a = 0; a < sets.length; a++) {
    const row = await centredProducts(algebra, sets[a], sets.slice(0, a + 1));
    for (const [b, p] of row.entries()) products[a][b] = products[b][a] = p;
  }
  return products;
}
