// exp, tanh and erf in four lanes against float64, over the whole range and at its ends.
import { describe, expect, test } from 'vitest';
import { loadKernels, unaryOps } from '../../../main/devices/cpu/kernels.ts';
import { SharedMemory } from '../../../main/devices/memory.ts';
import { erf } from './support.ts';

const points = (from: number, to: number, n: number) => Float32Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));
const ulp = (y: number) => Math.max(2 ** (Math.floor(Math.log2(Math.abs(y))) - 23), 2 ** -149);

describe.each(['relaxed', 'plain'] as const)('%s SIMD', (build) => {
  const shared = new SharedMemory(512);
  const kernels = loadKernels(shared.memory, build);
  function apply(op: keyof typeof unaryOps, x: ArrayLike<number>): Float32Array {
    const [from, to] = [shared.allocate(x.length * 4), shared.allocate(x.length * 4)];
    shared.floats(from, x.length).set(x);
    kernels.elementwise.unary(unaryOps[op], from, to, x.length);
    return shared.floats(to, x.length).slice();
  }
  const worst = (op: keyof typeof unaryOps, f: (x: number) => number, x: Float32Array) =>
    apply(op, x).reduce((most, y, i) => Math.max(most, Math.abs(y - f(x[i])) / ulp(f(x[i]))), 0);

  // The polynomials are good to about one unit; a second rounding without fused multiply-add adds half of one.
  test('exp within 2 units in the last place', () => {
    expect(worst('exp', Math.exp, points(-87, 88, 20_001))).toBeLessThan(2);
    expect(worst('exp', Math.exp, points(-1, 1, 20_001))).toBeLessThan(2);
    const ends = apply('exp', [-Infinity, -104, 89, Infinity, 0]);
    expect([...ends]).toEqual([0, 0, Infinity, Infinity, 1]);
  });
  test('tanh within 3 units in the last place', () => {
    expect(worst('tanh', Math.tanh, points(-10, 10, 40_001))).toBeLessThan(3);
    expect(worst('tanh', Math.tanh, points(-1e-3, 1e-3, 1001))).toBeLessThan(3);
    expect([...apply('tanh', [-Infinity, -50, 50, Infinity])]).toEqual([-1, -1, 1, 1]);
  });
  test('erf within 2 units in the last place', () => {
    expect(worst('erf', erf, points(-4.5, 4.5, 40_001))).toBeLessThan(2);
    expect(worst('erf', erf, points(-1e-3, 1e-3, 1001))).toBeLessThan(2);
    expect([...apply('erf', [-Infinity, -30, 30, Infinity])]).toEqual([-1, -1, 1, 1]);
  });
  test.each(['exp', 'tanh', 'erf', 'relu', 'square', 'sqrt', 'negate'] as const)('%s passes NaN on, in every lane', (op) => {
    for (let lane = 0; lane < 4; lane++) {
      const x = [0.5, 0.5, 0.5, 0.5];
      x[lane] = NaN;
      expect(apply(op, x).map((v) => (Number.isNaN(v) ? 1 : 0))).toEqual(Float32Array.from(x, (v) => (Number.isNaN(v) ? 1 : 0)));
    }
  });
});
