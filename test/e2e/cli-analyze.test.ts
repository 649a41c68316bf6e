// Activations from elsewhere, against NUMERICS.md's fixture and against NumPy.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AnalysisDocument } from '../../main/host/activations/document.ts';
import { writeArrays } from '../../main/host/export-file.ts';
import type { NamedArray } from '../../main/contract/results.ts';
import { each, fixture, X } from '../support/activations.ts';
import { cli, cliJson } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { noNumpy, numpy } from '../support/numpy.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);

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

/** What NumPy makes of `layers`, `Y` and `x` by the definitions, and `save`, which writes them in one of three ways. */
const definitions = `
import os, struct
def analysis(layers, Y, x, centred):
    P = len(Y); H = np.eye(P) - 1 / P; n = np.linalg.norm
    flat = lambda a: np.asarray(a).reshape(P, -1).astype('f8')
    kern = lambda a: flat(a) @ flat(a).T
    kta = lambda A, B: float((A * B).sum() / n(A) / n(B))
    cka = lambda A, B: kta(H @ A @ H, H @ B @ H)
    def hsic(K, L):
        K, L = K - np.diag(np.diag(K)), L - np.diag(np.diag(L)); o = np.ones(P)
        return (np.trace(K @ L) + K.sum() * L.sum() / (P - 1) / (P - 2) - 2 / (P - 2) * (o @ K @ L @ o)) / P / (P - 3)
    # The estimator does not see shifts of features; with them, the sums above would lose the digits of a layer with a large mean.
    own = lambda A: kern(H @ flat(A)); deb = lambda A, B: float(hsic(own(A), own(B)) / np.sqrt(hsic(own(A), own(A)) * hsic(own(B), own(B))))
    pr = lambda A: np.trace(H @ A @ H) ** 2 / n(H @ A @ H) ** 2
    names = sorted(layers); Kf = kern(Y); out = []; T = H @ flat(Y) if centred else flat(Y)
    for k in names:
        K = kern(layers[k]); N = flat(layers[k]).shape[1]; r = min(P, N)
        w, u = np.linalg.eigh((H @ K @ H if centred else K) / P); w, u = w[::-1][:r], u[:, ::-1][:, :r]
        c = np.cumsum(((u.T @ T) ** 2).sum(1)) / (T ** 2).sum()
        # Inside an eigenspace, and among zeros, the directions are free: C(k) counts where it ends.
        ends = [i for i in range(r) if w[i] > 1e-9 * w[0] and (i == r - 1 or w[i] - w[i + 1] > 1e-7 * w[0])]
        both = lambda f: [f(layers[k], Y), None if x is None else f(layers[k], x)]; of = lambda f: both(lambda A, B: f(kern(A), kern(B)))
        out.append(dict(name=k, features=N, cka=of(cka), deb=both(deb), kta=of(kta), null=float(np.sqrt(pr(K) * pr(Kf)) / (P - 1)), w=w.tolist(),
          ends=ends, c=c[ends].tolist(), nullPower=float(1 - c[-1]) if r - 1 in ends else None))
    return dict(layers=out, similarity=[[cka(kern(layers[a]), kern(layers[b])) for b in names] for a in names])
def save(place, how, arrays):
    if how == 'npz': return np.savez_compressed(place, **arrays)
    os.makedirs(place + '/layer')
    if how == 'npy':
        for v, (k, a) in enumerate(arrays.items()):
            with open(f'{place}/{k}.npy', 'wb') as f: np.lib.format.write_array(f, np.asanyarray(a), version=(1 + v % 3, 0))
        return
    kinds = {'f': 'F', 'i': 'I', 'u': 'U', 'b': 'BOOL'}; header = {}; data = b''
    for k, a in arrays.items():
        b = a.tobytes(); kind = kinds[a.dtype.kind] + ('' if a.dtype.kind == 'b' else str(8 * a.dtype.itemsize))
        header[k] = dict(dtype=kind, shape=list(a.shape), data_offsets=[len(data), len(data) + len(b)]); data += b
    header = json.dumps(header).encode()
    open(place + '/all.safetensors', 'wb').write(struct.pack('<Q', len(header)) + header + data)
`;
interface Expected {
  layers: (Record<'cka' | 'deb' | 'kta', [number, number | null]> &
    Record<'w' | 'ends' | 'c', number[]> & { name: string; features: number; null: number; nullPower: number | null })[];
  similarity: number[][];
}

/** Every number of a document; `digits` after the point. */
function expectSame(document: AnalysisDocument, expected: Expected, digits: number): void {
  const near = (list: readonly (number | null)[]) => list.map((v) => (v === null ? null : (expect.closeTo(v, digits) as number)));
  expect(document.layers.map((l) => [l.name, l.features])).toEqual(expected.layers.map((e) => [e.name, e.features]));
  for (const [i, { cka, debiasedCka, kta, spectrum }] of document.layers.entries()) {
    const e = expected.layers[i];
    expect([cka.target, cka.input, cka.nullTarget]).toEqual(near([...e.cka, e.null]));
    expect([debiasedCka.target, debiasedCka.input]).toEqual(near(e.deb));
    expect([kta.target, kta.input]).toEqual(near(e.kta));
    expect(spectrum.eigenvalues.map((v) => v / e.w[0])).toEqual(near(e.w.map((v) => v / e.w[0])));
    expect(spectrum.cumulativePower.length).toBe(e.w.length);
    expect(e.ends.map((k) => spectrum.cumulativePower[k])).toEqual(near(e.c));
    if (e.nullPower !== null) expect(spectrum.nullPower).toBeCloseTo(e.nullPower, digits);
  }
  document.similarity.forEach((row, i) => expect(row).toEqual(near(expected.similarity[i])));
  const mean = (side: 'target' | 'input') => document.layers.reduce((sum, l) => sum + (l.cka[side] ?? NaN), 0) / document.layers.length;
  expect(document.meanCka.target).toBeCloseTo(mean('target'), 12);
  if (document.meanCka.input !== null) expect(document.meanCka.input).toBeCloseTo(mean('input'), 12);
}

describe.skipIf(noNumpy)('against NumPy', () => {
  test.each<[how: string, P: number, labels: string, more: string[]]>([
    ['npz', 50, 'i8', []],
    ['npy', 5, 'u1', ['--centred']],
    ['safetensors', 120, 'i2', ['--centred']],
    ['npz', 33, 'u8', ['--centred']],
    ['npy', 64, '?', []],
    ['safetensors', 40, 'target', []],
    ['npz', 40, 'target', ['--centred']],
  ])('%s, %i samples, labels as %s %j: every number', async (how, P, labels, more) => {
    const place = at(`${how}-${P}-${labels === '?' ? 'bool' : labels}${how === 'npz' ? '.npz' : ''}`);
    // Wide and narrow, of low rank, of 4 axes, in half precision, Fortran order, with a large mean, with a single feature.
    const code = `${definitions}
how, P, kind, centred = sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5] == 'yes'; r = np.random.RandomState(P)
layers = {'wide': r.randn(P, 3 * P), 'conv': r.rand(P, 3, 4, 2).astype('f4'), 'half': np.asfortranarray(r.randn(P, 5).astype('f2')),
  'convhalf': np.asfortranarray(np.maximum(r.randn(P, 4, 4, 8), 0).astype('f2')), 'low': r.randn(P, 2) @ r.randn(2, 30), 'square': r.randn(P, P),
  'mean': (r.randn(P, 7) + 50 * r.randn(7)).astype('f4'), 'one': r.randn(P)}
if how == 'safetensors': layers = {k: np.ascontiguousarray(v) for k, v in layers.items()}
x = r.rand(P, 4, 4) if P % 2 == 0 else None
if kind == 'target': target = dict(target=np.asfortranarray(r.randn(P, 3)) if how == 'npz' else r.randn(P, 3)); Y = target['target']
else:
    C = 2 if kind == '?' else 3; base = np.array([0, 1]) if C == 2 else np.array([-100, 0, 100] if kind[0] == 'i' else [3, 7, 200])
    lab = base[np.arange(P) * 5 // 3 % C]; target = dict(labels=lab.astype(kind)); Y = np.array([lab == b for b in base]).T.astype('f8')
save(sys.argv[1], how, {**{'layer/' + k: v for k, v in layers.items()}, **target, **({} if x is None else dict(input=x, ids=np.arange(P)))})
print(json.dumps(analysis(layers, Y, x, centred)))`;
    const expected = numpy(code, place, how, `${P}`, labels, more.length > 0 ? 'yes' : 'no') as Expected;
    const document = await cliJson<AnalysisDocument>(['analyze', place, ...more]);
    expect([document.samples, document.classes]).toEqual([P, labels === '?' ? 2 : 3]);
    // float64 all the way: a few hundred roundings of 1e-16, ten thousand times larger where a mean 50 times the spread comes off a kernel
    expectSame(document, expected, 9);
  });
});

test('needs no library: neither is one made, nor does a damaged one disturb it', async () => {
  await writeArrays(each(fixture), at('alone.npz'), true);
  await cliJson(['analyze', at('alone.npz')], { library: at('no-library') });
  expect(existsSync(at('no-library'))).toBe(false);
  mkdirSync(at('damaged'));
  writeFileSync(at('damaged/library.sqlite'), 'no database');
  await cliJson(['analyze', at('alone.npz')], { library: at('damaged') });
  expect(readdirSync(at('damaged'))).toEqual(['library.sqlite']);
});

test('alignments do not see the size of features, up to the largest of float32', async () => {
  // 64 copies of each feature, so that products of norms leave the range of float64
  const wide = (values: Float64Array, by: number) =>
    Float32Array.from({ length: 6 * 128 }, (_, k) => values[2 * Math.floor(k / 128) + (k % 2)] * by);
  const scaled = (power: number): NamedArray[] => [
    { name: 'layer/x', shape: [6, 128], data: wide(X, 2 ** power) },
    { name: 'layer/y', shape: [6, 128], data: wide(X.toReversed(), 2 ** power) },
    {
      name: 'input',
      shape: [6, 128],
      data: wide(
        X.map((v) => (v * v) / 4),
        2 ** power,
      ),
    },
    fixture[1],
  ];
  const found: AnalysisDocument[] = [];
  for (const power of [0, 125, -145]) {
    await writeArrays(each(scaled(power)), at(`by${power}.npz`), true);
    found.push(await cliJson<AnalysisDocument>(['analyze', at(`by${power}.npz`)]));
  }
  // Powers of two change no digit; square roots of them, of sums that are not powers, the last.
  const alignments = (d: AnalysisDocument) => [
    ...d.layers.flatMap((l) => [...Object.values(l.cka), ...Object.values(l.debiasedCka), ...Object.values(l.kta)]),
    ...d.similarity.flat(),
  ];
  for (const d of found.slice(1)) alignments(d).forEach((v, i) => expect(v).toBeCloseTo(alignments(found[0])[i] as number, 14));
  expect(found[1].layers[0].spectrum.eigenvalues[0] / 2 ** 250).toBeCloseTo(found[0].layers[0].spectrum.eigenvalues[0], 12);
});
