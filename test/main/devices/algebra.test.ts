import { beforeAll, describe, expect, test } from 'vitest';
import { createAlgebra, type Algebra } from '../../../main/devices/algebra.ts';
import { spectrumOf } from '../../../main/devices/algebra/modes.ts';
import { nativeModes } from '../../../main/devices/algebra/native-symmetric.ts';
import { createModules } from '../../../main/devices/algebra/scratch.ts';
import { findLapack } from '../../../main/devices/lapack.ts';
import { findNative } from '../../../main/devices/native.ts';
import { createGenerator } from '../../../main/devices/random.ts';

const normals = (n: number, seed: number) => {
  const g = createGenerator(seed, 'algebra test');
  return Float64Array.from({ length: n }, () => g.normal());
};
const at = (a: Float64Array, width: number, i: number, j: number) => a[i * width + j];

/** op(A) op(B) by three loops: the second route. */
function naive(m: number, n: number, k: number, a: (i: number, q: number) => number, b: (q: number, j: number) => number) {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) for (let q = 0; q < k; q++) c[i * n + j] += a(i, q) * b(q, j);
  return c;
}
const gram = (psi: Float64Array, P: number, N: number) =>
  naive(
    P,
    P,
    N,
    (i, q) => at(psi, N, i, q),
    (q, j) => at(psi, N, j, q),
  );
const distance = (a: Float64Array, b: Float64Array) => a.reduce((worst, v, i) => Math.max(worst, Math.abs(v - b[i])), 0);
const sum = (a: Float64Array) => a.reduce((s, v) => s + v, 0);

/** Random orthonormal rows by modified Gram–Schmidt, done twice. */
function orthonormal(n: number, seed: number): Float64Array {
  const Q = normals(n * n, seed);
  for (let pass = 0; pass < 2; pass++)
    for (let i = 0; i < n; i++) {
      const row = Q.subarray(i * n, (i + 1) * n);
      for (let j = 0; j < i; j++) {
        const other = Q.subarray(j * n, (j + 1) * n);
        const c = row.reduce((s, v, k) => s + v * other[k], 0);
        row.forEach((v, k) => (row[k] = v - c * other[k]));
      }
      const length = Math.hypot(...row);
      row.forEach((v, k) => (row[k] = v / length));
    }
  return Q;
}
/** Qᵀ diag(λ) Q, so that row ρ of Q is the eigenvector of λ_ρ */
const withSpectrum = (Q: Float64Array, lambda: number[]) => {
  const n = lambda.length;
  return naive(
    n,
    n,
    n,
    (i, r) => at(Q, n, r, i) * lambda[r],
    (r, j) => at(Q, n, r, j),
  );
};

const native = await findNative();
const kinds: [string, Promise<Algebra> | null][] = [
  ['native', native.library ? Promise.resolve(createAlgebra(native)) : null],
  ['built-in', Promise.resolve(createAlgebra({ library: null, detail: 'switched off' }))],
];

describe.each(kinds)('%s algebra', (name, made) => {
  let algebra: Algebra;
  beforeAll(async () => {
    if (made) algebra = await made;
  });
  const it = test.runIf(made !== null); // without a BLAS on this machine there is no native algebra to test

  it('says what it is', () => {
    expect(algebra.native).toBe(name === 'native');
    expect(algebra.lapack.found).toBe(name === 'native');
  });

  it('products with every transposition, leading dimension and beta', async () => {
    for (const [m, n, k] of [
      [1, 1, 1],
      [5, 7, 3],
      [65, 258, 300],
    ])
      for (const transA of [false, true])
        for (const transB of [false, true]) {
          const [lda, ldb, ldc] = [(transA ? m : k) + 2, (transB ? k : n) + 1, n + 3];
          const a = normals((transA ? k : m) * lda, 1);
          const b = normals((transB ? n : k) * ldb, 2);
          const c = normals(m * ldc, 3);
          const before = c.slice();
          await algebra.gemm({ transA, transB, m, n, k, alpha: 0.5, a, lda, b, ldb, beta: 2, c, ldc });
          const expected = naive(
            m,
            n,
            k,
            (i, q) => (transA ? at(a, lda, q, i) : at(a, lda, i, q)),
            (q, j) => (transB ? at(b, ldb, j, q) : at(b, ldb, q, j)),
          );
          for (let i = 0; i < m; i++)
            // k products of size 1 in another order: k·ε
            for (let j = 0; j < ldc; j++)
              expect(
                Math.abs(at(c, ldc, i, j) - (j < n ? 2 * at(before, ldc, i, j) + 0.5 * at(expected, n, i, j) : at(before, ldc, i, j))),
              ).toBeLessThan(1e-15 * (k + 10) * 5);
        }
  });

  it('Gram matrices, both ways round, exactly symmetric', async () => {
    for (const [n, k] of [
      [3, 5],
      [67, 300],
      [300, 20],
    ])
      for (const trans of [false, true]) {
        const a = normals(n * k, 4);
        const c = new Float64Array(n * n);
        await algebra.syrk({ trans, n, k, alpha: 2, a, c });
        const value = (i: number, q: number) => (trans ? at(a, n, q, i) : at(a, k, i, q));
        expect(
          distance(
            c,
            naive(
              n,
              n,
              k,
              (i, q) => 2 * value(i, q),
              (q, j) => value(j, q),
            ),
          ),
        ).toBeLessThan(1e-14 * k);
        for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) expect(at(c, n, i, j)).toBe(at(c, n, j, i));
        const once = c.slice();
        await algebra.syrk({ trans, n, k, alpha: 2, a, beta: 0.5, c });
        expect(
          distance(
            c,
            once.map((v) => 1.5 * v),
          ),
        ).toBeLessThan(1e-14 * k);
      }
  });

  it('a known spectrum comes back, with the power of a target in its modes', async () => {
    for (const n of [1, 2, 3, 40, 101]) {
      const lambda = Array.from({ length: n }, (_, r) => (r + 1) ** -2);
      const Q = orthonormal(n, n);
      const C = 3;
      const a = normals(n * C, 5); // the target's coefficients in the modes
      const Y = naive(
        n,
        C,
        n,
        (i, r) => at(Q, n, r, i),
        (r, c) => at(a, C, r, c),
      );
      const { values, power } = await algebra.symmetricPower(withSpectrum(Q, lambda), n, Y, C);
      // backward stable: eigenvalues to n·ε·λ₁, eigenvectors to that over the gap, which is at least n⁻³ here
      expect(distance(values, Float64Array.from(lambda))).toBeLessThan(1e-15 * (n + 5));
      const expected = Float64Array.from(lambda, (_, r) => a.subarray(r * C, (r + 1) * C).reduce((s, v) => s + v * v, 0));
      expect(distance(power, expected)).toBeLessThan(1e-14 * (n + 1) ** 2 * 10);
    }
  });

  it('degenerate, zero, identity and low-rank matrices', async () => {
    const n = 60;
    const Q = orthonormal(n, 9);
    const Y = normals(n * 2, 10);
    const total = Y.reduce((s, v) => s + v * v, 0);
    const lambda = Array.from({ length: n }, (_, r) => (r < 10 ? 4 : r < 30 ? 1 : 0));
    const { values, power } = await algebra.symmetricPower(withSpectrum(Q, lambda), n, Y.slice(), 2);
    expect(distance(values, Float64Array.from(lambda))).toBeLessThan(1e-13);
    // inside an eigenspace the modes are arbitrary, but the power up to its end is not
    const upTo = (k: number) =>
      Array.from({ length: k }, (_, r) =>
        [0, 1].map((c) => Q.subarray(r * n, (r + 1) * n).reduce((s, v, i) => s + v * Y[i * 2 + c], 0) ** 2),
      )
        .flat()
        .reduce((s, v) => s + v, 0);
    for (const end of [10, 30]) expect(Math.abs(sum(power.subarray(0, end)) - upTo(end))).toBeLessThan(1e-12 * total);
    expect(Math.abs(sum(power) - total)).toBeLessThan(1e-12 * total);
    for (const scale of [0, 1]) {
      const K = new Float64Array(n * n);
      for (let i = 0; i < n; i++) K[i * n + i] = scale;
      const r = await algebra.symmetricPower(K, n, Y.slice(), 2);
      expect(distance(r.values, new Float64Array(n).fill(scale))).toBe(0);
      expect(Math.abs(sum(r.power) - total)).toBeLessThan(1e-12 * total);
    }
  });

  it('features and their Gram matrix have the same spectrum and power', async () => {
    for (const [P, N] of [
      [1, 1],
      [7, 7],
      [90, 1],
      [90, 33],
      [300, 64],
    ]) {
      const psi = normals(P * N, 11);
      const Y = normals(P * 3, 12);
      const f = await algebra.featurePower(psi.slice(), P, N, Y.slice(), 3);
      const s = await algebra.symmetricPower(gram(psi, P, N), P, Y.slice(), 3);
      expect(f.values.length).toBe(N);
      expect(distance(f.values, s.values.subarray(0, N))).toBeLessThan(1e-13 * s.values[0]);
      const cumulative = (p: Float64Array) => p.subarray(0, N).map((_, i) => sum(p.subarray(0, i + 1)));
      expect(distance(cumulative(f.power), cumulative(s.power))).toBeLessThan(1e-11 * sum(s.power));
    }
  });

  it('small singular values keep their digits where the Gram matrix loses them', async () => {
    const [P, N] = [50, 4];
    const Q = orthonormal(P, 13);
    const sigma = [1, 1e-4, 1e-7, 1e-10];
    const psi = naive(
      P,
      N,
      N,
      (i, r) => at(Q, P, r, i),
      (r, j) => (r === j ? sigma[r] : 0),
    );
    const { values } = await algebra.featurePower(psi, P, N, normals(P, 14), 1);
    // σ to ε·σ₁, so η = σ² to 2·σ·ε·σ₁: 1e-20 would be lost under 1e-16 in the Gram matrix
    values.forEach((v, r) => expect(Math.abs(Math.sqrt(v) - sigma[r])).toBeLessThan(1e-15));
  });

  it('columns of zeros and equal columns', async () => {
    const [P, N] = [30, 6];
    const psi = normals(P * N, 15);
    for (let i = 0; i < P; i++) {
      psi[i * N + 2] = 0;
      psi[i * N + 5] = psi[i * N];
    }
    const Y = normals(P * 2, 16);
    const s = await algebra.symmetricPower(gram(psi, P, N), P, Y.slice(), 2);
    const f = await algebra.featurePower(psi, P, N, Y.slice(), 2);
    expect(distance(f.values, s.values.subarray(0, N))).toBeLessThan(1e-12);
    expect(Math.abs(sum(f.power.subarray(0, 4)) - sum(s.power.subarray(0, 4)))).toBeLessThan(1e-10);
  });

  it('eigenvectors are orthonormal and rebuild the matrix', async () => {
    const n = 50;
    const K = gram(normals(n * 20, 17), n, 20);
    const { values, vectors } = await algebra.symmetricEigen(K.slice(), n);
    expect(distance(gram(vectors, n, n), withSpectrum(vectors, new Array<number>(n).fill(1)))).toBeLessThan(1e-13);
    expect(distance(withSpectrum(vectors, [...values]), K)).toBeLessThan(1e-12);
    expect([...values]).toEqual([...values].sort((a, b) => b - a));
  });

  it('solutions of a positive system: what is multiplied comes back, in one block and several', async () => {
    for (const [n, C] of [
      [1, 1],
      [7, 3],
      [64, 1],
      [65, 10],
      [200, 4],
    ]) {
      const [psi, X] = [normals(n * (n + 8), n), normals(n * C, n + 1)];
      const A = gram(psi, n, n + 8);
      for (let i = 0; i < n; i++) A[i * n + i] += 1; // the smallest eigenvalue is 1 at least, the largest some 4 n
      const B = naive(
        n,
        C,
        n,
        (i, q) => at(A, n, i, q),
        (q, j) => at(X, C, q, j),
      );
      await algebra.solvePositive(A, n, B, C);
      expect(distance(B, X), `${n} × ${C}`).toBeLessThan(4 * n * n * Number.EPSILON); // n · condition · ε
    }
  });

  it('a system that is not positive is refused with the order at which that shows', async () => {
    const A = Float64Array.of(4, 2, 0, 2, 1, 0, 0, 0, 1);
    await expect(algebra.solvePositive(A.slice(), 3, new Float64Array(3), 1)).rejects.toThrow(
      'the matrix is not positive definite: its leading part of order 2 is not',
    );
    A[4] = NaN;
    await expect(algebra.solvePositive(A, 3, new Float64Array(3), 1)).rejects.toThrow('A: NaN at row 1, column 1');
    await expect(algebra.solvePositive(new Float64Array(9), 3, new Float64Array(2), 1)).rejects.toThrow('B: expected 3 numbers, got 2');
  });

  it('the fixture of the definitions: eigenvalues and cumulative power, uncentred', async () => {
    const X = Float64Array.from([1, 2, 0, 1, 3, 1, 2, 2, 1, 0, 4, 3]);
    const Y = Float64Array.from([0, 0, 1, 1, 2, 2].flatMap((c) => [0, 1, 2].map((k) => (k === c ? 1 : 0))));
    const { values, power } = await algebra.featurePower(X, 6, 2, Y, 3);
    expect(values[0]).toBeCloseTo(46.8403296678, 9);
    expect(values[1]).toBeCloseTo(3.1596703322, 9);
    expect(power[0] / 6).toBeCloseTo(0.2634017321, 9);
    expect((power[0] + power[1]) / 6).toBeCloseTo(0.472972973, 9);
  });

  it('refuses NaN, infinities and wrong sizes by name', async () => {
    const Y = new Float64Array(4);
    await expect(algebra.symmetricPower(Float64Array.of(1, NaN, NaN, 1), 2, Y.slice(0, 2), 1)).rejects.toThrow(
      'K: NaN at row 0, column 1; expected finite numbers',
    );
    await expect(algebra.featurePower(Float64Array.of(1, Infinity), 2, 1, Y.slice(0, 2), 1)).rejects.toThrow('Psi: Infinity at row 1');
    await expect(algebra.symmetricPower(new Float64Array(3), 2, Y, 1)).rejects.toThrow('K: expected 4 numbers, got 3');
    await expect(algebra.featurePower(new Float64Array(6), 2, 3, Y, 1)).rejects.toThrow('N: expected a whole number from 1 to 2, got 3');
    await expect(algebra.symmetricPower(new Float64Array(1), 50_000, Y, 1)).rejects.toThrow('46340');
  });

  it('lets the event loop turn while it works', async () => {
    const n = 400;
    const K = gram(normals(n * 50, 18), n, 50);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await algebra.symmetricPower(K, n, normals(n * 10, 19), 10);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });
});

test.runIf(native.library !== null)('one stage, two stages and our own kernels agree', async () => {
  const { lapack } = native.library ? findLapack(native.library) : { lapack: null };
  if (!lapack?.has('dsytrd_sy2sb')) return; // this LAPACK has no first stage; the algebra then takes one
  for (const [n, C] of [
    [5, 1],
    [33, 1],
    [64, 3],
    [150, 10],
  ]) {
    const K = gram(normals(n * n, 20), n, n);
    const Y = normals(n * C, 21);
    const modules = createModules();
    const two = spectrumOf(await nativeModes(lapack, modules, K.slice(), n, Y.slice(), C, 2));
    for (const other of [createAlgebra(native), createAlgebra(null)]) {
      const one = await other.symmetricPower(K.slice(), n, Y.slice(), C);
      expect(distance(two.values, one.values)).toBeLessThan(1e-13 * one.values[0]);
      // a target's power in one mode to ε·λ₁ over the gap between neighbours
      expect(distance(two.power, one.power)).toBeLessThan(1e-8 * sum(one.power));
    }
  }
});
