// What the residual network gives to the class-traced NTK (Eqs. 6–8), by layers: per-example gradients of every output,
//   ∂f_c/∂w = Σ_p col(h)_p ⊗ s D_c,p      ∂f_c/∂γ = Σ_p x̂_p ∘ D_c,p      ∂f_c/∂β = Σ_p D_c,p,      D_c = ∂f_c/∂z
// (p the positions of the map, s = γ/σ, x̂ the normalised convolution), side by side in one Δ [B, C·(k² N_in N_out + …)] whose Gram matrix is
// the layer's share. Where maps are 1 × 1 a layer is a dense one, A Aᵀ ∘ Δ Δᵀ; but γ and β would need shares of their own, so all are written
// as gradients: exact, and no larger than for the layers before.
import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Device } from '../devices/index.ts';
import type { TangentLayer } from './index.ts';
import { affineOf, through, type Affine, type ConvLayer } from './resnet11-pass.ts';

interface Whole {
  device: Device;
  layers: readonly ConvLayer[];
  /** [N, C] */
  readout: Tensor2D;
  skip: boolean;
  classes: number;
}

/** Factors of all layers for images x [B, H, W, channels], the readout last. */
export function convTangents(net: Whole, x: Tensor4D): TangentLayer[] {
  const { device, layers, classes } = net;
  const { tf } = device;
  const made: TangentLayer[] = [];
  tf.tidy(() => {
    const B = x.shape[0];
    const affine = layers.map((layer) => affineOf(device, layer));
    const run = (offsets: readonly Tensor4D[] | null): Forward => forward(net, affine, x, offsets);
    const { seen, last } = run(null);
    const zeros = layers.map(({ height, width, outputs }) => tf.zeros([B, height, width, outputs]));
    // D[l][c] = ∂ Σ_x f_c(x) / ∂z_l, one backward pass a class for all layers
    const slopes = Array.from({ length: classes }, (_, c) =>
      tf.grads((...offsets: Tensor[]) => tf.sum(tf.matMul(run(offsets as Tensor4D[]).last, tf.slice(net.readout, [0, c], [-1, 1]))))(zeros),
    );
    for (const [l, layer] of layers.entries()) {
      const D = slopes.map((of) => of[l] as Tensor4D);
      const delta = gradients(device, layer, affine[l], seen[l], D);
      made.push({ name: layer.name, input: tf.zeros([B, 1]), scale: 0, bias: true, delta });
      for (const d of D) d.dispose();
    }
    made.push({ name: 'readout', input: tf.clone(last), scale: 1, bias: false, delta: null });
    return made.flatMap(({ input, delta }) => (delta ? [input, delta] : [input]));
  });
  return made;
}

interface Forward {
  /** what each layer saw */
  seen: Tensor4D[];
  /** ψ of the last layer [B, N] */
  last: Tensor2D;
}

/** The network as in use, with `offsets` added to every z. */
function forward({ device, layers, skip }: Whole, affine: readonly Affine[], x: Tensor4D, offsets: readonly Tensor4D[] | null): Forward {
  const { tf } = device;
  const seen: Tensor4D[] = [];
  const last = through(device, layers, skip, x, (layer, h, carried) => {
    const { kernel: k, inputs, outputs } = layer;
    const { scale, shift } = affine[seen.length];
    const offset = offsets?.[seen.length];
    seen.push(h);
    // s is folded into the filters: a product with a vector over the channels of a map costs more.
    const scaled = tf.mul(tf.reshape(layer.filters, [k * k * inputs, outputs]), tf.reshape(scale, [1, outputs]));
    const conv = tf.conv2d(h, tf.reshape<Rank.R4>(scaled, [k, k, inputs, outputs]), 1, 'same');
    const shifted = tf.add(tf.reshape(conv, [conv.size / outputs, outputs]), tf.reshape(shift, [1, outputs]));
    const z: Tensor4D = tf.reshape(shifted, conv.shape);
    const out: Tensor4D = tf.relu(offset ? tf.add<Tensor4D>(z, offset) : z);
    return carried ? tf.add(out, carried) : out;
  });
  return { seen, last };
}

/** Per-example gradients [B, C·(k² N_in N_out + N_out [+ N_out])] of one layer's weights and of γ and β, or of its bias. h: its input */
function gradients({ tf }: Device, layer: ConvLayer, { scale, inverse }: Affine, h: Tensor4D, D: readonly Tensor4D[]): Tensor2D {
  return tf.tidy(() => {
    const [B, H, W, I] = h.shape;
    const { kernel: k, outputs: O } = layer;
    const pixels = H * W;
    const C = D.length;
    // [B, HW, C·O]
    const all = tf.concat(
      D.map((d) => tf.reshape(d, [B * pixels, O])),
      1,
    );
    const columns = tf.reshape(windows(tf, h, k), [B, pixels, k * k * I]);
    const scales = tf.reshape(tf.concat(Array<Tensor1D>(C).fill(scale)), [1, C * O]);
    const raw = tf.matMul(columns, tf.reshape(all, [B, pixels, C * O]), true, false); // [B, k²I, C·O]
    const weights: Tensor2D = tf.reshape(tf.mul(tf.reshape(raw, [B * k * k * I, C * O]), scales), [B, k * k * I * C * O]);
    const shifts: Tensor2D = tf.sum(tf.reshape(all, [B, pixels, C * O]), 1);
    const parts: Tensor2D[] = [weights, shifts];
    if (layer.running && inverse) {
      const { mean } = layer.running;
      const conv: Tensor2D = tf.reshape(tf.conv2d(h, layer.filters as Tensor as Tensor4D, 1, 'same'), [B * pixels, O]);
      const normal = tf.mul(tf.sub(conv, tf.reshape(mean, [1, O])), tf.reshape(inverse, [1, O]));
      const moved = D.map((d) => tf.mul<Tensor2D>(tf.reshape(d, [B * pixels, O]), normal));
      parts.push(tf.sum(tf.reshape(tf.concat(moved, 1), [B, pixels, C * O]), 1));
    }
    return tf.concat(parts, 1);
  });
}

/** The k × k neighbourhood of every position, zeros outside: [B, H, W, k·k·C] in the order of the filters. */
function windows(tf: Device['tf'], h: Tensor4D, k: number): Tensor4D {
  if (k === 1) return h;
  const [B, H, W, C] = h.shape;
  const r = (k - 1) / 2;
  const padded = tf.pad4d(h, [[0, 0], [r, r], [r, r], [0, 0]]); // prettier-ignore
  const taps: Tensor4D[] = [];
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) taps.push(tf.slice4d(padded, [0, i, j, 0], [B, H, W, C]));
  return tf.concat4d(taps, 3);
}
