// Which kind of compute process does a job of the desktop app: a page for what names WebGPU, else a process of Node. Each asks the other
// for what it has not got: the page for samples, the process for what GPU there is. For `auto` the device is chosen first.
import path from 'node:path';
import { withAsides, withChoice, type Launch } from '../main/host/boot.ts';
import type { HostPaths } from '../main/host/paths.ts';
import { utilityLauncher } from './compute.ts';
import { gpuLauncher } from './gpu-window.ts';

/** One for the whole program: it remembers what devices there are. */
export function appLauncher(paths: Pick<HostPaths, 'compute' | 'gpu'>): Launch {
  const node = utilityLauncher(paths.compute);
  const page = gpuLauncher(path.resolve(paths.gpu, '../preload/gpu-preload.cjs'));
  const [ofNode, ofPage] = [withAsides(node, page), withAsides(page, node)];
  return withChoice((wanted) => (wanted.device === 'webgpu' ? ofPage : ofNode)(wanted));
}
