// Finds and opens the machine's BLAS through koffi. Whatever is missing (koffi, a library, a symbol) is said in words, never thrown.
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

/** What a C function takes here: numbers, texts and typed arrays, passed in place. */
export type NativeArgument = number | string | bigint | ArrayBufferView | null | NativeArgument[];
export interface NativeFunction {
  (...args: NativeArgument[]): unknown;
  /** the same call on another thread; the last argument is called with (error, result) */
  async(...args: unknown[]): void;
}

export interface NativeLibrary {
  /** 'OpenBLAS 0.3.21', 'Accelerate', … */
  readonly name: string;
  /** name, threads and where it was found, in words */
  readonly detail: string;
  readonly path: string;
  /** a C function by its prototype, looked up in every opened file; null when the symbol is missing */
  func(prototype: string): NativeFunction | null;
  /** where a typed array lies in memory; for a WebAssembly memory this holds as long as the memory */
  address(view: ArrayBufferView): number;
  /** threads that a call may use; null where the library does not tell */
  threads(): number | null;
  /** process-wide; ignored where the library has no such call */
  setThreads(count: number): void;
}

export type NativeSearch = { library: NativeLibrary; detail: string } | { library: null; detail: string };

/** One library: the files that make it up, the first of which has to open. */
interface Candidate {
  name: string;
  files: string[];
}

type Koffi = typeof import('koffi');
type Handle = ReturnType<Koffi['load']>;

const linux = (): Candidate[] => {
  const folders = [
    '',
    '/usr/lib/x86_64-linux-gnu/openblas-pthread',
    '/usr/lib/aarch64-linux-gnu/openblas-pthread',
    '/usr/lib64',
    '/usr/local/lib',
  ];
  if (process.env.CONDA_PREFIX) folders.push(join(process.env.CONDA_PREFIX, 'lib'));
  const names = ['libopenblas.so.0', 'libopenblasp.so.0', 'libopenblas.so'];
  return [
    ...folders.flatMap((folder) => names.map((file) => ({ name: 'OpenBLAS', files: [join(folder, file)] }))),
    { name: 'BLAS', files: ['libcblas.so.3', 'libblas.so.3', 'liblapack.so.3'] },
    { name: 'BLAS', files: ['libblas.so.3', 'liblapack.so.3'] },
  ];
};

const windows = (): Candidate[] =>
  [join(dirname(process.execPath), 'resources', 'resources', 'blas'), resolve('resources', 'blas'), '']
    .map((folder) => join(folder, 'libopenblas.dll'))
    .map((file) => ({ name: 'OpenBLAS', files: [file] }));

const macos: Candidate[] = [{ name: 'Accelerate', files: ['/System/Library/Frameworks/Accelerate.framework/Accelerate'] }];

/** Where a BLAS may lie, best first; KERNELSCOPE_BLAS names one file that goes before all. */
function candidates(): Candidate[] {
  const named = process.env.KERNELSCOPE_BLAS;
  const own = named ? [{ name: 'BLAS', files: [named] }] : [];
  if (process.platform === 'darwin') return [...own, ...macos];
  return [...own, ...(process.platform === 'win32' ? windows() : linux())];
}

/** The handles of a candidate, or null if its first file does not open. */
function open(koffi: Koffi, files: string[]): Handle[] | null {
  const handles: Handle[] = [];
  for (const file of files) {
    // macOS keeps Accelerate in a cache, not on disk, so only others are looked for first.
    if (isAbsolute(file) && process.platform !== 'darwin' && !existsSync(file)) continue;
    try {
      handles.push(koffi.load(file));
    } catch {
      continue; // not there, or not for this machine: the next candidate is tried, and the caller is told what none had
    }
  }
  return handles.length > 0 ? handles : null;
}

/** The first handle's function that has the symbol. */
function find(handles: Handle[], prototype: string): NativeFunction | null {
  for (const handle of handles)
    try {
      return handle.func(prototype);
    } catch {
      continue; // the symbol is in another file, or nowhere
    }
  return null;
}

/** 'OpenBLAS 0.3.21' from 'OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH …'. */
const title = (config: string): string => /^(\S+ [\d.]+)/.exec(config)?.[1] ?? config;

function describe(koffi: Koffi, candidate: Candidate, handles: Handle[]): NativeLibrary {
  const config = find(handles, 'str openblas_get_config()')?.();
  const core = find(handles, 'str openblas_get_corename()')?.();
  const count = find(handles, 'int openblas_get_num_threads()');
  const set = find(handles, 'void openblas_set_num_threads(int)');
  const threads = () => (count ? Number(count()) : null);
  const name = typeof config === 'string' ? title(config) : candidate.name;
  const n = threads();
  const words = [name, n === null ? '' : `${n} thread${n === 1 ? '' : 's'}`, typeof core === 'string' ? `${core} kernels` : ''];
  return {
    name,
    detail: `${words.filter(Boolean).join(', ')} (${candidate.files[0]})`,
    path: candidate.files[0],
    func: (prototype) => find(handles, prototype),
    address: (view) => Number(koffi.address(view)),
    threads,
    setThreads: (value) => void set?.(value),
  };
}

/** The machine's BLAS, or why there is none. A library without cblas_sgemm is passed over. */
export async function findNative(): Promise<NativeSearch> {
  let koffi: Koffi;
  try {
    koffi = await import('koffi');
  } catch (error) {
    return { library: null, detail: `no native calls: koffi did not load (${error instanceof Error ? error.message : String(error)})` };
  }
  const tried = candidates();
  for (const candidate of tried) {
    const handles = open(koffi, candidate.files);
    if (!handles || !find(handles, sgemmPrototype('uintptr_t'))) continue;
    const library = describe(koffi, candidate, handles);
    return { library, detail: library.detail };
  }
  const names = [...new Set(tried.map((c) => c.files[0].replace(/^.*[\\/]/, '')))];
  return { library: null, detail: `no BLAS found; looked for ${names.join(', ')}` };
}

/** C's name and arguments of the product; `pointer` is how a matrix is passed. */
export const sgemmPrototype = (pointer: string) =>
  `void cblas_sgemm(int order, int ta, int tb, int m, int n, int k, float alpha, ${pointer} a, int lda, ${pointer} b, int ldb, float beta, ${pointer} c, int ldc)`;
const ssyrkPrototype = (pointer: string) =>
  `void cblas_ssyrk(int order, int uplo, int trans, int n, int k, float alpha, ${pointer} a, int lda, float beta, ${pointer} c, int ldc)`;

/** CBLAS's numbers for row-major order, op(A) = A or Aᵀ, and the lower triangle. */
export const cblas = { rowMajor: 101, noTrans: 111, trans: 112, upper: 121, lower: 122 } as const;

export interface Float32Blas {
  /** C ← α op(A) op(B) + β C, row-major; a, b, c are addresses */
  sgemm: NativeFunction;
  /** lower or upper triangle of C ← α op(A) op(A)ᵀ + β C; addresses */
  ssyrk: NativeFunction | null;
  /** the same two on Float32Arrays */
  sgemmArrays: NativeFunction;
}

/** Single-precision products of a library that `findNative` found. */
export function float32Blas(library: NativeLibrary): Float32Blas {
  const sgemm = library.func(sgemmPrototype('uintptr_t'));
  const sgemmArrays = library.func(sgemmPrototype('void *'));
  if (!sgemm || !sgemmArrays) throw new Error(`${library.path} has no cblas_sgemm`);
  return { sgemm, sgemmArrays, ssyrk: library.func(ssyrkPrototype('uintptr_t')) };
}
