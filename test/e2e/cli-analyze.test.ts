// Activations from elsewhere, against NUMERICS.md's fixture and against NumPy.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AnalysisDocument } from '../../main/host/activations/document.ts';
import { writeArrays } from '../../main/host/export-file.ts';
import type { NamedArray } from '../../main/contract/results.ts';
import { cli, cliJson } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { noNumpy, numpy } from '../support/numpy.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
async function* each(arrays: NamedArray[]) {
  yield* arrays;
}
const X = Float64Array.of(1, 2, 0, 1, 3, 1, 2, 2, 1, 0, 4, 3);
const fixture: NamedArray[] = [
  { name: 'layer/x', shape: [6, 2], data: X },
  { name: 'labels', shape: [6], data: Int32Array.of(0, 0, 1, 1, 2, 2) },
];

test('the CKA fixture, digit by digit; without --json a pipe gets the same JSON', async () => {
  await writeArrays(each(fixture), at('fixture.npz'), true);
  const document = await cliJson<AnalysisDocument>(['analyze', at('fixture.npz')]);
  const [layer] = document.layers;
  expect(document).toMatchObject({ samples: 6, classes: 3, similarity: [[1]] });
  expect(layer).toMatchObject({ name: 'x', features: 2 });
  // the fixture has twelve digits
  expect(layer.kta.target).toBeCloseTo(0.479620993745, 11);
  expect(layer.cka.target).toBeCloseTo(0.274964423409, 11);
  expect(layer.debiasedCka.target).toBeCloseTo(-0.114707866935, 11);
  expect(layer.cka.nullTarget).toBeCloseTo(0.3368314187, 9);
  expect(layer.spectrum.eigenvalues.map((v) => v * 6)).toEqual([expect.closeTo(46.8403296678, 9), expect.closeTo(3.1596703322, 9)]);
  expect(layer.spectrum.cumulativePower).toEqual([expect.closeTo(0.2634017321, 9), expect.closeTo(0.472972973, 9)]);
  expect(layer.spectrum.nullPower).toBeCloseTo(1 - 0.472972973, 9);
  expect(layer.spectrum.noiseFloor).toBeCloseTo(6e-16 * layer.spectrum.eigenvalues[0], 20);
  expect([layer.cka.input, layer.debiasedCka.input, layer.kta.input, document.meanCka.input]).toEqual([null, null, null, null]);
  expect(document.meanCka.target).toBe(layer.cka.target);
  const plain = await cli(['analyze', at('fixture.npz')]);
  expect(JSON.parse(plain.out)).toEqual(document);

  const centred = await cliJson<AnalysisDocument>(['analyze', at('fixture.npz'), '--centred']);
  expect(centred.layers[0].spectrum.eigenvalues.map((v) => v * 6)).toEqual([
    expect.closeTo(13.3974516088, 9),
    expect.closeTo(2.9358817245, 9),
  ]);
  expect(centred.layers[0].spectrum.cumulativePower).toEqual([expect.closeTo(0.1502576693, 9), expect.closeTo(0.3728813559, 9)]);
});

test('a folder gives the same as an NPZ', async () => {
  await writeArrays(each(fixture), at('folder'), false);
  expect(await cliJson(['analyze', at('folder')])).toEqual(await cliJson(['analyze', at('fixture.npz')]));
});

describe.skipIf(noNumpy)('against NumPy', () => {
  test('wide, narrow and convolutional layers, an input, and all types', async () => {
    const expected = numpy(
      `
r = np.random.RandomState(1); P = 50
lab = r.randint(-3, 4, P); H = np.eye(P) - 1 / P
layers = {'wide': r.randn(P, 120), 'conv': r.rand(P, 3, 4, 2).astype('f4'), 'half': np.asfortranarray(r.randn(P, 5).astype('f2')), 'one': r.randn(P)}
x = r.randn(P, 4, 4)
np.savez_compressed(sys.argv[1], labels=lab.astype('i8'), input=x, ids=np.arange(P), **{'layer/' + k: v for k, v in layers.items()})
Y = np.eye(7)[lab + 3]; Y = Y[:, Y.any(0)]
flat = lambda a: a.reshape(P, -1).astype('f8')
kern = lambda a: flat(a) @ flat(a).T
cka = lambda A, B: float((H @ A @ H * (H @ B @ H)).sum() / np.linalg.norm(H @ A @ H) / np.linalg.norm(H @ B @ H))
kta = lambda A, B: float((A * B).sum() / np.linalg.norm(A) / np.linalg.norm(B))
def hsic(K, L):
    K, L = K.copy(), L.copy(); np.fill_diagonal(K, 0); np.fill_diagonal(L, 0); o = np.ones(P)
    return (np.trace(K @ L) + (o @ K @ o) * (o @ L @ o) / (P - 1) / (P - 2) - 2 / (P - 2) * (o @ K @ L @ o)) / P / (P - 3)
deb = lambda A, B: float(hsic(A, B) / np.sqrt(hsic(A, A) * hsic(B, B)))
Kf, Kx = Y @ Y.T, kern(x); out = {}
for k, v in layers.items():
    K = kern(v); n = min(P, flat(v).shape[1]); w, u = np.linalg.eigh(K / P); w, u = w[::-1][:n], u[:, ::-1][:, :n]
    out[k] = dict(cka=[cka(K, Kf), cka(K, Kx)], deb=[deb(K, Kf), deb(K, Kx)], kta=[kta(K, Kf), kta(K, Kx)], w=w.tolist(),
      c=(np.cumsum(((u.T @ Y) ** 2).sum(1)) / (Y ** 2).sum()).tolist())
names = sorted(layers)
out['similarity'] = [[cka(kern(layers[a]), kern(layers[b])) for b in names] for a in names]; out['names'] = names
print(json.dumps(out))`,
      at('mixed.npz'),
    ) as Record<string, { cka: number[]; deb: number[]; kta: number[]; w: number[]; c: number[] }> & {
      similarity: number[][];
      names: string[];
    };
    const document = await cliJson<AnalysisDocument>(['analyze', at('mixed.npz')]);
    expect(document.layers.map((l) => l.name)).toEqual(expected.names);
    // float64 all the way: a few hundred roundings of 1e-16
    const near = (list: readonly number[]) => list.map((v) => expect.closeTo(v, 10) as number);
    for (const l of document.layers) {
      const e = expected[l.name];
      expect([l.cka.target, l.cka.input]).toEqual(near(e.cka));
      expect([l.debiasedCka.target, l.debiasedCka.input]).toEqual(near(e.deb));
      expect([l.kta.target, l.kta.input]).toEqual(near(e.kta));
      expect(l.spectrum.eigenvalues).toEqual(near(e.w));
      expect(l.spectrum.cumulativePower).toEqual(near(e.c));
    }
    document.similarity.forEach((row, i) => expect(row).toEqual(near(expected.similarity[i])));
    expect(document.meanCka.input).toBeCloseTo(document.layers.reduce((s, l) => s + l.cka.input!, 0) / 4, 12);
  });

  test('a zip bomb is refused before it unfolds', async () => {
    numpy(
      `
z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)
with z.open('layer/a.npy', 'w', force_zip64=True) as f:
    np.lib.format.write_array_header_1_0(f, {'descr': '<f8', 'fortran_order': False, 'shape': (1 << 15, 1 << 12)})
    for _ in range(256): f.write(bytes(1 << 22))
z.close()`,
      at('bomb.npz'),
    );
    const { status, lines, out } = await cli(['analyze', at('bomb.npz')]);
    expect([status, lines.length, out]).toEqual([2, 1, '']);
    expect(lines[0]).toMatch(/zip bomb/);
  });
});

test.each<[string, NamedArray[], RegExp]>([
  ['NaN', [{ ...fixture[0], data: X.with(2, NaN) }, fixture[1]], /layer\/x: expected finite numbers, got NaN/],
  ['a constant layer', [{ ...fixture[0], data: new Float64Array(12).fill(3) }, fixture[1]], /constant layer/],
  ['no labels', [fixture[0]], /expected labels/],
])('%s: status 2 and one line', async (name, arrays, message) => {
  await writeArrays(each(arrays), at(`${name}.npz`), true);
  const { status, lines, out } = await cli(['analyze', at(`${name}.npz`)]);
  expect([status, lines.length, out]).toEqual([2, 1, '']);
  expect(lines[0]).toMatch(message);
});

test('a file that is no NPZ', async () => {
  writeFileSync(at('x.npz'), 'PK');
  expect((await cli(['analyze', at('x.npz')])).status).toBe(2);
});
