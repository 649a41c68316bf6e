// What alignments are made of: means, centred rows, offsets and norms of features, in both precisions and on both algebras.
import { describe, expect, test } from 'vitest';
import { createGenerator } from '../../../main/devices/random.ts';
import { alignable, alignmentReference, layerAlignment, participation } from '../../../main/kernels/alignment.ts';
import { centredRows, columnMeans, readFeatures, requireFinite, uncentredProduct, type Reals } from '../../../main/kernels/features.ts';
import { centredProducts } from '../../../main/kernels/product.ts';
import { similarity, similarityMatrix } from '../../../main/kernels/similarity.ts';
import * as naive from '../../support/numerics.ts';
import { algebras } from './support.ts';

// Sums of some 1e4 float64 products, each off by 1e-16 of itself at most and divided by numbers of their own size.
const rounding = 1e-12;

const precisions: [string, (values: number[]) => Reals][] = [
  ['float32', (values) => Float32Array.from(values)],
  ['float64', (values) => Float64Array.from(values)],
];
const near = (value: number, expected: number, tolerance: number) => {
  expect(Math.abs(value - expected), `${value} against ${expected}`).toBeLessThan(tolerance);
};
const input = (layer: string, A: naive.Matrix) => ({ layer, features: naive.flat(A), P: A.length, N: A[0].length });
const normals = (stream: string, P: number, N: number): naive.Matrix => {
  const generator = createGenerator(11, stream);
  return naive.matrix(P, N, () => generator.normal());
};
const labelled = (P: number, C: number) => naive.oneHot(Array.from({ length: P }, (_, i) => i % C));

const X: naive.Matrix = [[1, 2], [0, 1], [3, 1], [2, 2], [1, 0], [4, 3]]; // prettier-ignore
const Y = naive.oneHot([0, 0, 1, 1, 2, 2]);

describe('reading', () => {
  test('means, diagonal, offsets, trace by their definitions', async () => {
    const F = await readFeatures(input('x', X));
    const Kc = naive.centre(naive.gram(X));
    const mean = [11 / 6, 9 / 6];
    // numbers of size 1 … 10 from six samples: a few units of 1e-15
    for (const [j, m] of mean.entries()) near(F.mean[j], m, 1e-14);
    for (const [i, row] of X.entries()) {
      near(F.diagonal[i], Kc[i][i], 1e-13);
      near(F.offset[i], (row[0] - mean[0]) * mean[0] + (row[1] - mean[1]) * mean[1], 1e-13);
    }
    near(F.trace, naive.trace(Kc), 1e-13);
    near(F.meanSquare, mean[0] ** 2 + mean[1] ** 2, 1e-13);
  });

  test('rows are centred in float64 whatever came', async () => {
    const wide = normals('rows', 40, 3).flat();
    const f32 = Float32Array.from(wide, (v) => v + 1000);
    const f64 = Float64Array.from(f32);
    // The same numbers, so the same bits; and what float32 centring cannot do (its step at 1000 is 6e-5): sums that vanish.
    expect(await columnMeans(f32, 40, 3)).toEqual(await columnMeans(f64, 40, 3));
    const rows = await centredRows(await readFeatures({ layer: 'x', features: f32, P: 40, N: 3 }), 0, 40);
    expect(rows).toBeInstanceOf(Float64Array);
    // 40 numbers from a mean known to a step of float64 at 1000, 1.1e-13
    for (let j = 0; j < 3; j++) near(rows.filter((_, k) => k % 3 === j).reduce((a, b) => a + b), 0, 40 * 1.2e-13); // prettier-ignore
  });

  test('a part of the rows is that part', async () => {
    const F = await readFeatures(input('x', X));
    expect(await centredRows(F, 2, 5)).toEqual((await centredRows(F, 0, 6)).slice(4, 10));
  });
});

describe.each(algebras)('on the algebra %s LAPACK', (_name, algebra) => {
  test('the norms and participation ratios of the fixture', async () => {
    const [K, L] = [await readFeatures(input('x', X)), await readFeatures(input('y', Y))];
    const [kl, kk] = await centredProducts(algebra, K, [L, K]);
    const [ll] = await centredProducts(algebra, L, [L]);
    // numbers up to 2204, from halves and sixths: some 1e-16 of each
    near(kl, 32 / 3, 1e-12);
    near(kk, 1693 / 9, 1e-11);
    near(ll, 8, 1e-12);
    near(uncentredProduct(K, L, kl), 78, 1e-11);
    near(uncentredProduct(K, K, kk), 2204, 1e-10);
    near(uncentredProduct(L, L, ll), 12, 1e-11);
    near(participation(K.trace, kk), 1.4181925576, 1e-10); // 10 decimals are given
    near(participation(L.trace, ll), 2, rounding);
  });

  const P = 24;
  const target = labelled(P, 5);
  const x = normals('x', P, 6);
  for (const N of [7, P, 40])
    for (const [precision, reals] of precisions)
      for (const shift of [0, 1000])
        test(`a layer's stored alignments are the definitions: N = ${N}, ${precision}, mean ${shift}`, async () => {
          const features = reals(
            normals(`layer ${N}`, P, N)
              .flat()
              .map((v) => v + shift),
          );
          const whole = naive.unflat(features, N);
          // Near 1000, v − 1000 is exact, so the naive route centres small numbers and yet sees the very same features.
          const small = naive.gram(whole.map((row) => row.map((v) => v - shift)));
          const [K, L, Kx] = [naive.gram(whole), naive.gram(target), naive.gram(x)];
          const y = naive.flat(target);
          const reference = await alignmentReference({ algebra, P, y, classes: 5, x: naive.flat(x), inputs: 6 });
          const a = await layerAlignment({ layer: 'fc1', features, P, N, algebra, reference });
          const expected: [number, number][] = [
            [a.ckaTarget, naive.cka(small, L)],
            [a.ckaInput, naive.cka(small, Kx)],
            [a.debiasedTarget, naive.debiasedCka(small, L)],
            [a.debiasedInput, naive.debiasedCka(small, Kx)],
            [a.ktaTarget, naive.kta(K, L)],
            [a.ktaInput, naive.kta(K, Kx)],
          ];
          // A mean of 1000 is known to 1e-13, and so are centred features of size 1; debiasing takes off up to 9/10 of a norm.
          for (const [value, want] of expected) near(value, want, shift === 0 ? rounding : 10 * rounding);
          expect([a.layer, a.features]).toEqual(['fc1', N]);
        });

  // N₁·N₂ small against P: the feature form; wide: the kernel form. ⟨K, L⟩ = ⟨L, K⟩ may even take the other blocks.
  for (const [n1, n2] of [
    [3, 4],
    [30, 40],
    [2, 50],
    [P, P],
  ])
    // prettier-ignore
    test(`the same product in whatever blocks and either way round: ${n1} × ${n2}`, async () => {
      const [A, B] = [await readFeatures(input('a', normals('a', P, n1))), await readFeatures(input('b', normals('b', P, n2)))];
      const naively = naive.inner(naive.centre(naive.gram(normals('a', P, n1))), naive.centre(naive.gram(normals('b', P, n2))));
      for (const rows of [undefined, 1, 5, P - 1, P, P + 1]) {
        const [[ab], [ba]] = [await centredProducts(algebra, A, [B], rows), await centredProducts(algebra, B, [A], rows)];
        near(ab / naively, 1, rounding);
        near(ba / naively, 1, rounding);
      }
    });

  test('one pass through features, the other through kernels: concatenated and wide similarity agree', async () => {
    const [a, b] = [input('a', normals('a', P, 5)), input('b', normals('b', P, 9))];
    const wide = input('wide', normals('wide', P, 60));
    // A wide third layer sends all three the pairwise way; the first two must not notice.
    const [narrow, mixed] = [await similarityMatrix(algebra, [a, b]), await similarityMatrix(algebra, [a, b, wide])];
    near(narrow[0][1], mixed[0][1], rounding);
    near(mixed[2][0], naive.cka(naive.gram(normals('wide', P, 60)), naive.gram(normals('a', P, 5))), rounding);
  });

  test('balanced classes against the identity kernel itself', async () => {
    const [C, n] = [4, 20];
    const eye = input('eye', naive.matrix(n, n, (i, j) => +(i === j))); // prettier-ignore
    const classes = input('classes', labelled(n, C));
    const [I, F] = [await readFeatures(eye), await readFeatures(classes)];
    const [cross, own] = await centredProducts(algebra, I, [F, I]);
    const [square] = await centredProducts(algebra, F, [F]);
    const norms = uncentredProduct(I, I, own) * uncentredProduct(F, F, square);
    near(uncentredProduct(I, F, cross) / Math.sqrt(norms), Math.sqrt(C / n), rounding);
    near(await similarity(algebra, eye, classes), Math.sqrt((C - 1) / (n - 1)), rounding);
    // Debiased CKA does not see diagonals, all that the identity has.
    const reference = await alignmentReference({ algebra, P: n, y: classes.features, classes: C, x: null, inputs: 0 });
    const refused = layerAlignment({ ...eye, algebra, reference });
    await expect(refused).rejects.toThrow('eye: debiased CKA is undefined on these 20 samples');
  });
});

describe('refuses, and names the layer', () => {
  const layer = 'conv2';
  test.each([0, 1, 2, 3])('fewer than four samples: %i', async (P) => {
    const few = { layer, features: new Float64Array(2 * P), P, N: 2 };
    await expect(alignable(few)).rejects.toThrow(`conv2: alignments need at least 4 samples, got ${P}`);
  });
  test.each([NaN, Infinity, -Infinity])('%d wherever it is, also twice', async (bad) => {
    for (const [, reals] of precisions)
      for (let k = 0; k < 15; k++) {
        const features = reals(Array.from({ length: 15 }, (_, i) => i));
        features[k] = features[14] = bad;
        const place = `conv2: sample ${Math.floor(k / 3)}, feature ${k % 3} is ${bad}; finite numbers are accepted`;
        await expect(alignable({ layer, features, P: 5, N: 3 })).rejects.toThrow(place);
      }
    expect(() => requireFinite(layer, Float64Array.of(-0, Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324), 2)).not.toThrow();
  });
  test('features that do not vary, whatever their size, but not those that hardly do', async () => {
    for (const value of [0, 0.1, -1e3, 1e-20, 1e20])
      await expect(readFeatures({ layer, features: new Float64Array(30).fill(value), P: 10, N: 3 })).rejects.toThrow(
        /^conv2: .* \(centred norm 0\)/,
      );
    // A spread of 1e-9 on 1 is five orders over the refused 1e-14.
    const hardly = { layer, features: Float64Array.from({ length: 30 }, (_, i) => 1 + 1e-9 * i), P: 10, N: 3 };
    expect((await readFeatures(hardly)).trace).toBeGreaterThan(0);
  });
  test('lengths and counts that do not fit', async () => {
    const read = (length: number, P: number, N: number) =>
      expect(readFeatures({ layer, features: new Float32Array(length), P, N })).rejects;
    await read(14, 5, 3).toThrow('conv2: expected 5 × 3 = 15 features, got 14');
    await read(16, 5, 3).toThrow('conv2: expected 5 × 3 = 15 features, got 16');
    await read(0, 5, 0).toThrow('conv2: expected at least 1 feature, got 0');
    await read(3, 1, 3).toThrow('conv2: expected at least 2 samples, got 1');
    await read(15, 2.5, 6).toThrow('conv2: expected at least 2 samples, got 2.5');
  });
});
