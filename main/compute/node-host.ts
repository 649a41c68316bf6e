// A process of Node as the host of a job: its own devices, files and clock.
import { createHash } from 'node:crypto';
import { loadDataset, sampleShape } from '../data/index.ts';
import { openDevice } from '../devices/index.ts';
import type { Host } from './host.ts';

/** gpuAside: true under Electron, where a page has the GPU */
export const nodeHost = ({ gpuAside }: { gpuAside: boolean }): Host => ({
  openDevice: (wish) => openDevice(wish),
  async loadDataset({ config, dataDir, signal, onShape, onProgress }) {
    onShape(sampleShape(dataDir, config.data.dataset));
    return loadDataset(config, { dataDir, signal, onProgress });
  },
  async sha256(parts) {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    return hash.digest('hex');
  },
  engine: process.version,
  platform: `${process.platform}-${process.arch}`,
  age: () => process.uptime(),
  gpuAside,
});
