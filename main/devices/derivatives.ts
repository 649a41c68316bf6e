// Gradients of tfjs's own operations, as far as networks and losses here use them. tfjs's core comes without any: its published
// gradients lie in a package that cannot be loaded by Node as it is. An operation that is not listed says so when differentiated.
import * as tf from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';

/** Sums `dy` over the axes along which `x` was spread, and gives it x's shape. */
function unspread(dy: Tensor, x: Tensor): Tensor {
  const axes = tf.broadcast_util.getReductionAxes(x.shape, dy.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, x.shape);
}

/** `dy` of a sum or mean over `axis`, spread over x again. */
function spread(dy: Tensor, x: Tensor, axis: number[]): Tensor {
  const axes = tf.util.parseAxisParam(axis, x.shape);
  const shape = x.shape.map((n, i) => (axes.includes(i) ? 1 : n));
  return tf.mul(tf.reshape(dy, shape), tf.onesLike(x));
}

/** A function of one tensor: dx from (dy, x). */
const ofInput = (kernelName: string, dx: (dy: Tensor, x: Tensor) => Tensor): GradConfig => ({
  kernelName,
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => dx(dy as Tensor, x) }),
});
/** … from (dy, y), y the result. */
const ofOutput = (kernelName: string, dx: (dy: Tensor, y: Tensor) => Tensor): GradConfig => ({
  kernelName,
  outputsToSave: [true],
  gradFunc: (dy, [y]) => ({ x: () => dx(dy as Tensor, y) }),
});
/** A function of two tensors that spread over one another. */
const ofTwo = (
  kernelName: string,
  da: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
  db: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
): GradConfig => ({
  kernelName,
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, [a, b]) => ({ a: () => unspread(da(dy as Tensor, a, b), a), b: () => unspread(db(dy as Tensor, a, b), b) }),
});

/** C = op(A) op(B): dA and dB for the four transpositions. */
const matMul: GradConfig = {
  kernelName: 'BatchMatMul',
  inputsToSave: ['a', 'b'],
  gradFunc: (out, [a, b], { transposeA, transposeB }) => {
    const dy = out as Tensor;
    const [ta, tb] = [Boolean(transposeA), Boolean(transposeB)];
    // Batches may be spread too.
    return {
      a: () => unspread(ta ? tf.matMul(b, dy, tb, true) : tf.matMul(dy, b, false, !tb), a),
      b: () => unspread(tb ? tf.matMul(dy, a, true, ta) : tf.matMul(a, dy, !ta, false), b),
    };
  },
};

const conv2d: GradConfig = {
  kernelName: 'Conv2D',
  inputsToSave: ['x', 'filter'],
  gradFunc: (out, [x, filter], { strides, pad, dataFormat, dimRoundingMode }) => {
    const dy = out as Tensor;
    const attrs = { strides, pad, dataFormat, dimRoundingMode };
    const engine = tf.engine();
    return {
      x: () => engine.runKernel<Tensor>('Conv2DBackpropInput', { dy, filter }, { ...attrs, inputShape: x.shape }),
      filter: () => engine.runKernel<Tensor>('Conv2DBackpropFilter', { x, dy }, { ...attrs, filterShape: filter.shape }),
    };
  },
};

const maxPool: GradConfig = {
  kernelName: 'MaxPool',
  inputsToSave: ['x'],
  outputsToSave: [true],
  gradFunc: (dy, [input, output], { filterSize, strides, pad }) => ({
    x: () => tf.engine().runKernel<Tensor>('MaxPoolGrad', { dy: dy as Tensor, input, output }, { filterSize, strides, pad }),
  }),
};

const transpose: GradConfig = {
  kernelName: 'Transpose',
  gradFunc: (dy, _saved, { perm }) => ({ x: () => tf.transpose(dy as Tensor, tf.backend_util.getUndoAxesPermutation(perm as number[])) }),
};

const reshaped = (kernelName: string, input: string): GradConfig => ({
  kernelName,
  inputsToSave: [input],
  gradFunc: (dy, [x]) => ({ [input]: () => tf.reshape(dy as Tensor, x.shape) }),
});

const configs: GradConfig[] = [
  ofTwo(
    'Add',
    (dy) => dy,
    (dy) => dy,
  ),
  ofTwo(
    'Sub',
    (dy) => dy,
    (dy) => tf.neg(dy),
  ),
  ofTwo(
    'Multiply',
    (dy, _a, b) => tf.mul(dy, b),
    (dy, a) => tf.mul(dy, a),
  ),
  ofTwo(
    'RealDiv',
    (dy, _a, b) => tf.div(dy, b),
    (dy, a, b) => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))),
  ),
  ofTwo(
    'SquaredDifference',
    (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(a, b))),
    (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(b, a))),
  ),
  ofInput('Square', (dy, x) => tf.mul(dy, tf.mul(x, 2))),
  ofInput('Log', (dy, x) => tf.div(dy, x)),
  ofInput('Abs', (dy, x) => tf.mul(dy, tf.sign(x))),
  ofInput('Neg', (dy) => tf.neg(dy)),
  ofInput('Erf', (dy, x) => tf.mul(dy, tf.mul(2 / Math.sqrt(Math.PI), tf.exp(tf.neg(tf.square(x)))))),
  ofInput('Identity', (dy) => tf.clone(dy)),
  ofInput('Cast', (dy) => tf.clone(dy)),
  ofInput('Step', (dy) => tf.zerosLike(dy)),
  ofInput('ZerosLike', (dy) => tf.zerosLike(dy)),
  ofInput('OnesLike', (dy) => tf.zerosLike(dy)),
  ofOutput('Exp', (dy, y) => tf.mul(dy, y)),
  ofOutput('Sqrt', (dy, y) => tf.div(dy, tf.mul(y, 2))),
  ofOutput('Rsqrt', (dy, y) => tf.mul(dy, tf.mul(tf.mul(y, tf.square(y)), -0.5))),
  ofOutput('Tanh', (dy, y) => tf.mul(dy, tf.sub(1, tf.square(y)))),
  ofOutput('Relu', (dy, y) => tf.mul(dy, tf.step(y))),
  reshaped('Reshape', 'x'),
  reshaped('ExpandDims', 'input'),
  transpose,
  matMul,
  conv2d,
  maxPool,
  {
    kernelName: 'Sum',
    inputsToSave: ['x'],
    gradFunc: (dy, [x], { axis }) => ({ x: () => spread(dy as Tensor, x, axis as number[]) }),
  },
  {
    kernelName: 'Mean',
    inputsToSave: ['x'],
    gradFunc: (dy, [x], { axis }) => ({
      x: () => tf.mul(spread(dy as Tensor, x, axis as number[]), Math.max(1, (dy as Tensor).size) / Math.max(1, x.size)),
    }),
  },
];

/** Registers those that tfjs does not know yet. */
export function registerDerivatives(): void {
  for (const config of configs) if (!tf.getGradient(config.kernelName)) tf.registerGradient(config);
}
