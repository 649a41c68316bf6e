// Where the parts of a built Kernelscope lie.
import path from 'node:path';
import pkg from '../../package.json' with { type: 'json' };

export const version: string = pkg.version;

export interface HostPaths {
  /** the entry of a compute process */
  compute: string;
  /** the entry of a process that `bench` times */
  bench: string;
  /** the entry of the thread that draws figures */
  draw: string;
  /** presets, fonts, icons */
  resources: string;
  /** the built page */
  renderer: string;
  /** the built page that computes on a GPU, for a hidden window */
  gpu: string;
}

/** The parts, seen from the folder of the built entries (`dist/node`). A packaged app keeps its resources elsewhere. */
export function hostPaths(entryDir: string, resources = path.resolve(entryDir, '../../resources')): HostPaths {
  return {
    compute: path.join(entryDir, 'compute.js'),
    bench: path.join(entryDir, 'bench.js'),
    draw: path.join(entryDir, 'draw.js'),
    resources,
    renderer: path.resolve(entryDir, '../renderer'),
    gpu: path.resolve(entryDir, '../page'),
  };
}
