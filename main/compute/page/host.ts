// A page as the host of a job: its own GPU, its samples from a process of Node. Float64 algebra is by our own kernels, in the page: they are
// as exact as LAPACK (1e-15 of the largest eigenvalue), and no kernel of 8 n² bytes has to cross two processes to be decomposed.
import { KernelscopeError } from '../../contract/errors.ts';
import type { Split } from '../../contract/results.ts';
import type { Samples } from '../../data/pool.ts';
import { createAlgebra } from '../../devices/algebra.ts';
import { requireSound, unusable } from '../../devices/checked.ts';
import { openGpu, type GpuDevice } from '../../devices/webgpu/open.ts';
import type { Host } from '../host.ts';
import type { SamplePiece } from '../protocol.ts';
import type { Aside } from '../worker.ts';

/** The page's GPU, not yet compared with anything. @throws KernelscopeError where there is none */
export async function openPageGpu(): Promise<GpuDevice> {
  // The types promise it; a browser without WebGPU does not keep that.
  const { gpu } = navigator as { gpu?: GPU };
  if (!gpu) throw new KernelscopeError('failed', 'this page has no WebGPU');
  // Chromium's GPU process starts anew on some machines when it is first asked, and that it has no GPU is its answer until it is there again.
  return openGpu({ gpu, host: 'the browser', tries: 4 }, createAlgebra({ library: null, detail: 'a page has no BLAS' }));
}

/** Puts the arrays of a split together again. */
class Gathered {
  readonly #parts: Partial<Record<SamplePiece['part'], SamplePiece['data']>> = {};
  put({ part, length, from, data }: SamplePiece): void {
    const whole = (this.#parts[part] ??= new (data.constructor as new (n: number) => SamplePiece['data'])(length));
    whole.set(data, from);
  }
  /** @throws where a part is missing */
  samples(): Samples {
    const { x, labels, ids } = this.#parts;
    if (!(x instanceof Float32Array && labels instanceof Uint8Array && ids instanceof Int32Array))
      throw new Error('the samples of a split did not come whole');
    return { x, labels, ids, count: ids.length };
  }
}

const agent = navigator.userAgent;

export const pageHost = (aside: Aside): Host => ({
  async openDevice(wish) {
    if (wish !== 'webgpu') throw new Error(`a page opens webgpu alone, got ${wish}`);
    try {
      const device = await openPageGpu();
      await requireSound(device).catch((error: unknown) => {
        device.dispose();
        throw error;
      });
      return device;
    } catch (error) {
      throw unusable(wish, error);
    }
  },
  async loadDataset({ onShape, onProgress }) {
    const gathered: Record<Split, Gathered> = { train: new Gathered(), test: new Gathered() };
    const head = await aside('load', (report) => {
      switch (report.kind) {
        case 'shape':
          return onShape(report.shape);
        case 'share':
          return onProgress(report.done);
        case 'samples':
          return gathered[report.split].put(report);
      }
    });
    return { ...head, train: gathered.train.samples(), test: gathered.test.samples() };
  },
  async sha256(parts) {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await new Blob([...parts] as BlobPart[]).arrayBuffer()));
    return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  },
  engine: /Chrom\w*\/[\d.]+/.exec(agent)?.[0] ?? 'browser',
  platform: /\(([^)]*)\)/.exec(agent)?.[1] ?? 'browser',
  age: () => performance.now() / 1e3,
  gpuAside: false,
});
