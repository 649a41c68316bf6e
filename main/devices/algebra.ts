// Float64 linear algebra on plain row-major arrays: products and spectra, by the machine's BLAS and LAPACK or by our own kernels.
import { checkCount, checkFinite, checkLength, checkOrder, largestEigenOrder } from './algebra/checks.ts';
import type { Spectrum } from './algebra/modes.ts';
import { createNativeSolver } from './algebra/native.ts';
import { createOwnSolver } from './algebra/own.ts';
import { nativeProducts, ownProducts, type Product, type SymmetricProduct } from './algebra/products.ts';
import { createModules } from './algebra/scratch.ts';
import { findFloat64Blas, findLapack } from './lapack.ts';
import type { NativeLibrary, NativeSearch } from './native.ts';

/** A and B start at the first element; a row of A, B, C takes lda, ldb, ldc numbers (as many as it has columns unless said). */
export type { Product, Spectrum, SymmetricProduct };

export interface Algebra {
  /** whether products run on the machine's BLAS */
  readonly native: boolean;
  /** 'OpenBLAS 0.3.21, 2 threads, … with LAPACK' or 'own float64 kernels …' */
  readonly description: string;
  readonly lapack: { found: boolean; detail: string };
  /** C ← α op(A) op(B) + β C; op(A) [m, k], op(B) [k, n], C [m, n] */
  gemm(o: Product): Promise<void>;
  /** C ← α AAᵀ + β C (A [n, k]) or, trans, α AᵀA + β C (A [k, n]); both triangles of C [n, n] */
  syrk(o: SymmetricProduct): Promise<void>;
  /** K [n, n] symmetric (destroyed), Y [n, C] (destroyed) → eigenvalues λ_ρ of K, descending, and power[ρ] = ‖u_ρᵀY‖², from which
   *  ‖a_ρ‖² = power/P (Eq. 2) and C(k) (Eq. 3). Right to some 1e-15·λ₁; inside a degenerate eigenspace only the sum of power is meaningful.
   *  Peak beside K: n·(C + 200) numbers with LAPACK, 2n² without.
   *  @throws KernelscopeError `bad-input` for NaN or Inf, wrong lengths, n > 46,340; `failed` when an iteration does not converge */
  symmetricPower(K: Float64Array, n: number, Y: Float64Array, C: number): Promise<Spectrum>;
  /** Psi [P, N] (destroyed), N ≤ P, Y [P, C] (destroyed) → the N leading eigenvalues of ΨΨᵀ, descending, and their power, without forming
   *  P × P. √λ is right to some 1e-15·√λ₁, so λ far below the float64 noise of a Gram matrix. Peak beside Psi: another P·(N + C) numbers
   *  and N²; without LAPACK P·(N + C) + 8N². Throws as symmetricPower */
  featurePower(Psi: Float64Array, P: number, N: number, Y: Float64Array, C: number): Promise<Spectrum>;
  /** K [n, n] symmetric (destroyed) → eigenvalues, descending, and vectors [n, n]: row ρ is u_ρ. Peak beside K: 2n² with LAPACK, 5n² without.
   *  Throws as symmetricPower, `bad-input` above n = 32,766 */
  symmetricEigen(K: Float64Array, n: number): Promise<{ values: Float64Array; vectors: Float64Array }>;
  /** B [n, C] ← A⁻¹B, A [n, n] symmetric and positive definite (destroyed), by Cholesky's decomposition. Peak beside A: n·C numbers with
   *  LAPACK, 64 n without. Throws as symmetricPower, `failed` where A is not positive definite */
  solvePositive(A: Float64Array, n: number, B: Float64Array, C: number): Promise<void>;
}

/** How spectra and solutions are computed; the arguments have been checked. */
export interface Solver {
  symmetricPower: Algebra['symmetricPower'];
  featurePower: Algebra['featurePower'];
  symmetricEigen: Algebra['symmetricEigen'];
  solvePositive: Algebra['solvePositive'];
}

/** The algebra on a library that was found, or on our own kernels: for null, or where what is needed is not in it.
 *  A search's detail says why there is none. */
export function createAlgebra(native: NativeLibrary | NativeSearch | null): Algebra {
  const search: NativeSearch =
    native === null
      ? { library: null, detail: 'no BLAS was asked for' }
      : 'library' in native
        ? native
        : { library: native, detail: native.detail };
  const { library, detail } = search;
  const modules = createModules();
  const blas = library && findFloat64Blas(library);
  const { lapack, missing } = library ? findLapack(library) : { lapack: null, missing: [] };
  const products = blas ? nativeProducts(blas) : ownProducts(modules);
  const solver = lapack ? createNativeSolver(lapack, modules) : createOwnSolver(modules, products);
  const absent = library ? `${library.name} lacks ${missing.join(', ')}` : detail;
  const own = 'own float64 SIMD kernels, one thread';
  return {
    native: blas !== null,
    description: [blas ? detail : own, lapack ? 'LAPACK' : blas ? `spectra by ${own}` : ''].filter(Boolean).join('; '),
    lapack: { found: lapack !== null, detail: lapack ? detail : `${absent}; spectra are computed by ${own}` },
    ...products,
    ...checked(solver),
  };
}

/** The same, refusing what could not be computed. */
function checked(solver: Solver): Solver {
  return {
    async symmetricPower(K, n, Y, C) {
      checkOrder('n', n);
      checkCount('C', C);
      checkLength('K', K, n * n);
      checkLength('Y', Y, n * C);
      await checkFinite('K', K, n, n);
      await checkFinite('Y', Y, n, C);
      return solver.symmetricPower(K, n, Y, C);
    },
    async featurePower(Psi, P, N, Y, C) {
      checkCount('P', P);
      checkOrder('N', N);
      checkCount('C', C);
      checkCount('N', N, 1, P);
      checkLength('Psi', Psi, P * N);
      checkLength('Y', Y, P * C);
      await checkFinite('Psi', Psi, P, N);
      await checkFinite('Y', Y, P, C);
      return solver.featurePower(Psi, P, N, Y, C);
    },
    async symmetricEigen(K, n) {
      checkOrder('n', n, largestEigenOrder);
      checkLength('K', K, n * n);
      await checkFinite('K', K, n, n);
      return solver.symmetricEigen(K, n);
    },
    async solvePositive(A, n, B, C) {
      checkOrder('n', n);
      checkCount('C', C);
      checkLength('A', A, n * n);
      checkLength('B', B, n * C);
      await checkFinite('A', A, n, n);
      await checkFinite('B', B, n, C);
      return solver.solvePositive(A, n, B, C);
    },
  };
}
