// A bundle carries whole runs: every number and array is the same in the other library.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openZipReader } from '../../../../main/formats/zip-read.ts';
import { takeBundle, writeBundle } from '../../../../main/services/bundles/index.ts';
import { openLibrary, type Library } from '../../../../main/store/index.ts';
import { noNumpy, numpy } from '../../../support/numpy.ts';
import { newDir } from '../../store/support.ts';
import { contents, emptyLibrary, everything, fill } from './support.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-bundles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => path.join(folder, name);
const version = '0.1.0';
const room = () => Promise.resolve(1e12);
const take = (library: Library, file: string, o = {}) => takeBundle(library, { file, what: path.basename(file), room }, o);

test('export, then import into an empty library: every number and array equal, one transaction’s worth of nothing left over', async () => {
  const from = emptyLibrary();
  const ids = [fill(from, { seed: 1 }), fill(from, { seed: 2, state: 'failed' }), fill(from, { seed: 3, state: 'interrupted' })];
  const shares: number[] = [];
  const report = await writeBundle(from, { runs: ids, file: at('all.kernelscope'), version }, { onProgress: (s) => shares.push(s) });
  expect(report.runs.map((r) => r.id)).toEqual(ids);
  expect(report.bytes).toBe(statSync(at('all.kernelscope')).size);
  expect(shares.at(-1)).toBe(1);
  expect([...shares].sort((a, b) => a - b)).toEqual(shares);
  expect(from.staging.count().held).toBe(0);

  const to = emptyLibrary();
  const { runs } = await take(to, at('all.kernelscope'));
  expect(runs).toEqual(ids.map((id, i) => ({ id, was: id, name: `run ${i + 1}`, outcome: 'imported' })));
  for (const id of ids) expect(everything(to, id)).toEqual(everything(from, id));
  expect(to.staging.count()).toEqual({ arrays: from.staging.count().arrays, held: 0 });
  expect(to.staging.runs()).toEqual([]);
  // The same again from there gives the same file, but for when snapshots were written.
  await writeBundle(to, { runs: ids, file: at('again.kernelscope'), version });
  expect(readFileSync(at('again.kernelscope')).equals(readFileSync(at('all.kernelscope')))).toBe(true);
  from.close();
  to.close();
});

test('arrays that runs share are in it once, as NumPy reads them', async () => {
  const from = emptyLibrary();
  const ids = [fill(from, { seed: 1 }), fill(from, { seed: 1, name: 'twin' })];
  await writeBundle(from, { runs: ids, file: at('twins.kernelscope'), version });
  const zip = await openZipReader(at('twins.kernelscope'));
  expect(zip.entries.filter((e) => e.name.startsWith('arrays/'))).toHaveLength(from.staging.count().arrays);
  await zip.close();
  if (!noNumpy) {
    const code = `
import io
z = zipfile.ZipFile(sys.argv[1])
m = np.load(io.BytesIO(z.read('runs/0/metrics.npy')), allow_pickle=False)
kinds = sorted({str(np.load(io.BytesIO(z.read(n)), allow_pickle=False).dtype) for n in z.namelist() if n.startswith('arrays/')})
print(json.dumps([z.testzip(), m.tolist(), kinds]))`;
    expect(numpy(code, at('twins.kernelscope'))).toEqual([
      null,
      from.metrics.all(ids[0]).map((m) => [m.epoch, m.trainLoss, m.testLoss, m.trainAccuracy, m.testAccuracy]),
      ['float32', 'float64', 'int32'],
    ]);
  }
  from.close();
});

test('a run that is here already is left as it is, whatever it is called by now; under a taken id it gets another', async () => {
  const from = emptyLibrary();
  const ids = [fill(from, { seed: 1 }), fill(from, { seed: 2, state: 'interrupted' })];
  await writeBundle(from, { runs: ids, file: at('two.kernelscope'), version });
  from.runs.rename(ids[0], 'my own name');
  from.runs.tag(ids[0], ['mine']);
  const before = contents(from);
  expect((await take(from, at('two.kernelscope'))).runs.map((r) => [r.id, r.outcome])).toEqual(ids.map((id) => [id, 'here']));
  expect(contents(from)).toEqual(before);

  // The interrupted one goes on: it is another run than the one in the bundle now.
  from.metrics.put(ids[1], { epoch: 3, trainLoss: 1, testLoss: 1, trainAccuracy: 0, testAccuracy: 0 });
  const [first, second] = (await take(from, at('two.kernelscope'))).runs;
  expect([first.outcome, second.outcome, second.was]).toEqual(['here', 'imported', ids[1]]);
  expect(second.id).not.toBe(ids[1]);
  expect(everything(from, second.id).metrics).toHaveLength(3);
  expect(everything(from, ids[1]).metrics).toHaveLength(4);
  // And the copy is recognised under its other id.
  expect((await take(from, at('two.kernelscope'))).runs.map((r) => [r.id, r.outcome])).toEqual([
    [ids[0], 'here'],
    [second.id, 'here'],
  ]);
  from.close();
});

test.each(['queued', 'running', 'paused'] as const)('a run that was %s arrives interrupted, with its checkpoint', async (state) => {
  const from = emptyLibrary();
  const id = state === 'queued' ? fill(from, { state: 'interrupted' }) : fill(from, { state });
  if (state === 'queued') from.runs.move(id, 'queued');
  await writeBundle(from, { runs: [id], file: at('live.kernelscope'), version });
  const to = emptyLibrary();
  await take(to, at('live.kernelscope'));
  expect(to.runs.get(id)).toMatchObject({ state: 'interrupted', reason: `was ${state} when it was exported` });
  expect(to.checkpoints.get(id)).toEqual(from.checkpoints.get(id));
  expect(from.runs.get(id).state).toBe(state);
  from.close();
  to.close();
});

test('export and import stop when they are told to; an import leaves nothing', async () => {
  const from = emptyLibrary();
  const ids = Array.from({ length: 4 }, (_, seed) => fill(from, { seed }));
  await expect(
    writeBundle(from, { runs: ids, file: at('stopped.kernelscope'), version }, { signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: 'cancelled' });
  await writeBundle(from, { runs: ids, file: at('four.kernelscope'), version });
  for (const stopAt of [0, 0.5, 0.89, 0.95]) {
    const to = emptyLibrary();
    const stop = new AbortController();
    const onProgress = (share: number) => share >= stopAt && stop.abort();
    await expect(take(to, at('four.kernelscope'), { signal: stop.signal, onProgress })).rejects.toMatchObject({ code: 'cancelled' });
    expect(contents(to)).toEqual({ runs: [], everything: [], staged: [], arrays: { arrays: 0, held: 0 } });
    to.close();
  }
  from.close();
});

test('what a program that ended midway left behind is gone when the library is opened again', async () => {
  const from = emptyLibrary();
  const id = fill(from);
  await writeBundle(from, { runs: [id], file: at('cut-off.kernelscope'), version });
  const dir = newDir();
  const to = openLibrary(dir, { write: true, owner: 'test' });
  const kept = fill(to, { seed: 9 });
  const before = contents(to);
  const settle = to.staging.settle;
  // The program ends before all is shown: nothing is cleaned up.
  Object.assign(to.staging, {
    settle: () => {
      throw new Error('gone');
    },
    abandonSome: () => false,
    releaseSome: () => false,
  });
  await expect(take(to, at('cut-off.kernelscope'))).rejects.toThrow('gone');
  expect(to.staging.runs()).toEqual([id]);
  // Nobody sees it meanwhile, not in the trash either.
  expect([to.runs.list().map((r) => r.id), to.trash.list(), to.trash.deletedBefore('9999')]).toEqual([[kept], [], []]);
  expect(to.staging.count().held).toBeGreaterThan(5);
  expect(settle).toBeTypeOf('function');
  to.close();
  const again = openLibrary(dir, { write: true, owner: 'test' });
  expect(contents(again)).toEqual(before);
  expect(everything(again, kept).snapshots).toHaveLength(3);
  again.close();
  from.close();
});

test('an array that a run writes while the same one is half arrived is whole, however the import ends', async () => {
  const library = emptyLibrary();
  const values = new Float32Array(600_000).map((_, i) => i);
  const bytes = new Uint8Array(values.buffer);
  const { arrayHash } = await import('../../../../main/store/index.ts');
  const hash = arrayHash('float32', [600_000]).update(bytes).digest('hex');
  const part = (position: number, from: number, to: number, last: boolean) => ({
    hash,
    dtype: 'float32' as const,
    shape: [600_000],
    bytes: bytes.length,
    position,
    data: bytes.subarray(from, to),
    last,
  });
  library.staging.arrays([part(0, 0, 1_000_000, false)]);
  const id = fill(library);
  library.checkpoints.put(id, {
    epoch: 1,
    step: 1,
    generator: [],
    weights: [{ name: 'w', shape: [600_000], data: values }],
    optimizer: [],
  });
  library.staging.arrays([part(1, 1_000_000, bytes.length, true)]);
  while (library.staging.releaseSome());
  expect(library.checkpoints.get(id)?.weights[0].data).toEqual(values);
  library.close();
});

test('too little room, and a run that is not there', async () => {
  const from = emptyLibrary();
  const id = fill(from);
  await expect(writeBundle(from, { runs: ['nobody'], file: at('none.kernelscope'), version })).rejects.toMatchObject({ code: 'not-found' });
  await writeBundle(from, { runs: [id], file: at('one.kernelscope'), version });
  const to = emptyLibrary();
  await expect(takeBundle(to, { file: at('one.kernelscope'), what: 'x', room: () => Promise.resolve(1000) })).rejects.toThrow(
    /^x: expected room for \d+ bytes/,
  );
  expect(to.runs.list()).toEqual([]);
  from.close();
  to.close();
});
