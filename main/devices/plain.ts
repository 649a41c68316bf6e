// The operations composed from tfjs's own, for backends without our kernels; also what the fused ones are tested against.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Activation } from '../contract/config.ts';
import type { Ops, ShareMoments } from './ops.ts';
import { taken } from './read.ts';

function activate(z: Tensor2D, a: Activation): Tensor2D {
  if (a === 'relu') return tf.relu(z);
  if (a === 'tanh') return tf.tanh(z);
  if (a === 'erf') return tf.erf(z);
  return tf.clone(z);
}

function derivative(h: Tensor2D, a: Activation): Tensor2D {
  return tf.tidy(() => {
    if (a === 'relu') return tf.step(h);
    if (a === 'tanh') return tf.sub(1, tf.square(h));
    if (a === 'erf') return tf.mul(2 / Math.sqrt(Math.PI), tf.exp(tf.neg(tf.square(h))));
    return tf.onesLike(h);
  });
}

/** Consumes T. */
async function momentsOf(T: Tensor2D, L: Tensor2D): Promise<ShareMoments> {
  const [m, n] = T.shape;
  const [t, l] = await Promise.all([taken(T), L.data()]);
  const moments = { square: 0, product: 0, trace: 0, rows: new Float64Array(m), columns: new Float64Array(n) };
  for (let i = 0, k = 0; i < m; i++)
    for (let j = 0; j < n; j++, k++) {
      moments.square += t[k] * t[k];
      moments.product += t[k] * l[k];
      if (i === j) moments.trace += t[k];
      moments.rows[i] += t[k];
      moments.columns[j] += t[k];
    }
  return moments;
}

export const plainOps: Pick<Ops, 'dense' | 'activate' | 'derivative' | 'accumulateProduct' | 'addShare' | 'innerProduct'> = {
  dense(x, w, b, { scale, activation }) {
    return tf.tidy(() => {
      const y: Tensor2D = tf.matMul(x, w);
      const scaled: Tensor2D = scale === 1 ? y : tf.mul(y, scale);
      return activate(b ? tf.add(scaled, b) : scaled, activation);
    });
  },
  activate,
  derivative,
  accumulateProduct(K, A, scale, add, B) {
    return tf.tidy(() => {
      const term: Tensor2D = tf.mul(tf.add(tf.mul(A, scale), add), B);
      if (!K) return term;
      const sum: Tensor2D = tf.add(K, term);
      K.dispose();
      return sum;
    });
  },
  addShare(S, { a, scale, add, b }, L) {
    const T = tf.tidy(() => {
      const scaled: Tensor2D = tf.add(tf.mul(a, scale), add);
      return b ? tf.mul<Tensor2D>(scaled, b) : scaled;
    });
    const sum: Tensor2D = S ? tf.add(S, T) : T.clone();
    S?.dispose();
    return { sum, moments: momentsOf(T, L) };
  },
  async innerProduct(A, B) {
    const [a, b] = await Promise.all([A.data(), B.data()]);
    let sum = 0;
    for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
    return sum;
  },
};
