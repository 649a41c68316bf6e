// Double-precision BLAS and LAPACK on a library that native.ts opened: Fortran routines by name, off the event loop, each `info` checked.
import { KernelscopeError } from '../contract/errors.ts';
import type { NativeArgument, NativeFunction, NativeLibrary } from './native.ts';

/** Arguments of the Fortran routines: c a character, i an integer, p an array, w a float64 workspace with its length (asked for
 *  beforehand), v an integer workspace likewise. The trailing info is common to all. */
const signatures = {
  dsytrd: 'cipipppw',
  dsytrd_sy2sb: 'ciipipipw',
  dormtr: 'ccciipippiw',
  dgeqrf: 'iipipw',
  dgeqrt: 'iiipipip',
  dormqr: 'cciiipippiw',
  dgebrd: 'iipippppw',
  dormbr: 'ccciiipippiw',
  dbdsqr: 'ciiiipppipipip',
  dsyevd: 'ccipipwv',
  dposv: 'ciipipi',
} as const;
export type Routine = keyof typeof signatures;
/** Integers and characters by value; the workspaces are left out. */
export type RoutineArgument = number | 'L' | 'U' | 'T' | 'N' | 'V' | 'Q' | Float64Array;

export interface Lapack {
  has(routine: Routine): boolean;
  /** Calls a routine on another thread; arrays are changed in place.
   *  @throws KernelscopeError `failed` that names the routine when it answers info > 0 */
  call(routine: Routine, ...args: RoutineArgument[]): Promise<void>;
}

/** C ← α op(A) op(B) + β C and its symmetric form, row-major, on another thread. */
export interface Float64Blas {
  dgemm(...args: NativeArgument[]): Promise<void>;
  /** null where the library lacks it */
  dsyrk: ((...args: NativeArgument[]) => Promise<void>) | null;
}

/** What the algebra cannot do without. */
const needed: readonly Routine[] = ['dsytrd', 'dormtr', 'dgeqrf', 'dgebrd', 'dormbr', 'dbdsqr', 'dsyevd', 'dposv'];

function prototype(routine: Routine): string {
  const kinds = [...signatures[routine]];
  const types = kinds.flatMap((kind) => (kind === 'c' ? ['str'] : kind === 'w' || kind === 'v' ? ['void *', 'void *'] : ['void *']));
  // Fortran compilers pass the length of each character argument behind all others.
  const lengths = kinds.filter((kind) => kind === 'c').map(() => 'size_t');
  return `void ${routine}_(${[...types, 'void *', ...lengths].join(', ')})`;
}

/** koffi's asynchronous call as a promise. */
const later =
  (f: NativeFunction) =>
  (...args: NativeArgument[]): Promise<void> =>
    new Promise((resolve, reject) => {
      f.async(...args, (error: unknown) => (error instanceof Error ? reject(error) : resolve()));
    });

/** The library's LAPACK, or which routines it lacks. */
export function findLapack(library: NativeLibrary): { lapack: Lapack; missing: [] } | { lapack: null; missing: Routine[] } {
  const found = new Map<Routine, NativeFunction>();
  for (const routine of Object.keys(signatures) as Routine[]) {
    const f = library.func(prototype(routine));
    if (f) found.set(routine, f);
  }
  const missing = needed.filter((routine) => !found.has(routine));
  if (missing.length > 0) return { lapack: null, missing };
  return { lapack: { has: (routine) => found.has(routine), call: (routine, ...args) => call(found, routine, args) }, missing: [] };
}

async function call(found: Map<Routine, NativeFunction>, routine: Routine, args: RoutineArgument[]): Promise<void> {
  const f = found.get(routine);
  const kinds = [...signatures[routine]];
  const values = kinds.filter((kind) => kind !== 'w' && kind !== 'v').length;
  if (!f) throw new Error(`${routine} is not in this LAPACK`);
  if (args.length !== values) throw new Error(`${routine} takes ${values} arguments, got ${args.length}`);
  const info = new Int32Array(1);
  const lengths = kinds.filter((kind) => kind === 'c').map(() => 1);
  const passed = (work: Float64Array, integers: Int32Array, query: boolean): NativeArgument[] => {
    const rest = args.map((value) => (typeof value === 'number' ? Int32Array.of(value) : value)).values();
    const list = kinds.flatMap((kind): NativeArgument[] => {
      if (kind === 'w') return [work, Int32Array.of(query ? -1 : work.length)];
      if (kind === 'v') return [integers, Int32Array.of(query ? -1 : integers.length)];
      return [rest.next().value as NativeArgument];
    });
    return [...list, info, ...lengths];
  };
  let work = new Float64Array(1);
  let integers = new Int32Array(1);
  if (kinds.includes('w')) {
    f(...passed(work, integers, true));
    check(routine, info[0]);
    work = new Float64Array(Math.max(1, work[0]));
    integers = new Int32Array(Math.max(1, integers[0]));
  }
  await later(f)(...passed(work, integers, false));
  check(routine, info[0]);
}

/** Of a matrix that Cholesky's decomposition refuses at its `order`-th row. */
export const notPositive = (order: number): string => `the matrix is not positive definite: its leading part of order ${order} is not`;

function check(routine: Routine, info: number): void {
  if (info < 0) throw new Error(`${routine}: argument ${-info} is not valid`);
  if (info > 0)
    throw new KernelscopeError(
      'failed',
      routine === 'dposv' ? notPositive(info) : `${routine} did not converge (info ${info}); the matrix may hold extreme values`,
    );
}

const dgemmPrototype =
  'void cblas_dgemm(int order, int ta, int tb, int m, int n, int k, double alpha, void *a, int lda, void *b, int ldb, double beta, void *c, int ldc)';
const dsyrkPrototype =
  'void cblas_dsyrk(int order, int uplo, int trans, int n, int k, double alpha, void *a, int lda, double beta, void *c, int ldc)';

/** The library's double-precision products; null where it has none. */
export function findFloat64Blas(library: NativeLibrary): Float64Blas | null {
  const dgemm = library.func(dgemmPrototype);
  const dsyrk = library.func(dsyrkPrototype);
  return dgemm ? { dgemm: later(dgemm), dsyrk: dsyrk ? later(dsyrk) : null } : null;
}
