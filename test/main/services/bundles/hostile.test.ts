// Bundles that are cut, damaged or made up: each is refused in one line, and the library is as it was.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KernelscopeError } from '../../../../main/contract/errors.ts';
import { createGenerator } from '../../../../main/devices/random.ts';
import { npyParts } from '../../../../main/formats/npy.ts';
import { openZipReader } from '../../../../main/formats/zip-read.ts';
import { openZip } from '../../../../main/formats/zip-write.ts';
import { takeBundle, writeBundle } from '../../../../main/services/bundles/index.ts';
import { arrayHash, type Library } from '../../../../main/store/index.ts';
import { contents, emptyLibrary, everything, fill } from './support.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-hostile-'));
const at = (name: string) => path.join(folder, name);
const fine = at('fine.kernelscope');
let from: Library;
let to: Library;
let id: string;
let entries: Map<string, Uint8Array>;
const take = (file: string) => takeBundle(to, { file, what: 'x.kernelscope', room: () => Promise.resolve(1e12) });

beforeAll(async () => {
  from = emptyLibrary();
  to = emptyLibrary();
  fill(to, { seed: 7 }); // what must stay as it is
  id = fill(from, { seed: 2, state: 'interrupted' });
  await writeBundle(from, { runs: [id], file: fine, version: '0.1.0' });
  const zip = await openZipReader(fine);
  entries = new Map();
  for (const e of zip.entries) entries.set(e.name, await e.read());
  await zip.close();
});
afterAll(() => {
  from.close();
  to.close();
  rmSync(folder, { recursive: true, force: true });
});

async function zipped(all: Iterable<[string, Uint8Array]>): Promise<string> {
  const file = at('made.kernelscope');
  const zip = await openZip(file);
  for (const [name, bytes] of all) await zip.add(name, [bytes]);
  await zip.end();
  return file;
}
type Json = Record<string, unknown>;
const json = (name: string) => JSON.parse(Buffer.from(entries.get(name) as Uint8Array).toString()) as Json;
/** The bundle with one document changed. */
const changed = (name: string, change: (document: Json) => unknown) => {
  const document = json(name);
  const result = change(document) ?? document;
  return [...entries].map(([n, b]): [string, Uint8Array] => [
    n,
    n === name ? Buffer.from(typeof result === 'string' ? result : JSON.stringify(result)) : b,
  ]);
};
const within = (path_: string, value: unknown) => (document: Json) => {
  const parts = path_.split('.');
  const last = parts.pop() as string;
  let node = document;
  for (const part of parts) node = node[part] as Json;
  if (value === undefined) Reflect.deleteProperty(node, last);
  else node[last] = value;
};
const run = 'runs/0/run.json';
const snap = 'runs/0/2.json';
const manifest = 'manifest.json';
const renamed = (name: string, other: string) => [...entries].map(([n, b]): [string, Uint8Array] => [n === name ? other : n, b]);
const firstArray = () => [...entries.keys()].find((n) => n.startsWith('arrays/')) as string;
/** The array of this use swapped for another, which has its right hash: only its use is wrong. */
function swapped(document: string, where: string, array: { shape: number[]; data: Float32Array | Float64Array | Int32Array }) {
  const dtype = array.data instanceof Float64Array ? 'float64' : array.data instanceof Int32Array ? 'int32' : 'float32';
  const hash = arrayHash(dtype, array.shape).update(new Uint8Array(array.data.buffer)).digest('hex');
  const all = new Map(changed(document, within(where, hash)));
  all.set(`arrays/${hash}.npy`, Buffer.concat(npyParts(array)));
  // What nobody uses any more would be refused for that.
  const used = [...all]
    .filter(([n]) => n.startsWith('runs/'))
    .map(([, b]) => Buffer.from(b).toString())
    .join();
  return [...all].filter(([n]) => !n.startsWith('arrays/') || used.includes(n.slice(7, -4)));
}
const put = (name: string, bytes: (old: Uint8Array) => Uint8Array) =>
  [...entries].map(([n, b]): [string, Uint8Array] => [n, n === name ? bytes(b) : b]);
const metrics = (rows: number[][]) =>
  put('runs/0/metrics.npy', () => Buffer.concat(npyParts({ shape: [rows.length, rows[0].length], data: Float64Array.from(rows.flat()) })));

const refused = async (file: string, message: RegExp) => {
  const before = contents(to);
  const error: unknown = await take(file).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(KernelscopeError);
  expect((error as KernelscopeError).code).toBe('bad-input');
  expect((error as Error).message).toMatch(/^x\.kernelscope: [^\n]{1,400}$/);
  expect((error as Error).message).toMatch(message);
  expect(contents(to)).toEqual(before);
};

test.each<[string, () => Iterable<[string, Uint8Array]>, RegExp]>([
  ['no manifest', () => [...entries].filter(([n]) => n !== manifest), /manifest\.json: is missing/],
  ['another format', () => changed(manifest, within('format', 'x')), /manifest\.json: format: /],
  [
    'a newer version',
    () => changed(manifest, within('version', 3)),
    /version 3, made by a newer Kernelscope; this one reads versions up to 2/,
  ],
  ['version 0', () => changed(manifest, within('version', 0)), /expected a bundle of version 1 or 2, got 0/],
  ['an unknown field', () => changed(manifest, within('evil', 1)), /evil/],
  ['no JSON', () => changed(manifest, () => '{'), /manifest\.json: expected JSON/],
  ['no run', () => changed(manifest, within('runs', [])), /runs: /],
  ['a run twice', () => changed(manifest, (m) => void (m['runs'] = [id, id])), /a run is in it twice/],
  ['a run that is not there', () => changed(manifest, (m) => void (m['runs'] = [id, 'other'])), /runs\/1\/run\.json: is missing/],
  ['an id that is a path', () => changed(manifest, (m) => void (m['runs'] = ['../x'])), /runs\.0: /],
  ['another id in the run', () => changed(run, within('id', 'other')), /id: expected \w+, got other/],
  ['a config with an unknown field', () => changed(run, within('config.training.epoch', 3)), /config\.training\.epoch: unknown field/],
  ['a config out of range', () => changed(run, within('config.training.epochs', -1)), /config\.training\.epochs: expected 0 … /],
  ['no config', () => changed(run, within('config', null)), /config\.config: expected an object/],
  ['a state of its own', () => changed(run, within('state', 'dead')), /state: /],
  ['a time that is none', () => changed(run, within('created', 'yesterday')), /created: expected a time/],
  [
    'an infinite number',
    () => changed(snap, (d) => JSON.stringify(d).replace(/"nullTarget":[\d.e-]+/, '"nullTarget":1e999')),
    /nullTarget: /,
  ],
  ['a number as text', () => changed(snap, within('train.layers.0.ckaTarget', '0.5')), /train\.layers\.0\.ckaTarget: /],
  ['a missing number', () => changed(snap, within('test.ntk.kta.ntkTarget', undefined)), /test\.ntk\.kta\.ntkTarget: /],
  ['another epoch in a snapshot', () => changed(snap, within('epoch', 0)), /epoch: expected 2, got 0/],
  [
    'a snapshot that is not planned',
    () => changed(run, within('snapshots', [0, 1, 2])),
    /snapshots: expected epochs of the config’s plan, ascending, got 1/,
  ],
  ['a snapshot twice', () => changed(run, within('snapshots', [0, 0, 2])), /snapshots: .* got 0/],
  ['a snapshot that is missing', () => changed(run, within('snapshots', [0, 2, 4])), /runs\/0\/4\.json: is missing/],
  ['more epochs than asked for', () => changed(run, within('epoch', 5)), /epoch: expected at most 4/],
  ['a huge count', () => changed(snap, within('train.layers.0.features', 1e15)), /features: /],
  ['a hash that is none', () => changed(run, within('probes.train.x', 'x'.repeat(64))), /probes\.train\.x: /],
  [
    'a probe that is not the provenance’s',
    () => changed(run, within('probes.train.hash', 'a'.repeat(64))),
    /probes\.train\.hash: expected the hash in the provenance/,
  ],
  ['a probe of another size', () => changed(run, within('probes.train.xShape', [21, 3, 3, 1])), /xShape: expected 20 samples/],
  [
    'a probe of another shape',
    () => changed(run, within('probes.train.xShape', [20, 3, 3, 2])),
    /train probe: expected shapes of 20 samples of 18 numbers/,
  ],
  ['no metrics', () => [...entries].filter(([n]) => !n.endsWith('metrics.npy')), /metrics\.npy: is missing/],
  ['metrics of another width', () => metrics([[0, 1, 1, 0.5]]), /expected float64 of the shape \(epochs, 5\)/],
  ['a loss that is no number', () => metrics([[0, NaN, 1, 0.5, 0.5]]), /row 0: expected .* finite losses/],
  ['an accuracy over 1', () => metrics([[0, 1, 1, 1.5, 0.5]]), /row 0: /],
  [
    'an epoch twice',
    () =>
      metrics([
        [1, 1, 1, 0.5, 0.5],
        [1, 1, 1, 0.5, 0.5],
      ]),
    /row 1: expected an epoch after the one before/,
  ],
  ['an epoch that is no whole number', () => metrics([[0.5, 1, 1, 0.5, 0.5]]), /row 0: /],
  ['an array that is missing', () => [...entries].filter(([n]) => n !== firstArray()), /arrays\/[0-9a-f]{64}\.npy: is missing, run /],
  [
    'an array of other values',
    () => [...entries].map(([n, b]) => [n, n === firstArray() ? Buffer.concat([b.subarray(0, -1), Buffer.of(b.at(-1) ^ 1)]) : b]),
    /do not have the hash that names it/,
  ],
  [
    'an array that is no NPY',
    () => [...entries].map(([n, b]) => [n, n === firstArray() ? Buffer.from('hello') : b]),
    /expected an NPY array/,
  ],
  ['an empty array', () => [...entries].map(([n, b]) => [n, n === firstArray() ? Buffer.of() : b]), /expected an NPY array, got nothing/],
  [
    'a header that promises more',
    () => [...entries].map(([n, b]) => [n, n === firstArray() ? b.subarray(0, -4) : b]),
    /expected \d+ bytes for the shape/,
  ],
  ['an entry of nobody', () => [...entries, ['runs/0/3.json', Buffer.from('{}')]], /"runs\/0\/3\.json": belongs to no run/],
  ['a strange entry', () => [...entries, ['evil.sh', Buffer.from('x')]], /"evil\.sh": belongs to no run/],
  ['a path out of it', () => [...entries, ['../../evil', Buffer.from('x')]], /expected a name within the archive, got a path out of it/],
  ['an absolute path', () => [...entries, ['/etc/passwd', Buffer.from('x')]], /path out of it/],
  ['a name twice', () => [...entries, [manifest, Buffer.from('{}')]], /manifest\.json is there twice/],
  ['an array under another name', () => renamed(firstArray(), `arrays/${'0'.repeat(64)}.npy`), /is missing, run /],
  [
    'weights in float64',
    () => swapped(snap, 'weights.0.array', { shape: [2, 3], data: new Float64Array(6) }),
    /expected float32 \(weights\), got <f8/,
  ],
  [
    'weights of another shape',
    () => swapped(snap, 'weights.0.array', { shape: [3, 2], data: new Float32Array(6) }),
    /weights have other names or shapes/,
  ],
  [
    'a spectrum in float32',
    () => swapped(snap, 'train.spectra.0.power', { shape: [3], data: new Float32Array(3) }),
    /expected float64 \(spectrum\)/,
  ],
  [
    'a spectrum with NaN',
    () => swapped(snap, 'train.spectra.0.power', { shape: [3], data: Float64Array.of(0, NaN, 1) }),
    /expected finite numbers \(spectrum\)/,
  ],
  [
    'a spectrum of another length',
    () => swapped(snap, 'train.spectra.0.power', { shape: [2], data: Float64Array.of(0, 1) }),
    /lengths do not fit/,
  ],
  [
    'a spectrum as a matrix',
    () => swapped(snap, 'train.spectra.0.power', { shape: [1, 3], data: new Float64Array(3) }),
    /expected a list of numbers \(spectrum\)/,
  ],
  ['probe ids in float32', () => swapped(run, 'probes.train.ids', { shape: [20], data: new Float32Array(20) }), /expected int32 \(ids\)/],
  [
    'other probe samples under the same hash',
    () => swapped(run, 'probes.train.x', { shape: [20, 9], data: new Float32Array(180) }),
    /train probe: its samples do not have the hash that names it/,
  ],
  ['a document of 5 MB', () => changed('runs/0/log.json', () => JSON.stringify('x'.repeat(5_000_000))), /expected at most 4194304 bytes/],
])('%s', async (_, make, message) => {
  await refused(await zipped(make()), message);
});

test('cut anywhere, and files that are something else', async () => {
  const bytes = readFileSync(fine);
  for (const share of [0, 0.1, 0.5, 0.9, 0.999]) {
    writeFileSync(at('cut'), bytes.subarray(0, Math.floor(share * bytes.length)));
    await refused(at('cut'), /expected a bundle of runs \(a \.kernelscope file\), got something else or a cut file|cut/);
  }
  writeFileSync(at('cut'), bytes.subarray(1000));
  await refused(at('cut'), /./);
  writeFileSync(at('text'), 'hello');
  await refused(at('text'), /expected a bundle of runs/);
});

test('a bomb: gigabytes of zeros in a few kilobytes', async () => {
  // One deflated entry, forged: 1 GB declared, a megabyte packed.
  const name = Buffer.from(firstArray());
  const packed = deflateRawSync(Buffer.alloc(100 << 20));
  const head = Buffer.alloc(26);
  head.writeUInt16LE(20, 0);
  head.writeUInt16LE(8, 4);
  head.writeUInt32LE(packed.length, 14);
  head.writeUInt32LE(100 << 20, 18);
  head.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, name, packed]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.of(20, 0), head, Buffer.alloc(14), name]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  writeFileSync(at('bomb'), Buffer.concat([local, central, end]));
  await refused(at('bomb'), /look like a zip bomb/);
});

test('a byte changed anywhere: refused in one line, or it made no difference', async () => {
  const bytes = readFileSync(fine);
  const g = createGenerator(1, 'flips');
  const before = contents(to);
  let refusals = 0;
  for (let i = 0; i < 400; i++) {
    const copy = Buffer.from(bytes);
    // Half of them in the directory and the documents, which the arrays outweigh.
    const place = i % 2 ? g.integer(copy.length) : copy.length - 1 - g.integer(Math.min(6000, copy.length));
    copy[place] ^= 1 << g.integer(8);
    writeFileSync(at('flip'), copy);
    const result = await take(at('flip')).catch((e: unknown) => e);
    if (result instanceof Error) {
      expect(result, `byte ${place}`).toBeInstanceOf(KernelscopeError);
      expect(result.message, `byte ${place}`).toMatch(/^x\.kernelscope: [^\n]{1,400}$/);
      refusals++;
    } else {
      const [made] = (result as Awaited<ReturnType<typeof take>>).runs;
      expect(everything(to, made.id), `byte ${place}`).toEqual(everything(from, id));
      to.removeRun(made.id);
    }
    if (i % 20 === 0) expect(contents(to), `byte ${place}`).toEqual(before);
  }
  expect(contents(to)).toEqual(before);
  expect(refusals).toBeGreaterThan(300);
}, 120_000);
