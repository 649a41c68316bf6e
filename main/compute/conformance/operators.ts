// Every operation that networks, losses and kernels are written in, on a device and on tfjs's plain JavaScript.
import type { Rank, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Check } from '../../contract/results.ts';
import type { Device } from '../../devices/index.ts';
import { allTaken } from '../../devices/read.ts';
import { onReference } from '../../devices/reference.ts';
import { check, values } from './compare.ts';

type Tf = Device['tf'];
interface Operator {
  name: string;
  make(device: Pick<Device, 'tf' | 'ops'>): Tensor[] | Promise<Tensor[]>;
  /** largest deviation; results have a size of about 1 unless said */
  tolerance: number;
}

const m2 = (tf: Tf, m: number, n: number, salt: number): Tensor2D => tf.tensor2d(values(m * n, salt), [m, n]);
const m4 = (tf: Tf, shape: [number, number, number, number], salt: number): Tensor4D =>
  tf.tensor4d(values(shape.reduce((a, b) => a * b, 1), salt), shape); // prettier-ignore
/** gradients of Σ f ∘ weights that differ everywhere */
const gradients = (tf: Tf, f: (...x: Tensor[]) => Tensor, at: Tensor[]): Tensor[] =>
  tf.grads((...x: Tensor[]) => {
    const y = f(...x);
    return tf.sum(tf.mul(y, tf.tensor(values(y.size, 0.77), y.shape)));
  })(at);

const product = (ta: boolean, tb: boolean): Operator => ({
  name: `product ${ta ? 'AᵀB' : tb ? 'ABᵀ' : 'AB'} and its gradients`,
  make({ tf }) {
    const [a, b] = [ta ? m2(tf, 19, 14, 0.1) : m2(tf, 14, 19, 0.1), tb ? m2(tf, 11, 19, 0.2) : m2(tf, 19, 11, 0.2)];
    const f = (x: Tensor, y: Tensor) => tf.matMul(x, y, ta, tb);
    return [f(a, b), ...gradients(tf, f, [a, b])];
  },
  tolerance: 4e-6, // sums of 19 products, each rounded at a size of up to 10
});

const operators: Operator[] = [
  product(false, false),
  product(true, false),
  product(false, true),
  {
    name: 'products of many matrices at once',
    make: ({ tf }) => [tf.matMul(tf.reshape<Rank.R3>(m2(tf, 12, 7, 0.1), [3, 4, 7]), tf.reshape<Rank.R3>(m2(tf, 21, 5, 0.2), [3, 7, 5]))],
    tolerance: 2e-6,
  },
  {
    name: 'sums, means, differences and quotients with their gradients',
    make({ tf }) {
      const [a, b] = [m2(tf, 6, 5, 0.3), tf.add(m2(tf, 1, 5, 0.4), 2)];
      const f = (x: Tensor, y: Tensor) => tf.add(tf.sum(tf.div(tf.square(tf.sub(x, y)), y), 1), tf.mean(tf.mul(x, y)));
      return [f(a, b), ...gradients(tf, f, [a, b])];
    },
    tolerance: 1e-5, // sums of five quotients of up to 9
  },
  {
    name: 'roots, exponentials, absolute values and signs with their gradients',
    make({ tf }) {
      const x = tf.add(m2(tf, 4, 9, 0.5), 1.5);
      const f = (t: Tensor) => tf.add(tf.sqrt(t), tf.add(tf.exp(tf.neg(t)), tf.add(tf.rsqrt(t), tf.abs(tf.sub(t, 1.4)))));
      return [f(x), ...gradients(tf, f, [x]), tf.step(tf.sub(x, 1.5)), tf.sign(tf.sub(x, 1.5))];
    },
    tolerance: 3e-6,
  },
  {
    name: 'reordering: transposes, joins, cuts and margins',
    make({ tf }) {
      const x = m4(tf, [2, 3, 4, 5], 0.6);
      const padded = tf.pad4d(x, [[0, 0], [1, 1], [2, 0], [0, 0]]); // prettier-ignore
      const cut = tf.slice4d(padded, [1, 1, 0, 2], [1, 2, 3, 2]);
      return [tf.transpose(x, [3, 1, 0, 2]), tf.concat([x, x, x], 3), padded, cut, tf.reshape(tf.transpose(m2(tf, 3, 7, 0.1)), [21])];
    },
    tolerance: 0, // the same numbers elsewhere
  },
  ...(['relu', 'tanh', 'erf', 'linear'] as const).map((activation): Operator => ({
    name: `a dense layer with ${activation}: value, slope and gradients`,
    make({ tf, ops }) {
      const at = [m2(tf, 9, 6, 0.7), m2(tf, 6, 8, 0.8), tf.tensor1d(values(8, 0.9))];
      const f = (x: Tensor, w: Tensor, b: Tensor) => ops.dense(x as Tensor2D, w as Tensor2D, b as never, { scale: 0.5, activation });
      const z = m2(tf, 5, 7, 1.1);
      return [f(at[0], at[1], at[2]), ...gradients(tf, f, at), ops.activate(z, activation), ops.derivative(z, activation)];
    },
    tolerance: 4e-6, // tfjs's erf, the reference's, is off by 1.5e-7 a number; its slopes are summed over nine samples
  })),
  {
    name: 'a convolutional layer without batch norm, with a skip connection: value and gradients',
    make({ tf, ops }) {
      const at = [m4(tf, [2, 5, 6, 3], 0.1), m4(tf, [3, 3, 3, 4], 0.2), tf.tensor1d(values(4, 0.3)), m4(tf, [2, 5, 6, 4], 0.4)];
      const f = (x: Tensor, w: Tensor, beta: Tensor, skip: Tensor) =>
        ops.convUnit({
          x: x as Tensor4D,
          w: w as Tensor4D,
          gamma: null,
          beta: beta as never,
          skip: skip as Tensor4D,
          running: null,
          inputGradient: true,
        });
      return [f(at[0], at[1], at[2], at[3]), ...gradients(tf, f, at)];
    },
    tolerance: 2e-5, // gradients of filters are sums of 60 numbers of up to 1
  },
  {
    name: 'a 1 × 1 convolution with batch norm: value, gradients, running statistics',
    make({ tf, ops }) {
      const at = [
        m4(tf, [4, 3, 3, 4], 0.1),
        m4(tf, [1, 1, 4, 8], 0.2),
        tf.add(tf.tensor1d(values(8, 0.3)), 1.5),
        tf.tensor1d(values(8, 0.4)),
      ];
      const running = { mean: tf.variable(tf.zeros([8]), false), variable: tf.variable(tf.ones([8]), false) };
      const f = (x: Tensor, w: Tensor, gamma: Tensor, beta: Tensor) =>
        ops.convUnit({
          x: x as Tensor4D,
          w: w as Tensor4D,
          gamma: gamma as never,
          beta: beta as never,
          skip: null,
          running: { mean: running.mean, variance: running.variable },
          inputGradient: true,
        });
      const made = [f(at[0], at[1], at[2], at[3]), ...gradients(tf, f, at)];
      const seen = [tf.clone(running.mean), tf.clone(running.variable)];
      const folded = ops.foldNorm(at[2], at[3], { mean: running.mean, variance: running.variable });
      const affine = ops.convAffine(at[0] as Tensor4D, at[1] as Tensor4D, folded.scale, folded.shift, null);
      running.mean.dispose();
      running.variable.dispose();
      return [...made, ...seen, affine, folded.scale, folded.shift, folded.inverse];
    },
    tolerance: 3e-5, // divided by deviations of about a half, gradients summed over 36 positions
  },
  {
    name: 'max pooling 2 × 2 and of whole maps, with gradients',
    make({ tf }) {
      const x = m4(tf, [2, 4, 6, 3], 0.5);
      const halves = (t: Tensor) => tf.maxPool(t as Tensor4D, 2, 2, 'valid');
      const whole = (t: Tensor) => tf.maxPool(t as Tensor4D, [4, 6], 1, 'valid');
      return [halves(x), ...gradients(tf, halves, [x]), whole(x), ...gradients(tf, whole, [x])];
    },
    tolerance: 0,
  },
  {
    name: 'updates: descent, momentum, Adam',
    make({ tf, ops }) {
      const [p, v, m, s] = [0.1, 0.2, 0.3, 0.4].map((salt) => tf.variable(tf.tensor1d(values(13, salt).map(Math.abs))));
      const g = tf.tensor1d(values(13, 0.6));
      ops.sgd(p, g, { rate: 0.3 });
      ops.momentum(p, g, v, { rate: 0.2, momentum: 0.9 });
      ops.adam(p, g, m, s, { rate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 3 });
      const made = [p, v, m, s].map((t) => tf.clone(t as Tensor));
      for (const t of [p, v, m, s]) t.dispose();
      return made;
    },
    tolerance: 1e-6,
  },
  ...(
    [
      [6, 7],
      [70, 131],
    ] as const
  ).map(([m, n]): Operator => ({
    name: `shares of a kernel’s tile of ${m} × ${n} and their moments`,
    async make({ tf, ops }) {
      const [a, b, L] = [m2(tf, m, n, 0.1), m2(tf, m, n, 0.2), m2(tf, m, n, 0.3)];
      const first = ops.addShare(null, { a, scale: 0.5, add: 0.25, b }, L);
      const second = ops.addShare(first.sum, { a: b, scale: 2, add: 0, b: null }, L);
      const own = await ops.innerProduct(second.sum, L);
      const turned = tf.transpose(second.sum);
      const { square, product: with_, trace, rows, columns } = await second.moments;
      // Means instead of sums: of size 1 whatever the tile's.
      const means = [...[square, with_, own].map((v) => v / (m * n)), trace / m, ...rows.map((v) => v / n), ...columns.map((v) => v / m)];
      return [tf.tensor1d(means), second.sum, turned, ops.accumulateProduct(null, a, 0.5, 0.25, b)];
    },
    tolerance: 1e-6,
  })),
];

/** Runs one on whatever device is current; nothing is left behind. */
async function numbersOf(operator: Operator, device: Pick<Device, 'tf' | 'ops'>): Promise<number[]> {
  const { tf } = device;
  tf.engine().startScope();
  try {
    const made = await operator.make(device);
    const read = await allTaken(made);
    return read.flatMap((part) => [...part]);
  } finally {
    tf.engine().endScope();
  }
}

/** Each operation beside the reference. */
export async function checkOperators(device: Device): Promise<Check[]> {
  const checks: Check[] = [];
  for (const operator of operators) {
    const want = await onReference(device.algebra, (reference) => numbersOf(operator, reference));
    checks.push(check(operator.name, await numbersOf(operator, device), want, operator.tolerance));
  }
  return checks;
}
