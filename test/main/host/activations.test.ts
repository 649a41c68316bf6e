// What `analyze` takes and what it refuses.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { NamedArray } from '../../../main/contract/results.ts';
import { readActivations } from '../../../main/host/activations/read.ts';
import { npyParts } from '../../../main/formats/npy.ts';
import { writeArrays } from '../../../main/host/export-file.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { noNumpy, numpy } from '../../support/numpy.ts';

const folder = temporaryFolder();
let count = 0;
const f64 = (name: string, shape: number[], values: number[]): NamedArray => ({ name, shape, data: Float64Array.from(values) });
const i32 = (name: string, values: number[]): NamedArray => ({ name, shape: [values.length], data: Int32Array.from(values) });
/** NUMERICS.md's CKA fixture as a layer. */
const fixture = f64('layer/a', [6, 2], [1, 2, 0, 1, 3, 1, 2, 2, 1, 0, 4, 3]);
const labels = i32('labels', [0, 0, 1, 1, 2, 2]);

async function* each(arrays: NamedArray[]) {
  yield* arrays;
}
/** The arrays as an NPZ, or as a folder. */
async function write(arrays: NamedArray[], zip = true): Promise<string> {
  const place = path.join(folder, `${count++}${zip ? '.npz' : ''}`);
  await writeArrays(each(arrays), place, zip);
  return place;
}

describe.each([
  ['an NPZ', true],
  ['a folder', false],
])('%s', (_, zip) => {
  test('gives layers in name order, the one-hot target, and the input', async () => {
    const place = await write(
      [f64('layer/b', [6, 1, 2], [...fixture.data].reverse()), fixture, labels, f64('input', [6, 1], [1, 2, 3, 4, 5, 7])],
      zip,
    );
    const a = await readActivations(place);
    expect(a.layers.map((l) => [l.name, l.features])).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
    expect([a.samples, a.classes, a.input?.features]).toEqual([6, 3, 1]);
    expect([...a.layers[0].data]).toEqual([...fixture.data]);
    expect([...a.target]).toEqual([1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1]);
  });
  test('labels may be any integers; a target may be any numbers', async () => {
    expect((await readActivations(await write([fixture, i32('labels', [-7, -7, 3, 3, 900, 900])], zip))).classes).toBe(3);
    const a = await readActivations(await write([fixture, f64('target', [6], [0.1, 0.2, 0, 0, 0, 0])], zip));
    expect([a.classes, a.target[1]]).toEqual([1, 0.2]);
  });
  test('what has no meaning is named, not used', async () =>
    expect((await readActivations(await write([fixture, labels, f64('epoch', [1], [3])], zip))).ignored).toEqual(['epoch']));
});

const layer = (values: number[], shape = [6, 2]) => f64('layer/a', shape, values);
const other = [...fixture.data];
describe('is refused in one line that names file and array:', () => {
  test.each<[string, NamedArray[], RegExp]>([
    ['no layers', [labels], /expected arrays named layer\/NAME, got labels/],
    ['no labels', [fixture], /expected labels \(P integers\) or target \(P × C\), got neither/],
    ['labels and target', [fixture, labels, f64('target', [6], [1, 2, 3, 4, 5, 6])], /got both/],
    ['NaN', [layer(other.with(3, NaN)), labels], /layer\/a: expected finite numbers, got NaN at sample 1, feature 1/],
    ['infinity', [layer(other.with(0, -Infinity)), labels], /got -Infinity at sample 0/],
    [
      'a constant layer',
      [layer(other.map((_, i) => i % 2)), labels],
      /layer\/a: expected numbers that vary over the samples, got constant ones: 0 … for each of 6/,
    ],
    ['a layer of zeros', [layer(new Array<number>(12).fill(0)), labels], /layer\/a: .*constant ones: 0/],
    ['a layer that varies by roundings', [layer(other.map((v) => 1e8 + v * 1e-9)), labels], /layer\/a: .*constant ones: 100000000/],
    ['numbers without a kernel', [layer(other.map((v) => v * 1e-90)), labels], /largest lies within 1e-60 … 1e\+60, got 4e-90/],
    ['too large numbers', [layer(other.map((v) => v * 1e160)), labels], /within 1e-60 … 1e\+60, got 4e\+160/],
    [
      'unequal rows',
      [fixture, f64('layer/b', [5, 1], [1, 2, 3, 4, 5]), labels],
      /layer\/b: expected 6 samples, as the first layer has, got 5/,
    ],
    ['three samples', [layer([1, 2, 3], [3, 1]), i32('labels', [0, 1, 1])], /expected 4 samples at least, got 3/],
    ['no features', [layer([], [6, 0]), labels], /one feature at least/],
    ['a single number', [layer([1], []), labels], /got a single one/],
    ['labels too few', [fixture, i32('labels', [0, 1])], /labels: expected 6 labels, one a sample, got the shape \(2\)/],
    ['labels as floats', [fixture, f64('labels', [6], [0, 0, 1, 1, 2, 2])], /labels: expected integers/],
    ['one class', [fixture, i32('labels', [5, 5, 5, 5, 5, 5])], /two classes at least, got only 5/],
    ['a constant target', [fixture, f64('target', [6, 1], [2, 2, 2, 2, 2, 2])], /target: .*constant/],
    ['a target with NaN', [fixture, f64('target', [6, 1], [2, 2, NaN, 2, 2, 2])], /target: expected finite numbers/],
    ['a target too short', [fixture, f64('target', [3, 2], [1, 2, 3, 4, 5, 6])], /target: expected 6 samples/],
    ['a constant input', [fixture, labels, f64('input', [6, 1], [1, 1, 1, 1, 1, 1])], /input: .*constant/],
    ['ids too few', [fixture, labels, i32('ids', [1, 2])], /ids: expected 6, one a sample, got 2/],
    ['layers as numbers', [fixture, labels, i32('layers', [1])], /layers: expected a list of names/],
  ])('%s', async (_, arrays, message) => {
    for (const zip of [true, false]) {
      const place = await write(arrays, zip);
      await expect(readActivations(place)).rejects.toMatchObject({ code: 'bad-input', message: expect.stringMatching(message) as string });
      await expect(readActivations(place)).rejects.toThrow(new RegExp(`^${RegExp.escape(place)}[^\\n]*$`));
    }
  });

  test('a link out of the folder', async () => {
    const place = await write([fixture, labels], false);
    writeFileSync(path.join(folder, 'outside.npy'), Buffer.concat(npyParts(fixture)));
    symlinkSync(path.join(folder, 'outside.npy'), path.join(place, 'layer', 'b.npy'));
    await expect(readActivations(place)).rejects.toThrow(/layer\/b\.npy: expected a link within .*, got one that leads out of it/);
    const linked = await write([fixture, labels], false);
    symlinkSync(folder, path.join(linked, 'layer', 'sub'));
    await expect(readActivations(linked)).rejects.toThrow(/leads out of it or nowhere/);
    const broken = await write([fixture, labels], false);
    symlinkSync('/nowhere/at/all', path.join(broken, 'x.npy'));
    await expect(readActivations(broken)).rejects.toThrow(/leads out of it or nowhere/);
  });
  test('an empty folder, and no folder at all', async () => {
    mkdirSync(path.join(folder, 'empty'));
    await expect(readActivations(path.join(folder, 'empty'))).rejects.toThrow(/expected NPY or safetensors files, found none/);
    await expect(readActivations(path.join(folder, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

test('labels without number: more classes than a target has room for', async () => {
  const P = 20_000;
  const count = Array.from({ length: P }, (_, i) => i);
  const place = await write([f64('layer/a', [P, 1], count), i32('labels', count)]);
  await expect(readActivations(place)).rejects.toThrow(/labels: expected at most 6710 classes of 20000 samples, got 20000/);
});

test('a file cut at any place is refused, in one line, and so is a cut folder', async () => {
  const whole = await write([fixture, labels, f64('input', [6, 1], [1, 2, 3, 4, 5, 7])]);
  const bytes = readFileSync(whole);
  const cut = path.join(folder, 'cut.npz');
  for (let n = 0; n < bytes.length; n += 10) {
    writeFileSync(cut, bytes.subarray(0, n));
    const error: unknown = await readActivations(cut).catch((e: unknown) => e);
    expect([n, error]).toEqual([
      n,
      expect.objectContaining({ code: 'bad-input', message: expect.stringMatching(/^[^\n]*cut\.npz: [^\n]+$/) as string }),
    ]);
  }
  const place = await write([fixture, labels], false);
  const array = readFileSync(path.join(place, 'layer/a.npy'));
  for (let n = 0; n < array.length; n += 10) {
    writeFileSync(path.join(place, 'layer/a.npy'), array.subarray(0, n));
    await expect(readActivations(place)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/layer\/a\.npy: /) as string,
    });
  }
});

test('sizes are held to the header before they are read: files of gigabytes without bytes on the disk', async () => {
  const place = await write([fixture, labels], false);
  const file = path.join(place, 'layer', 'a.npy');
  const began = process.memoryUsage().rss;
  truncateSync(file, 6 * 2 ** 30);
  await expect(readActivations(place)).rejects.toThrow(/a\.npy: expected 96 bytes for the shape \(6, 2\), got 6442450816/);
  truncateSync(file, 0);
  truncateSync(file, 6 * 2 ** 30);
  await expect(readActivations(place)).rejects.toThrow(/expected an NPY array, got something else/);
  rmSync(file);
  const tensors = path.join(place, 'm.safetensors');
  writeFileSync(tensors, Buffer.from(BigUint64Array.of(BigInt(100 << 20)).buffer));
  truncateSync(tensors, 3 * 2 ** 30);
  await expect(readActivations(place)).rejects.toThrow(
    /m\.safetensors: expected a safetensors header of at most 10485760 bytes, got 104857600/,
  );
  expect(process.memoryUsage().rss - began).toBeLessThan(100 * 2 ** 20); // they say 15 GB
});

test.skipIf(process.platform === 'win32')('a pipe is refused, not waited for', async () => {
  const pipe = path.join(folder, 'pipe.npz');
  execFileSync('mkfifo', [pipe]);
  await expect(readActivations(pipe)).rejects.toThrow(/pipe\.npz: expected a file, got a pipe/);
  const place = await write([fixture, labels], false);
  execFileSync('mkfifo', [path.join(place, 'layer', 'p.npy')]);
  await expect(readActivations(place)).rejects.toThrow(/p\.npy: expected a file, got a pipe/);
});

test('a link within the folder is followed', async () => {
  const place = await write([fixture, labels], false);
  symlinkSync(path.join(place, 'layer', 'a.npy'), path.join(place, 'layer', 'b.npy'));
  expect((await readActivations(place)).layers.map((l) => l.name)).toEqual(['a', 'b']);
});

test('safetensors files lie beside NPY files; a file in layer/ may leave that out of its names', async () => {
  const place = await write([fixture, labels], false);
  const tensor = (name: string) => {
    const header = JSON.stringify({ [name]: { dtype: 'F64', shape: [6, 1], data_offsets: [0, 48] } });
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([length, Buffer.from(header), Buffer.from(Float64Array.of(1, 2, 3, 4, 5, 9).buffer)]);
  };
  writeFileSync(path.join(place, 'model.safetensors'), tensor('layer/z'));
  writeFileSync(path.join(place, 'layer', 'more.safetensors'), tensor('m'));
  expect((await readActivations(place)).layers.map((l) => l.name)).toEqual(['a', 'm', 'z']);
  writeFileSync(path.join(place, 'again.safetensors'), tensor('layer/a'));
  await expect(readActivations(place)).rejects.toThrow(/layer\/a is there twice/);
});

test('layers.json orders the layers of a folder', async () => {
  const place = await write([fixture, f64('layer/b', [6, 1], [1, 2, 3, 4, 5, 7]), labels], false);
  const order = (text: string) => writeFileSync(path.join(place, 'layers.json'), text);
  order('["b", "a"]');
  expect((await readActivations(place)).layers.map((l) => l.name)).toEqual(['b', 'a']);
  order('["b", "../a"]');
  await expect(readActivations(place)).rejects.toThrow(/layers: no array is named "layer\/\.\.\/a"; there are a, b/);
  order('{"b": 1}');
  await expect(readActivations(place)).rejects.toThrow(/JSON list of names/);
});

describe.skipIf(noNumpy)('from NumPy', () => {
  const save = (code: string) => {
    const place = path.join(folder, `${count++}.npz`);
    numpy(`r = np.random.RandomState(0)\nnp.savez_compressed(sys.argv[1], **(${code}))`, place);
    return readActivations(place);
  };
  test('texts order the layers, name the samples; Fortran order, half precision and labels of a byte are read', async () => {
    const a = await save(`{'layer/β': np.asfortranarray(np.arange(12.).reshape(6, 2)), 'layer/a': r.randn(6, 3).astype('f2'),
      'labels': np.array([0, 1, 0, 1, 2, 2], 'u1'), 'layers': np.array(['β', 'a']), 'ids': np.array(list('uvwxyz'))}`);
    expect(a.layers.map((l) => l.name)).toEqual(['β', 'a']);
    expect([...a.layers[0].data]).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(a.ignored).toEqual([]);
  });
  test('labels of 64 bits are told apart where float64 rounds them together', async () => {
    const a = await save(`{'layer/a': r.randn(6, 2), 'labels': 2 ** 63 + np.array([[1], [2], [1], [3], [2], [3]], 'u8')}`);
    expect(a.classes).toBe(3);
    expect([...a.target]).toEqual([1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1]);
  });
  test.each([
    [`{'layer/a': np.array([[1], [2]], dtype=object), 'labels': np.arange(2)}`, /layer\/a: .*pickled objects/],
    [`{'layer/a': r.randn(6, 2), 'labels': np.array(list('aabbcc'))}`, /labels: expected numbers, got texts/],
    [`{'layer/a': r.randn(6, 2) + 1j, 'labels': np.arange(6)}`, /layer\/a: .*got type "<c16"/],
    [`{'layer/a': r.randn(6, 2).astype('>f8'), 'labels': np.arange(6)}`, /layer\/a: .*little-endian, got type ">f8"/],
    [`{'layer/a': np.zeros(6, [('x', 'f4'), ('y', 'i4')]), 'labels': np.arange(6)}`, /layer\/a: .*structured/],
    [`{'layer/a': r.randn(6, 2), 'labels': np.array(list('aabbcc'), dtype=object)}`, /labels: .*pickled objects/],
    [`{'layer/a': r.randn(6, 2), 'labels': np.arange(6) // 2, 'layers': np.array(['a', 'a'])}`, /"a" is listed twice/],
    [`{'layer/a': np.zeros((3000, 3000)), 'labels': np.arange(3000)}`, /zip bomb|constant ones/],
  ])('%s is refused', async (code, message) => expect(save(code)).rejects.toThrow(message));
});
