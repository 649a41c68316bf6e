// Files, tasks, bundles and datasets of the fake host.
import type { CallName, CallParsed, CallResults, EventName, Events } from '../../main/contract/calls.ts';
import type { Task } from '../../main/contract/calls/tasks.ts';
import type { DatasetInfo, DatasetPreview } from '../../main/contract/datasets.ts';
import { KernelscopeError, badInput } from '../../main/contract/errors.ts';
import { jitter } from './fake-numbers.ts';

type Emit = <K extends EventName>(name: K, payload: Events[K]) => void;
type Names = Extract<
  CallName,
  `upload.${string}` | `download.${string}` | `task.${string}` | `dataset.${string}` | 'library.import' | 'library.export'
>;
type Handlers = { [K in Names]: (input: CallParsed<K>) => CallResults[K] };

const data = '/home/ada/.local/share/kernelscope/data';
const fetched = (name: string, about: string, shape: number[], problem: string | null, more: Partial<DatasetInfo> = {}): DatasetInfo => ({
  name,
  kind: 'fetched',
  present: problem === null,
  about,
  problem,
  counts: problem === null ? { train: 60_000, test: 10_000 } : null,
  shape,
  classes: 10,
  folder: `${data}/${name}`,
  bytes: problem === null ? 11_594_722 : 0,
  runs: 0,
  busy: 0,
  ...more,
});
const imported = (name: string, shape: number[], classes: number, more: Partial<DatasetInfo> = {}): DatasetInfo => ({
  ...fetched(name, `Imported: ${shape.join(' × ')} pixels, a fifth drawn as test samples by seed 0.`, shape, null),
  kind: 'imported',
  classes,
  counts: { train: 1_208, test: 302 },
  folder: `${data}/imported/${name}`,
  bytes: 4_638_720,
  ...more,
});

export const fakeDatasets = (): DatasetInfo[] => [
  {
    ...fetched(
      'digits',
      'Generated handwriting: ten digits as strokes with jitter, shear, shift and noise. It needs no files.',
      [28, 28, 1],
      null,
    ),
    kind: 'generated',
    counts: null,
    folder: null,
    bytes: 0,
    runs: 20,
    busy: 1,
  },
  fetched('mnist', 'Handwritten digits, 28 × 28 pixels in grey (LeCun, Cortes, Burges).', [28, 28, 1], null, { runs: 4, busy: 2 }),
  fetched('cifar10', 'Photographs of ten kinds of things, 32 × 32 pixels in colour (Krizhevsky 2009).', [32, 32, 3], 'not here yet'),
  imported('pets', [32, 32, 3], 2, { runs: 1 }),
  imported('spikes', [20], 3, { about: 'Imported: 20 numbers, with test samples of its own.' }),
  imported('faces-2019', [64, 64, 1], 5, {
    present: false,
    problem: `${data}/imported/faces-2019/x.bin: expected what was imported, got 20480 bytes in place of 40960; import it again`,
    counts: null,
  }),
];

/** A blot of ink that differs with class and sample. */
function picture([height, width, channels]: readonly number[], label: number, id: number): Uint8Array {
  const pixels = new Uint8Array(height * width * channels);
  const [cy, cx] = [height * (0.35 + 0.3 * jitter(label + 7 * id)), width * (0.35 + 0.3 * jitter(label * 3 + id))];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        const ring = Math.abs(Math.hypot(y - cy, x - cx) - (2 + (label % 4)) * (height / 16));
        pixels[(y * width + x) * channels + c] = Math.max(0, 255 - 70 * ring) * (channels === 1 ? 1 : 0.4 + 0.6 * jitter(label + c));
      }
  return pixels;
}

export class FakeExchange {
  datasets = fakeDatasets();
  #emit: Emit;
  #tasks = new Map<string, Task>();
  #uploads = new Map<string, { names: string[]; bytes: number; received: number }>();
  #next = 1;
  /** tasks wait until `finish` is called */
  held = false;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  #begin(task: Pick<Task, 'kind' | 'subject'>, end: () => Partial<Task>): { task: string } {
    const id = `t${this.#next++}`;
    const began = new Date(0).toISOString();
    const all = { id, ...task, state: 'running', share: 0, secondsLeft: null, began, error: null, result: null } as Task;
    this.#tasks.set(id, all);
    this.say(id, {});
    if (!this.held) setTimeout(() => this.#tasks.get(id)?.state === 'running' && this.say(id, { state: 'done', share: 1, ...end() }), 5);
    return { task: id };
  }
  /** Begins a task that goes on as it is told; answers its id. */
  begin(kind: Task['kind'], subject: string): string {
    this.held = true;
    return this.#begin({ kind, subject }, () => ({})).task;
  }
  /** Says how a task goes on. */
  say(id: string, change: Partial<Task>): void {
    const task = { ...(this.#tasks.get(id) as Task), ...change } as Task;
    this.#tasks.set(id, task);
    this.#emit('task.changed', task);
  }
  #found = (name: string): DatasetInfo => {
    const found = this.datasets.find((d) => d.name === name);
    if (!found) throw new KernelscopeError('not-found', `dataset: no dataset ${name}`);
    return found;
  };
  #changed(id: string): void {
    this.#emit('dataset.changed', { id });
  }
  #take(id: string): string[] {
    const upload = this.#uploads.get(id);
    if (!upload || upload.received !== upload.bytes) throw badInput('upload: not all bytes have come');
    return upload.names;
  }

  #preview(name: string, perClass: number): DatasetPreview {
    const { shape, classes, problem } = this.#found(name);
    if (problem) throw badInput(problem);
    const names = name === 'pets' ? ['cats', 'dogs'] : Array.from({ length: classes }, (_, i) => `${i}`);
    const pictures = shape.length === 3;
    const samples = pictures
      ? names.flatMap((_, label) => Array.from({ length: perClass }, (__, id) => ({ label, id, pixels: picture(shape, label, id) })))
      : [];
    const count = (label: number) => Math.round((name === 'mnist' ? 6000 : 600) * (0.85 + 0.3 * jitter(label)));
    return {
      dataset: name,
      classes: name === 'digits' ? null : names.map((n, label) => ({ name: n, train: count(label), test: Math.round(count(label) / 6) })),
      hash: name === 'digits' ? null : '9f2c41d07be15a83e0c4f96d1b7a2e5508c3d9174f6ab20e9d85c17b3f420a6e',
      shape: pictures ? (shape as [number, number, number]) : null,
      samples,
      names,
    };
  }

  readonly handlers: Handlers = {
    'upload.begin': ({ files }) => {
      const upload = `u${this.#next++}`;
      this.#uploads.set(upload, { names: files.map((f) => f.name), bytes: files.reduce((n, f) => n + f.bytes, 0), received: 0 });
      return { upload };
    },
    'upload.more': ({ upload, files }) => {
      const entry = this.#uploads.get(upload);
      entry?.names.push(...files.map((f) => f.name));
      if (entry) entry.bytes += files.reduce((n, f) => n + f.bytes, 0);
      return { files: entry?.names.length ?? 0 };
    },
    'upload.piece': ({ upload, from, data: bytes }) => {
      const entry = this.#uploads.get(upload);
      if (entry?.received !== from) throw badInput(`from: expected ${entry?.received}, got ${from}`);
      return { received: (entry.received += bytes.length) };
    },
    'upload.drop': ({ upload }) => ({ upload }),
    'download.piece': ({ from }) => ({ data: new Uint8Array(from === 0 ? 3 : 0).fill(7), bytes: 3 }),
    'download.drop': ({ download }) => ({ download }),
    'task.list': () => [...this.#tasks.values()],
    'task.cancel': ({ task }) => {
      this.say(task, { state: 'cancelled' });
      return this.#tasks.get(task) as Task;
    },
    'library.import': ({ upload }) => {
      const [subject] = this.#take(upload);
      return this.#begin({ kind: 'bundle-import', subject }, () =>
        subject.includes('damaged')
          ? { state: 'failed', error: `${subject}: arrays/4ab0….npy: its checksum is wrong; the file is damaged` }
          : {
              result: {
                sweeps: [],
                runs: [
                  { id: 'r-a', name: 'a', outcome: 'imported', was: 'r-a' },
                  { id: 'r-b', name: 'b', outcome: 'imported', was: 'r-x' },
                  { id: 'r-done', name: 'mnist-relu-std', outcome: 'here', was: 'r-done' },
                ],
              },
            },
      );
    },
    'library.export': ({ runs }) => {
      const fileName = runs.length === 1 ? `${runs[0]}.kernelscope` : `${runs.length}-runs.kernelscope`;
      const result = { runs: runs.map((id) => ({ id, name: id })), arrays: 40 * runs.length, bytes: 3, fileName, download: 'd1' };
      return this.#begin({ kind: 'bundle-export', subject: fileName }, () => ({ result }));
    },
    'dataset.list': () => this.datasets,
    'dataset.preview': ({ dataset, perClass = 12 }) => this.#preview(dataset, perClass),
    'dataset.fetch': ({ dataset }) =>
      this.#begin({ kind: 'dataset-fetch', subject: dataset }, () => {
        Object.assign(this.#found(dataset), { present: true, problem: null, counts: { train: 50_000, test: 10_000 }, bytes: 184_380_000 });
        this.#changed(dataset);
        return { result: { dataset, files: ['data_batch_1.bin'] } };
      }),
    'dataset.import': ({ upload, name }) => {
      const files = this.#take(upload);
      return this.#begin({ kind: 'dataset-import', subject: name }, () => {
        this.datasets = [...this.datasets, imported(name, [32, 32, 3], 2)];
        this.#changed(name);
        const refused = files
          .filter((f) => f.endsWith('.txt'))
          .map((file) => ({ file, reason: 'expected a PNG or JPEG image, got something else' }));
        const classes = ['cats', 'dogs'].map((n) => ({ name: n, train: 604, test: 151 }));
        const result = { name, kind: 'images', shape: [32, 32, 3], classes, counts: { train: 1208, test: 302 } };
        return { result: { ...result, split: { kind: 'drawn', seed: 0 }, refused, refusedCount: refused.length } } as Partial<Task>;
      });
    },
    'dataset.remove': ({ dataset, files }) => {
      const found = this.#found(dataset);
      if (found.busy > 0) throw badInput(`dataset: ${dataset} is used by ${found.busy} runs that are not over; stop them first`);
      if (found.kind === 'imported') this.datasets = this.datasets.filter((d) => d !== found);
      else if (files) Object.assign(found, { present: false, problem: 'not here yet', counts: null, bytes: 0 });
      else throw badInput(`dataset: ${dataset} was fetched; its files go only where that is said`);
      this.#changed(dataset);
      return { dataset };
    },
  };
}
