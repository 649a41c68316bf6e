import { describe, expect, test } from 'vitest';
import type { DigitsTask } from '../../../main/contract/config.ts';
import { drawDigit, generateDigits, side } from '../../../main/data/digits.ts';
import { segments, writings } from '../../../main/data/strokes.ts';
import type { Generator } from '../../../main/devices/random.ts';

const task: DigitsTask = { shift: 2, shear: 0.25, noise: 0.2 };
const still: DigitsTask = { shift: 0, shear: 0, noise: 0 };
const size = side * side;
const images = ({ x, labels }: { x: Float32Array; labels: Uint8Array }) =>
  [...labels].map((label, i) => ({ label, pixels: x.subarray(i * size, (i + 1) * size) }));
const keys = (x: Float32Array) => Array.from({ length: x.length / size }, (_, i) => x.subarray(i * size, (i + 1) * size).join());
/** No jitter, turn, scale or shift: the digit as it is written down. */
const middle: Generator = {
  next: () => 0.5,
  normal: () => 0,
  integer: () => 0,
  permutation: (n) => Int32Array.from({ length: n }, (_, i) => i),
  state: () => [],
  restore: () => undefined,
};

describe('drawing', () => {
  test('ink is full within the radius of a stroke and fades over one pixel', () => {
    const drawn = new Float32Array(size);
    for (const writing of writings.flat()) {
      drawDigit(writing, still, middle, drawn);
      // The second route: dense points along every stroke, distance to the nearest.
      const points = writing.flatMap((stroke) => {
        const s = segments(stroke);
        return Array.from({ length: s.length / 4 }, (_, i) => s.slice(4 * i, 4 * i + 4)).flatMap(([x0, y0, x1, y1]) =>
          Array.from({ length: 101 }, (_, k) => [4 + 20 * (x0 + ((x1 - x0) * k) / 100), 4 + 20 * (y0 + ((y1 - y0) * k) / 100)]),
        );
      });
      let worst = 0;
      for (let i = 0; i < size; i++) {
        const [px, py] = [(i % side) + 0.5, Math.floor(i / side) + 0.5];
        const distance = Math.sqrt(points.reduce((d, [x, y]) => Math.min(d, (x - px) ** 2 + (y - py) ** 2), Infinity));
        worst = Math.max(worst, Math.abs(drawn[i] - Math.min(1, Math.max(0, 1.55 - distance))));
      }
      expect(worst).toBeLessThan(0.02); // points are at most 0.17 pixels apart: at a distance d ≥ 0.55, 0.085²/(2d) < 0.007
    }
  });

  test('strokes begin and end at their points, and every segment begins where the last one ended', () => {
    for (const stroke of writings.flat(2)) {
      const s = segments(stroke);
      const count = (stroke.points.length - 1) * (stroke.smooth ? 5 : 1);
      expect(s.length).toBe(4 * count);
      for (let i = 4; i < s.length; i += 4) for (const k of [0, 1]) expect(s[i + k]).toBeCloseTo(s[i - 2 + k], 12);
      stroke.points.slice(1).forEach((p, i) => {
        const end = 4 * (i + 1) * (stroke.smooth ? 5 : 1) - 2; // a curve goes through its points
        p.forEach((v, k) => expect(s[end + k]).toBeCloseTo(v, 12));
      });
    }
  });
});

describe('a generated split', () => {
  test('is the same for the same seed, another for another seed and the other split; no image twice', async () => {
    const [a, again, other, held] = await Promise.all([
      generateDigits(task, 'train', 300, 7),
      generateDigits(task, 'train', 300, 7),
      generateDigits(task, 'train', 300, 8),
      generateDigits(task, 'test', 300, 7),
    ]);
    expect(again).toEqual(a);
    expect(other.labels).not.toEqual(a.labels);
    expect(held.labels).not.toEqual(a.labels);
    expect(new Set([a, other, held].flatMap(({ x }) => keys(x))).size).toBe(900);
  });

  test('has its classes in balance and in no order', async () => {
    for (const count of [1, 10, 997]) {
      const { labels } = await generateDigits(still, 'train', count, 1);
      const counts = Array.from({ length: 10 }, (_, c) => labels.filter((l) => l === c).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      expect(counts.reduce((a, b) => a + b)).toBe(count);
      if (count > 10) expect([...labels]).not.toEqual([...labels].sort());
    }
  });

  test('has ink in [0, 1], noise in every pixel when asked for, none otherwise', async () => {
    const noisy = await generateDigits({ ...task, noise: 1 }, 'train', 200, 3);
    const clean = await generateDigits({ ...task, noise: 0 }, 'train', 200, 3);
    for (const { x } of [noisy, clean]) expect(x.every((v) => v >= 0 && v <= 1)).toBe(true);
    const share = (x: Float32Array) => x.filter((v) => v > 0).length / x.length;
    expect(share(noisy.x)).toBeGreaterThan(0.5); // noise is positive in half of the pixels, and there is ink besides
    expect(share(clean.x)).toBeLessThan(0.4);
    for (const { pixels } of images(clean)) expect(pixels.reduce((s, v) => s + v, 0)).toBeGreaterThan(10); // a digit in every image
  });

  test('shift moves digits over the image by as much as it says', async () => {
    const centres = async (shift: number) =>
      images(await generateDigits({ ...still, shift }, 'train', 400, 5))
        .filter(({ label }) => label === 1)
        .map(({ pixels }) => pixels.reduce((s, v, i) => s + v * (i % side), 0) / pixels.reduce((s, v) => s + v, 0));
    const spread = (v: number[]) => Math.max(...v) - Math.min(...v);
    const [none, much] = [spread(await centres(0)), spread(await centres(6))];
    expect(none).toBeLessThan(6); // what the hand does by itself
    expect(much).toBeGreaterThan(8); // of ±6 pixels, 40 digits reach both thirds
  });

  test('says how far it is, and stops when it is told to', async () => {
    const fractions: number[] = [];
    const stop = new AbortController();
    const onProgress = (f: number) => {
      fractions.push(f);
      if (fractions.length === 3) stop.abort();
    };
    await expect(generateDigits(task, 'train', 1e5, 1, { signal: stop.signal, onProgress })).rejects.toThrow(/abort/);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.length).toBe(3);
    expect(fractions[2]).toBeLessThan(1);
  });
});
