// Safetensors: 8 bytes of length, a JSON header, and the tensors' bytes, each once and without gaps.
// https://github.com/huggingface/safetensors#format
import { shown } from '../contract/config.ts';
import { badInput } from '../contract/errors.ts';
import { countOf, type ReadArray } from './array.ts';
import { requirePlainName } from './bytes.ts';
import { readValues, requireBytes } from './npy.ts';

/** The format's own limit is 100 MB; names and shapes of a network need a thousandth of it. */
const longestHeader = 10 << 20;
const types: Record<string, string> = {
  F16: 'f2',
  F32: 'f4',
  F64: 'f8',
  BOOL: 'b1',
  U8: 'u1',
  I8: 'i1',
  U16: 'u2',
  I16: 'i2',
  U32: 'u4',
  I32: 'i4',
  U64: 'u8',
  I64: 'i8',
};

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}
const isSize = (v: unknown): v is number => Number.isSafeInteger(v) && (v as number) >= 0;
const isEntry = (v: unknown): v is Entry => {
  if (typeof v !== 'object' || v === null) return false;
  const { dtype, shape, data_offsets: at } = v as Record<string, unknown>;
  return (
    typeof dtype === 'string' &&
    Array.isArray(shape) &&
    shape.length <= 32 &&
    shape.every(isSize) &&
    Array.isArray(at) &&
    at.length === 2 &&
    at.every(isSize)
  );
};

/** One tensor: where its bytes lie in the file, and what they are. */
export interface Tensor {
  type: string;
  shape: number[];
  from: number;
  to: number;
}

/** The length of the header, from the first 8 bytes of a file of `size` bytes. */
export function headerLength(head: Uint8Array, size: number, what: string): number {
  if (head.length < 8) throw badInput(`${what}: cut before its safetensors header`);
  const length = Number(new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true));
  const most = Math.min(longestHeader, size - 8);
  if (length > most) throw badInput(`${what}: expected a safetensors header of at most ${most} bytes, got ${length}`);
  return length;
}

function parsed(text: Uint8Array, what: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    throw badInput(`${what}: its safetensors header is not JSON`);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw badInput(`${what}: its safetensors header is no object`);
  return header as Record<string, unknown>;
}

/** The tensors of a file of `size` bytes by name, from its header; `head` holds all of that. BF16 and other types that NumPy lacks are
 *  refused by name, and so are tensors that leave gaps or overlap, as the format has it. */
export function readTensors(head: Uint8Array, size: number, what: string): Map<string, Tensor> {
  const length = headerLength(head, size, what);
  const start = 8 + length;
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(parsed(head.subarray(8, start), what))) {
    if (name === '__metadata__') continue;
    requirePlainName(name, what);
    const here = `${what}: ${name}`;
    if (!isEntry(entry)) throw badInput(`${here}: expected dtype, shape and data_offsets, got ${shown(entry)}`);
    if (!Object.hasOwn(types, entry.dtype)) throw badInput(`${here}: expected ${Object.keys(types).join(', ')}, got ${shown(entry.dtype)}`);
    const [from, to] = entry.data_offsets;
    if (from > to || start + to > size) throw badInput(`${here}: its bytes ${from} … ${to} lie outside the file; it may be cut`);
    if (!Number.isSafeInteger(countOf(entry.shape))) throw badInput(`${here}: impossible shape (${entry.shape.join(', ')})`);
    const type = types[entry.dtype];
    requireBytes(type, entry.shape, to - from, here);
    tensors.set(name, { type, shape: entry.shape, from: start + from, to: start + to });
  }
  let at = start;
  for (const [name, { from, to }] of [...tensors].sort(([, a], [, b]) => a.from - b.from || a.to - b.to)) {
    if (from < at) throw badInput(`${what}: ${name}: tensors overlap`);
    if (from > at) throw badInput(`${what}: ${name}: ${from - at} bytes before it belong to no tensor`);
    at = to;
  }
  if (at !== size) throw badInput(`${what}: expected the file to end after its last tensor, got ${size - at} bytes more`);
  return tensors;
}

/** All tensors of a safetensors file by name. */
export function readSafetensors(bytes: Uint8Array, what: string): Map<string, ReadArray> {
  const tensors = [...readTensors(bytes, bytes.length, what)];
  return new Map(
    tensors.map(([name, { type, shape, from, to }]) => [name, readValues(bytes.subarray(from, to), type, shape, `${what}: ${name}`)]),
  );
}
