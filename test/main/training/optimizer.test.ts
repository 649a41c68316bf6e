import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TrainingConfig } from '../../../main/contract/config.ts';
import { openDevice, type Device } from '../../../main/devices/index.ts';
import { createOptimizer } from '../../../main/training/optimizer.ts';
import { learningRate } from '../../../main/training/schedule.ts';
import { refusal } from '../data/support.ts';
import { normals } from '../networks/support.ts';
import { config } from './support.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice('cpu');
});
afterAll(() => device.dispose());

type Rule = TrainingConfig['optimizer'];
const kinds: Rule[] = ['sgd', 'momentum', 'adam'];
const settings = (optimizer: Rule, momentum = 0.8) => config({ training: { optimizer, momentum } }).training;
const shapes = [[3, 4], [4], [1]];
const sizes = [12, 4, 1];
const gradient = (step: number, p: number) => normals(sizes[p], 100 * step + p);

/** Parameters on the device, starting at normal numbers. */
function parameters() {
  return shapes.map((shape, p) => {
    const start = device.tf.tensor(normals(sizes[p], 7 + p), shape);
    const variable = device.tf.variable(start);
    start.dispose();
    return { name: `p${p}`, variable };
  });
}
/** The definitions, a number at a time in float64. */
function reference(kind: Rule, rates: readonly number[], momentum: number): number[][] {
  return sizes.map((_, p) => {
    const w = Array.from(normals(sizes[p], 7 + p));
    return w.map((start, i) => {
      let [value, velocity, m, v] = [start, 0, 0, 0];
      rates.forEach((rate, t) => {
        const g = gradient(t + 1, p)[i];
        velocity = momentum * velocity + g;
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        const adam = m / (1 - 0.9 ** (t + 1)) / (Math.sqrt(v / (1 - 0.999 ** (t + 1))) + 1e-8);
        value -= rate * { sgd: g, momentum: velocity, adam }[kind];
      });
      return value;
    });
  });
}
function update(optimizer: ReturnType<typeof createOptimizer>, rate: number, step: number): void {
  const gradients = shapes.map((shape, p) => device.tf.tensor(gradient(step, p), shape));
  optimizer.update(gradients, rate, step);
  device.tf.dispose(gradients);
}

describe.each(kinds)('%s', (kind) => {
  const rates = Array.from({ length: 25 }, (_, t) => 0.1 / (1 + t)); // a rate of its own each step

  test('follows its formula through 25 steps, and leaves no tensor', () => {
    const before = device.memory().tensors;
    const made = parameters();
    const optimizer = createOptimizer(device, made, settings(kind));
    rates.forEach((rate, t) => update(optimizer, rate, t + 1));
    const expected = reference(kind, rates, 0.8);
    made.forEach(({ variable }, p) =>
      // 25 roundings of numbers up to 4 to float32: 25·4·6e-8
      variable.dataSync().forEach((v, i) => expect(Math.abs(v - expected[p][i])).toBeLessThan(6e-6)),
    );
    optimizer.dispose();
    made.forEach(({ variable }) => variable.dispose());
    expect(device.memory().tensors).toBe(before);
  });

  test('goes on from its state bit for bit, and keeps copies', async () => {
    const [whole, first, second] = [parameters(), parameters(), parameters()];
    const [a, b, c] = [whole, first, second].map((p) => createOptimizer(device, p, settings(kind)));
    for (let t = 1; t <= 6; t++) update(a, 0.1, t);
    for (let t = 1; t <= 3; t++) update(b, 0.1, t);
    const state = await b.state();
    const kept = structuredClone(state);
    second.forEach(({ variable }, p) => variable.assign(first[p].variable));
    c.restore(state);
    for (let t = 4; t <= 6; t++) update(c, 0.1, t);
    second.forEach(({ variable }, p) => expect(variable.dataSync()).toEqual(whole[p].variable.dataSync()));
    expect(await c.state()).toEqual(await a.state());
    expect(state).toEqual(kept);
    for (const o of [a, b, c]) o.dispose();
    for (const { variable } of [whole, first, second].flat()) variable.dispose();
  });

  test('names its state and refuses another’s', async () => {
    const made = parameters();
    const optimizer = createOptimizer(device, made, settings(kind));
    const slots = { sgd: [], momentum: ['velocity'], adam: ['m', 'v'] }[kind];
    const state = await optimizer.state();
    expect(state.map((s) => s.name)).toEqual([0, 1, 2].flatMap((p) => slots.map((s) => `p${p}.${s}`)));
    expect(state.every((s) => s.data.every((v) => v === 0))).toBe(true);
    for (const [i, wrong] of [[], [{ ...state[0], shape: [12] }, ...state.slice(1)]].entries()) {
      if (slots.length === 0) continue;
      const message = await refusal(() => optimizer.restore(wrong), 'failed');
      expect(message).toBe(`checkpoint: expected the optimiser's p0.${slots[0]} [3,4], found ${['none', '[12]'][i]}`);
    }
    optimizer.dispose();
    made.forEach(({ variable }) => variable.dispose());
  });
});

test('Adam’s first step is the rate in the direction of each gradient, however small the gradient', () => {
  const { tf } = device;
  const variable = tf.tidy(() => tf.variable(tf.zeros([4])));
  const optimizer = createOptimizer(device, [{ name: 'p', variable }], settings('adam'));
  const g = tf.tensor1d([5, -1e-3, 1e-5, 0]);
  optimizer.update([g], 0.5, 1);
  // g/(|g| + 1e-8): 1e-3 short of the rate at |g| = 1e-5
  [-0.5, 0.5, -0.5 / 1.001, 0].forEach((v, i) => expect(variable.dataSync()[i]).toBeCloseTo(v, 4));
  optimizer.dispose();
  tf.dispose([g, variable]);
});

test('the rate is constant, or falls in a straight line from the first step to 0 after the last', () => {
  const rate = (schedule: 'constant' | 'linear', step: number) =>
    learningRate({ ...settings('sgd'), learningRate: 0.4, schedule }, step, 20);
  expect([0, 7, 19].map((s) => rate('constant', s))).toEqual([0.4, 0.4, 0.4]);
  expect([rate('linear', 0), rate('linear', 20)]).toEqual([0.4, 0]);
  for (let s = 0; s < 20; s++) expect(rate('linear', s) - rate('linear', s + 1)).toBeCloseTo(0.02, 12);
});
