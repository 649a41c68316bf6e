// Kernels and their alignments by the definitions, all P × P matrices written out in float64.

/** Ψ Ψᵀ. rows [P][N] → [P, P] */
export function gram(rows: readonly ArrayLike<number>[]): Float64Array {
  const P = rows.length;
  const K = new Float64Array(P * P);
  for (let i = 0; i < P; i++) for (let j = 0; j < P; j++) for (let k = 0; k < rows[i].length; k++) K[i * P + j] += rows[i][k] * rows[j][k];
  return K;
}

/** ⟨K, L⟩ */
export const inner = (K: Float64Array, L: Float64Array): number => K.reduce((s, v, k) => s + v * L[k], 0);
/** ⟨K, L⟩/(‖K‖‖L‖) */
export const kta = (K: Float64Array, L: Float64Array): number => inner(K, L) / Math.sqrt(inner(K, K) * inner(L, L));

/** HKH, H = I − 11ᵀ/P */
export function centre(K: Float64Array, P: number): Float64Array {
  const row = Array.from({ length: P }, (_, i) => K.subarray(i * P, (i + 1) * P).reduce((s, v) => s + v, 0) / P);
  const all = row.reduce((s, v) => s + v, 0) / P;
  return K.map((v, k) => v - row[Math.floor(k / P)] - row[k % P] + all);
}
export const cka = (K: Float64Array, L: Float64Array, P: number): number => kta(centre(K, P), centre(L, P));

/** HSIC_u(K, L)·P(P − 3) of Song et al. (2012, Eq. 5): diagonals emptied */
function unbiased(K: Float64Array, L: Float64Array, P: number): number {
  const empty = (A: Float64Array) => A.map((v, k) => (Math.floor(k / P) === k % P ? 0 : v));
  const sums = (A: Float64Array) => Array.from({ length: P }, (_, i) => A.subarray(i * P, (i + 1) * P).reduce((s, v) => s + v, 0));
  const [A, B] = [empty(K), empty(L)];
  const [a, b] = [sums(A), sums(B)];
  const total = (s: number[]) => s.reduce((x, y) => x + y, 0);
  return inner(A, B) + (total(a) * total(b)) / ((P - 1) * (P - 2)) - (2 / (P - 2)) * a.reduce((s, v, i) => s + v * b[i], 0);
}
export const debiasedCka = (K: Float64Array, L: Float64Array, P: number): number =>
  unbiased(K, L, P) / Math.sqrt(unbiased(K, K, P) * unbiased(L, L, P));
