// Tangent factors of the samples, by row blocks: what a network gives for the share of each layer in the class-traced NTK,
//   K_ℓ = (scale · A Aᵀ + 1[bias]) ∘ (δ δᵀ)/C,   readout: K^(L) = scale · A Aᵀ + 1[bias].
// A and δ of all samples would outgrow the kernel's tiles, so only the first blocks stay; the others are computed again when needed.
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { badInput } from '../contract/errors.ts';
import type { Device } from '../devices/index.ts';

/** One layer's factors on B samples; the structural twin of what networks give. */
export interface TangentLayer {
  name: string;
  /** A [B, N_in] */
  input: Tensor2D;
  /** 1, or 1/N_in in the NTK parameterisation */
  scale: number;
  bias: boolean;
  /** δ [B, anything]; null for the readout */
  delta: Tensor2D | null;
}

export interface TangentSource {
  device: Device;
  tangents(x: Tensor2D): TangentLayer[];
  /** [P, D] */
  x: Float32Array;
  P: number;
  D: number;
  /** [P, C] each */
  y: Float32Array;
  outputs: Float32Array;
  classes: number;
}

/** Factors of samples from … from+count−1 on the device. */
export interface TangentRows {
  from: number;
  count: number;
  layers: TangentLayer[];
  y: Tensor2D;
  outputs: Tensor2D;
}

export class TangentBlocks {
  readonly count: number;
  readonly #source: TangentSource;
  readonly #block: number;
  readonly #budget: number;
  readonly #kept = new Map<number, TangentRows>();
  #bytes = 0;

  /** block: samples a block; budget: bytes of factors that may stay on the device */
  constructor(source: TangentSource, block: number, budget: number) {
    this.#source = source;
    this.#block = block;
    this.#budget = budget;
    this.count = Math.ceil(source.P / block);
  }

  /** Block b; give it back with `release` when its tiles are done. */
  take(b: number): TangentRows {
    const kept = this.#kept.get(b);
    if (kept) return kept;
    const rows = compute(this.#source, b * this.#block, Math.min(this.#source.P, (b + 1) * this.#block));
    const bytes = [...tensorsOf(rows)].reduce((sum, t) => sum + 4 * t.size, 0);
    if (this.#bytes + bytes <= this.#budget) {
      this.#kept.set(b, rows);
      this.#bytes += bytes;
    }
    return rows;
  }

  release(b: number, rows: TangentRows): void {
    if (this.#kept.get(b) !== rows) for (const tensor of tensorsOf(rows)) tensor.dispose();
  }

  dispose(): void {
    for (const rows of this.#kept.values()) for (const tensor of tensorsOf(rows)) tensor.dispose();
    this.#kept.clear();
    this.#bytes = 0;
  }
}

/** A layer may hand on its own input, so each tensor counts once. */
function tensorsOf({ layers, y, outputs }: TangentRows): Set<Tensor> {
  return new Set<Tensor>([y, outputs, ...layers.flatMap((l) => (l.delta ? [l.input, l.delta] : [l.input]))]);
}

function compute(source: TangentSource, from: number, to: number): TangentRows {
  const { device, x, D, y, outputs, classes } = source;
  const { tf } = device;
  const count = to - from;
  const rows: TangentRows[] = [];
  tf.tidy(() => {
    const part = (values: Float32Array, width: number) => tf.tensor2d(values.subarray(from * width, to * width), [count, width]);
    const block = { from, count, layers: source.tangents(part(x, D)), y: part(y, classes), outputs: part(outputs, classes) };
    for (const tensor of tensorsOf(block)) tf.keep(tensor);
    rows.push(block);
  });
  const [block] = rows;
  check(block.layers, count);
  return block;
}

function check(layers: readonly TangentLayer[], count: number): void {
  const readouts = layers.filter((l) => l.delta === null);
  if (readouts.length !== 1) throw badInput(`tangents: expected one readout (a layer without delta), got ${readouts.length}`);
  for (const { name, input, delta } of layers)
    for (const t of delta ? [input, delta] : [input])
      if (t.shape[0] !== count) throw badInput(`${name}: expected tangent factors of ${count} samples, got ${t.shape[0]}`);
}
