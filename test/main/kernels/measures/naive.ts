// The measures by their definitions, P × P and with explicit loops: modified Gram–Schmidt for orthonormal bases, one-sided Jacobi for
// singular values. No Gram matrix is decomposed, so rounding enters otherwise than in the program.
import { centre, gram, kta, matrix, multiply, transpose, type Matrix } from '../../../support/numerics.ts';

export const centredColumns = (A: Matrix): Matrix => {
  const mean = A[0].map((_, j) => A.reduce((s, row) => s + row[j], 0) / A.length);
  return A.map((row) => row.map((v, j) => v - mean[j]));
};
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((s, v, i) => s + v * b[i], 0);

/** Thin SVD by one-sided Jacobi (Hestenes): rotations between columns until all are orthogonal → U columns as rows, s, V columns as rows */
export function svd(M: Matrix): { u: Matrix; s: number[]; v: Matrix } {
  const columns = transpose(M);
  const v = columns.map((_, i) => columns.map((__, j) => (i === j ? 1 : 0)));
  for (let sweep = 0, turned = true; turned && sweep < 100; sweep++) {
    turned = false;
    for (let p = 0; p < columns.length; p++)
      for (let q = p + 1; q < columns.length; q++) {
        const [a, b, c] = [dot(columns[p], columns[p]), dot(columns[q], columns[q]), dot(columns[p], columns[q])];
        if (Math.abs(c) <= 1e-15 * Math.sqrt(a * b) || c === 0) continue;
        turned = true;
        const zeta = (b - a) / (2 * c);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const cos = 1 / Math.sqrt(1 + t * t);
        for (const W of [columns, v]) {
          const [x, y] = [W[p], W[q]];
          W[p] = x.map((xi, i) => cos * (xi - t * y[i]));
          W[q] = x.map((xi, i) => cos * (t * xi + y[i]));
        }
      }
  }
  const s = columns.map((c) => Math.sqrt(dot(c, c)));
  const order = s.map((_, i) => i).sort((i, j) => s[j] - s[i]);
  return { u: order.map((i) => columns[i].map((x) => x / (s[i] || 1))), s: order.map((i) => s[i]), v: order.map((i) => v[i]) };
}

/** Orthonormal rows that span the columns of A: Gram–Schmidt twice over, what is left under 1e-9 of a column dropped */
export function orthonormal(A: Matrix): Matrix {
  const Q: Matrix = [];
  for (const column of transpose(A)) {
    const size = Math.sqrt(dot(column, column));
    let rest = column;
    for (let pass = 0; pass < 2; pass++)
      for (const q of Q) {
        const c = dot(q, rest);
        rest = rest.map((v, i) => v - c * q[i]);
      }
    const length = Math.sqrt(dot(rest, rest));
    if (length > 1e-9 * size) Q.push(rest.map((v) => v / length));
  }
  return Q;
}

/** Canonical correlations of two centred sets: singular values of Q_AᵀQ_B */
export const correlations = (A: Matrix, B: Matrix): number[] => {
  const [a, b] = [orthonormal(A), orthonormal(B)];
  const M = multiply(a, transpose(b));
  return svd(M.length >= M[0].length ? M : transpose(M)).s;
};

/** Leading singular directions with `share` of the variance, as columns */
export function leading(A: Matrix, share: number): Matrix {
  const wide = A[0].length > A.length;
  const { u, s, v } = svd(wide ? transpose(A) : A);
  const total = dot(s, s);
  let [k, sum] = [0, 0];
  while (sum < share * total) sum += s[k++] ** 2;
  return transpose((wide ? v : u).slice(0, k));
}

export function svcca(A: Matrix, B: Matrix, share = 0.99): number {
  const rho = correlations(leading(centredColumns(A), share), leading(centredColumns(B), share));
  return rho.reduce((s, r) => s + r, 0) / rho.length;
}

/** Weights from A's canonical variables and A's neurons */
export function pwcca(A: Matrix, B: Matrix): number {
  const [a, b] = [centredColumns(A), centredColumns(B)];
  const [qa, qb] = [orthonormal(a), orthonormal(b)];
  const M = multiply(qa, transpose(qb));
  const tall = M.length >= M[0].length;
  const { u, s, v } = svd(tall ? M : transpose(M));
  const h = multiply(tall ? u : v, qa); // rows: canonical variables of A
  const k = Math.min(qa.length, qb.length);
  const weights = h.slice(0, k).map((row) => transpose(a).reduce((sum, z) => sum + Math.abs(dot(row, z)), 0));
  return dot(weights, s.slice(0, k)) / weights.reduce((x, w) => x + w, 0);
}

export function procrustes(A: Matrix, B: Matrix): number {
  const unit = (M: Matrix) => {
    const size = Math.sqrt(M.flat().reduce((s, v) => s + v * v, 0));
    return M.map((row) => row.map((v) => v / size));
  };
  const M = multiply(transpose(unit(centredColumns(A))), unit(centredColumns(B)));
  return svd(M.length >= M[0].length ? M : transpose(M)).s.reduce((x, s) => x + s, 0);
}

/** Gaussian kernel with σ = bandwidth · median of the distances between two different samples */
export function gaussianKernel(A: Matrix, bandwidth: number): Matrix {
  const P = A.length;
  const D = matrix(P, P, (i, j) => Math.hypot(...A[i].map((v, k) => v - A[j][k])));
  const pairs = D.flatMap((row, i) => row.slice(i + 1)).sort((x, y) => x - y);
  const median = (pairs[(pairs.length - 1) >> 1] + pairs[pairs.length >> 1]) / 2;
  return D.map((row) => row.map((d) => Math.exp(-(d * d) / (2 * (bandwidth * median) ** 2))));
}
export const rbfCka = (A: Matrix, B: Matrix, bandwidth = 0.5): number =>
  kta(centre(gaussianKernel(A, bandwidth)), centre(gaussianKernel(B, bandwidth)));
export const linearCka = (A: Matrix, B: Matrix): number => kta(centre(gram(A)), centre(gram(B)));
