import { describe, expect, test } from 'vitest';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { decodeFrame, encodeFrame, replyLimits, requestLimits } from '../../../main/rpc/codec.ts';

const round = (v: unknown) => decodeFrame(encodeFrame(v), replyLimits);
/** A linear congruential generator: the fuzz is the same each time. */
const generator = (seed: number) => () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;

describe('a frame carries', () => {
  test.each([
    ['null', null],
    ['numbers that JSON lacks', [NaN, Infinity, -Infinity, 0, -1.5e300]],
    ['text', 'η₁ — "quoted"\n\u2028'],
    ['keys in $', { $a: 0, $n: 'NaN', $o: [], other: { $: 1 } }],
    ['nested lists', [[], [[1]], {}]],
    ['a list that looks like entries', { x: [['$a', 0]] }],
  ])('%s', (_, value) => expect(round(value)).toEqual(value));

  test('typed arrays of every type, each aligned and its own', () => {
    const value = {
      a: new Uint8Array([1, 2, 255]),
      b: new Float64Array([1, NaN, -0]),
      c: [
        new Float32Array([0.1]),
        new Int32Array(0),
        new Int8Array([-1]),
        new Uint16Array([65535]),
        new Int16Array([-2]),
        new Uint32Array([7]),
      ],
    };
    const back = round(value) as typeof value;
    expect(back).toEqual(value);
    expect(Object.is(back.b[2], -0)).toBe(true);
    expect(back.b.buffer.byteLength).toBe(24);
  });

  test('a view into a larger buffer: only what it shows', () => {
    const all = Float64Array.from({ length: 100 }, (_, i) => i);
    expect(round(all.subarray(3, 5))).toEqual(new Float64Array([3, 4]));
    expect(encodeFrame(all.subarray(3, 5)).length).toBeLessThan(100);
  });

  test('a frame that lies at an odd place of a pool', () => {
    const frame = encodeFrame({ x: new Float64Array([1, 2, 3]) });
    const pool = new Uint8Array(frame.length + 3);
    pool.set(frame, 3);
    expect(decodeFrame(pool.subarray(3))).toEqual({ x: new Float64Array([1, 2, 3]) });
  });

  test('as Node’s Buffer, which a socket gives: arrays of their own length, that outlive it', () => {
    const frame = Buffer.concat([Buffer.alloc(3), encodeFrame({ a: new Uint8Array([1, 2, 3]), b: new Float64Array([4]) })]).subarray(3);
    const back = decodeFrame(frame, requestLimits) as { a: Uint8Array; b: Float64Array };
    frame.fill(0);
    expect([[...back.a], [...back.b], back.a.buffer.byteLength]).toEqual([[1, 2, 3], [4], 3]);
  });
  test('no field that is undefined, and null for one in a list', () =>
    expect(round({ a: undefined, b: [undefined] })).toEqual({ b: [null] }));
});

test.each([
  ['a function', { f: () => 1 }],
  ['a bigint', 1n],
  ['a date', new Date()],
  ['a map', new Map()],
])('%s has no place in a message', (_, value) => expect(() => encodeFrame(value)).toThrow(TypeError));

/** A frame with a header of one's own. */
function forged(header: unknown, tail = 0): Uint8Array {
  let text = typeof header === 'string' ? header : JSON.stringify(header);
  text = text.padEnd(Math.ceil(text.length / 8) * 8);
  const frame = new Uint8Array(8 + text.length + tail);
  frame.set(new TextEncoder().encode('KSR1'));
  new DataView(frame.buffer).setUint32(4, text.length, true);
  frame.set(new TextEncoder().encode(text), 8);
  return frame;
}
const nested = (depth: number) => `{"v":${'['.repeat(depth)}${']'.repeat(depth)},"a":[]}`;

describe('a hostile frame is refused, never believed:', () => {
  test.each([
    ['empty', new Uint8Array(0)],
    ['another magic', new Uint8Array(64)],
    [
      'a header longer than the frame',
      (() => {
        const f = forged({ v: 1, a: [] });
        new DataView(f.buffer).setUint32(4, 1 << 16, true);
        return f;
      })(),
    ],
    ['not JSON', forged('{"v":1,')],
    ['no value', forged({ a: [] })],
    ['arrays that are no list', forged({ v: 1, a: {} })],
    ['an unknown type', forged({ v: { $a: 0 }, a: [['constructor', 8]] }, 8)],
    ['a size that is not whole', forged({ v: { $a: 0 }, a: [['f8', 7]] }, 8)],
    ['a negative size', forged({ v: { $a: 0 }, a: [['u1', -8]] })],
    ['a size of petabytes', forged({ v: { $a: 0 }, a: [['f8', 2 ** 50]] }, 8)],
    ['more bytes than arrays', forged({ v: 1, a: [] }, 8)],
    ['an array that is not there', forged({ v: { $a: 0 }, a: [] })],
    ['an array by a name', forged({ v: { $a: 'length' }, a: [] })],
    ['one array under two names', forged({ v: [{ $a: 0 }, { $a: 0 }], a: [['u1', 8]] }, 8)],
    ['an unknown mark', forged({ v: { $x: 0 }, a: [] })],
    ['a mark beside fields', forged({ v: { $n: 'NaN', x: 1 }, a: [] })],
    ['a number that is none', forged({ v: { $n: '12' }, a: [] })],
    ['__proto__', forged('{"v":{"__proto__":{"polluted":1}},"a":[]}')],
    ['__proto__ by entries', forged({ v: { $o: [['__proto__', { polluted: 1 }]] }, a: [] })],
    ['nested deep', forged(nested(1000))],
    ['too many arrays', forged({ v: 1, a: Array.from({ length: requestLimits.arrays + 1 }, () => ['u1', 0]) })],
  ])('%s', (_, frame) => expect(() => decodeFrame(frame)).toThrow(KernelscopeError));

  test('larger than the limit, before anything is read', () =>
    expect(() => decodeFrame(new Uint8Array(requestLimits.bytes + 1))).toThrow(/at most/));

  test('any frame with bytes changed or cut gives a value or a refusal, nothing else', () => {
    const next = generator(7);
    const frame = encodeFrame({ kind: 'call', id: 3, x: new Float32Array(9), $y: [{ z: new Uint8Array(5) }, NaN] });
    let refused = 0;
    for (let i = 0; i < 5000; i++) {
      const bad = frame.slice(0, next() < 0.3 ? Math.floor(next() * frame.length) : frame.length);
      for (let k = Math.floor(next() * 4); k >= 0 && bad.length > 0; k--) bad[Math.floor(next() * bad.length)] = Math.floor(next() * 256);
      try {
        decodeFrame(bad);
      } catch (error) {
        expect(error).toBeInstanceOf(KernelscopeError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1000);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

test('what is made at random comes back the same', () => {
  const next = generator(11);
  const make = (depth: number): unknown => {
    const kind = Math.floor(next() * (depth > 5 ? 5 : 8));
    if (kind === 0) return null;
    if (kind === 1) return next() < 0.5;
    if (kind === 2) return (next() - 0.5) * 10 ** Math.floor(next() * 20);
    if (kind === 3) return String.fromCodePoint(...Array.from({ length: 5 }, () => 32 + Math.floor(next() * 8000)));
    if (kind === 4) return Float32Array.from({ length: Math.floor(next() * 5) }, next);
    if (kind === 5) return Array.from({ length: Math.floor(next() * 5) }, () => make(depth + 1));
    return Object.fromEntries(
      Array.from({ length: Math.floor(next() * 5) }, (_, i) => [`${next() < 0.2 ? '$' : ''}k${i}`, make(depth + 1)]),
    );
  };
  for (let i = 0; i < 500; i++) {
    const value = make(0);
    expect(round(value)).toEqual(value);
  }
});
