// What a measure of similarity between feature sets A [P, N₁] and B [P, N₂] on the same samples is. Each layer is prepared once.
import type { Algebra } from '../../devices/algebra.ts';
import type { Features } from '../features.ts';

export interface Measure<T> {
  /** value(A, B) = value(B, A) */
  readonly symmetric: boolean;
  /** the numbers that belong to its definition */
  readonly options: Readonly<Record<string, number>>;
  /** bytes that a prepared layer [P, N] keeps */
  bytes(P: number, N: number): number;
  /** what is needed of one layer */
  prepare(algebra: Algebra, features: Features): Promise<T>;
  /** 1 for equal, 0 for nothing in common */
  compare(algebra: Algebra, a: T, b: T): Promise<number>;
}
