// A GPU that goes away in the middle of a run: the run says so, and goes on elsewhere from its last checkpoint.
import { expect, test } from 'vitest';
import type { Checkpoint } from '../../../main/contract/results.ts';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import type { GpuBackend } from '../../../main/devices/webgpu/backend.ts';
import { createNetwork } from '../../../main/networks/index.ts';
import { train } from '../../../main/training/index.ts';
import { noGpu, useSwiftshader } from '../../support/swiftshader.ts';
import { classes, config, dataset, inputs, run } from './support.ts';

const open = (name: 'cpu' | 'webgpu') => openDevice(name, { selfTest: false });
const gpuOf = (device: Device) => (device.tf.backend() as GpuBackend).device;

test.skipIf(noGpu)(
  'ends with `device-lost`, and what the cpu makes of its checkpoint is what it would have become',
  { timeout: 120_000 },
  async () => {
    useSwiftshader();
    const c = config({ training: { epochs: 6 }, snapshots: [2, 'last'] });
    const cpu = await open('cpu');
    const whole = await run(cpu, c);
    cpu.dispose();

    const gpu = await open('webgpu');
    const network = createNetwork(gpu, c, [inputs], classes);
    const epochs: number[] = [];
    const training = async () => {
      let kept: Checkpoint | null = null;
      try {
        for await (const event of train({ device: gpu, network, dataset: dataset(), config: c })) {
          if (event.kind === 'epoch') epochs.push(event.metrics.epoch);
          if (event.kind !== 'checkpoint') continue;
          kept = structuredClone(event.checkpoint);
          if (kept.epoch === 2) gpuOf(gpu).destroy();
        }
      } catch (error) {
        return { kept, error };
      }
      throw new Error('it went on without its device');
    };
    const { kept, error } = await training();
    expect(error).toMatchObject({ code: 'device-lost', message: expect.stringMatching(/^webgpu: the device was lost/) as string });
    expect(kept).toMatchObject({ epoch: 2 });
    expect(epochs).toEqual([0, 1, 2]);
    gpu.dispose();

    const other = await open('cpu');
    const rest = await run(other, c, { resume: kept as Checkpoint });
    other.dispose();
    expect(rest.error).toBeNull();
    // Two epochs on the one device and four on the other, each step rounded to float32
    rest.weights.forEach(({ name, data }, i) =>
      data.forEach((v, k) => expect(Math.abs(v - whole.weights[i].data[k]), `${name} ${k}`).toBeLessThan(2e-5)),
    );
    expect(Math.abs((rest.metrics.at(-1)?.trainLoss ?? NaN) - (whole.metrics.at(-1)?.trainLoss ?? NaN))).toBeLessThan(1e-5);
  },
);
