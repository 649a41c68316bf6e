// The conformance list on every device that is there, and that it finds what is a little wrong.
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkParts, conformance } from '../../../main/compute/conformance/index.ts';
import { openDevice, type Device, type Ops } from '../../../main/devices/index.ts';
import { noGpu, useSwiftshader } from '../../support/swiftshader.ts';

const devices = [
  { name: 'cpu', missing: null },
  { name: 'webgpu', missing: noGpu },
] as const;

for (const { name, missing } of devices)
  describe(name, () => {
    let device: Device | null = null;
    beforeAll(async () => {
      if (missing) return;
      if (name === 'webgpu') useSwiftshader();
      device = await openDevice(name, { selfTest: false });
    });
    afterAll(() => device?.dispose());

    for (const part of conformance)
      // Shaders are compiled for the processor, one after the other: half a minute where the machine is busy.
      test(part.name, { timeout: 300_000 }, async ({ skip }) => {
        if (missing) skip(missing);
        const d = device as Device;
        const tensors = d.tf.memory().numTensors;
        const checks = await part.run(d);
        expect(checks.length).toBeGreaterThan(5);
        expect(checks.filter((c) => !c.passed)).toEqual([]);
        expect(d.tf.memory().numTensors).toBe(tensors);
      });
  });

describe('a device that is a little wrong', () => {
  let device: Device;
  beforeAll(async () => void (device = await openDevice('cpu')));
  afterAll(() => device.dispose());
  /** names of the checks that fail with these operations, self-test and fixtures left out */
  const failing = async (ops: Partial<Ops>): Promise<string[]> => {
    const checks = await checkParts({ ...device, ops: { ...device.ops, ...ops } }, conformance.slice(2));
    return checks.filter((c) => !c.passed).map((c) => c.name);
  };

  test('sound: nothing fails', async () => expect(await failing({})).toEqual([]));
  test('Adam that counts steps from 0: the operation, and the run that is trained with it', async () => {
    const found = await failing({ adam: (p, g, m, v, o) => device.ops.adam(p, g, m, v, { ...o, step: o.step + 1 }) });
    expect(found).toContain('updates: descent, momentum, Adam');
    expect(found).toContain('20 steps of Adam on an MLP against float64: weights');
  });
  test('shares of the tangent kernel a hundred-thousandth too large', async () => {
    const found = await failing({
      addShare: (S, share, L) => device.ops.addShare(S, { ...share, scale: share.scale * 1.00001 }, L),
    });
    expect(found).toContain('shares of a kernel’s tile of 6 × 7 and their moments');
    expect(found).toContain('its tangent kernel against the whole Jacobian in float64');
  });
  test('batch norm that takes up the batch’s statistics too quickly', async () => {
    const twice: Ops['convUnit'] = (o) => {
      if (o.running) device.tf.tidy(() => device.ops.convUnit({ ...o, gamma: o.gamma && device.tf.clone(o.gamma) }));
      return device.ops.convUnit(o);
    };
    const found = await failing({ convUnit: twice });
    expect(found).toContain('a 1 × 1 convolution with batch norm: value, gradients, running statistics');
    expect(found).toContain('what they changed of its weights and statistics');
  });
  test('outputs that differ from one time to the next', async () => {
    let times = 0;
    const dense: Ops['dense'] = (x, w, b, o) => device.tf.mul<Tensor2D>(device.ops.dense(x, w, b, o), 1 + 1e-7 * (++times % 7));
    expect(await failing({ dense })).toContain('the same MLP trained twice, bit for bit');
  });
  test('an operation that throws hides nothing of the other parts', async () => {
    const found = await failing({
      innerProduct: () => Promise.reject(new Error('no such kernel')),
    });
    expect(found).toEqual([
      'operators: stopped by an error: no such kernel',
      'kernels and alignments: stopped by an error: no such kernel',
    ]);
  });
});
