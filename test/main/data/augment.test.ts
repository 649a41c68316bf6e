// Against the definition: the image padded as NumPy's `reflect` does, cropped, flipped, cut; and counts over many draws.
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../main/contract/config.ts';
import { createAugmenter } from '../../../main/data/augment.ts';
import { refusal } from './support.ts';

const config = (data: object = {}, seed = 1) => parseConfig({ seed, data: { augment: true, ...data } });
/** Images whose every value is another, none 0. */
const images = (count: number, inputs: number) => Float32Array.from({ length: count * inputs }, (_, i) => i + 1);
const augmented = (c: ReturnType<typeof config>, shape: number[], rows: number[], epoch = 0, b = 0, count = 8) => {
  const inputs = shape.reduce((n, d) => n * d, 1);
  const out = new Float32Array(rows.length * inputs).fill(-1);
  createAugmenter(c, shape)?.gather(images(count, inputs), Int32Array.from(rows), out, epoch, b);
  return Array.from({ length: rows.length }, (_, i) => [...out.subarray(i * inputs, (i + 1) * inputs)]);
};

/** Every place of the padded line, by walking back and forth: 4 3 2 1 | 0 1 2 … n−1 | n−2 n−3 n−4 n−5 */
const padded = (n: number): number[] => {
  const line = Array.from({ length: n }, (_, i) => i);
  return [...line.slice(1, 5).reverse(), ...line, ...line.slice(-5, -1).reverse()];
};
/** Image `row` cropped at (down, across), flipped or not. */
function naive(shape: number[], row: number, down: number, across: number, flip: boolean): number[] {
  const [H, W, C] = shape;
  const lines = padded(H).slice(down, down + H);
  const columns = padded(W).slice(across, across + W);
  if (flip) columns.reverse();
  return lines.flatMap((h) => columns.flatMap((w) => Array.from({ length: C }, (_, c) => ((row * H + h) * W + w) * C + c + 1)));
}
/** What was done to image `row`, by trying all 162 ways. */
function wayOf(shape: number[], row: number, image: number[]): { down: number; across: number; flip: boolean } | null {
  for (let down = 0; down < 9; down++)
    for (let across = 0; across < 9; across++)
      for (const flip of [false, true])
        if (naive(shape, row, down, across, flip).every((v, i) => v === image[i])) return { down, across, flip };
  return null;
}
/** Pearson's χ² of counts that should be equal. */
const chi2 = (counts: number[]) => {
  const mean = counts.reduce((s, n) => s + n, 0) / counts.length;
  return counts.reduce((s, n) => s + (n - mean) ** 2 / mean, 0);
};

describe('augmentation', () => {
  test.each([[[6, 7, 3]], [[5, 5, 1]], [[9, 6, 2]]])('of %j images is one of the crops of the padded image, flipped or not', (shape) => {
    for (let b = 0; b < 12; b++) {
      const rows = [3, 0, 7, 7, 5];
      augmented(config(), shape, rows, 2, b).forEach((image, i) => expect(wayOf(shape, rows[i], image)).not.toBeNull());
    }
  });

  test('has each crop and each flip equally often, independently of each other', () => {
    // Ten columns: on narrower images a crop, flipped, can be another crop that is not.
    const [shape, n] = [[6, 10, 1], 4050];
    const ways = augmented(
      config(),
      shape,
      Array.from({ length: n }, (_, i) => i % 8),
    ).map((image, i) => wayOf(shape, i % 8, image));
    const count = (of: (w: { down: number; across: number; flip: boolean }) => number, kinds: number) => {
      const counts = new Array<number>(kinds).fill(0);
      for (const way of ways) if (way) counts[of(way)]++;
      expect(counts.reduce((s, k) => s + k, 0)).toBe(n);
      return counts;
    };
    // χ² of k − 1 degrees of freedom: mean k − 1, deviation √(2(k − 1)); the limits are 4 deviations up
    expect(chi2(count((w) => w.down, 9))).toBeLessThan(8 + 4 * Math.sqrt(16));
    expect(chi2(count((w) => w.across, 9))).toBeLessThan(8 + 4 * Math.sqrt(16));
    expect(chi2(count((w) => Number(w.flip), 2))).toBeLessThan(1 + 4 * Math.sqrt(2));
    expect(chi2(count((w) => (w.down * 9 + w.across) * 2 + Number(w.flip), 162))).toBeLessThan(161 + 4 * Math.sqrt(322));
  });

  test('cuts a square out, at any centre, as far as it lies in the image', () => {
    const [H, W, C, n] = [8, 6, 2, 4800];
    for (const side of [1, 2, 3, 5]) {
      const centres = new Array<number>(H * W).fill(0);
      const plain = augmented(
        config(),
        [H, W, C],
        Array.from({ length: 40 }, (_, i) => i % 8),
      );
      const cut = augmented(
        config({ cutout: side }),
        [H, W, C],
        Array.from({ length: n }, (_, i) => i % 8),
      );
      expect(plain.flat().every((v) => v > 0)).toBe(true);
      for (const image of cut) {
        const zero = (h: number, w: number) => image[(h * W + w) * C] === 0;
        const places = Array.from({ length: H * W }, (_, k) => [Math.floor(k / W), k % W]);
        // Every centre whose clipped square is exactly what is 0; where several are, they are equally likely.
        const fitting = places.filter(([ch, cw]) => {
          const [top, left] = [ch - Math.floor(side / 2), cw - Math.floor(side / 2)];
          return places.every(([h, w]) => zero(h, w) === (h >= top && h < top + side && w >= left && w < left + side));
        });
        expect(fitting.length).toBeGreaterThan(0);
        for (const [h, w] of fitting) centres[h * W + w] += 1 / fitting.length;
        expect(places.every(([h, w]) => zero(h, w) === (image[(h * W + w) * C + 1] === 0))).toBe(true); // all channels
      }
      expect(chi2(centres)).toBeLessThan(47 + 4 * Math.sqrt(94));
    }
  });

  test('larger than the image leaves what the square does not reach', () => {
    for (const image of augmented(config({ cutout: 64 }), [6, 6, 1], [0, 1, 2, 3])) expect(image.every((v) => v === 0)).toBe(true);
  });

  test('depends on seed, epoch and batch alone', () => {
    const rows = [0, 1, 2, 3, 4, 5, 6, 7];
    const at = (seed: number, epoch: number, b: number) => augmented(config({ cutout: 2 }, seed), [9, 9, 1], rows, epoch, b);
    const reference = at(1, 3, 2);
    expect(at(1, 3, 2)).toEqual(reference);
    for (const other of [at(2, 3, 2), at(1, 2, 2), at(1, 3, 1), at(1, 2, 3)]) expect(other).not.toEqual(reference);
    const one = createAugmenter(config({ cutout: 2 }), [9, 9, 1]);
    const out = new Float32Array(8 * 81);
    for (const b of [0, 1, 2]) one?.gather(images(8, 81), Int32Array.from(rows), out, 3, b); // batches before it change nothing
    expect([...out]).toEqual(reference.flat());
  });

  test('is off unless asked for; is refused for what is no image, or too small to be reflected', async () => {
    expect(createAugmenter(parseConfig({}), [5])).toBeNull();
    expect(await refusal(() => createAugmenter(config(), [784]))).toBe(
      'data.augment: expected false for samples that are not images [H, W, C], got true for [784]',
    );
    expect(await refusal(() => createAugmenter(config(), [28, 4, 3]))).toBe('data.augment: expected images of 5 × 5 at least, got 28 × 4');
  });

  test('of a batch of 512 images of CIFAR-10 takes 2 ms; 40 would be another method', () => {
    const x = new Float32Array(512 * 3072);
    const rows = Int32Array.from({ length: 512 }, (_, i) => (i * 211) % 512);
    const augmenter = createAugmenter(config({ cutout: 16 }), [32, 32, 3]);
    const times = Array.from({ length: 20 }, (_, b) => {
      const began = performance.now();
      augmenter?.gather(x, rows, x.slice(), 0, b);
      return performance.now() - began;
    });
    expect(Math.min(...times)).toBeLessThan(40);
  });
});
