// A matrix product shared among threads, in chunks of C. The thread that asks takes part; the others run `serve` in workers. Each has its own
// working space.
import { announce, claim, finished, join, JOB, rest, SLOT, stop, stopped, ticketOf } from './parts/crew';
import { gemm, workspace } from './parts/gemm';
import { bytes } from './parts/simd';

export { stop, workspace };

// The job in 4-byte words: m n k alpha a transA lda b transB ldb c ldc add step share

/** How C is cut into chunks: rows, columns, or rows of which only what reaches up to the diagonal is computed. */
const COLUMNS: i32 = 1;
const LOWER: i32 = 2;

/** Bytes of a slot. */
export function slotBytes(): i32 {
  return SLOT;
}

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

/** Claims and computes chunks until none is left. */
function help(slot: usize, work: usize): void {
  for (let i = claim(slot); i >= 0; i = claim(slot)) {
    chunk(slot, i, work);
    finished(slot);
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
  announce(slot, chunks);
  help(slot, work);
  join(slot, chunks);
}

/** What a thread of the pool runs until it is stopped. */
export function serve(slot: usize, work: usize): void {
  while (!stopped(slot)) {
    const ticket = ticketOf(slot);
    help(slot, work);
    rest(slot, ticket);
  }
}
