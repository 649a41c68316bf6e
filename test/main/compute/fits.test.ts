// What a device cannot hold in one tensor is refused before the start, by the field that is too large.
import { expect, test } from 'vitest';
import { heldBytes, requireFits } from '../../../main/compute/fits.ts';
import { workOf } from '../../../main/compute/work.ts';
import { parseConfig } from '../../../main/contract/config.ts';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { batchOf } from '../../../main/devices/batch.ts';

const mnist = { shape: [28, 28, 1], classes: 10 };
const fits = (config: object, tensorBytes: number) => () =>
  requireFits(parseConfig(config), mnist, { name: 'webgpu', tensorBytes, memoryBytes: null });
const refusal = (f: () => void): string => {
  try {
    f();
  } catch (error) {
    expect(error).toBeInstanceOf(KernelscopeError);
    return (error as KernelscopeError).message;
  }
  return '';
};

test('a batch: names what would do, and that does', () => {
  // The widest a sample gets is the input, 784 numbers of 4 bytes.
  const config = (batchSize: number) => ({ model: { hidden: [64] }, training: { batchSize } });
  const room = 3136 * 120;
  expect(refusal(fits(config(500), room))).toBe(
    'training.batchSize: expected at most 120 here, got 500: the webgpu device holds 0.376 MB in one tensor, a batch takes 1.57 MB',
  );
  expect(fits(config(120), room)).not.toThrow();
  expect(fits(config(121), room)).toThrow('expected at most 120');
});

test('weights: of the largest layer, to the byte', () => {
  const config = { model: { hidden: [100, 3000, 10] }, training: { batchSize: 1 } };
  expect(refusal(fits(config, 4 * 100 * 3000 - 1))).toBe(
    'model.hidden: expected narrower layers: the weights of one layer take 1.20 MB, the webgpu device holds 1.20 MB in one tensor',
  );
  expect(fits(config, 4 * 100 * 3000)).not.toThrow();
});

test('a residual network: its widest maps', () => {
  const config = (batchSize: number) => ({ model: { kind: 'resnet11', width: 0.25 }, training: { batchSize } });
  const most = Math.floor(2 ** 20 / (4 * 28 * 28 * 16)); // 16 channels at full size
  expect(fits(config(most), 2 ** 20)).not.toThrow();
  expect(refusal(fits(config(most + 1), 2 ** 20))).toMatch(
    new RegExp(`^training.batchSize: expected at most ${most} here, got ${most + 1}: `),
  );
  expect(refusal(fits(config(1), 4 * 28 * 28 * 16 - 1))).toMatch(/^(data\.dataset: one sample takes|model\.width: expected less)/);
});

test('batches of an analysis are cut to what the device holds in one tensor', () => {
  expect(batchOf({ tensorBytes: 2 ** 32 }, 1e6)).toBe(268); // 256 MiB
  expect(batchOf({ tensorBytes: 2 ** 27 }, 1e6)).toBe(134); // WebGPU's least
  expect(batchOf({ tensorBytes: 10 }, 1e6)).toBe(1);
  expect(batchOf({ tensorBytes: 2 ** 32 }, 10)).toBe(1000);
});

test('a step in all: where the device says how much it holds', () => {
  const config = parseConfig({ model: { kind: 'resnet11', width: 0.25 }, training: { batchSize: 64 } });
  const device = (memoryBytes: number | null) => ({ name: 'cpu' as const, tensorBytes: 2 ** 32, memoryBytes });
  const work = workOf(config, mnist);
  const [held, { batchBytes }] = [heldBytes(config, work), work];
  expect(() => requireFits(config, mnist, device(null))).not.toThrow();
  expect(() => requireFits(config, mnist, device(held + 64 * batchBytes))).not.toThrow();
  expect(refusal(() => requireFits(config, mnist, device(held + 64 * batchBytes - 1)))).toMatch(
    /^training\.batchSize: expected at most 63 with this network, got 64: a step would take 0\.\d+ GB on the cpu device, which holds 0\.\d+ GB$/,
  );
});
