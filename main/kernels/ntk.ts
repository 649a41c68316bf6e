// Class-traced NTK (Eqs. 6–8) layer by layer, without a Jacobian, in symmetric tiles:
//   K = (1/C) Σ_i ∇f_i(x)·∇f_i(x′) = K^(L) + (1/C) Tr K^∇ = Σ_ℓ K_ℓ,   K_ℓ as in tangents.ts
// and, in the same pass, everything that its alignments need; no part's P×P matrix is ever stored. The exact split
//   A(ΣK_ℓ, K_Y) = Σ_ℓ (‖K_ℓ‖/‖ΣK‖) A(K_ℓ, K_Y)
// shows which layers the alignment comes from (all of it centred).
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { badInput, KernelscopeError } from '../contract/errors.ts';
import type { NtkAlignment, ProbeSet } from '../contract/results.ts';
import { batchOf } from '../devices/batch.ts';
import { breath } from '../devices/breath.ts';
import type { Device } from '../devices/index.ts';
import { requireFinite } from './features.ts';
import { addTile, emptyMoments, mirrorBlock, storeRows, weightOf, type Moments, type TilePlace } from './moments.ts';
import { ntkAlignment } from './ntk-alignment.ts';
import { TangentBlocks, type TangentLayer, type TangentRows, type TangentSource } from './tangents.ts';

export interface TangentKernelOptions extends TangentSource {
  /** K is wanted: P×P float32, kept outside the device */
  keep: boolean;
  /** samples a tile's side */
  block?: number;
  /** bytes of tangent factors that stay on the device between tiles */
  budget?: number;
  signal?: AbortSignal;
  onProgress?(fraction: number): void;
}

/** Moments of all parts, of the gradient kernel and of the whole, gathered tile by tile. */
export interface NtkMoments {
  /** in the order of the tangents; `readout` is the place of K^(L) */
  names: string[];
  readout: number;
  parts: Moments[];
  /** ⟨·,·⟩ of (1/C) Tr K^∇ and of K with themselves; their linear moments are sums over the parts */
  gradientSquare: number;
  square: number;
  /** ⟨K, K_out⟩ */
  network: number;
}

/** Samples a tile's side: larger tiles on a GPU, whose sums are read once a tile. */
export const tileSide = ({ name }: Pick<Device, 'name'>): number => (name === 'cpu' ? 1000 : 2000);
const defaultBudget = 400 * 2 ** 20;

/** What is needed of a network. */
export interface Tangential {
  readonly sampleBytes: { tangents: number };
  tangents(x: Tensor2D): TangentLayer[];
}

/** Of a network on a probe set, what its tangent kernel is made of. outputs: f(x) [P, C] */
export function tangentSource(device: Device, network: Tangential, { ids, x, y, classes }: ProbeSet, outputs: Float32Array) {
  const P = ids.length;
  const block = batchOf(device, network.sampleBytes.tangents, tileSide(device));
  return { device, tangents: (batch: Tensor2D) => network.tangents(batch), x, P, D: x.length / P, y, outputs, classes, block };
}

/**
 * Class-traced NTK on P samples, divided by C, exactly symmetric (null unless `keep`), with its alignments to target and network.
 * Errors name the layer: NaN, infinities, a part whose centred norm is 0. An aborted signal ends it with `cancelled` between two tiles.
 */
export async function tangentKernel(o: TangentKernelOptions): Promise<{ K: Float32Array | null; alignment: NtkAlignment }> {
  const { P, D, classes } = o;
  for (const [what, values, width] of [
    ['input', o.x, D],
    ['target', o.y, classes],
    ['network output', o.outputs, classes],
  ] as const) {
    if (values.length !== P * width) throw badInput(`${what}: expected ${P} × ${width} = ${P * width} values, got ${values.length}`);
    requireFinite(what, values, width);
  }
  const K = o.keep ? allocate(P) : null;
  const blocks = new TangentBlocks(o, Math.min(P, o.block ?? tileSide(o.device)), o.budget ?? defaultBudget);
  try {
    const moments = await gather(o, blocks, K);
    return { K, alignment: await ntkAlignment(o, moments) };
  } finally {
    blocks.dispose();
  }
}

/** The kernel alone, P×P. @throws as tangentKernel */
export async function keptKernel(source: Omit<TangentKernelOptions, 'keep'>, signal: AbortSignal): Promise<Float32Array> {
  const { K } = await tangentKernel({ ...source, keep: true, signal });
  if (!K) throw new Error('the tangent kernel was asked for and not kept');
  return K;
}

function allocate(P: number): Float32Array {
  try {
    return new Float32Array(P * P);
  } catch {
    throw new KernelscopeError(
      'failed',
      `ntk: no memory for a kernel of ${P} × ${P} samples (${((4 * P * P) / 2 ** 30).toFixed(1)} GiB); take a smaller probe set`,
    );
  }
}

async function gather(o: TangentKernelOptions, blocks: TangentBlocks, K: Float32Array | null): Promise<NtkMoments> {
  let moments: NtkMoments | null = null;
  let done = 0;
  for (let bi = 0; bi < blocks.count; bi++) {
    const rows = blocks.take(bi);
    moments ??= empty(rows, o.P);
    try {
      for (let bj = 0; bj <= bi; bj++) {
        const columns = bj === bi ? rows : blocks.take(bj);
        try {
          await gatherTile(o, rows, columns, moments, K);
        } finally {
          if (columns !== rows) blocks.release(bj, columns);
        }
        done += (bj === bi ? 1 : 2) * rows.count * columns.count;
        o.onProgress?.(done / (o.P * o.P));
        await breath();
        if (o.signal?.aborted) throw new KernelscopeError('cancelled', `ntk: stopped after ${Math.floor((100 * done) / (o.P * o.P))} %`);
      }
    } finally {
      blocks.release(bi, rows);
    }
  }
  if (!moments) throw badInput('ntk: expected at least 1 sample, got 0');
  return moments;
}

const empty = ({ layers }: TangentRows, P: number): NtkMoments => ({
  names: layers.map((l) => l.name),
  readout: layers.findIndex((l) => l.delta === null),
  parts: layers.map(() => emptyMoments(P)),
  gradientSquare: 0,
  square: 0,
  network: 0,
});

/** One tile: every part in turn, the gradient kernel's first, so that its norm is formed without a difference. */
async function gatherTile(
  o: TangentKernelOptions,
  rows: TangentRows,
  columns: TangentRows,
  M: NtkMoments,
  K: Float32Array | null,
): Promise<void> {
  const { tf, ops } = o.device;
  const at: TilePlace = { i: rows.from, m: rows.count, j: columns.from, n: columns.count };
  const gram = (a: Tensor2D, b: Tensor2D): Tensor2D => tf.matMul(a, b, false, true);
  const target = gram(rows.y, columns.y);
  let sum: Tensor2D | null = null;
  // What is read of a tile is asked for while its next part is computed.
  const reading: Promise<void>[] = [];
  const add = (l: number): Tensor2D => {
    const [a, b] = [rows.layers[l], columns.layers[l]];
    const A = gram(a.input, b.input);
    const D = a.delta && b.delta ? gram(a.delta, b.delta) : null;
    // K^(L) is divided by C already.
    const C = D ? o.classes : 1;
    const share = { a: A, scale: a.scale / C, add: a.bias ? 1 / C : 0, b: D };
    const added = ops.addShare(sum, share, target);
    tf.dispose(D ? [A, D] : [A]);
    reading.push(added.moments.then((moments) => addTile(M.parts[l], moments, at)));
    return (sum = added.sum);
  };
  try {
    const product = (a: Tensor2D, b: Tensor2D, into: 'gradientSquare' | 'square' | 'network') =>
      reading.push(ops.innerProduct(a, b).then((value) => void (M[into] += weightOf(at) * value)));
    for (let l = 0; l < M.parts.length; l++) if (l !== M.readout) add(l);
    if (sum) product(sum, sum, 'gradientSquare');
    const all = add(M.readout);
    product(all, all, 'square');
    const outputs = gram(rows.outputs, columns.outputs);
    product(all, outputs, 'network');
    outputs.dispose();
    if (K) await store(o, K, all, at);
    await Promise.all(reading);
  } finally {
    await Promise.allSettled(reading);
    tf.dispose(sum ? [target, sum] : [target]);
  }
}

/** The tile and its mirror image, which is turned on the device. */
async function store({ device: { tf, ops }, P }: TangentKernelOptions, K: Float32Array, tile: Tensor2D, at: TilePlace): Promise<void> {
  const turned = at.i === at.j ? null : tf.transpose(tile);
  try {
    const [values, mirrored] = await Promise.all([ops.peek(tile), turned && ops.peek(turned)]);
    storeRows(K, P, values, at);
    if (mirrored) storeRows(K, P, mirrored, { i: at.j, m: at.n, j: at.i, n: at.m });
    else mirrorBlock(K, P, at.i, at.m);
  } finally {
    turned?.dispose();
  }
}
