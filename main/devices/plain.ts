// The operations composed from tfjs's own, for backends without our kernels; also what the fused ones are tested against.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Activation } from '../contract/config.ts';
import type { Ops } from './ops.ts';

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

export const plainOps: Pick<Ops, 'dense' | 'activate' | 'derivative' | 'accumulateProduct'> = {
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
};
