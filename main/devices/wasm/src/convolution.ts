// Convolutions, batch norm and pooling of image batches, shared among threads by groups of samples. Every group has partial sums of its own
// and they are added in their order, so that a result depends on the number of groups and not on which thread was faster.
// Products go to the machine's BLAS, called from here on the thread at hand, or to our own.
import { apply, chain, slopeSums, sums } from './parts/channels';
import { fromColumns, toColumns, zero } from './parts/columns';
import { announce, claim, finished, join, JOB, rest, SLOT, stop, stopped, ticketOf } from './parts/crew';
import { gemm, workspace } from './parts/gemm';
import { pool, poolGradient } from './parts/pooling';
import { bytes } from './parts/simd';

export { stop, workspace };

/** C = op(A) op(B), or C + op(A) op(B) where add; row-major */
// @ts-ignore: decorator
@external('blas', 'sgemm')
declare function sgemm(
  transA: i32, transB: i32, m: i32, n: i32, k: i32, a: usize, lda: i32, b: usize, ldb: i32, add: i32, c: usize, ldc: i32,
): void;

export const FORWARD: i32 = 0;
export const APPLY: i32 = 1;
export const SLOPES: i32 = 2;
export const BACKWARD: i32 = 3;
export const INPUT: i32 = 4;
export const FILTER: i32 = 5;
export const POOL: i32 = 6;
export const UNPOOL: i32 = 7;

/** Words of a job: kind, groups, native; per thread: work, its stride, offsets of columns and scratch in it, floats that columns may have;
 *  batch, sizes, stride and padding; up to eleven addresses. */
// @ts-ignore: decorator
@inline
function word(slot: usize, i: i32): i32 {
  return load<i32>(slot + JOB + bytes(i));
}
// @ts-ignore: decorator
@inline
function place(slot: usize, i: i32): usize {
  return <usize>load<u32>(slot + JOB + bytes(20 + i));
}

// @ts-ignore: decorator
@inline
function multiply(
  slot: usize, work: usize, tA: i32, tB: i32, m: i32, n: i32, k: i32, a: usize, lda: i32, b: usize, ldb: i32, add: i32, c: usize, ldc: i32,
): void {
  if (word(slot, 2)) sgemm(tA, tB, m, n, k, a, lda, b, ldb, add, c, ldc);
  else gemm(m, n, k, 1, a, tA ? 1 : lda, tA ? lda : 1, b, tB ? 1 : ldb, tB ? ldb : 1, c, ldc, add != 0, work);
}

function chunk(slot: usize, g: i32, id: i32): void {
  const kind = word(slot, 0), G = word(slot, 1), work = <usize>word(slot, 3) + <usize>id * <usize>word(slot, 4);
  const B = word(slot, 8), H = word(slot, 9), W = word(slot, 10), CI = word(slot, 11);
  const OH = word(slot, 12), OW = word(slot, 13), CO = word(slot, 14), KH = word(slot, 15), KW = word(slot, 16);
  const S = word(slot, 17), top = word(slot, 18), left = word(slot, 19);
  const columns = work + <usize>word(slot, 5), scratch = work + <usize>word(slot, 6), room = word(slot, 7);
  const b0 = <i32>(<i64>B * g / G), b1 = <i32>(<i64>B * (g + 1) / G);
  const K = KH * KW * CI;
  const direct = KH == 1 && KW == 1 && S == 1 && top == 0 && left == 0;
  // Output rows of this group, taken so many at a time that their columns stay in cache.
  const r0 = b0 * OH, r1 = b1 * OH;

  if (kind == FORWARD) {
    // x, w, y, sums or 0
    const x = place(slot, 0), w = place(slot, 1), y = place(slot, 2);
    const s = place(slot, 3) ? place(slot, 3) + (<usize>(g * CO) << 4) : 0;
    if (s) memory.fill(s, 0, <usize>CO << 4);
    const step = max(1, room / (OW * K));
    for (let r = r0; r < r1; r += step) {
      const n = min(step, r1 - r), o = y + <usize>(r * OW) * bytes(CO);
      let a = x + <usize>(r * OW) * bytes(CI);
      if (!direct) toColumns(x, (a = columns), r, n, H, W, CI, OH, OW, KH, KW, S, top, left);
      multiply(slot, work, 0, 0, n * OW, CO, K, a, K, w, CO, 0, o, CO);
      if (s) sums(o, n * OW, CO, s);
    }
  } else if (kind == APPLY) {
    // y, scale, shift, o, skip or 0
    const at = <usize>(r0 * OW) * bytes(CO), skip = place(slot, 4);
    apply(place(slot, 0) + at, place(slot, 1), place(slot, 2), place(slot, 3) + at, skip ? skip + at : 0, (r1 - r0) * OW, CO);
  } else if (kind == SLOPES) {
    // y, dy, scale, shift, sums
    const at = <usize>(r0 * OW) * bytes(CO), s = place(slot, 4) + (<usize>(g * CO) << 4);
    memory.fill(s, 0, <usize>CO << 4);
    slopeSums(place(slot, 0) + at, place(slot, 1) + at, place(slot, 2), place(slot, 3), (r1 - r0) * OW, CO, s);
  } else if (kind == BACKWARD) backward(slot, g, work, columns, scratch, room, b0, b1);
  else if (kind == INPUT) {
    // dy, w, dx: columns = dy wᵀ, added where they came from
    const dy = place(slot, 0), w = place(slot, 1), dx = place(slot, 2);
    zero(dx + <usize>(b0 * H * W) * bytes(CI), (b1 - b0) * H * W * CI);
    const step = max(1, room / (OW * K));
    for (let r = r0; r < r1; r += step) {
      const n = min(step, r1 - r);
      multiply(slot, work, 0, 1, n * OW, K, CO, dy + <usize>(r * OW) * bytes(CO), CO, w, CO, 0, columns, K);
      fromColumns(dx, columns, r, n, H, W, CI, OH, OW, KH, KW, S, top, left);
    }
  } else if (kind == FILTER) {
    // x, dy, partial dw [G, K, CO]: columnsᵀ dy
    const x = place(slot, 0), dy = place(slot, 1), dw = place(slot, 2) + <usize>(g * K) * bytes(CO);
    if (r0 == r1) zero(dw, K * CO);
    const step = max(1, room / (OW * K));
    for (let r = r0; r < r1; r += step) {
      const n = min(step, r1 - r);
      toColumns(x, columns, r, n, H, W, CI, OH, OW, KH, KW, S, top, left);
      multiply(slot, work, 1, 0, K, CO, n * OW, columns, K, dy + <usize>(r * OW) * bytes(CO), CO, r > r0 ? 1 : 0, dw, CO);
    }
  } else if (kind == POOL) pool(place(slot, 0), place(slot, 1), b0, b1, H, W, CI, OH, OW, KH, KW, S, top, left);
  else if (kind == UNPOOL) poolGradient(place(slot, 0), place(slot, 1), place(slot, 2), b0, b1, H, W, CI, OH, OW, KH, KW, S, top, left);
}

/** The whole backward pass of relu(scale·conv(x) + shift) with stride 1 and 'same' padding, from dy: δ = ∂/∂conv, then dx and dw from one
 *  and the same columns of δ; without dx from the columns of x. Addresses: x, y, dy, scale, shift, a, b, c, flipped w, dx or 0, partial dw. */
function backward(slot: usize, g: i32, work: usize, columns: usize, scratch: usize, room: i32, b0: i32, b1: i32): void {
  const H = word(slot, 9), W = word(slot, 10), CI = word(slot, 11), CO = word(slot, 14), KH = word(slot, 15), KW = word(slot, 16);
  const top = word(slot, 18), left = word(slot, 19);
  const x = place(slot, 0), y = place(slot, 1), dy = place(slot, 2), wf = place(slot, 8), dx = place(slot, 9);
  const taps = KH * KW, pixels = H * W;
  const dw = place(slot, 10) + <usize>(g * taps * CI) * bytes(CO);
  if (b0 == b1) zero(dw, taps * CI * CO);
  const wide = taps * (dx ? CO : CI); // of the columns
  const together = max(1, room / (pixels * wide)); // whole samples at a time
  const step = max(1, room / (W * wide)); // and of those so many rows
  let more = 0;
  for (let b = b0; b < b1; b += together) {
    const n = min(together, b1 - b), at = <usize>(b * pixels) * bytes(CO);
    chain(y + at, dy + at, place(slot, 3), place(slot, 4), place(slot, 5), place(slot, 6), place(slot, 7), scratch, n * pixels, CO);
    for (let r = 0; r < n * H; r += step) {
      const rows = min(step, n * H - r), M = rows * W;
      const here = x + (<usize>(b * pixels) + <usize>(r * W)) * bytes(CI), delta = scratch + <usize>(r * W) * bytes(CO);
      if (dx) {
        let a = delta;
        if (taps > 1) toColumns(scratch, (a = columns), r, rows, H, W, CO, H, W, KH, KW, 1, top, left);
        multiply(slot, work, 0, 0, M, CI, wide, a, wide, wf, CI, 0, dx + (<usize>(b * pixels) + <usize>(r * W)) * bytes(CI), CI);
        multiply(slot, work, 1, 0, CI, wide, M, here, CI, a, wide, more, dw, wide);
      } else {
        let a = here;
        if (taps > 1) toColumns(x + <usize>(b * pixels) * bytes(CI), (a = columns), r, rows, H, W, CI, H, W, KH, KW, 1, top, left);
        multiply(slot, work, 1, 0, wide, CO, M, a, wide, delta, CO, more, dw, CO);
      }
      more = 1;
    }
  }
}

/** wf[t·CO + o][i] = w[taps − 1 − t][i][o]: the filters turned round, for the gradient with respect to the input */
export function flip(w: usize, wf: usize, taps: i32, CI: i32, CO: i32): void {
  for (let t = 0; t < taps; t++) {
    const from = w + <usize>((taps - 1 - t) * CI) * bytes(CO), to = wf + <usize>(t * CO) * bytes(CI);
    for (let i = 0; i < CI; i++) for (let o = 0; o < CO; o++) store<f32>(to + bytes(o * CI + i), load<f32>(from + bytes(i * CO + o)));
  }
}

/** dw[t][i][o] = s[i][taps − 1 − t][o]: what the columns of δ gave, as filters */
export function unflip(s: usize, dw: usize, taps: i32, CI: i32, CO: i32): void {
  for (let t = 0; t < taps; t++)
    for (let i = 0; i < CI; i++)
      memory.copy(dw + <usize>((t * CI + i) * CO) * 4, s + <usize>((i * taps + taps - 1 - t) * CO) * 4, bytes(CO));
}

/** s[0] += s[1] + … + s[parts − 1], each of n float32 */
export function gather(s: usize, parts: i32, n: i32): void {
  const all = bytes(n);
  for (let i: usize = 0; i < all; i += 4) {
    let sum = load<f32>(s + i);
    for (let g = 1; g < parts; g++) sum += load<f32>(s + i + <usize>g * all);
    store<f32>(s + i, sum);
  }
}

export function slotBytes(): i32 {
  return SLOT;
}

function help(slot: usize, id: i32): void {
  for (let g = claim(slot); g >= 0; g = claim(slot)) {
    chunk(slot, g, id);
    finished(slot);
  }
}

/** Does the job that lies in the slot, with the threads that serve it. */
export function run(slot: usize): void {
  const groups = word(slot, 1);
  announce(slot, groups);
  help(slot, 0);
  join(slot, groups);
}

/** What thread `id` runs until it is stopped. */
export function serve(slot: usize, id: i32): void {
  while (!stopped(slot)) {
    const ticket = ticketOf(slot);
    help(slot, id);
    rest(slot, ticket);
  }
}
