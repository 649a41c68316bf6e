// A matrix product shared among threads: chunks of C are claimed from one counter by whoever is free.
// The thread that asks takes part; the others run `serve` in workers. Each has its own working space.
import { gemm, workspace } from './parts/gemm';
import { bytes } from './parts/simd';

export { workspace };

// The job, in 4-byte words from `slot` on; the first three have cache lines of their own.
const TICKET: usize = 0; // counts jobs; idle threads sleep on it
const LEFT: usize = 64; // chunks not yet claimed; at or under 0 there is nothing to do
const DONE: usize = 128; // chunks finished
const STOP: usize = 192; // 1: threads return
const JOB: usize = 256; // m n k alpha a transA lda b transB ldb c ldc add step share

/** How C is cut into chunks: rows, columns, or rows of which only what reaches up to the diagonal is computed. */
const COLUMNS: i32 = 1;
const LOWER: i32 = 2;

/** Bytes of a slot. */
export function slotBytes(): i32 {
  return 384;
}

/** How many times a thread looks before it sleeps: some 50 µs, about what waking up costs. */
const LOOKS: i32 = 20000;

// @ts-ignore: decorator
@inline
function word(job: usize, i: i32): i32 {
  return load<i32>(job + bytes(i));
}

/** Chunk i of the job: rows i·step … of C, or columns. The last rows of a lower triangle are the longest and are claimed first. */
function chunk(slot: usize, i: i32, work: usize): void {
  const job = slot + JOB;
  let m = word(job, 0), n = word(job, 1), k = word(job, 2);
  const alpha = load<f32>(job + 12);
  let a = <usize>word(job, 4), b = <usize>word(job, 7), c = <usize>word(job, 10);
  const transA = word(job, 5), lda = word(job, 6), transB = word(job, 8), ldb = word(job, 9);
  const ldc = word(job, 11), add = word(job, 12) != 0, step = word(job, 13), first = i * step;
  const share = word(job, 14);
  if (share == COLUMNS) {
    b += transB ? bytes(first) * ldb : bytes(first);
    c += bytes(first);
    n = min(step, n - first);
  } else {
    a += transA ? bytes(first) : bytes(first) * lda;
    c += bytes(first) * ldc;
    m = min(step, m - first);
    if (share == LOWER) n = min(n, first + step);
  }
  gemm(m, n, k, alpha, a, transA ? 1 : lda, transA ? lda : 1, b, transB ? 1 : ldb, transB ? ldb : 1, c, ldc, add, work);
}

/** Claims and computes chunks until none is left. A claim that succeeds sees the whole job: LEFT is set last. */
function help(slot: usize, work: usize): void {
  while (true) {
    const left = atomic.sub<i32>(slot + LEFT, 1);
    if (left <= 0) return;
    chunk(slot, left - 1, work);
    atomic.add<i32>(slot + DONE, 1);
  }
}

/** C[m, n] = α op(A) op(B), + C where add, in chunks of `step` rows or columns as `share` says, with the threads that serve `slot`. */
export function multiply(
  slot: usize, work: usize, m: i32, n: i32, k: i32, alpha: f32,
  a: usize, transA: i32, lda: i32, b: usize, transB: i32, ldb: i32, c: usize, ldc: i32, add: i32, step: i32, share: i32,
): void {
  const job = slot + JOB;
  store<i32>(job, m);
  store<i32>(job + 4, n);
  store<i32>(job + 8, k);
  store<f32>(job + 12, alpha);
  store<usize>(job + 16, a);
  store<i32>(job + 20, transA);
  store<i32>(job + 24, lda);
  store<usize>(job + 28, b);
  store<i32>(job + 32, transB);
  store<i32>(job + 36, ldb);
  store<usize>(job + 40, c);
  store<i32>(job + 44, ldc);
  store<i32>(job + 48, add);
  store<i32>(job + 52, step);
  store<i32>(job + 56, share);
  const side = share == COLUMNS ? n : m;
  const chunks = (side + step - 1) / step;
  atomic.store<i32>(slot + DONE, 0);
  atomic.store<i32>(slot + LEFT, chunks);
  if (chunks > 1) {
    atomic.add<i32>(slot + TICKET, 1);
    atomic.notify(slot + TICKET, -1);
  }
  help(slot, work);
  // What others have claimed is at most a chunk each: not worth sleeping for.
  while (atomic.load<i32>(slot + DONE) < chunks) {}
}

/** What a thread of the pool runs until it is stopped. */
export function serve(slot: usize, work: usize): void {
  while (atomic.load<i32>(slot + STOP) == 0) {
    const ticket = atomic.load<i32>(slot + TICKET);
    help(slot, work);
    let looks = LOOKS;
    while (looks > 0 && atomic.load<i32>(slot + TICKET) == ticket) looks--;
    if (looks == 0) atomic.wait<i32>(slot + TICKET, ticket, -1);
  }
}

/** Makes every thread of the pool return from `serve`. */
export function stop(slot: usize): void {
  atomic.store<i32>(slot + STOP, 1);
  atomic.add<i32>(slot + TICKET, 1);
  atomic.notify(slot + TICKET, -1);
}
