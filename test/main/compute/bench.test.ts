// The product whose best time is a device's peak: how large it is, and that it is not its result's way to the host that is timed.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { float32Peak, gpuProduct } from '../../../main/compute/bench/workloads.ts';
import { openDevice, type Device, type DeviceName } from '../../../main/devices/index.ts';
import { noGpu, useSwiftshader } from '../../support/swiftshader.ts';

/** Values that were read from the device while `run` ran, one count a reading. */
async function readings(d: Device, run: () => void | Promise<void>): Promise<number[]> {
  const found: number[] = [];
  const { backend } = d.tf.engine();
  const read = backend.read.bind(backend);
  const spy = vi.spyOn(backend, 'read').mockImplementation(async (id) => {
    const values = await read(id);
    found.push(values.length);
    return values;
  });
  await run();
  spy.mockRestore();
  return found;
}
const opened = async (name: DeviceName, use: (d: Device) => Promise<void>) => {
  const device = await openDevice(name, { selfTest: false });
  await use(device).finally(() => device.dispose());
};

afterEach(() => void vi.restoreAllMocks());

test('on the cpu it has the size that was asked for', () =>
  opened('cpu', async (d) => {
    const { run, size } = await float32Peak(d, 64);
    expect(size).toBeUndefined();
    expect(await readings(d, run)).toEqual([64 * 64]);
  }));

describe('a GPU’s', () => {
  test('grows while it is short, to the largest that serves or fits', () =>
    opened('cpu', async (d) => {
      const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
      const before = d.memory().tensors;
      const made = await gpuProduct(d, 1024);
      expect(made.size).toBe(1024);
      expect((await gpuProduct({ ...d, tensorBytes: 4 * 1024 * 1024 - 1 })).size).toBe(512);
      let seconds = 0;
      clock.mockImplementation(() => 1e3 * seconds++);
      expect((await gpuProduct(d, 1024)).size).toBe(512);
      // of each its matrix alone is kept, and nothing of a repetition
      await made.run();
      expect(d.memory().tensors).toBe(before + 3);
    }));

  test.skipIf(noGpu)('has four of its numbers read', { timeout: 120_000 }, async () => {
    useSwiftshader();
    await opened('webgpu', async (d) => {
      const { run, size } = await gpuProduct(d, 512);
      expect(size).toBe(512);
      expect(await readings(d, run)).toEqual([4]);
    });
  });
});
