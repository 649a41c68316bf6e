// The convolutional layers of `resnet11`, after Section V of the paper: eleven of them, max pooling after each of three residual blocks, ten
// probed, the last two with 512 and 256 channels at width 1 on maps of 1 × 1. docs/resnet11.md says where the paper leaves it open.
//
//   stem                     3 × 3    64   full maps
//   layer01 layer02  + skip  3 × 3    64   full maps      max pooling 2 × 2
//   layer03                  3 × 3   128   half
//   layer04 layer05  + skip  3 × 3   128   half           max pooling 2 × 2
//   layer06                  3 × 3   256   a quarter
//   layer07 layer08  + skip  3 × 3   256   a quarter      max pooling over the whole map
//   layer09                  1 × 1   512   1 × 1
//   layer10                  1 × 1   256   1 × 1
import { badInput } from '../contract/errors.ts';

export interface ConvLayerShape {
  name: string;
  /** its features are a layer kernel */
  probed: boolean;
  /** side of the filters */
  kernel: 1 | 3;
  /** of its maps, in and out */
  height: number;
  width: number;
  /** channels */
  inputs: number;
  outputs: number;
  /** begins a residual block: its input is what the skip connection carries */
  opens: boolean;
  /** ends a residual block: the skip connection is added after its nonlinearity */
  closes: boolean;
  /** maps after the max pooling that follows it, where one does */
  pooled: { height: number; width: number } | null;
}

/** Channels at a width: multiples of four, so that vectors are full. */
export const channels = (full: number, width: number): number => Math.max(4, 4 * Math.round((full * width) / 4));

/** The layers for images of `shape` [height, width, channels]. @throws `bad-input` for what is not an image of at least 4 × 4 */
export function resnet11Layers(width: number, shape: readonly number[]): ConvLayerShape[] {
  const [height, wide, colours] = shape;
  if (shape.length !== 3 || height < 4 || wide < 4)
    throw badInput(`model.kind: expected mlp for this dataset (resnet11 needs images of at least 4 × 4), got resnet11`);
  const plan = [
    { full: 64 },
    { full: 64, opens: true },
    { full: 64, closes: true },
    { full: 128 },
    { full: 128, opens: true },
    { full: 128, closes: true },
    { full: 256 },
    { full: 256, opens: true },
    { full: 256, closes: true },
    { full: 512 },
    { full: 256 },
  ];
  const layers: ConvLayerShape[] = [];
  let [h, w, inputs] = [height, wide, colours];
  for (const [i, { full, opens = false, closes = false }] of plan.entries()) {
    const outputs = channels(full, width);
    const last = i === 8;
    const pooled = closes ? { height: last ? 1 : h >> 1, width: last ? 1 : w >> 1 } : null;
    layers.push({
      name: i === 0 ? 'stem' : `layer${String(i).padStart(2, '0')}`,
      probed: i > 0,
      kernel: i > 8 ? 1 : 3,
      height: h,
      width: w,
      inputs,
      outputs,
      opens,
      closes,
      pooled,
    });
    if (pooled) [h, w] = [pooled.height, pooled.width];
    inputs = outputs;
  }
  return layers;
}
