// A generated handwriting task that needs no files: ten digits as strokes with jitter, shear, turn, scale, shift, thickness and noise.
import { setImmediate } from 'node:timers/promises';
import type { DigitsTask } from '../contract/config.ts';
import type { Split } from '../contract/results.ts';
import { createGenerator, type Generator } from '../devices/random.ts';
import { segments, writings, type Writing } from './strokes.ts';

export const side = 28;
/** the box in which a digit is written, in pixels, before shift */
const box = 20;
/** standard deviations that give the hand its variety */
const hand = { joint: 0.035, turn: 0.14, scale: 0.12, thickness: 0.28 };

/** Draws one digit into `out`, 28×28, ink in [0, 1]. */
export function drawDigit(writing: Writing, task: DigitsTask, g: Generator, out: Float32Array): void {
  out.fill(0);
  const turn = hand.turn * g.normal();
  const shear = task.shear * g.normal();
  const sx = box * (1 + hand.scale * g.normal());
  const sy = box * (1 + hand.scale * g.normal());
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const dx = (2 * g.next() - 1) * task.shift;
  const dy = (2 * g.next() - 1) * task.shift;
  const radius = Math.max(0.45, 1.05 + hand.thickness * g.normal());
  const place = (x: number, y: number): [number, number] => {
    const u = (x - 0.5 - shear * (y - 0.5)) * sx;
    const v = (y - 0.5) * sy;
    return [side / 2 + dx + cos * u - sin * v, side / 2 + dy + sin * u + cos * v];
  };
  for (const stroke of writing) {
    const jittered = stroke.points.map(([x, y]) => place(x + hand.joint * g.normal(), y + hand.joint * g.normal()));
    const s = segments({ points: jittered, smooth: stroke.smooth });
    for (let i = 0; i < s.length; i += 4) ink(out, s[i], s[i + 1], s[i + 2], s[i + 3], radius);
  }
  if (task.noise > 0) for (let i = 0; i < out.length; i++) out[i] = Math.min(1, Math.max(0, out[i] + task.noise * g.normal()));
}

/** Lays ink along one segment: full within `radius` of it, fading over one pixel; strokes darken, they do not add. */
function ink(out: Float32Array, x0: number, y0: number, x1: number, y1: number, radius: number): void {
  const reach = radius + 0.5;
  const [vx, vy] = [x1 - x0, y1 - y0];
  const length2 = Math.max(vx * vx + vy * vy, 1e-12);
  const low = (a: number, b: number) => Math.max(0, Math.floor(Math.min(a, b) - reach));
  const high = (a: number, b: number) => Math.min(side - 1, Math.ceil(Math.max(a, b) + reach));
  for (let row = low(y0, y1); row <= high(y0, y1); row++)
    for (let column = low(x0, x1); column <= high(x0, x1); column++) {
      const [px, py] = [column + 0.5 - x0, row + 0.5 - y0];
      const t = Math.min(1, Math.max(0, (px * vx + py * vy) / length2));
      const distance = Math.sqrt((px - t * vx) ** 2 + (py - t * vy) ** 2);
      const value = Math.min(1, reach - distance);
      const at = row * side + column;
      if (value > out[at]) out[at] = value;
    }
}

/** `count` digits of a split, classes balanced and in random order: x [count, 784] with ink in [0, 1], labels 0 … 9. */
export async function generateDigits(
  task: DigitsTask,
  split: Split,
  count: number,
  seed: number,
  o: { signal?: AbortSignal; onProgress?(fraction: number): void } = {},
): Promise<{ x: Float32Array; labels: Uint8Array }> {
  const g = createGenerator(seed, `digits ${split}`);
  const order = g.permutation(count);
  const labels = Uint8Array.from(order, (i) => i % 10);
  const x = new Float32Array(count * side * side);
  let rested = performance.now();
  for (let i = 0; i < count; i++) {
    const ways = writings[labels[i]];
    drawDigit(ways[g.integer(ways.length)], task, g, x.subarray(i * side * side, (i + 1) * side * side));
    if (performance.now() - rested > 30) {
      o.onProgress?.(i / count);
      await setImmediate();
      o.signal?.throwIfAborted();
      rested = performance.now();
    }
  }
  return { x, labels };
}
