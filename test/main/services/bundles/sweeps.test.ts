// Runs of a sweep carry it along: in another library they are cells of the same sweep, and what is made up about that is refused.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openZipReader } from '../../../../main/formats/zip-read.ts';
import { openZip } from '../../../../main/formats/zip-write.ts';
import { takeBundle, writeBundle } from '../../../../main/services/bundles/index.ts';
import { openLibrary, type Library } from '../../../../main/store/index.ts';
import { cellsOf, configHash, parseSweep, sweepHash } from '../../../../main/sweeps/index.ts';
import { config, newDir } from '../../store/support.ts';
import { contents, emptyLibrary, fill } from './support.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-sweeps-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => path.join(folder, name);
const take = (library: Library, file: string) => takeBundle(library, { file, what: 'x', room: () => Promise.resolve(1e12) });
const bundle = async (library: Library, runs: string[], name = 'some.kernelscope') => {
  await writeBundle(library, { runs, file: at(name), version: '0.1.0' });
  return at(name);
};

const { data, model, training, analysis } = config();
const sweep = parseSweep({
  name: 'seeds',
  base: { data, model, training, analysis },
  grid: { seed: [1, 2, 3, 4] },
  exclude: [{ seed: 3 }],
});
const cells = cellsOf(sweep);
const hashes = cells.map((c) => configHash(c.config));
/** The sweep with these runs, by its cells. */
function sweptIn({ starts, sweeps }: Library, runs: (string | null)[]): string {
  const id = starts.begin({ name: sweep.name, hash: sweepHash(sweep.name, hashes), spec: sweep.spec });
  cells.forEach((c, i) => starts.cell(id, i, { name: c.config.name, hash: hashes[i] }));
  runs.forEach((run, i) => run !== null && sweeps.setRun(id, i, run));
  starts.settle(id);
  return id;
}
function source() {
  const library = emptyLibrary();
  const runs = [fill(library, { seed: 1 }), fill(library, { seed: 2 }), fill(library, { seed: 4 })];
  return { library, runs, id: sweptIn(library, runs) };
}

test('a run of a sweep arrives as the cell that it is; the next bundle fills other cells of the same sweep', async () => {
  const { library: from, runs, id } = source();
  const alone = fill(from, { seed: 9 });
  const to = emptyLibrary();
  const first = await take(to, await bundle(from, [alone, runs[2]]));
  expect(first.sweeps).toEqual([{ id, name: 'seeds', size: 3, filled: 1, isNew: true }]);
  expect(to.sweeps.list()).toMatchObject([{ id, name: 'seeds', size: 3, counts: { done: 1, none: 2 } }]);
  expect(to.sweeps.get(id).spec).toEqual(sweep.spec);
  expect(to.sweeps.cells(id).map((c) => [c.run, c.hash])).toEqual([
    [null, hashes[0]],
    [null, hashes[1]],
    [runs[2], hashes[2]],
  ]);
  expect([to.sweeps.having(runs[2]), to.sweeps.having(alone)]).toEqual([[{ sweep: id, position: 2 }], []]);
  const second = await take(to, await bundle(from, runs));
  expect(second.sweeps).toEqual([{ id, name: 'seeds', size: 3, filled: 2, isNew: false }]);
  expect(to.sweeps.cells(id).map((c) => c.run)).toEqual(runs);
  // A cell that has a run keeps it.
  const own = emptyLibrary();
  const mine = fill(own, { seed: 1, name: 'mine' });
  sweptIn(own, [mine]);
  expect((await take(own, at('some.kernelscope'))).sweeps).toMatchObject([{ id, filled: 2, isNew: false }]);
  expect(own.sweeps.cells(id).map((c) => c.run)).toEqual([mine, runs[1], runs[2]]);
  for (const library of [from, to, own]) library.close();
});

test('without sweeps it is a bundle that older programs read; with them they say what they do not know', async () => {
  const { library, runs } = source();
  const manifestOf = async (file: string) => {
    const zip = await openZipReader(file);
    const entry = zip.entries.find((e) => e.name === 'manifest.json');
    const json = JSON.parse(Buffer.from((await entry?.read()) ?? []).toString()) as object;
    await zip.close();
    return json;
  };
  expect(await manifestOf(await bundle(library, [fill(library, { seed: 9 })]))).toMatchObject({ version: 1 });
  expect(await manifestOf(await bundle(library, runs))).toMatchObject({ version: 2, sweeps: 1 });
  library.close();
});

test('a crash before all is there leaves neither runs nor the sweep', async () => {
  const { library: from, runs } = source();
  const file = await bundle(from, runs);
  const dir = newDir();
  const dying = openLibrary(dir, { write: true, owner: 'test' });
  Object.assign(dying.starts, {
    settle: () => {
      throw new Error('here it ends');
    },
    abandonSome: () => false,
  });
  Object.assign(dying.staging, { abandonSome: () => false, releaseSome: () => false });
  await expect(take(dying, file)).rejects.toThrow('here it ends');
  dying.close();
  const to = openLibrary(dir, { write: true, owner: 'test' });
  expect([to.runs.list(), to.sweeps.list(), to.staging.count()]).toEqual([[], [], { arrays: 0, held: 0 }]);
  expect((await take(to, file)).sweeps).toMatchObject([{ filled: 3, isNew: true }]);
  from.close();
  to.close();
});

type Doc = { spec: Record<string, unknown>; cells: number[][] };
test.each<[string, (d: Doc) => unknown, string]>([
  ['a cell that the sweep does not have', (d) => (d.cells[0][0] = 3), 'x: sweeps/0.json: cells: expected each of 0 … 2 once, got 3'],
  ['a cell twice', (d) => d.cells.push([0, 0]), 'cells: expected each of 0 … 2 once, got 0'],
  ['a run that is not there', (d) => (d.cells[0][1] = 5), 'cells: expected runs 0 … 2, got 5'],
  ['a run that is another cell', (d) => (d.cells[0] = [0, 1]), 'cells: run 1 of the bundle is not cell 0 of the sweep'],
  [
    'a sweep that cannot be',
    (d) => Object.assign(d.spec, { grid: { seed: [-1] }, exclude: undefined }),
    'x: sweeps/0.json: spec.cell 1 (seed=-1): seed: expected',
  ],
  ['no sweep', (d) => (d.spec = [] as never), 'spec.sweep: expected {"name", "base", "grid"}'],
  [
    'a grid that is too large',
    (d) => (d.spec['grid'] = { seed: Array.from({ length: 10_001 }, (_, i) => i) }),
    'grid: expected at most 10000',
  ],
  ['another field', (d) => ((d as unknown as Record<string, unknown>)['more'] = 1), 'sweeps/0.json: Unrecognized key'],
  ['no cells', (d) => (d.cells = []), 'sweeps/0.json: cells: '],
])('refused: %s', async (_, change, message) => {
  const { library: from, runs } = source();
  const zip = await openZipReader(await bundle(from, runs));
  const made = await openZip(at('made.kernelscope'));
  for (const entry of zip.entries) {
    let bytes = await entry.read();
    if (entry.name === 'sweeps/0.json') {
      const document = JSON.parse(Buffer.from(bytes).toString()) as Doc;
      change(document);
      bytes = Buffer.from(JSON.stringify(document));
    }
    await made.add(entry.name, [bytes]);
  }
  await made.end();
  await zip.close();
  const to = emptyLibrary();
  fill(to, { seed: 7 });
  const before = contents(to);
  await expect(take(to, at('made.kernelscope'))).rejects.toThrow(message);
  expect([contents(to), to.sweeps.list()]).toEqual([before, []]);
  from.close();
  to.close();
});
