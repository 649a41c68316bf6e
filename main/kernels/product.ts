// ⟨HK₁H, HK₂H⟩ of two feature sets in the cheaper of two forms, in float64 and in bounded memory:
//   feature form  ‖Ψ₁ᶜᵀ Ψ₂ᶜ‖²_F            2 P N₁ N₂ operations (half for K₁ = K₂), P×P never formed
//   kernel form   Σ_tiles ⟨K₁ᶜ, K₂ᶜ⟩        P² (N₁ + N₂), in symmetric tiles; K₁ᶜ is shared by all its partners
import type { Algebra } from '../devices/algebra.ts';
import { badInput } from '../contract/errors.ts';
import { centredRows, centreInto, type Features } from './features.ts';

/** Bytes that one block of rows, one tile, or one N₁×N₂ product may take. */
const blockBytes = 128 * 2 ** 20;
const productBytes = 256 * 2 ** 20;
const largestTile = 2000;
/** rows of a block in which many layers stand side by side: long enough for products, short enough for the third cache */
const togetherRows = 512;

const dot = (a: Float64Array, b: Float64Array): number => {
  let s = 0;
  for (let k = 0; k < a.length; k++) s += a[k] * b[k];
  return s;
};

/** ⟨K_A, K_B⟩ centred, for each B of `partners` (A itself among them, if its norm is wanted). `rows`: rows a block, default from memory. */
export async function centredProducts(algebra: Algebra, A: Features, partners: readonly Features[], rows?: number): Promise<number[]> {
  for (const B of partners)
    if (B.P !== A.P) throw badInput(`${A.layer} has ${A.P} samples and ${B.layer} ${B.P}: kernels are compared on the same samples only`);
  const byKernel = partners.map((B) => prefersKernel(A, B));
  const kernelPartners = partners.filter((_, q) => byKernel[q]);
  const fromKernel = kernelPartners.length > 0 ? await kernelForm(algebra, A, kernelPartners, rows) : [];
  const products: number[] = [];
  for (let q = 0, k = 0; q < partners.length; q++)
    products.push(byKernel[q] ? fromKernel[k++] : await featureForm(algebra, A, partners[q], rows));
  return products;
}

function prefersKernel(A: Features, B: Features): boolean {
  if (A === B) return A.N >= A.P || A.N * A.N * 8 > productBytes;
  return A.P * (A.N + B.N) < 2 * A.N * B.N || A.N * B.N * 8 > productBytes;
}

/** Features that do not fit are made anew for every block of rows, so that larger blocks cost less. */
const rowsFor = (widest: number, P: number) => Math.max(1, Math.min(P, Math.floor(blockBytes / 8 / widest)));

/** ‖Ψ₁ᶜᵀ Ψ₂ᶜ‖²_F, the N₁×N₂ product accumulated over row blocks */
async function featureForm(algebra: Algebra, A: Features, B: Features, rows = rowsFor(Math.max(A.N, B.N), A.P)): Promise<number> {
  const G = new Float64Array(A.N * B.N);
  const a = new Float64Array(rows * A.N);
  const b = A === B ? a : new Float64Array(rows * B.N);
  for (let from = 0; from < A.P; from += rows) {
    const to = Math.min(A.P, from + rows);
    const beta = from > 0 ? 1 : 0;
    await centreInto(a, A, from, to);
    if (A === B) await algebra.syrk({ trans: true, n: A.N, k: to - from, a, beta, c: G });
    else {
      await centreInto(b, B, from, to);
      await algebra.gemm({ transA: true, m: A.N, n: B.N, k: to - from, a, b, beta, c: G });
    }
  }
  return dot(G, G);
}

/** Whether products of all of these with themselves and with `partners` are cheapest in feature form and fit into memory together. */
export function fitTogether(layers: readonly Features[], partners: readonly Features[]): boolean {
  const all = layers.reduce((sum, A) => sum + A.N, 0);
  const cheap = layers.every((A) => !prefersKernel(A, A) && partners.every((B) => B.P === A.P && !prefersKernel(A, B)));
  return cheap && partners.every((B) => all * B.N * 8 <= productBytes);
}

/**
 * For many layers at once, each of which has to be in feature form (`fitTogether`): own[l] = ‖K_l‖² and cross[l][q] = ⟨K_l, L_q⟩, centred.
 * A block of rows is centred once for all products that it enters, and the layers stand side by side in them.
 */
export async function productsTogether(
  algebra: Algebra,
  layers: readonly Features[],
  partners: readonly Features[],
): Promise<{ own: number[]; cross: number[][] }> {
  const P = layers[0]?.P ?? 0;
  const starts = layers.map((_, l) => layers.slice(0, l).reduce((sum, A) => sum + A.N, 0));
  const wide = layers.reduce((sum, A) => sum + A.N, 0);
  const rows = Math.min(P, togetherRows);
  const side = new Float64Array(rows * wide);
  const blocks = partners.map((B) => new Float64Array(rows * B.N));
  const grams = layers.map((A) => new Float64Array(A.N * A.N));
  const G = partners.map((B) => new Float64Array(wide * B.N));
  for (let from = 0; from < P; from += rows) {
    const to = Math.min(P, from + rows);
    const k = to - from;
    const beta = from > 0 ? 1 : 0;
    for (const [l, A] of layers.entries()) await centreInto(side, A, from, to, wide, starts[l]);
    for (const [l, { N }] of layers.entries()) {
      const a = side.subarray(starts[l]);
      await algebra.gemm({ transA: true, m: N, n: N, k, a, lda: wide, b: a, ldb: wide, beta, c: grams[l] });
    }
    for (const [q, B] of partners.entries()) {
      await centreInto(blocks[q], B, from, to);
      await algebra.gemm({ transA: true, m: wide, n: B.N, k, a: side, lda: wide, b: blocks[q], beta, c: G[q] });
    }
  }
  const cross = layers.map(({ N }, l) => partners.map((B, q) => square(G[q], starts[l] * B.N, (starts[l] + N) * B.N)));
  return { own: grams.map((g) => square(g, 0, g.length)), cross };
}

/** Σ g² over a part */
function square(g: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += g[k] * g[k];
  return sum;
}

/** Σ over tiles of the lower triangle; a tile off the diagonal counts twice */
async function kernelForm(algebra: Algebra, A: Features, partners: readonly Features[], rows?: number): Promise<number[]> {
  const widest = Math.max(A.N, ...partners.map((B) => B.N));
  const block = Math.min(rows ?? largestTile, rowsFor(widest, A.P));
  const sums = partners.map(() => 0);
  const tile = async (F: Features, i: number, j: number): Promise<Float64Array> => {
    const iEnd = Math.min(F.P, i + block);
    const jEnd = Math.min(F.P, j + block);
    const c = new Float64Array((iEnd - i) * (jEnd - j));
    const a = await centredRows(F, i, iEnd);
    if (i === j) await algebra.syrk({ n: iEnd - i, k: F.N, a, c });
    else await algebra.gemm({ transB: true, m: iEnd - i, n: jEnd - j, k: F.N, a, b: await centredRows(F, j, jEnd), c });
    return c;
  };
  for (let i = 0; i < A.P; i += block)
    for (let j = 0; j <= i; j += block) {
      const K = await tile(A, i, j);
      for (const [q, B] of partners.entries()) sums[q] += (i === j ? 1 : 2) * dot(K, B === A ? K : await tile(B, i, j));
    }
  return sums;
}
