// The self-test of `doctor` passes on a sound device and fails on one that is a little wrong.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkDevice } from '../../../main/devices/fixtures.ts';
import type { Ops } from '../../../main/devices/ops.ts';
import { openTestDevice, type TestDevice } from './support.ts';

let d: TestDevice;
beforeAll(async () => {
  d = await openTestDevice(false);
});
afterAll(() => d.close());
const failed = async (ops: Ops, tf = d.tf) => (await checkDevice({ tf, ops })).filter((c) => !c.passed).map((c) => c.name);

test('sound: all pass, with room, and nothing is left behind', async () => {
  const before = d.tf.memory().numTensors;
  const checks = await checkDevice(d);
  expect(checks).toHaveLength(6);
  for (const c of checks) {
    expect(c.passed, c.name).toBe(true);
    expect(c.deviation).toBeLessThanOrEqual(c.tolerance);
  }
  expect(d.tf.memory().numTensors).toBe(before);
});

test('tfjs’s own cpu backend passes too, by the plain compositions', async () => {
  const ours = d.tf.getBackend();
  void d.tf.setBackend('cpu'); // checks wait in between, so `theirs`, which goes back at once, would not do
  const checks = await checkDevice(d).finally(() => void d.tf.setBackend(ours));
  expect(checks.filter((c) => !c.passed)).toEqual([]);
});

describe('slightly wrong', () => {
  test('Adam with ε inside the root, or counting steps from 0', async () => {
    const late: Ops = { ...d.ops, adam: (p, g, m, v, o) => d.ops.adam(p, g, m, v, { ...o, step: o.step + 1 }) };
    expect(await failed(late)).toEqual(['Adam against its formula']);
    const other: Ops = { ...d.ops, adam: (p, g, m, v, o) => d.ops.adam(p, g, m, v, { ...o, epsilon: 1e-4 }) };
    expect(await failed(other)).toEqual(['Adam against its formula']);
  });
  test('a dense layer that forgets its scale in the gradient', async () => {
    const wrong: Ops = {
      ...d.ops,
      dense: (x, w, b, o) => d.ops.dense(x, w, b, { ...o, scale: o.scale * (o.activation === 'tanh' ? 1.0001 : 1) }),
    };
    expect(await failed(wrong)).toEqual(['gradient of a dense layer against the chain rule']);
  });
  test('a product that drops a millionth', async () => {
    const tf = { ...d.tf, matMul: (...args: Parameters<typeof d.tf.matMul>) => d.tf.mul(d.tf.matMul(...args), 1.00001) } as typeof d.tf;
    expect(await failed(d.ops, tf)).toEqual(['matrix product against float64']);
  });
  test('a convolutional layer with another γ, or without batch norm', async () => {
    const name = 'convolution with batch norm, and its gradient, against the definitions';
    const scaled: Ops = { ...d.ops, convUnit: (o) => d.ops.convUnit({ ...o, gamma: o.gamma && d.tf.mul(o.gamma, 1 - 1e-4) }) };
    expect(await failed(scaled)).toEqual([name]);
    const bare: Ops = { ...d.ops, convUnit: (o) => d.ops.convUnit({ ...o, w: d.tf.mul(o.w, 1.0001), gamma: null }) };
    expect(await failed(bare)).toEqual([name]);
  });
  test('a relu that turns NaN into 0', async () => {
    const clean: Ops = {
      ...d.ops,
      dense: (x, w, b, o) => {
        const h = d.ops.dense(x, w, b, o);
        return o.activation === 'relu' ? d.tf.where(d.tf.isNaN(h), d.tf.zerosLike(h), h) : h;
      },
    };
    expect(await failed(clean)).toEqual(['NaN passes through a relu layer']);
  });
});
