// A host in memory that keeps the contract: the page is developed and photographed against it, without training anything.
import {
  calls,
  type CallInput,
  type CallName,
  type CallParsed,
  type PresetInfo,
  type CallResults,
  type Client,
  type EventName,
  type Events,
} from '../../main/contract/calls.ts';
import { parseConfig } from '../../main/contract/config.ts';
import { KernelscopeError, badInput } from '../../main/contract/errors.ts';
import type { SweepSpec } from '../../main/contract/sweeps.ts';
import { settingsFrom, type Settings } from '../../main/contract/settings.ts';
import { FakeExchange } from './fake-exchange.ts';
import { fakeComparisons } from './fake-compare.ts';
import { fakeFigure, type FakeRun } from './fake-figures.ts';
import { fakeQueue } from './fake-queue.ts';
import { fakeRoom, fakeSweeps, sweepEstimate } from './fake-sweeps.ts';
import { estimateOf, fakeDoctor, fakePresets, fakeRun, specs, summaryOf, type RunSpec } from './fake-library.ts';
import { metricsAt, snapshotAt } from './fake-numbers.ts';
import { fakeRunCalls } from './fake-runs.ts';
import { fakeReproduction, paperPresets, paperRuns, type PaperState } from './fake-reproduce.ts';

export interface FakeOptions {
  /** runs besides the named ones; null: an empty library */
  more?: number | null;
  /** milliseconds an epoch of a running run; 0: they stand still */
  epochMs?: number;
  now?: number;
  settings?: Partial<Settings>;
  /** the library is open for reading only */
  readOnly?: boolean;
  /** which of the paper's experiments the library holds */
  paper?: PaperState;
  /** calls that fail, for how it looks then */
  failing?: readonly string[];
  /** calls that never answer */
  silent?: readonly string[];
}

export class FakeClient implements Client {
  #runs = new Map<string, FakeRun>();
  #trash = new Map<string, FakeRun>();
  #presets = new Map<string, PresetInfo>();
  #settings: Settings = settingsFrom(() => undefined);
  #listeners = new Map<EventName, Set<(payload: never) => void>>();
  #links = new Set<(up: boolean) => void>();
  #up = true;
  #failing: readonly string[];
  #silent: readonly string[];
  #now: number;
  #next = 1;
  #readOnly: boolean;
  /** files, tasks, bundles and datasets */
  readonly exchange = new FakeExchange((name, payload) => this.emit(name, payload));
  /** every call made, for tests */
  readonly made: { name: CallName; input: unknown }[] = [];
  /** ms that long comparisons take */
  slowMs = 0;

  constructor({
    more = 0,
    epochMs = 0,
    now = Date.now(),
    settings = {},
    readOnly = false,
    paper = 'none',
    failing = [],
    silent = [],
  }: FakeOptions = {}) {
    this.#failing = failing;
    this.#silent = silent;
    this.#settings = { ...this.#settings, ...settings };
    this.#readOnly = readOnly;
    this.#now = now;
    if (more !== null) for (const spec of specs(more)) this.add(spec);
    for (const run of paperRuns(paper, now)) this.#runs.set(run.detail.id, run);
    if (epochMs) setInterval(() => this.step(), epochMs);
  }

  add(spec: RunSpec): FakeRun {
    const run = fakeRun(spec, this.#now);
    this.#runs.set(spec.id, run);
    return run;
  }

  /** Runs go on by one epoch. */
  step(): void {
    for (const run of this.#runs.values()) if (run.detail.state === 'running') this.#advance(run);
  }

  setLink(up: boolean): void {
    this.#up = up;
    for (const l of this.#links) l(up);
  }

  emit<K extends EventName>(name: K, payload: Events[K]): void {
    for (const l of this.#listeners.get(name) ?? []) (l as (p: Events[K]) => void)(payload);
  }

  on<K extends EventName>(name: K, listener: (payload: Events[K]) => void): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set.add(listener));
    return () => void set.delete(listener);
  }

  onLink(listener: (up: boolean) => void): () => void {
    this.#links.add(listener);
    listener(this.#up);
    return () => void this.#links.delete(listener);
  }

  async call<K extends CallName>(name: K, input: CallInput<K>): Promise<CallResults[K]> {
    this.made.push({ name, input });
    await new Promise((r) => setTimeout(r, 1));
    if (this.#silent.includes(name)) return new Promise(() => undefined);
    if (this.#failing.includes(name))
      throw new KernelscopeError('failed', 'library.sqlite: damaged in the library: chunk 3 does not agree with its checksum');
    if (!this.#up) throw new KernelscopeError('failed', 'The connection is lost.');
    const parsed = calls[name].safeParse(input);
    if (!parsed.success) throw badInput(`${name}: ${parsed.error.message}`);
    return structuredClone(await (this.#handlers[name] as (i: unknown) => CallResults[K] | Promise<CallResults[K]>)(parsed.data));
  }

  #find = (id: string): FakeRun => {
    const run = this.#runs.get(id);
    if (!run) throw new KernelscopeError('not-found', `run: no run ${id} in this library`);
    return run;
  };
  #change(id: string, change: Partial<FakeRun['detail']>) {
    if (this.#readOnly) throw new KernelscopeError('locked', '/home/ada/kernelscope: open for reading only: held by process 4242 (app)');
    const run = this.#find(id);
    Object.assign(run.detail, change);
    this.emit('run.changed', summaryOf(run));
    return summaryOf(run);
  }
  #configOf({ preset, config }: CallParsed<'run.estimate'>) {
    return parseConfig([...fakePresets(), ...paperPresets()].find((p) => p.name === preset)?.config ?? {}, config ?? {});
  }

  #queue = fakeQueue({
    runs: () => [...this.#runs.values()].map((r) => r.detail),
    find: (id) => this.#find(id).detail,
    change: (id, change) => void this.#change(id, change),
    emit: (name, payload) => this.emit(name, payload),
    secondsOf: ({ config }) => estimateOf(config).seconds,
  });
  #handlers: { [K in CallName]: (input: CallParsed<K>) => CallResults[K] | Promise<CallResults[K]> } = {
    ...this.#queue,
    ...fakeSweeps({ presets: () => fakePresets(), estimateOf, empty: () => this.#runs.size === 0 }),
    ...fakeComparisons(
      (id) => this.#find(id),
      (progress) => this.emit('compare.progress', progress),
      () => this.slowMs,
    ),
    'app.info': () => {
      const reason = this.#readOnly ? 'held by process 4242 (app) since 2026-11-26T08:00:00.000Z' : null;
      return { version: '0.1.0', host: 'web', library: '/home/ada/kernelscope', readOnly: this.#readOnly, readOnlyReason: reason };
    },
    'app.storage': () => ({
      library: '/home/ada/kernelscope/library.sqlite',
      libraryBytes: 412e6,
      data: '/home/ada/data',
      freeDiskBytes: 212e9,
    }),
    'library.list': ({ before: from = 0, limit = 250, states }) => {
      const all = [...this.#runs.values()].filter((r) => !states || states.includes(r.detail.state));
      const end = from + limit;
      return { runs: all.slice(from, end).map(summaryOf), next: end < all.length ? end : null, total: this.#runs.size };
    },
    'reproduce.get': () => fakeReproduction([...this.#runs.values()]),
    'presets.list': () => [...fakePresets(), ...paperPresets(), ...this.#presets.values()],
    'presets.save': ({ name, title = name, config = null, sweep }) => {
      const spec = sweep as SweepSpec | undefined;
      const made = spec ? sweepEstimate(spec, estimateOf) : null;
      const estimate = made ? made.estimate : estimateOf(parseConfig(config));
      const preset = {
        name,
        title,
        figures: '',
        description: '',
        config,
        sweep: spec && made ? { spec, size: made.size } : null,
        estimate,
        yours: true,
      };
      this.#presets.set(name, preset);
      this.emit('presets.changed', { name });
      return preset;
    },
    'presets.remove': ({ name }) => {
      if (!this.#presets.delete(name)) throw new KernelscopeError('not-found', `preset: no preset of yours ${name}`);
      this.emit('presets.changed', { name });
      return { name };
    },
    'devices.list': () => fakeDoctor().devices,
    'doctor.run': () => fakeDoctor(),
    'run.estimate': (input) => ({ ...estimateOf(this.#configOf(input), input.device), room: fakeRoom }),
    'run.start': (input) => {
      const config = this.#configOf(input);
      const id = `new-${this.#next++}`;
      const run = this.add({ id, name: input.name ?? (config.name || input.preset || 'run'), state: 'running', config, tags: config.tags });
      this.emit('run.changed', summaryOf(run));
      return { id };
    },
    'run.get': ({ run }) => this.#find(run).detail,
    'run.metrics': ({ run }) => this.#find(run).metrics,
    'run.snapshot': ({ run, epoch }) => {
      const found = this.#find(run).snapshots.find((s) => s.epoch === epoch);
      if (!found) throw new KernelscopeError('not-found', `epoch: no snapshot at ${epoch}`);
      return found;
    },
    'run.cancel': ({ run }) => this.#change(run, { state: 'interrupted', reason: 'Stopped by you. It can be resumed.' }),
    'run.resume': ({ run }) => this.#change(run, { state: 'running', reason: null }),
    ...fakeRunCalls(
      (id) => this.#find(id),
      () => [...this.#runs.values()],
    ),
    'run.rename': ({ run, name }) => this.#change(run, { name }),
    'run.tag': ({ runs, add, remove }) => {
      for (const run of runs)
        this.#change(run, { tags: [...new Set([...this.#find(run).detail.tags, ...add])].filter((t) => !remove.includes(t)) });
      return { ids: runs };
    },
    'run.note': ({ run, note }) => this.#change(run, { note }),
    'run.delete': ({ runs }) => {
      for (const id of runs) {
        this.#trash.set(id, this.#find(id));
        this.#runs.delete(id);
        this.emit('run.removed', { id });
      }
      return { ids: runs };
    },
    'run.restore': ({ runs }) => {
      for (const id of runs) {
        const run = this.#trash.get(id);
        if (!run) throw new KernelscopeError('not-found', `run: no run ${id} in the trash`);
        this.#trash.delete(id);
        this.#runs.set(id, run);
        this.#change(id, {});
      }
      return { ids: runs };
    },
    'trash.list': () =>
      [...this.#trash.values()].map(({ detail: { id, name } }) => ({ id, name, deleted: new Date(this.#now).toISOString() })),
    'trash.empty': ({ runs = [...this.#trash.keys()] }) => {
      for (const id of runs) this.#trash.delete(id);
      return { ids: runs };
    },
    'settings.get': () => this.#settings,
    'settings.set': (wanted) => {
      this.#settings = { ...this.#settings, ...wanted };
      this.emit('settings.changed', this.#settings);
      return this.#settings;
    },
    'compare.layers': ({ runs, epochs, split = 'test', measure = 'cka' }) => {
      const snapshots = runs.map((run, i) => {
        const { id, name, layers, snapshots: all } = this.#find(run).detail;
        return { run: id, name, epoch: epochs?.[i] ?? all[all.length - 1], layers, convFeatures: null };
      });
      const near = (i: number, j: number) => 1 / (1 + Math.abs(i - j));
      const pairs = snapshots.flatMap((_, b) =>
        snapshots
          .slice(0, b)
          .map((first, a) => ({ a, b, values: first.layers.map((__, i) => snapshots[b].layers.map((___, j) => near(i, j))) })),
      );
      return { measure, options: {}, split, samples: 1000, snapshots, pairs };
    },
    'figure.export': ({ request, data, format }) => ({
      fileName: `${request.kind}.${format}`,
      mime: 'text/plain',
      bytes: new TextEncoder().encode(JSON.stringify(data ?? fakeFigure(request, this.#find))),
    }),
    ...this.exchange.handlers,
  };

  #advance(run: FakeRun): void {
    const { detail } = run;
    const metrics = metricsAt(detail.epoch + 1);
    run.metrics.push(metrics);
    Object.assign(detail, { epoch: metrics.epoch, trainAccuracy: metrics.trainAccuracy, testAccuracy: metrics.testAccuracy });
    this.emit('run.epoch', { id: detail.id, metrics });
    const left = detail.epochs - detail.epoch;
    this.emit('run.progress', {
      id: detail.id,
      epoch: detail.epoch,
      epochs: detail.epochs,
      stage: 'training',
      secondsPerEpoch: 1.42,
      secondsLeft: left * 1.42,
    });
    if (detail.planned.includes(detail.epoch)) {
      run.snapshots.push(snapshotAt(detail.epoch, detail.layers, detail.config.analysis.probe.train, 10));
      if (!detail.snapshots.includes(detail.epoch)) detail.snapshots.push(detail.epoch);
      this.emit('run.snapshot', { id: detail.id, epoch: detail.epoch });
      this.emit('run.log', { id: detail.id });
    }
    this.#change(detail.id, left === 0 ? { state: 'done', final: metrics } : {});
  }
}
