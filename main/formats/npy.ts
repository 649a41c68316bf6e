// NPY, the file of one NumPy array: versions 1, 2 and 3 read, version 1 written.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
import { shown } from '../contract/config.ts';
import { badInput } from '../contract/errors.ts';
import type { NamedArray } from '../contract/results.ts';
import { countOf, halves, toCOrder, type ReadArray } from './array.ts';

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** A header says three things; more than this is an attack. */
const longestHeader = 65_536;
/** Bytes from a file's beginning that hold every header that is read. */
export const headBytes = longestHeader + 12;
/** Elements of the largest array that is read: 16 GB of float64 would not fit anyway. */
const mostElements = 2 ** 31;
const accepts = 'float16, float32, float64, integers or booleans, little-endian';

export interface NpyHeader {
  descr: string;
  fortran: boolean;
  shape: number[];
  /** where the values begin */
  offset: number;
}

/** The header of an NPY file. `what` names the file in messages. */
export function readNpyHeader(bytes: Uint8Array, what: string): NpyHeader {
  if (bytes.length < 10 || magic.some((b, i) => bytes[i] !== b))
    throw badInput(`${what}: expected an NPY array, got something else or a cut file`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6];
  if (major < 1 || major > 3) throw badInput(`${what}: expected NPY version 1, 2 or 3, got ${major}`);
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) throw badInput(`${what}: cut in its header`);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > longestHeader) throw badInput(`${what}: expected a header of at most ${longestHeader} bytes, got ${length}`);
  if (start + length > bytes.length) throw badInput(`${what}: cut in its header`);
  const text = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, start + length));
  const quoted = /'descr':\s*(['"])(?<simple>[^'"]*)\1/.exec(text)?.groups?.['simple'];
  const fortran = /'fortran_order':\s*(?<v>True|False)/.exec(text)?.groups?.['v'];
  const sizes = /'shape':\s*\((?<list>[\d,\sL]*)\)/.exec(text)?.groups?.['list'];
  if (quoted === undefined && /'descr':\s*\[/.test(text)) throw badInput(`${what}: expected ${accepts}, got a structured array`);
  if (quoted === undefined || fortran === undefined || sizes === undefined) throw badInput(`${what}: its NPY header cannot be read`);
  const shape = sizes
    .split(',')
    .map((s) => s.trim().replace(/L$/, ''))
    .filter(Boolean)
    .map(Number);
  if (shape.length > 32 || shape.some((d) => !Number.isSafeInteger(d)) || countOf(shape) > mostElements)
    throw badInput(`${what}: expected at most ${mostElements} values, got the shape (${sizes})`);
  return { descr: quoted, fortran: fortran === 'True', shape, offset: start + length };
}

type Reader = (view: DataView, n: number) => Float32Array | Float64Array;
const each =
  (width: number, get: (view: DataView, at: number) => number): Reader =>
  (view, n) => {
    const data = new Float64Array(n);
    for (let i = 0; i < n; i++) data[i] = get(view, i * width);
    return data;
  };
/** Where the values lie at a multiple of their width, as NumPy puts them, they are not copied. */
const inPlace =
  (Numbers: typeof Float32Array | typeof Float64Array): Reader =>
  ({ buffer, byteOffset }, n) => {
    const width = Numbers.BYTES_PER_ELEMENT;
    if (byteOffset % width === 0) return new Numbers(buffer as ArrayBuffer, byteOffset, n);
    return new Numbers(buffer.slice(byteOffset, byteOffset + width * n) as ArrayBuffer);
  };

/** How values of a type are read. Whole numbers beyond 2^53 are rounded, as float64 does; `exact` has them as they are. */
const readers: Record<string, { width: number; integer: boolean; read: Reader }> = {
  f2: { width: 2, integer: false, read: halves },
  f4: { width: 4, integer: false, read: inPlace(Float32Array) },
  f8: { width: 8, integer: false, read: inPlace(Float64Array) },
  b1: { width: 1, integer: true, read: each(1, (v, at) => (v.getUint8(at) ? 1 : 0)) },
  u1: { width: 1, integer: true, read: each(1, (v, at) => v.getUint8(at)) },
  i1: { width: 1, integer: true, read: each(1, (v, at) => v.getInt8(at)) },
  u2: { width: 2, integer: true, read: each(2, (v, at) => v.getUint16(at, true)) },
  i2: { width: 2, integer: true, read: each(2, (v, at) => v.getInt16(at, true)) },
  u4: { width: 4, integer: true, read: each(4, (v, at) => v.getUint32(at, true)) },
  i4: { width: 4, integer: true, read: each(4, (v, at) => v.getInt32(at, true)) },
  u8: { width: 8, integer: true, read: each(8, (v, at) => Number(v.getBigUint64(at, true))) },
  i8: { width: 8, integer: true, read: each(8, (v, at) => Number(v.getBigInt64(at, true))) },
};

/** Values of one of the types by NumPy's short name, from exactly their bytes. */
export function readValues(bytes: Uint8Array, type: string, shape: readonly number[], what: string): ReadArray {
  const reader = readers[type];
  const n = countOf(shape);
  requireBytes(type, shape, bytes.length, what);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = reader.read(view, n);
  const array = { shape: [...shape], data, integer: reader.integer };
  if (reader.width < 8 || !reader.integer || data.every(Number.isSafeInteger)) return array;
  const exact = type === 'u8' ? new BigUint64Array(n) : new BigInt64Array(n);
  for (let i = 0; i < n; i++) exact[i] = type === 'u8' ? view.getBigUint64(8 * i, true) : view.getBigInt64(8 * i, true);
  return { ...array, exact };
}

/** Bytes that the numbers of `shape` take once they are read. */
export const memoryOf = (type: string, shape: readonly number[]): number => countOf(shape) * (type === 'f2' || type === 'f4' ? 4 : 8);

/** What an NPY file of `size` bytes holds by its header, in `head`. Pickled objects are refused unread: to read them is to run them. */
export function checkedNpy(head: Uint8Array, size: number, what: string): NpyHeader & { type: string } {
  const header = readNpyHeader(head, what);
  const { descr, shape, offset } = header;
  const [order, type] = [descr[0], descr.slice(1)];
  if (type.startsWith('O')) throw badInput(`${what}: expected ${accepts}, got pickled objects`);
  if (!Object.hasOwn(readers, type) || !(order === '<' || (order === '|' && readers[type].width === 1)))
    throw badInput(`${what}: expected ${accepts}, got type ${shown(descr)}`);
  requireBytes(type, shape, size - offset, what);
  return { ...header, type };
}

/** Refuses `got` bytes where values of this type and shape take another number. */
export function requireBytes(type: string, shape: readonly number[], got: number, what: string): void {
  const wanted = countOf(shape) * readers[type].width;
  if (got !== wanted) throw badInput(`${what}: expected ${wanted} bytes for the shape (${shape.join(', ')}), got ${got}`);
}

/** An NPY file.
 *  @throws KernelscopeError `bad-input` that names `what` */
export function readNpy(bytes: Uint8Array, what: string): ReadArray {
  const { type, fortran, shape, offset } = checkedNpy(bytes, bytes.length, what);
  const array = readValues(bytes.subarray(offset), type, shape, what);
  return fortran ? { ...array, data: toCOrder(array.data, shape) } : array;
}

const descrOf = (data: NamedArray['data']): string => {
  if (data instanceof Float64Array) return '<f8';
  if (data instanceof Float32Array) return '<f4';
  return data instanceof Int32Array ? '<i4' : '|u1';
};

/** The header of an NPY file of values of this type (`<f4`) in C order. */
export function npyHeader(descr: string, shape: readonly number[]): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const padded = `${text.padEnd(Math.ceil((10 + text.length + 1) / 64) * 64 - 11)}\n`; // values begin at a multiple of 64
  const header = new Uint8Array(10 + padded.length);
  header.set([...magic, 1, 0, padded.length & 255, padded.length >> 8]);
  header.set(new TextEncoder().encode(padded), 10);
  return header;
}

/** The header and the values of an NPY file; the values as they lie in memory, not copied. Texts are written as `<U`. */
export function npyParts({
  shape,
  data,
  text: length,
}: Pick<NamedArray, 'shape' | 'data' | 'text'>): [header: Uint8Array, values: Uint8Array] {
  if (countOf(shape) * (length ?? 1) !== data.length) throw new RangeError(`shape (${shape.join(', ')}) of ${data.length} values`);
  const header = npyHeader(length === undefined ? descrOf(data) : `<U${length}`, shape);
  return [header, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
}
