// Values with typed arrays as one binary frame, for a socket. A MessagePort needs none of this: structured clone does it.
//
//   0  u32  magic "KSR1"        8  JSON: {"v": value, "a": [[type, bytes], …]}, padded with spaces to a multiple of 8
//   4  u32  bytes of the JSON   …  the arrays, each padded to a multiple of 8; all little-endian
//
// In `v` an array stands as {"$a": index}, a number that JSON lacks as {"$n": "NaN"}, and an object with a key in "$" as {"$o": [[key, value], …]}.
import { KernelscopeError } from '../contract/errors.ts';

const arrayTypes = {
  u1: Uint8Array,
  i1: Int8Array,
  u2: Uint16Array,
  i2: Int16Array,
  u4: Uint32Array,
  i4: Int32Array,
  f4: Float32Array,
  f8: Float64Array,
} as const;
type ArrayType = keyof typeof arrayTypes;
type Numbers = InstanceType<(typeof arrayTypes)[ArrayType]>;

export interface FrameLimits {
  /** of the whole frame */
  bytes: number;
  /** of its JSON part */
  headerBytes: number;
  arrays: number;
  /** of nested lists and objects */
  depth: number;
}
/** For what a host accepts from a page: configs and questions, no bulk. */
export const requestLimits: FrameLimits = { bytes: 4 << 20, headerBytes: 1 << 20, arrays: 64, depth: 32 };
/** For what a page accepts from its host: a snapshot of a deep network on large probe sets. */
export const replyLimits: FrameLimits = { bytes: 1 << 30, headerBytes: 256 << 20, arrays: 100_000, depth: 64 };

const magic = 0x3152534b;
const padded = (n: number) => (n + 7) & ~7;
const typeOf = (value: Numbers): ArrayType | undefined =>
  (Object.keys(arrayTypes) as ArrayType[]).find((t) => value instanceof arrayTypes[t]);

/** One frame of a value: anything of JSON, typed arrays, NaN and ±Infinity. `undefined` fields are left out.
 *  @throws TypeError for what has no place in a message (functions, bigint, class instances) */
export function encodeFrame(value: unknown): Uint8Array<ArrayBuffer> {
  const arrays: Numbers[] = [];
  const header: [ArrayType, number][] = [];
  const lower = (v: unknown): unknown => {
    if (v === undefined || v === null || typeof v === 'string' || typeof v === 'boolean') return v;
    if (typeof v === 'number') return Number.isFinite(v) ? v : { $n: String(v) };
    if (Array.isArray(v)) return v.map((x: unknown) => (x === undefined ? null : lower(x)));
    if (ArrayBuffer.isView(v)) {
      const type = typeOf(v as Numbers);
      if (!type) throw new TypeError(`a message cannot carry a ${v.constructor.name}`);
      header.push([type, v.byteLength]);
      return { $a: arrays.push(v as Numbers) - 1 };
    }
    if (typeof v !== 'object') throw new TypeError(`a message cannot carry a ${typeof v}`);
    const proto: unknown = Object.getPrototypeOf(v);
    if (proto !== Object.prototype && proto !== null) throw new TypeError(`a message cannot carry a ${v.constructor.name}`);
    const entries = Object.entries(v).map(([k, x]) => [k, lower(x)] as const);
    return entries.some(([k]) => k.startsWith('$')) ? { $o: entries } : Object.fromEntries(entries);
  };
  const text = new TextEncoder().encode(JSON.stringify({ v: lower(value) ?? null, a: header }));
  const start = 8 + padded(text.length);
  const frame = new Uint8Array(start + arrays.reduce((sum, a) => sum + padded(a.byteLength), 0));
  const view = new DataView(frame.buffer);
  view.setUint32(0, magic, true);
  view.setUint32(4, padded(text.length), true);
  frame.fill(0x20, 8, start).set(text, 8);
  let at = start;
  for (const a of arrays) {
    frame.set(new Uint8Array(a.buffer, a.byteOffset, a.byteLength), at);
    at += padded(a.byteLength);
  }
  return frame;
}

const refuse = (why: string) => new KernelscopeError('bad-input', `frame: ${why}`);

interface Header {
  v: unknown;
  a: [ArrayType, number][];
}

function readHeader(frame: Uint8Array, limits: FrameLimits): { header: Header; start: number } {
  if (frame.length > limits.bytes) throw refuse(`expected at most ${limits.bytes} bytes, got ${frame.length}`);
  if (frame.length < 8) throw refuse(`expected 8 bytes at least, got ${frame.length}`);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== magic) throw refuse('not a Kernelscope message');
  const length = view.getUint32(4, true);
  if (length > limits.headerBytes || length % 8 !== 0 || 8 + length > frame.length) throw refuse(`its header cannot be ${length} bytes`);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(frame.subarray(8, 8 + length)));
  } catch {
    throw refuse('its header is not JSON');
  }
  if (typeof header !== 'object' || header === null || !('v' in header) || !('a' in header) || !Array.isArray(header.a))
    throw refuse('its header lacks a value or a list of arrays');
  if (header.a.length > limits.arrays) throw refuse(`expected at most ${limits.arrays} arrays, got ${header.a.length}`);
  return { header: header as Header, start: 8 + length };
}

function readArrays(frame: Uint8Array, list: readonly unknown[], start: number): Numbers[] {
  const arrays: Numbers[] = [];
  let at = start;
  for (const entry of list) {
    const [type, bytes] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof type !== 'string' || !Object.hasOwn(arrayTypes, type)) throw refuse('unknown type of array');
    const Type = arrayTypes[type as ArrayType];
    if (!Number.isSafeInteger(bytes) || (bytes as number) < 0 || (bytes as number) % Type.BYTES_PER_ELEMENT !== 0)
      throw refuse('an array has an impossible size');
    const end = at + (bytes as number);
    if (end > frame.length) throw refuse('it is cut');
    // A copy: aligned, and not tied to the socket's buffer. Node's Buffer would answer a view of that one for `slice`.
    arrays.push(new Type(new Uint8Array(frame.subarray(at, end)).buffer));
    at += padded(bytes as number);
  }
  if (at !== frame.length) throw refuse(at > frame.length ? 'it is cut' : 'bytes follow its last array');
  return arrays;
}

/** The value of a frame.
 *  @throws KernelscopeError `bad-input` for anything that `encodeFrame` does not write or that exceeds the limits */
export function decodeFrame(frame: Uint8Array, limits: FrameLimits = requestLimits): unknown {
  const { header, start } = readHeader(frame, limits);
  const arrays = readArrays(frame, header.a, start);
  const used = new Set<number>();
  const object = (entries: [string, unknown][], depth: number): unknown => {
    const result: Record<string, unknown> = {};
    for (const [k, x] of entries) {
      if (k === '__proto__') throw refuse('a field is named __proto__');
      result[k] = raise(x, depth + 1);
    }
    return result;
  };
  const marked = (key: string, content: unknown, depth: number): unknown => {
    if (key === '$a' && Number.isInteger(content) && !used.has(content as number) && (content as number) in arrays) {
      used.add(content as number); // each once: no frame can make the reader hand out one array under many names
      return arrays[content as number];
    }
    if (key === '$n' && (content === 'NaN' || content === 'Infinity' || content === '-Infinity')) return Number(content);
    if (key === '$o' && Array.isArray(content) && content.every((e) => Array.isArray(e) && e.length === 2 && typeof e[0] === 'string'))
      return object(content as [string, unknown][], depth);
    throw refuse(`no meaning for ${key}`);
  };
  const raise = (v: unknown, depth: number): unknown => {
    if (typeof v !== 'object' || v === null) return v;
    if (depth > limits.depth) throw refuse(`nested deeper than ${limits.depth}`);
    if (Array.isArray(v)) return v.map((x) => raise(x, depth + 1));
    const entries = Object.entries(v);
    const mark = entries.find(([k]) => k.startsWith('$'));
    if (!mark) return object(entries, depth);
    if (entries.length !== 1) throw refuse(`no meaning for ${mark[0]} beside other fields`);
    return marked(mark[0], mark[1], depth);
  };
  return raise(header.v, 0);
}
