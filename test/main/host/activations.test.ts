// What `analyze` takes and what it refuses.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { NamedArray } from '../../../main/contract/results.ts';
import { readActivations } from '../../../main/host/activations/read.ts';
import { npyParts } from '../../../main/host/formats/npy.ts';
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
    ['a constant layer', [layer(other.map((_, i) => i % 2)), labels], /layer\/a: .*constant layer/],
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
    await expect(readActivations(place)).rejects.toThrow(/layer\/b\.npy: a link out of/);
    const linked = await write([fixture, labels], false);
    symlinkSync(folder, path.join(linked, 'layer', 'sub'));
    await expect(readActivations(linked)).rejects.toThrow(/a link out of/);
    const broken = await write([fixture, labels], false);
    symlinkSync('/nowhere/at/all', path.join(broken, 'x.npy'));
    await expect(readActivations(broken)).rejects.toThrow(/a link out of/);
  });
  test('an empty folder, and no folder at all', async () => {
    mkdirSync(path.join(folder, 'empty'));
    await expect(readActivations(path.join(folder, 'empty'))).rejects.toThrow(/expected NPY or safetensors files, found none/);
    await expect(readActivations(path.join(folder, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
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
  await expect(readActivations(place)).rejects.toThrow(/layers: no array is named layer\/\.\.\/a/);
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
  test.each([
    [`{'layer/a': np.array([[1], [2]], dtype=object), 'labels': np.arange(2)}`, /layer\/a: .*pickled objects/],
    [`{'layer/a': r.randn(6, 2), 'labels': np.array(list('aabbcc'))}`, /labels: expected numbers, got texts/],
    [`{'layer/a': r.randn(6, 2) + 1j, 'labels': np.arange(6)}`, /layer\/a: .*got type "<c16"/],
    [`{'layer/a': r.randn(6, 2), 'labels': np.arange(6) // 2, 'layers': np.array(['a', 'a'])}`, /"a" is listed twice/],
    [`{'layer/a': np.zeros((3000, 3000)), 'labels': np.arange(3000)}`, /zip bomb|constant layer/],
  ])('%s is refused', async (code, message) => expect(save(code)).rejects.toThrow(message));
});
