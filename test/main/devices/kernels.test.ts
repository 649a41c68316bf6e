// Every kernel of tfjs that we replace, and a sample of those that we take over as they are, against tfjs's own cpu backend.
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { distance, numbers, openTestDevice, type TestDevice } from './support.ts';

type Make = (shape: number[], seed: number) => Tensor;
type Case = [name: string, f: (d: TestDevice, make: Make) => Tensor, tolerance?: number];

const shapes: [number[], number[]][] = [
  [[7], [7]],
  [[5, 3], [5, 3]],
  [[4, 6, 5], [4, 6, 5]],
  [[5, 3], [3]],
  [[5, 3], [1, 3]],
  [[5, 3], [5, 1]],
  [[16, 1], [16, 1]],
  [[16, 3], [3]],
  [[16, 1], [1]],
  [[5, 3], []],
  [[], [5, 3]],
  [[1, 1, 1], [5, 3]],
  [[3], [5, 3]], // spread on the left: tfjs's
  [[5, 1], [1, 3]],
  [[2, 5, 3], [3]],
  [[0, 3], [3]],
  [[1, 1], [1]],
]; // prettier-ignore

const binary: Case[] = (['add', 'sub', 'mul', 'div'] as const).flatMap((op) =>
  shapes.map(([a, b]): Case => [
    `${op} [${a.join()}] [${b.join()}]`,
    ({ tf }, make) => tf[op](make(a, 1), make(b, 2)),
    op === 'div' ? 1e-3 : 0,
  ]),
);
const unary: Case[] = (['relu', 'tanh', 'erf', 'square', 'exp', 'sqrt', 'neg', 'zerosLike', 'onesLike'] as const).flatMap((op) =>
  [[11], [5, 3], [0], [1, 1]].map((shape): Case => [`${op} [${shape.join()}]`, ({ tf }, make) => tf[op](make(shape, 3)), 4e-7]),
);
const reductions: Case[] = (['sum', 'mean'] as const).flatMap((op) =>
  [[[7], undefined], [[5, 3], undefined], [[5, 3], 0], [[5, 3], 1], [[5, 3], -1], [[130, 17], 0], [[4, 3, 6], [0, 1]], [[4, 3, 6], [1, 2]],
    [[4, 3, 6], 1], [[4, 3, 6], [0, 2]], [[0, 3], 0], [[3, 1], 0], [[1, 3], 1]].flatMap(([shape, axis]) =>
    [false, true].map((keep): Case => [
      `${op} [${String(shape)}] over ${String(axis)}${keep ? ', axes kept' : ''}`,
      ({ tf }, make) => tf[op](make(shape as number[], 4), axis, keep), 2e-6]))); // prettier-ignore
const products: Case[] = [
  ...[false, true].flatMap((ta) =>
    [false, true].map((tb): Case => [
      `matMul ${ta ? 'Aᵀ' : 'A'} ${tb ? 'Bᵀ' : 'B'}`,
      ({ tf }, make) => tf.matMul(make(ta ? [9, 7] : [7, 9], 5), make(tb ? [5, 9] : [9, 5], 6), ta, tb), 2e-6])),
  ['matMul with itself transposed', ({ tf }, make) => { const a = make([70, 11], 7); return tf.matMul(a, a, false, true); }, 3e-6],
  ['matMul of batches', ({ tf }, make) => tf.matMul(make([3, 4, 5], 8), make([3, 5, 2], 9)), 2e-6],
  ['matMul of batches of batches, transposed', ({ tf }, make) => tf.matMul(make([2, 3, 5, 4], 8), make([2, 3, 2, 5], 9), true, true), 2e-6],
  ['matMul, one matrix for all batches', ({ tf }, make) => tf.matMul(make([3, 4, 5], 8), make([1, 5, 2], 9)), 2e-6],
  ['matMul, one matrix of lower rank for all batches', ({ tf }, make) => tf.matMul(make([5, 4], 8), make([3, 4, 2], 9)), 2e-6],
  ['matMul of one row', ({ tf }, make) => tf.matMul(make([1, 9], 8), make([9, 3], 9)), 2e-6],
  ['matMul of no rows', ({ tf }, make) => tf.matMul(make([0, 9], 8), make([9, 3], 9))],
  ['transpose', ({ tf }, make) => tf.transpose(make([67, 131], 1))],
  ['transpose of three axes', ({ tf }, make) => tf.transpose(make([2, 3, 4], 1), [2, 0, 1])],
  ['gather rows', ({ tf }, make) => tf.gather(make([6, 4], 1), tf.tensor1d([5, 0, 0, 3], 'int32'))],
  ['gather columns', ({ tf }, make) => tf.gather(make([6, 4], 1), tf.tensor1d([3, 1], 'int32'), 1)],
  ...(['linear', 'relu', 'sigmoid'] as const).map((activation): Case => [
    `fused matMul, ${activation}`,
    ({ tf }, make) => tf.fused.matMul({ a: make([7, 9], 1), b: make([9, 5], 2), bias: make([5], 3), activation }), 2e-6]),
  ['fused matMul without bias, transposed', ({ tf }, make) => tf.fused.matMul({ a: make([9, 7], 1), b: make([5, 9], 2), transposeA: true, transposeB: true, activation: 'relu' }), 2e-6],
]; // prettier-ignore
const inherited: Case[] = [
  ['slice, then the source changes hands', ({ tf }, make) => tf.slice(make([5, 4], 1), [1, 0], [2, 4])],
  ['concat', ({ tf }, make) => tf.concat([make([2, 3], 1), make([4, 3], 2)])],
  ['tile', ({ tf }, make) => tf.tile(make([2, 3], 1), [2, 2])],
  ['argMax', ({ tf }, make) => tf.argMax(make([9, 10], 1), 1)],
  ['max', ({ tf }, make) => tf.max(make([9, 10], 1), 1)],
  ['oneHot', ({ tf }) => tf.oneHot(tf.tensor1d([1, 0, 3], 'int32'), 4)],
  ['cast to int32 and back', ({ tf }, make) => tf.cast(tf.cast(tf.mul(make([7], 1), 10), 'int32'), 'float32')],
  ['greater as float', ({ tf }, make) => tf.cast(tf.greater(make([9], 1), 0), 'float32')],
  ['where', ({ tf }, make) => tf.where(tf.greater(make([9], 1), 0), make([9], 2), make([9], 3))],
  ['softmax', ({ tf }, make) => tf.softmax(make([4, 6], 1)), 1e-6],
  ['cumsum', ({ tf }, make) => tf.cumsum(make([4, 6], 1), 1), 1e-6],
  ['int32 add', ({ tf }) => tf.add(tf.tensor1d([1, 2], 'int32'), tf.tensor1d([3, 4], 'int32'))],
  ['pad', ({ tf }, make) => tf.pad(make([3, 2], 1) as never, [[1, 1], [0, 2]])],
  ['linspace', ({ tf }) => tf.linspace(0, 1, 7), 1e-7],
  ['real part of a complex number', ({ tf }, make) => tf.real(tf.complex(make([5], 1), make([5], 2)))],
  ['split', ({ tf }, make) => tf.split(make([6, 2], 1), 3)[1]],
  ['unstack', ({ tf }, make) => tf.unstack(make([3, 4], 1))[2]],
]; // prettier-ignore

describe.each([true, false])('native BLAS: %s', (native) => {
  let d: TestDevice;
  beforeAll(async () => {
    d = await openTestDevice(native);
  });
  afterAll(() => d.close());

  test.each<Case>([...binary, ...unary, ...reductions, ...products, ...inherited])('%s', (_name, f, tolerance = 0) => {
    const make: Make = (shape, seed) =>
      d.tf.tensor(
        numbers(
          shape.reduce((a, b) => a * b, 1),
          seed,
        ),
        shape,
      );
    const run = () =>
      d.tf.tidy(() => {
        const y = f(d, make);
        return { shape: y.shape, dtype: y.dtype, values: [...y.dataSync()] };
      });
    const before = [d.tf.memory().numTensors, d.backend.shared.used];
    const got = d.ours(run);
    expect([d.tf.memory().numTensors, d.backend.shared.used]).toEqual(before);
    const want = d.theirs(run);
    expect(got.shape).toEqual(want.shape);
    expect(got.dtype).toBe(want.dtype);
    // Both round to float32; tolerances are relative to the largest value.
    const scale = Math.max(1, ...want.values.filter(Number.isFinite).map(Math.abs));
    expect(distance(got.values, want.values)).toBeLessThanOrEqual(tolerance * scale);
  });

  test.each(['add', 'sub', 'mul', 'div', 'relu', 'tanh', 'erf', 'square', 'exp', 'sqrt', 'neg', 'sum', 'mean', 'transpose'] as const)(
    '%s passes NaN on',
    (op) => {
      const x = numbers(15, 1);
      x[7] = NaN;
      const run = () =>
        d.tf.tidy(() => {
          const t = d.tf.tensor2d(x, [5, 3]);
          if (op === 'sum' || op === 'mean') return [...d.tf[op](t, 0).dataSync(), ...d.tf[op](t, 1).dataSync(), ...d.tf[op](t).dataSync()];
          if (op === 'add' || op === 'sub' || op === 'mul' || op === 'div') return [...d.tf[op](t, d.tf.onesLike(t)).dataSync()];
          return [...d.tf[op](t).dataSync()];
        });
      expect(d.ours(run).map(Number.isNaN)).toEqual(d.theirs(run).map(Number.isNaN));
    },
  );

  test('matMul with batches spread over one another is what it is with the batches written out', () => {
    const [a, b] = [d.tf.tensor(numbers(60, 1), [3, 1, 4, 5]), d.tf.tensor(numbers(20, 2), [1, 2, 5, 2])];
    const got = d.tf.tidy(() => d.tf.matMul(a, b));
    const want = d.theirs(() => d.tf.tidy(() => d.tf.matMul(d.tf.tile(a, [1, 2, 1, 1]), d.tf.tile(b, [3, 1, 1, 1]))));
    expect(got.shape).toEqual([3, 2, 4, 2]);
    expect(distance(got.dataSync(), want.dataSync())).toBeLessThan(2e-6);
    for (const t of [a, b, got, want]) t.dispose();
  });
  test('fused matMul with tanh, which tfjs’s cpu backend lacks', () => {
    const [a, b, bias] = [d.tf.tensor2d(numbers(63, 1), [7, 9]), d.tf.tensor2d(numbers(45, 2), [9, 5]), d.tf.tensor1d(numbers(5, 3))];
    const got = d.tf.tidy(() => d.tf.fused.matMul({ a, b, bias, activation: 'tanh' as never }));
    const want = d.theirs(() => d.tf.tidy(() => d.tf.tanh(d.tf.add(d.tf.matMul(a, b), bias))));
    expect(distance(got.dataSync(), want.dataSync())).toBeLessThan(2e-6);
    for (const t of [a, b, bias, got, want]) t.dispose();
  });

  test('values that were read stay when the tensor is gone and its memory is used again', () => {
    const t = d.tf.tensor1d([1, 2, 3]);
    const read = t.dataSync();
    t.dispose();
    d.tf.tidy(() => d.tf.tensor1d([7, 8, 9]).dataSync());
    expect([...read]).toEqual([1, 2, 3]);
    expect(read.buffer).toBeInstanceOf(ArrayBuffer);
  });

  test('the array that a tensor was made from stays the caller’s', () => {
    const values = Float32Array.of(1, 2, 3);
    const t = d.tf.tensor1d(values);
    values[0] = 9;
    expect([...t.dataSync()]).toEqual([1, 2, 3]);
    t.dispose();
  });

  test('a cast converts the bytes, whatever reads them next', () => {
    d.tf.tidy(() => {
      const int = d.tf.tensor1d([0, 1, -7, 2 ** 24], 'int32');
      const bool = d.tf.tensor1d([1, 0, 1], 'bool');
      expect([...d.tf.mul(d.tf.cast(int, 'float32'), 0.5).dataSync()]).toEqual([0, 0.5, -3.5, 2 ** 23]);
      expect([...d.tf.mul(d.tf.tensor1d([0.5, 0.5, 0.5, 0.5]), int).dataSync()]).toEqual([0, 0.5, -3.5, 2 ** 23]);
      expect([...d.tf.mul(d.tf.cast(bool, 'float32'), 2).dataSync()]).toEqual([2, 0, 2]);
      expect([...d.tf.cast(bool, 'int32').dataSync()]).toEqual([1, 0, 1]);
      expect([...int.dataSync()]).toEqual([0, 1, -7, 2 ** 24]);
      expect([...d.tf.cast(d.tf.tensor1d([1.9, -1.9]), 'int32').dataSync()]).toEqual([1, -1]);
    });
  });

  test('strings, and tensors moved between backends and back', () => {
    const text = d.tf.tensor1d(['a', 'b']);
    expect(text.dataSync()).toEqual(['a', 'b']);
    text.dispose();
    const used = d.backend.shared.used;
    const t = d.tf.tensor1d([1, 2, 3]);
    const there = d.theirs(() => d.tf.square(t));
    const back = d.tf.add(there, t);
    expect([...back.dataSync()]).toEqual([2, 6, 12]);
    for (const x of [t, there, back]) x.dispose();
    expect(d.backend.shared.used).toBe(used);
  });

  test('matMul refuses sides that do not fit', () => {
    expect(() => d.tf.tidy(() => d.tf.matMul(d.tf.ones([2, 3]), d.tf.ones([2, 3])))).toThrow(/inner/i);
  });
  test('gather refuses a row that is not there', () => {
    expect(() => d.tf.tidy(() => d.tf.gather(d.tf.ones([2, 3]), d.tf.tensor1d([2], 'int32')))).toThrow(/2/);
  });
});
