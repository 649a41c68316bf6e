// Threads that share a job: its chunks are claimed from one counter by whoever is free. The thread that asks takes part; the others wait in
// workers. What a chunk is, each module that uses this says itself.
// From `slot` on, in 4-byte words; the first have cache lines of their own:
const TICKET: usize = 0; // counts jobs; idle threads sleep on it
const LEFT: usize = 64; // chunks not yet claimed; at or under 0 there is nothing to do
const DONE: usize = 128; // chunks finished
const STOP: usize = 192; // 1: threads return
/** where a module lays down its job */
export const JOB: usize = 256;
/** Bytes of a slot with a job of 32 words. */
export const SLOT: i32 = 384;

/** How many times a thread looks before it sleeps: some 50 µs, about what waking up costs. */
const LOOKS: i32 = 20000;

/** A chunk's number, or −1 where none is left. A claim that succeeds sees the whole job: `announce` sets the counter last. */
// @ts-ignore: decorator
@inline
export function claim(slot: usize): i32 {
  const left = atomic.sub<i32>(slot + LEFT, 1);
  return left <= 0 ? -1 : left - 1;
}

// @ts-ignore: decorator
@inline
export function finished(slot: usize): void {
  atomic.add<i32>(slot + DONE, 1);
}

/** Offers the job that lies at slot + JOB in `chunks` chunks. */
// @ts-ignore: decorator
@inline
export function announce(slot: usize, chunks: i32): void {
  atomic.store<i32>(slot + DONE, 0);
  atomic.store<i32>(slot + LEFT, chunks);
  if (chunks > 1) {
    atomic.add<i32>(slot + TICKET, 1);
    atomic.notify(slot + TICKET, -1);
  }
}

/** Waits for what others have claimed: at most a chunk each, not worth sleeping for. */
// @ts-ignore: decorator
@inline
export function join(slot: usize, chunks: i32): void {
  while (atomic.load<i32>(slot + DONE) < chunks) {}
}

// @ts-ignore: decorator
@inline
export function stopped(slot: usize): bool {
  return atomic.load<i32>(slot + STOP) != 0;
}

// @ts-ignore: decorator
@inline
export function ticketOf(slot: usize): i32 {
  return atomic.load<i32>(slot + TICKET);
}

/** Until the next job, or until it is stopped. */
// @ts-ignore: decorator
@inline
export function rest(slot: usize, ticket: i32): void {
  let looks = LOOKS;
  while (looks > 0 && atomic.load<i32>(slot + TICKET) == ticket) looks--;
  if (looks == 0) atomic.wait<i32>(slot + TICKET, ticket, -1);
}

/** Makes every thread return. */
export function stop(slot: usize): void {
  atomic.store<i32>(slot + STOP, 1);
  atomic.add<i32>(slot + TICKET, 1);
  atomic.notify(slot + TICKET, -1);
}
