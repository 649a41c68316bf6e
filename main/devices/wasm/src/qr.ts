// Householder QR in float64 for machines without LAPACK: [Ψ | Y] = Q [R | QᵀY], columns one after another.
import { bytes } from './parts/simd64';
import { axpy, dot, reflector } from './parts/vector64';

/** Columns from … to − 1 of A are brought to R; the later ones, `extra` columns behind the N-th too, follow. A: N + extra columns of P
 *  numbers; v: P numbers. */
export function factorise(P: i32, N: i32, extra: i32, A: usize, v: usize, from: i32, to: i32): void {
  const column = bytes(P);
  for (let j = from; j < min(N, to); j++) {
    const m = P - j;
    const tau = reflector(A + <usize>j * column + bytes(j), v, m);
    if (tau == 0) continue;
    for (let c = j + 1; c < N + extra; c++) {
      const y = A + <usize>c * column + bytes(j);
      axpy(-tau * dot(v, y, m), v, y, m);
    }
  }
}
