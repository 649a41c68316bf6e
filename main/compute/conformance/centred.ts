// A kernel whose elements hardly differ: centring leaves a thousandth of it, and only sums that keep that are right. What is checked is the
// sums alone: the definitions work on the very numbers that the device summed.
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Check } from '../../contract/results.ts';
import type { Device } from '../../devices/index.ts';
import { taken } from '../../devices/read.ts';
import { addTile, centredFrom, emptyMoments } from '../../kernels/moments.ts';
import { checkRelative, values } from './compare.ts';
import { centre, inner } from './definitions.ts';

const P = 150;
const N = 8;

const rowSums = (A: Float64Array): Float64Array =>
  Float64Array.from({ length: P }, (_, i) => A.subarray(i * P, (i + 1) * P).reduce((sum, v) => sum + v, 0));

export async function checkCentred({ tf, ops }: Device): Promise<Check[]> {
  const gramOf = (salt: number): Tensor2D =>
    tf.tidy(() => {
      const psi = tf.tensor2d(values(P * N, salt).map((v) => 1 + v / 10), [P, N]); // prettier-ignore
      return tf.matMul(psi, psi, false, true);
    });
  const [share, other] = [gramOf(0.1), gramOf(0.2)];
  const product = ops.innerProduct(share, other);
  const { sum, moments } = ops.addShare(null, { a: share, scale: 0.5, add: 0.25, b: null }, other);
  const all = { i: 0, m: P, j: 0, n: P };
  const M = emptyMoments(P);
  addTile(M, await moments, all);
  const between = await product;
  const [T, K, L] = (await Promise.all([sum, share, other].map(taken))).map((v) => Float64Array.from(v));
  const [rows, rowsK, rowsL] = [M.rows, rowSums(K), rowSums(L)];
  const got = [centredFrom(M.square, rows, rows), centredFrom(M.target, rows, rowsL), centredFrom(between, rowsK, rowsL)];
  const [HTH, HKH, HLH] = [T, K, L].map((A) => centre(A, P));
  const want = [inner(HTH, HTH), inner(HTH, HLH), inner(HKH, HLH)];
  return got.map((value, i) =>
    checkRelative(
      `centred ${['norm of a share', 'product of a share with a kernel', 'product of two kernels'][i]} whose elements hardly differ`,
      [value],
      [want[i]],
      1e-4,
    ),
  );
}
