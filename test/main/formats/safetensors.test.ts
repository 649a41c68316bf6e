import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../../main/formats/safetensors.ts';

function made(header: unknown, values: Uint8Array, length?: number): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const bytes = new Uint8Array(8 + text.length + values.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? text.length), true);
  bytes.set(new TextEncoder().encode(text), 8);
  bytes.set(values, 8 + text.length);
  return bytes;
}
const bytesOf = (a: Float32Array | Float64Array) => new Uint8Array(a.buffer);
const f32 = (shape: number[], from: number, to: number) => ({ dtype: 'F32', shape, data_offsets: [from, to] });

test('tensors are read by name, metadata is passed over', () => {
  const values = new Uint8Array([...bytesOf(Float32Array.of(1, 2, 3, 4)), 5, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x3c]);
  const header = {
    __metadata__: { format: 'pt' },
    'layer/a': f32([2, 2], 0, 16),
    labels: { dtype: 'I64', shape: [1], data_offsets: [16, 24] },
    half: { dtype: 'F16', shape: [1], data_offsets: [24, 26] },
  };
  const tensors = readSafetensors(made(header, values), 'm');
  expect([...tensors.keys()]).toEqual(['layer/a', 'labels', 'half']);
  expect(tensors.get('layer/a')).toEqual({ shape: [2, 2], data: Float32Array.of(1, 2, 3, 4), integer: false });
  expect(tensors.get('labels')).toEqual({ shape: [1], data: Float64Array.of(5), integer: true });
  expect([...tensors.get('half')!.data]).toEqual([1]);
});

describe('is refused in one line:', () => {
  const values = new Uint8Array(16);
  test.each([
    ['nothing', new Uint8Array(3), /cut before/],
    ['a header of exabytes', made({}, values, 2 ** 62), /expected a safetensors header of at most/],
    ['a header longer than the file', made({}, values, 1000), /got 1000/],
    ['no JSON', made('{"a":', values), /not JSON/],
    ['a list', made([], values), /no object/],
    ['an entry without a type', made({ a: { shape: [4], data_offsets: [0, 16] } }, values), /a: expected dtype, shape and data_offsets/],
    ['bfloat16', made({ a: { dtype: 'BF16', shape: [8], data_offsets: [0, 16] } }, values), /got "BF16"/],
    ['a negative shape', made({ a: f32([-4], 0, 16) }, values), /a: expected/],
    ['bytes past the end', made({ a: f32([4], 4, 20) }, values), /outside the file/],
    ['bytes backwards', made({ a: f32([4], 16, 0) }, values), /outside the file/],
    ['a shape that does not fit', made({ a: f32([3], 0, 16) }, values), /expected 12 bytes/],
    ['a shape beyond numbers', made({ a: f32([2 ** 40, 2 ** 40], 0, 16) }, values), /impossible shape/],
    ['a gap between tensors', made({ a: f32([2], 0, 8), b: f32([1], 12, 16) }, values), /b: 4 bytes before it belong to no tensor/],
    ['bytes after the last tensor', made({ a: f32([2], 0, 8) }, values), /got 8 bytes more/],
    ['a line break in a name', made({ 'a\n': f32([4], 0, 16) }, values), /control characters, got code 10/],
    ['overlapping tensors', made({ a: f32([4], 0, 16), b: f32([1], 8, 12) }, values), /overlap/],
  ])('%s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes, 'm.safetensors')).toThrow(message);
    expect(() => readSafetensors(bytes, 'm.safetensors')).toThrow(/^m\.safetensors: [^\n]+$/);
  });
});
