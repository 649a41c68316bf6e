// Safetensors: 8 bytes of length, a JSON header, and the tensors' bytes, each once and without gaps.
// https://github.com/huggingface/safetensors#format
import { shown } from '../../contract/config.ts';
import { badInput } from '../../contract/errors.ts';
import { countOf, type ReadArray } from './array.ts';
import { readValues } from './npy.ts';

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

function readHeader(bytes: Uint8Array, what: string): { header: Record<string, unknown>; start: number } {
  if (bytes.length < 8) throw badInput(`${what}: cut before its safetensors header`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > longestHeader || 8 + length > bytes.length)
    throw badInput(`${what}: expected a safetensors header of at most ${Math.min(longestHeader, bytes.length - 8)} bytes, got ${length}`);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch {
    throw badInput(`${what}: its safetensors header is not JSON`);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw badInput(`${what}: its safetensors header is no object`);
  return { header: header as Record<string, unknown>, start: 8 + length };
}

/** The tensors of a safetensors file by name. BF16 and other types that NumPy lacks are refused by name. */
export function readSafetensors(bytes: Uint8Array, what: string): Map<string, ReadArray> {
  const { header, start } = readHeader(bytes, what);
  const arrays = new Map<string, ReadArray>();
  const spans: [number, number][] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const here = `${what}: ${name}`;
    if (!isEntry(entry)) throw badInput(`${here}: expected dtype, shape and data_offsets, got ${shown(entry)}`);
    if (!Object.hasOwn(types, entry.dtype)) throw badInput(`${here}: expected ${Object.keys(types).join(', ')}, got ${shown(entry.dtype)}`);
    const [from, to] = entry.data_offsets;
    if (from > to || start + to > bytes.length) throw badInput(`${here}: its bytes ${from} … ${to} lie outside the file; it may be cut`);
    if (!Number.isSafeInteger(countOf(entry.shape))) throw badInput(`${here}: impossible shape (${entry.shape.join(', ')})`);
    spans.push([from, to]);
    arrays.set(name, readValues(bytes.subarray(start + from, start + to), types[entry.dtype], entry.shape, here));
  }
  spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (spans.some(([from], i) => i > 0 && from < spans[i - 1][1])) throw badInput(`${what}: tensors overlap`);
  return arrays;
}
