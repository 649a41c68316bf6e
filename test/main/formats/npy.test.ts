import { writeFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { halfToNumber, toCOrder } from '../../../main/formats/array.ts';
import { npyParts, readNpy } from '../../../main/formats/npy.ts';
import { readNpyText } from '../../../main/formats/npy-text.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { noNumpy, numpy } from '../../support/numpy.ts';

const folder = temporaryFolder();
const whole = (array: Parameters<typeof npyParts>[0]) => Buffer.concat(npyParts(array));
/** An NPY file with a header of one's own. */
function forged(header: string, values = 0, version = 1): Uint8Array {
  const start = version === 1 ? 10 : 12;
  const bytes = new Uint8Array(start + header.length + values);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  new DataView(bytes.buffer).setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), start);
  return bytes;
}
const header = (descr: string, shape: string, fortran = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;

describe('what is written is read back', () => {
  test.each([
    ['float32', { shape: [2, 3], data: Float32Array.of(1, -2.5, 0, NaN, Infinity, 1e-40) }],
    ['float64', { shape: [3], data: Float64Array.of(Math.PI, -0, 1e300) }],
    ['int32', { shape: [1, 1, 2], data: Int32Array.of(-1, 2 ** 31 - 1) }],
    ['uint8', { shape: [4], data: Uint8Array.of(0, 1, 128, 255) }],
    ['a scalar', { shape: [], data: Float64Array.of(7) }],
    ['nothing', { shape: [0, 5], data: new Float32Array(0) }],
  ])('%s', (_, array) => {
    const back = readNpy(whole(array), 'a');
    expect(back.shape).toEqual(array.shape);
    expect([...back.data]).toEqual([...array.data]);
    expect(whole(array).length % 8 === 0 || array.data.BYTES_PER_ELEMENT < 8).toBe(true);
  });
  test('a shape that does not fit its values is a bug and throws', () =>
    expect(() => npyParts({ shape: [3], data: new Float32Array(2) })).toThrow(RangeError));
});

describe('is refused in one line, with the file named:', () => {
  const fine = whole({ shape: [2], data: Float64Array.of(1, 2) });
  test.each([
    ['nothing', new Uint8Array(0), /something else or a cut file/],
    ['text', new TextEncoder().encode('x,y\n1,2\n3,4'), /something else/],
    ['a cut header', fine.subarray(0, 40), /cut in its header/],
    ['cut values', fine.subarray(0, fine.length - 3), /expected 16 bytes for the shape \(2\), got 13/],
    ['values too many', Buffer.concat([fine, Buffer.of(0)]), /got 17/],
    ['pickled objects', forged(header("'|O'", '(2,)'), 30), /pickled objects/],
    ['a structured array', forged(header("[('a', '<f8')]", '(2,)'), 16), /structured array/],
    ['big-endian values', forged(header("'>f8'", '(2,)'), 16), /got type ">f8"/],
    ['complex numbers', forged(header("'<c16'", '(1,)'), 16), /got type "<c16"/],
    ['text values', forged(header("'<U3'", '(1,)'), 12), /got type/],
    ['an enormous shape', forged(header("'<f8'", '(99999999999, 99999)'), 16), /expected at most/],
    ['a negative shape', forged(header("'<f8'", '(-1,)'), 8), /cannot be read/],
    ['code in the header', forged("{'descr': __import__('os').system('x'), 'shape': (1,)}"), /cannot be read/],
    ['version 9', forged(header("'<f8'", '(1,)'), 8, 9), /version 1, 2 or 3, got 9/],
  ])('%s', (_, bytes, message) => {
    expect(() => readNpy(bytes, 'file.npy')).toThrow(KernelscopeError);
    expect(() => readNpy(bytes, 'file.npy')).toThrow(message);
    expect(() => readNpy(bytes, 'file.npy')).toThrow(/^file\.npy: [^\n]+$/);
  });
});

test('half precision: zero, the least, the greatest, infinity, NaN', () => {
  expect([0, 0x8000, 1, 0x3c00, 0xc000, 0x7bff, 0x7c00, 0xfc00].map(halfToNumber)).toEqual([
    0,
    -0,
    2 ** -24,
    1,
    -2,
    65504,
    Infinity,
    -Infinity,
  ]);
  expect(halfToNumber(0x7e00)).toBeNaN();
});

test('Fortran order by its definition: element (i, j, k) lies at i + a·j + a·b·k', () => {
  const [a, b, c] = [2, 3, 4];
  const data = Float64Array.from({ length: a * b * c }, (_, i) => i);
  const result = toCOrder(data, [a, b, c]);
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++) for (let k = 0; k < c; k++) expect(result[(i * b + j) * c + k]).toBe(data[i + a * j + a * b * k]);
});

describe.skipIf(noNumpy)('NumPy', () => {
  test.each(['f2', 'f4', 'f8', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', '?'])(
    'writes %s in both orders and all versions; we read the same',
    (type) => {
      const expected = numpy(
        `
d, t = sys.argv[1:3]
a = (np.arange(24).reshape(2, 3, 4) * 5 % 7 - (0 if t[0] in 'u?' else 3)).astype(t)
for v in (1, 2, 3):
    for o in 'CF':
        with open(f'{d}/{v}{o}.npy', 'wb') as f: np.lib.format.write_array(f, np.array(a, order=o), version=(v, 0))
print(json.dumps(a.astype('f8').ravel().tolist()))`,
        folder,
        type,
      );
      for (const version of [1, 2, 3])
        for (const order of 'CF') {
          const array = readNpy(readFileSync(path.join(folder, `${version}${order}.npy`)), 'a');
          expect(array.shape).toEqual([2, 3, 4]);
          expect([...array.data]).toEqual(expected);
          expect(array.integer).toBe(!type.startsWith('f'));
        }
    },
  );

  test('every half-precision value', () => {
    const file = path.join(folder, 'half.npy');
    numpy(`np.save(sys.argv[1], np.arange(65536, dtype='u2').view('f2'))`, file);
    const ours = readNpy(readFileSync(file), 'a').data;
    const theirs = numpy(`print(json.dumps([repr(float(x)) for x in np.load(sys.argv[1])]))`, file) as string[];
    const word: Record<string, number> = { inf: Infinity, '-inf': -Infinity, nan: NaN };
    expect([...ours]).toEqual(theirs.map((t) => word[t] ?? Number(t)));
  });

  test('64-bit integers beyond 2^53 stay apart', () => {
    const file = path.join(folder, 'long.npy');
    for (const [type, least] of [
      ['u8', 2n ** 63n],
      ['i8', -(2n ** 63n)],
    ] as const) {
      numpy('np.save(sys.argv[1], np.array([int(a) for a in sys.argv[3:]], sys.argv[2]))', file, type, `${least}`, `${least + 1n}`);
      const array = readNpy(readFileSync(file), 'a');
      expect([...array.exact!]).toEqual([least, least + 1n]);
      expect(array.data[0]).toBe(array.data[1]); // which is why
    }
  });

  test('reads what we write', () => {
    const file = path.join(folder, 'ours.npy');
    writeFileSync(file, whole({ shape: [2, 2], data: Float32Array.of(1, 2.5, -3, 4) }));
    expect(numpy(`a = np.load(sys.argv[1], allow_pickle=False); print(json.dumps([str(a.dtype), a.tolist()]))`, file)).toEqual([
      'float32',
      [
        [1, 2.5],
        [-3, 4],
      ],
    ]);
  });

  test('reads the texts that we write, and we those that it writes', () => {
    const file = path.join(folder, 'texts.npy');
    const points = [...'β1\0ntk'].map((c) => c.codePointAt(0) as number);
    writeFileSync(file, whole({ shape: [2], text: 3, data: Int32Array.from(points) }));
    expect(numpy(`print(json.dumps(np.load(sys.argv[1], allow_pickle=False).tolist()))`, file)).toEqual(['β1', 'ntk']);
    expect(readNpyText(readFileSync(file), 'a')).toEqual(['β1', 'ntk']);
    numpy(`np.save(sys.argv[1], np.array([b'conv', b'fc']))`, file);
    expect(readNpyText(readFileSync(file), 'a')).toEqual(['conv', 'fc']);
  });

  test('pickles an object array; we refuse it', () => {
    const file = path.join(folder, 'pickled.npy');
    numpy(`np.save(sys.argv[1], np.array([{}, 1], dtype=object), allow_pickle=True)`, file);
    expect(() => readNpy(readFileSync(file), 'p')).toThrow(/pickled/);
  });
});
