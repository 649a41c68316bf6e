// How long the rest of a run will take, from what its epochs and snapshots have taken so far.
import type { Progress } from '../protocol.ts';

export class Clock {
  readonly #epochs: number;
  readonly #planned: readonly number[];
  /** epochs done, with fractions; null before the beginning */
  #at: number;
  #trained = 0; // epochs trained by this process
  #seconds = 0; // that they took
  #since: number | null = null;
  #pausedAt = 0;
  #analyses: { count: number; seconds: number } = { count: 0, seconds: 0 };
  readonly #now: () => number;

  /** resumed: epoch of the checkpoint it goes on from */
  constructor(epochs: number, planned: readonly number[], resumed: number | null, now = () => performance.now() / 1e3) {
    this.#epochs = epochs;
    this.#planned = resumed === null ? planned : planned.filter((e) => e > resumed);
    this.#at = resumed ?? 0;
    this.#now = now;
  }

  start(): void {
    this.#since = this.#now();
  }

  /** Nothing is done until the next `start`; this time is neither training nor analysis. */
  hold(): void {
    this.reached(this.#at);
    this.#since = null;
  }

  /** Training has come to `at` epochs. */
  reached(at: number): void {
    if (this.#since === null) return;
    const now = this.#now();
    this.#seconds += now - this.#since;
    this.#trained += Math.max(0, at - this.#at);
    this.#since = now;
    this.#at = Math.max(at, this.#at);
  }

  /** A snapshot is being analysed; this time is not training. */
  pause(): void {
    this.#pausedAt = this.#now();
    if (this.#since !== null) this.#seconds += this.#pausedAt - this.#since;
    this.#since = null;
  }

  resume(epoch: number): void {
    const now = this.#now();
    this.#analyses = { count: this.#analyses.count + 1, seconds: this.#analyses.seconds + now - this.#pausedAt };
    this.#since = now;
    this.#at = Math.max(epoch, this.#at);
  }

  progress(stage: string): Progress {
    const perEpoch = this.#trained > 0 ? this.#seconds / this.#trained : null;
    const perAnalysis = this.#analyses.count > 0 ? this.#analyses.seconds / this.#analyses.count : 0;
    const ahead = this.#planned.length - this.#analyses.count;
    const left = this.#epochs - this.#at;
    return {
      kind: 'progress',
      epoch: Math.floor(this.#at),
      epochs: this.#epochs,
      stage,
      secondsPerEpoch: perEpoch,
      secondsLeft: perEpoch === null ? null : left * perEpoch + ahead * perAnalysis,
    };
  }
}
