// Learning curve of kernel regression: the fixture, its own equation, its limits, and regressions that were done.
import { expect, test } from 'vitest';
import { effectiveRidge, learningCurve } from '../../../main/kernels/regression.ts';
import { gaussians, solve } from '../../support/numerics.ts';

const rho = (n: number, f: (r: number) => number) => Float64Array.from({ length: n }, (_, i) => f(i + 1));
const eta = rho(200, (r) => r ** -2);
const total = eta.reduce((s, v) => s + v, 0);
const power = eta.map((v) => v / total);

test('fixture', () => {
  const [{ kappa, gamma, error }] = learningCurve({ eigenvalues: eta, power, ridge: 0.01 }, [50]);
  expect(kappa).toBeCloseTo(0.0579400551, 10);
  expect(gamma).toBeCloseTo(0.4508397641, 10);
  expect(error).toBeCloseTo(0.0242266638, 10);
});

test('κ solves κ = λ + κ Σ η/(κ + Pη)', () => {
  for (const P of [0, 1, 10, 100, 199, 200, 201, 1e5])
    for (const ridge of [1e-9, 1e-3, 1, 100]) {
      const kappa = effectiveRidge(eta, P, ridge);
      const right = ridge + kappa * eta.reduce((s, v) => s + v / (kappa + P * v), 0);
      // right is a sum that cancels where P exceeds the modes: its rounding is that of Σ
      expect(Math.abs(right / kappa - 1)).toBeLessThan(1e-11);
    }
});

test('limits: no samples, any number of samples, an immense ridge, power without a mode', () => {
  const at = (P: number, ridge: number, nullPower = 0) => learningCurve({ eigenvalues: eta, power, ridge, nullPower }, [P])[0];
  expect(at(0, 0.1).error).toBeCloseTo(1, 12);
  expect(at(0, 0.1).gamma).toBe(0);
  expect(at(1e9, 1e-6).error).toBeLessThan(1e-9);
  expect(at(1e9, 1e-6, 0.3).error).toBeCloseTo(0.3, 5);
  expect(at(50, 1e9).error).toBeCloseTo(1, 6);
  const errors = [1, 10, 50, 200, 1000].map((P) => at(P, 0.01).error);
  expect([...errors].sort((a, b) => b - a)).toEqual(errors);
  // without a ridge, as many samples as modes: every mode is determined, and noise outside them is what blows up
  expect(at(200, 0).error).toBeLessThan(1e-12);
  expect(at(200, 0, 0.1).error).toBe(Infinity);
});

test('predicts ridge regressions that were done', () => {
  const [N, P, ridge, draws] = [60, 25, 0.05, 60];
  const spectrum = rho(N, (r) => r ** -1.5);
  const weights = rho(N, (r) => r ** -1);
  const [{ error: predicted }] = learningCurve({ eigenvalues: spectrum, power: weights.map((w) => w * w), ridge }, [P]);
  const next = gaussians(3);
  let measured = 0;
  for (let d = 0; d < draws; d++) {
    // f(x) = Σ w_ρ z_ρ, features √η_ρ z_ρ: minimise Σ (f − v·ψ)² + λ‖v‖², then E[(f − v·ψ)²] over new z is a sum over modes
    const Z = Array.from({ length: P }, () => Array.from({ length: N }, next));
    const y = Z.map((z) => z.reduce((s, v, r) => s + v * weights[r], 0));
    const K = Z.map((a, i) => Z.map((b, j) => a.reduce((s, v, r) => s + spectrum[r] * v * b[r], 0) + (i === j ? ridge : 0)));
    const alpha = solve(
      K,
      y.map((v) => [v]),
    );
    for (let r = 0; r < N; r++) measured += (weights[r] - spectrum[r] * Z.reduce((s, z, i) => s + alpha[i][0] * z[r], 0)) ** 2 / draws;
  }
  // Sixty draws scatter by 4 %, and the theory is one of many samples: a tenth in all.
  expect(Math.abs(measured / predicted - 1)).toBeLessThan(0.1);
});

test('refuses what is no spectrum', () => {
  const run = (change: object) => () => learningCurve({ eigenvalues: [1, 0.5], power: [1, 1], ridge: 0.1, ...change }, [3]);
  expect(run({ power: [1] })).toThrow('expected one power for each of 2 eigenvalues, got 1');
  expect(run({ eigenvalues: [1, -0.5] })).toThrow('got -0.5 and 1 in mode 2');
  expect(run({ power: [NaN, 1] })).toThrow('in mode 1');
  expect(run({ ridge: -1 })).toThrow('expected a ridge of 0 or more, got -1');
  expect(() => learningCurve({ eigenvalues: [1], power: [1], ridge: 0 }, [-1])).toThrow('expected 0 or more samples, got -1');
});
