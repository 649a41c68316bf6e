// tfjs's kernels on image batches: convolution, its two gradients, max pooling and its gradient. [B, H, W, C], filters [KH, KW, in, out].
import { backend_util, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';
import { groups, jobs, type Geometry } from './crew.ts';
import { allFloat, elements, type Override } from './override.ts';

type Four = [number, number, number, number];
type Pad = Parameters<typeof backend_util.computeConv2DInfo>[4];
type Rounding = 'floor' | 'round' | 'ceil';

/** A convolution that our kernels do: channels last, undilated, one stride; null for others, which tfjs's own do. */
function geometryOf(x: readonly number[], filter: readonly number[], attrs: NamedAttrMap): Geometry | null {
  const { strides, pad, dilations = 1, dataFormat = 'NHWC', dimRoundingMode } = attrs;
  const info = backend_util.computeConv2DInfo(
    x as Four,
    filter as Four,
    strides as number,
    dilations as number,
    pad as Pad,
    dimRoundingMode as Rounding,
    false,
    backend_util.convertConv2DDataFormat(dataFormat as 'NHWC'),
  );
  return info.dataFormat === 'channelsLast' ? plainGeometry(info, info.inChannels, info.outChannels) : null;
}

function plainGeometry(
  info: backend_util.Conv2DInfo,
  inputs: number,
  outputs: number,
  kernel: [number, number] = [info.filterHeight, info.filterWidth],
): Geometry | null {
  if (info.strideHeight !== info.strideWidth || info.dilationHeight !== 1 || info.dilationWidth !== 1) return null;
  return {
    batch: info.batchSize,
    height: info.inHeight,
    width: info.inWidth,
    inputs,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    outputs,
    kernel,
    stride: info.strideHeight,
    padding: [info.padInfo.top, info.padInfo.left],
  };
}

const wideOf = (g: Geometry): number => g.kernel[0] * g.kernel[1] * g.inputs;

const conv2d: Override = ({ inputs: { x, filter }, attrs, backend }) => {
  const g = allFloat(x, filter) ? geometryOf(x.shape, filter.shape, attrs) : null;
  if (!g || g.batch === 0) return null;
  const o = backend.create([g.batch, g.outHeight, g.outWidth, g.outputs]);
  backend.crew.run(jobs.forward, g, [...[x, filter, o].map((t) => backend.offset(t)), 0], { wide: wideOf(g) });
  return o;
};

const inputGradient: Override = ({ inputs: { dy, filter }, attrs, backend }) => {
  const shape = attrs.inputShape as number[];
  const g = allFloat(dy, filter) ? geometryOf(shape, filter.shape, attrs) : null;
  if (!g || g.batch === 0) return null;
  const o = backend.create([...shape]);
  backend.crew.run(
    jobs.input,
    g,
    [dy, filter, o].map((t) => backend.offset(t)),
    { wide: wideOf(g) },
  );
  return o;
};

const filterGradient: Override = ({ inputs: { x, dy }, attrs, backend }) => {
  const shape = attrs.filterShape as number[];
  const g = allFloat(x, dy) ? geometryOf(x.shape, shape, attrs) : null;
  if (!g || g.batch === 0) return null;
  const o = backend.create([...shape]);
  const n = elements(shape);
  backend.crew.with(4 * groups * n, (partial) => {
    backend.crew.run(jobs.filter, g, [backend.offset(x), backend.offset(dy), partial], { wide: wideOf(g) });
    backend.crew.gather(partial, n);
    backend.shared.floats(backend.offset(o), n).set(backend.shared.floats(partial, n));
  });
  return o;
};

function poolGeometry(x: TensorInfo, attrs: NamedAttrMap): Geometry | null {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const info = backend_util.computePool2DInfo(
    x.shape as Four,
    filterSize as number,
    strides as number,
    1,
    pad as Pad,
    dimRoundingMode as Rounding,
  );
  return plainGeometry(info, info.inChannels, info.inChannels, [info.effectiveFilterHeight, info.effectiveFilterWidth]);
}

const maxPool: Override = ({ inputs: { x }, attrs, backend }) => {
  const g = allFloat(x) ? poolGeometry(x, attrs) : null;
  if (!g || g.batch === 0) return null;
  const o = backend.create([g.batch, g.outHeight, g.outWidth, g.outputs]);
  backend.crew.run(
    jobs.pool,
    g,
    [x, o].map((t) => backend.offset(t)),
  );
  return o;
};

const maxPoolGradient: Override = ({ inputs: { dy, input }, attrs, backend }) => {
  const g = allFloat(dy, input) ? poolGeometry(input, attrs) : null;
  if (!g || g.batch === 0) return null;
  const o = backend.create([...input.shape]);
  backend.crew.run(
    jobs.unpool,
    g,
    [input, dy, o].map((t) => backend.offset(t)),
  );
  return o;
};

export const imageOverrides: Record<string, Override> = {
  Conv2D: conv2d,
  Conv2DBackpropInput: inputGradient,
  Conv2DBackpropFilter: filterGradient,
  MaxPool: maxPool,
  MaxPoolGrad: maxPoolGradient,
};

/** Geometry of a convolution with stride 1 whose output has its input's size. */
export function sameGeometry(x: TensorInfo, w: TensorInfo): Geometry {
  const [batch, height, width, inputs] = x.shape;
  const [kh, kw, , outputs] = w.shape;
  return {
    ...{ batch, height, width, inputs, outHeight: height, outWidth: width, outputs, stride: 1 },
    kernel: [kh, kw],
    padding: [(kh - 1) >> 1, (kw - 1) >> 1],
  };
}
