// Uploads, downloads, tasks and datasets through the door that a page uses.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import type { Task } from '../../../main/contract/calls/tasks.ts';
import { pieceBytes } from '../../../main/contract/calls/transfers.ts';
import { createCompute, nodeLauncher } from '../../../main/compute/index.ts';
import { importDataset } from '../../../main/data/index.ts';
import { decodeFrame, encodeFrame, requestLimits } from '../../../main/rpc/codec.ts';
import { perform } from '../../../main/rpc/dispatch.ts';
import { createTransfers } from '../../../main/services/transfers.ts';
import { ensureBuilt } from '../../support/built.ts';
import { emptyLibrary, everything, fill } from './bundles/support.ts';
import { newDir } from '../store/support.ts';
import { playedCompute, setUp, type Heard } from './support.ts';

beforeAll(ensureBuilt, 180_000); // datasets are imported in a compute process

type Services = ReturnType<typeof setUp>['services'];

/** Sends files as a page does, every piece through the codec of the socket and the parser of the contract. */
async function send(services: Services, files: Record<string, Uint8Array>): Promise<string> {
  const names = Object.entries(files).map(([name, b]) => ({ name, bytes: b.length }));
  const { upload } = await perform(services, 'upload.begin', { files: names });
  const all = Buffer.concat(Object.values(files));
  for (let from = 0; from < all.length; from += pieceBytes) {
    const input = decodeFrame(encodeFrame({ upload, from, data: new Uint8Array(all.subarray(from, from + pieceBytes)) }), requestLimits);
    await perform(services, 'upload.piece', input as never);
  }
  return upload;
}
const ended = async (events: readonly Heard[], id: string): Promise<Task> =>
  vi.waitFor(
    () => {
      const last = events.findLast(([name, p]) => name === 'task.changed' && p.id === id);
      const task = last?.[1] as Task;
      expect(task.state).not.toBe('running');
      return task;
    },
    { timeout: 30_000, interval: 10 },
  );
const incoming = (dir: string) => (existsSync(path.join(dir, 'incoming')) ? readdirSync(path.join(dir, 'incoming')) : []);

test('a bundle goes to a page and back into another library, in pieces; nothing is left lying', async () => {
  const { compute } = playedCompute();
  const from = setUp(compute);
  const ids = [fill(from.library, { seed: 1 }), fill(from.library, { seed: 2 })];
  const { task } = await perform(from.services, 'library.export', { runs: ids });
  const made = await ended(from.events, task);
  expect(made).toMatchObject({ kind: 'bundle-export', subject: '2-runs.kernelscope', state: 'done', share: 1, error: null });
  const { download, bytes } = made.result as { download: string; bytes: number };
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes; at += parts.at(-1)?.length ?? 0)
    parts.push((await perform(from.services, 'download.piece', { download, from: at })).data);
  await perform(from.services, 'download.drop', { download });
  expect(incoming(from.dir)).toEqual([]);
  await expect(perform(from.services, 'download.piece', { download, from: 0 })).rejects.toMatchObject({ code: 'not-found' });

  const to = setUp(compute);
  const upload = await send(to.services, { 'my runs.kernelscope': Buffer.concat(parts) });
  const started = await perform(to.services, 'library.import', { upload });
  const done = await ended(to.events, started.task);
  expect(done).toMatchObject({ kind: 'bundle-import', subject: 'my runs.kernelscope', state: 'done' });
  for (const id of ids) expect(everything(to.library, id)).toEqual(everything(from.library, id));
  expect(to.events.flatMap((e) => (e[0] === 'run.changed' ? [e[1].id] : []))).toEqual(ids);
  expect(incoming(to.dir)).toEqual([]);
  expect((await perform(to.services, 'task.list', {})).map((t) => t.state)).toEqual(['done']);
  await from.services.close();
  await to.services.close();
  expect(existsSync(path.join(to.dir, 'incoming'))).toBe(false);
});

test('a task that fails says why in one line, and what was sent for it is gone', async () => {
  const { compute } = playedCompute();
  const { services, events, dir, library } = setUp(compute);
  const upload = await send(services, { 'x.kernelscope': Buffer.from('nothing of the kind') });
  const { task } = await perform(services, 'library.import', { upload });
  expect(await ended(events, task)).toMatchObject({
    state: 'failed',
    error: 'x.kernelscope: expected a bundle of runs (a .kernelscope file), got something else or a cut file',
    result: null,
  });
  expect([incoming(dir), library.runs.list()]).toEqual([[], []]);
  await expect(perform(services, 'task.cancel', { task })).rejects.toThrow('has ended already (failed)');
  await expect(perform(services, 'library.import', { upload })).rejects.toMatchObject({ code: 'not-found' });
  await services.close();
});

test('a task is stopped by its id', async () => {
  const { compute } = playedCompute();
  const { services, events, library } = setUp(compute);
  const ids = Array.from({ length: 8 }, (_, seed) => fill(library, { seed }));
  const { task } = await perform(services, 'library.export', { runs: ids });
  expect(await perform(services, 'task.cancel', { task })).toMatchObject({ state: 'cancelled', error: null, result: null });
  expect(await ended(events, task)).toMatchObject({ state: 'cancelled' });
  expect(library.staging.count().held).toBe(0);
  await services.close();
});

test.each<[string, (s: Services, upload: string) => Promise<unknown>, RegExp]>([
  [
    'a piece out of turn',
    (s, upload) => perform(s, 'upload.piece', { upload, from: 5, data: new Uint8Array(1) }),
    /from: expected 0, .* got 5/,
  ],
  [
    'more than announced',
    (s, upload) => perform(s, 'upload.piece', { upload, from: 0, data: new Uint8Array(11) }),
    /at most 10 bytes in all/,
  ],
  [
    'a piece over 1 MiB',
    (s, upload) => perform(s, 'upload.piece', { upload, from: 0, data: new Uint8Array(pieceBytes + 1) }),
    /data: expected at most 1 MiB/,
  ],
  ['a piece that is no bytes', (s, upload) => perform(s, 'upload.piece', { upload, from: 0, data: 'x' as never }), /upload\.piece: data: /],
  [
    'an upload of nobody',
    (s) => perform(s, 'upload.piece', { upload: '../x', from: 0, data: new Uint8Array(1) }),
    /there is none of this id/,
  ],
  ['an import before all has come', (s, upload) => perform(s, 'library.import', { upload }), /0 of 10 bytes have come/],
  [
    'petabytes',
    (s) => perform(s, 'upload.begin', { files: Array.from({ length: 2000 }, () => ({ name: 'x', bytes: 2 ** 36 })) }),
    /expected at most \d+ bytes in all/,
  ],
  [
    'a dataset’s name that is a path',
    (s, upload) => perform(s, 'dataset.import', { upload, name: '../x' }),
    /name: expected 1 … 60 letters/,
  ],
  ['a dataset’s name that is taken', (s, upload) => perform(s, 'dataset.import', { upload, name: 'mnist' }), /name: expected another name/],
  ['a fetch of nothing', (s) => perform(s, 'dataset.fetch', { dataset: 'imagenet' }), /expected mnist \| cifar10, got "imagenet"/],
  ['the removal of nothing', (s) => perform(s, 'dataset.remove', { dataset: '../..' }), /expected one that lies here/],
  [
    'the removal of fetched files without saying so',
    (s) => perform(s, 'dataset.remove', { dataset: 'mnist' }),
    /its files go only where that is said/,
  ],
])('is refused: %s', async (_, act, message) => {
  const { compute } = playedCompute();
  const { services } = setUp(compute);
  const { upload } = await perform(services, 'upload.begin', { files: [{ name: 'x.kernelscope', bytes: 10 }] });
  await expect(act(services, upload)).rejects.toThrow(message);
  await services.close();
});

test('what nobody asks for any more goes; names are never paths; what an earlier program left is cleared', async () => {
  const dir = path.join(newDir(), 'incoming');
  mkdirSync(dir);
  writeFileSync(path.join(dir, 'left-behind'), 'x');
  const transfers = createTransfers({ dir, idle: 30 });
  const { upload } = await transfers.calls['upload.begin']({ files: [{ name: '../../evil/<name>', bytes: 3 }] });
  expect(readdirSync(dir).every((f) => /^[0-9a-f-]{36}$/.test(f))).toBe(true);
  expect(readdirSync(dir)).toHaveLength(1);
  await vi.waitFor(() => expect(readdirSync(dir)).toEqual([]), { timeout: 5000 });
  await expect(transfers.take(upload)).rejects.toMatchObject({ code: 'not-found' });
  await transfers.close();
});

test('a library that is open for reading takes no bundles, and gives them', async () => {
  const { compute } = playedCompute();
  const library = emptyLibrary();
  const id = fill(library);
  const { openLibrary } = await import('../../../main/store/index.ts');
  const reading = setUp(compute, { library: openLibrary(library.dir, { write: false, owner: 'reader' }) });
  await expect(perform(reading.services, 'library.import', { upload: 'x' })).rejects.toMatchObject({ code: 'locked' });
  const { task } = await perform(reading.services, 'library.export', { runs: [id] });
  expect(await ended(reading.events, task)).toMatchObject({ state: 'done' });
  expect(readdirSync(library.dir).filter((f) => f === 'incoming')).toEqual([]);
  await reading.services.close();
  library.close();
});

/** Grey pictures as IDX: labels 0, 1, 2, 0, … */
function idxFiles(n: number): Record<string, Uint8Array> {
  const head = (rank: number, ...sizes: number[]) => {
    const b = Buffer.alloc(4 + 4 * sizes.length);
    b.writeUInt32BE(0x800 | rank, 0);
    sizes.forEach((s, i) => b.writeUInt32BE(s, 4 + 4 * i));
    return b;
  };
  const x = Uint8Array.from({ length: n * 12 }, (_, i) => (i * 37) % 256);
  return {
    'folder/train-images-idx3-ubyte': Buffer.concat([head(3, n, 4, 3), x]),
    'folder/train-labels-idx1-ubyte': Buffer.concat([head(1, n), Uint8Array.from({ length: n }, (_, i) => i % 3)]),
  };
}

test('a dataset that is sent is imported in a process of its own, listed, looked into, used and removed', async () => {
  const real = createCompute({ launch: nodeLauncher(path.resolve('dist/node/compute.js')) });
  const { services, events, library, dir } = setUp(real);
  const files = idxFiles(60);
  const { task } = await perform(services, 'dataset.import', { upload: await send(services, files), name: 'tiny', seed: 3 });
  const done = await ended(events, task);
  expect(done).toMatchObject({
    kind: 'dataset-import',
    state: 'done',
    result: {
      name: 'tiny',
      kind: 'idx',
      counts: { train: 48, test: 12 },
      shape: [4, 3, 1],
      split: { kind: 'drawn', seed: 3 },
      refusedCount: 0,
    },
  });
  expect(incoming(dir)).toEqual([]);
  // The same as from the disk, byte for byte.
  const folder = newDir();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, path.basename(name)), bytes);
  const again = newDir();
  await importDataset({ dataDir: again, name: 'tiny', from: folder, seed: 3 });
  const listed = async () => (await perform(services, 'dataset.list', {})).find((d) => d.name === 'tiny');
  expect(await listed()).toMatchObject({ kind: 'imported', present: true, shape: [4, 3, 1], classes: 3, runs: 0, busy: 0 });
  const preview = await perform(services, 'dataset.preview', { dataset: 'tiny', perClass: 2 });
  expect(preview.classes?.reduce((n, c) => n + c.train + c.test, 0)).toBe(60);
  expect(preview.samples.map((s) => s.label)).toEqual([0, 0, 1, 1, 2, 2]);
  const { previewDataset } = await import('../../../main/data/index.ts');
  expect(await previewDataset(again, 'tiny', 2)).toEqual(preview);
  // Every picture is one of those that were sent, under the label that it had.
  const x = files['folder/train-images-idx3-ubyte'].subarray(16);
  for (const { label, pixels } of preview.samples)
    expect(
      Array.from({ length: 60 }, (_, i) => i).some((i) => i % 3 === label && Buffer.from(x.subarray(12 * i, 12 * i + 12)).equals(pixels)),
    ).toBe(true);

  const { config } = await import('../store/support.ts');
  const run = library.runs.create({
    name: 'r',
    config: config({
      data: { dataset: 'tiny', train: 40, test: 12 },
      training: { batchSize: 10, epochs: 4 },
      analysis: { probe: { train: 20, test: 12 } },
    }),
    device: 'cpu',
  });
  expect(await listed()).toMatchObject({ runs: 1, busy: 1 });
  await expect(perform(services, 'dataset.remove', { dataset: 'tiny' })).rejects.toThrow(
    'is used by a run that is not over; stop it first',
  );
  library.runs.move(run.id, 'interrupted');
  expect(await perform(services, 'dataset.remove', { dataset: 'tiny' })).toEqual({ dataset: 'tiny' });
  expect(await listed()).toBeUndefined();
  expect(events.filter(([name]) => name === 'dataset.changed').map(([, p]) => p)).toEqual([{ id: 'tiny' }, { id: 'tiny' }]);
  await services.close();
}, 180_000);

test('names of files that lead elsewhere are refused', async () => {
  const real = createCompute({ launch: nodeLauncher(path.resolve('dist/node/compute.js')) });
  const { services, events, dir } = setUp(real);
  for (const [name, message] of [
    ['../a/train-images-idx3-ubyte', /expected a name such as cats\/1\.png/],
    ['a//b.png', /expected a name such as/],
    ['c:\\x\\y.png', /expected a name such as/],
    ['a\nb.png', /expected names without control characters/],
  ] as const) {
    const { task } = await perform(services, 'dataset.import', {
      upload: await send(services, { [name]: Buffer.from('x'), 'z.png': Buffer.from('y') }),
      name: 'bad',
    });
    expect((await ended(events, task)).error).toMatch(message);
  }
  expect([incoming(dir), existsSync(path.join(dir, 'data', 'imported', 'bad'))]).toEqual([[], false]);
  await services.close();
}, 180_000);

test('generated digits are looked into as well, ten classes of them', async () => {
  const { compute } = playedCompute();
  const { services } = setUp(compute);
  const preview = await perform(services, 'dataset.preview', { dataset: 'digits', perClass: 3 });
  expect(preview).toMatchObject({ shape: [28, 28, 1], classes: null, hash: null });
  expect(preview.samples.map((s) => s.label)).toEqual(Array.from({ length: 30 }, (_, i) => Math.floor(i / 3)));
  expect(preview.samples.every((s) => s.pixels.length === 784 && s.pixels.some((p) => p > 200))).toBe(true);
  await services.close();
});
