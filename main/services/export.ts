// Raw arrays of a run, one by one, named as in CONTRACT's table. What is not stored is computed again from the stored weights and probes.
import { shown } from '../contract/config.ts';
import { badInput, KernelscopeError } from '../contract/errors.ts';
import { splits, type LayerAlignment, type NamedArray, type ProbeSet, type RunDetail, type Split } from '../contract/results.ts';
import { recomputed, type Compute, type Recomputed } from '../compute/index.ts';
import type { Library } from '../store/index.ts';
import type { AgainOn } from './again-on.ts';
import { Channel } from './channel.ts';

export const exportKinds = ['metrics', 'weights', 'features', 'alignment', 'spectra', 'ntk', 'outputs'] as const;
export type ExportKind = (typeof exportKinds)[number];
export interface ExportRequest {
  run: string;
  what: readonly ExportKind[];
  /** snapshots; default: all */
  epochs?: readonly number[];
}
export interface ExportOptions {
  signal?: AbortSignal;
  onProgress?(share: number): void;
}
interface World {
  library: Library;
  compute: Compute;
  againOn: AgainOn;
}

/** Checks the request at once; the arrays are made as they are asked for. */
export function exportArrays(world: World, request: ExportRequest, o: ExportOptions = {}): AsyncGenerator<NamedArray, void, void> {
  const { library } = world;
  const run = library.runs.detail(library.runs.resolve(request.run));
  const unknown = request.what.find((w) => !exportKinds.includes(w));
  if (unknown !== undefined) throw badInput(`what: expected ${exportKinds.join(' | ')}, got ${shown(unknown)}`);
  const epochs = [...new Set(request.epochs ?? run.snapshots)].sort((a, b) => a - b);
  const missing = epochs.find((e) => !run.snapshots.includes(e));
  if (missing !== undefined)
    throw badInput(`epoch: expected snapshots of run ${run.id} (${run.snapshots.join(', ') || 'none yet'}), got ${missing}`);
  for (const [what, field] of [
    ['alignment', 'alignment'],
    ['spectra', 'spectrum'],
  ] as const)
    if (request.what.includes(what) && !run.config.analysis[field])
      throw badInput(`what: run ${run.id} has no ${what}: analysis.${field} is false`);
  return arrays(world, run, new Set(request.what), epochs, o);
}

async function* arrays(
  world: World,
  run: RunDetail,
  what: Set<ExportKind>,
  epochs: number[],
  o: ExportOptions,
): AsyncGenerator<NamedArray, void, void> {
  const { library } = world;
  const probes = splits.flatMap((split) => {
    const probe = library.probes.get(run.id, split);
    return probe ? [{ split, probe }] : [];
  });
  const flat = run.config.model.kind === 'mlp'; // which sees images as vectors
  for (const { split, probe } of probes) yield* probeArrays(split, probe, flat);
  if (what.has('metrics')) yield* metricArrays(library, run.id);
  for (const epoch of epochs) {
    if (what.has('weights')) for (const w of library.snapshots.weights(run.id, epoch)) yield { ...w, name: `weights/${epoch}/${w.name}` };
    for (const split of splits) {
      if (what.has('alignment')) yield* alignmentArrays(`alignment/${split}/${epoch}`, library.alignments.layers(run.id, epoch, split));
      if (what.has('spectra'))
        for (const s of library.spectra.all(run.id, epoch, split)) {
          const name = `spectra/${split}/${epoch}/${s.layer}`;
          yield { name: `${name}/eigenvalues`, shape: [s.eigenvalues.length], data: s.eigenvalues };
          yield { name: `${name}/power`, shape: [s.power.length], data: s.power };
        }
    }
  }
  if (what.has('ntk')) yield* ntkAlignmentArrays(library, run.id, epochs);
  const again = recomputed.filter((r) => what.has(r));
  if (again.length > 0 && epochs.length > 0 && probes.length > 0) yield* computed(world, run, probes, epochs, again, o);
}

function* probeArrays(split: Split, { ids, x, xShape, y, classes }: ProbeSet, flat: boolean): Generator<NamedArray> {
  yield { name: `probe/${split}/x`, shape: flat ? [ids.length, x.length / ids.length] : xShape, data: x };
  yield { name: `probe/${split}/y`, shape: [ids.length, classes], data: y };
  yield { name: `probe/${split}/ids`, shape: [ids.length], data: ids };
}

const column = (name: string, values: number[]): NamedArray => ({ name, shape: [values.length], data: Float64Array.from(values) });
/** As NumPy's `<U`: code points, padded with zeros. */
function texts(name: string, values: string[]): NamedArray {
  const points = values.map((v) => Array.from(v, (c) => c.codePointAt(0) as number));
  const text = Math.max(1, ...points.map((p) => p.length));
  const data = new Int32Array(values.length * text);
  points.forEach((p, i) => data.set(p, i * text));
  return { name, shape: [values.length], data, text };
}
const whole = (name: string, values: number[]): NamedArray => ({ name, shape: [values.length], data: Int32Array.from(values) });

function* metricArrays(library: Library, run: string): Generator<NamedArray> {
  const all = library.metrics.all(run);
  yield whole(
    'metrics/epoch',
    all.map((m) => m.epoch),
  );
  for (const key of ['trainLoss', 'testLoss', 'trainAccuracy', 'testAccuracy'] as const)
    yield column(
      `metrics/${key}`,
      all.map((m) => m[key]),
    );
}

const alignmentKeys = ['ckaTarget', 'ckaInput', 'ktaTarget', 'ktaInput', 'debiasedTarget', 'debiasedInput', 'nullTarget'] as const;

function* alignmentArrays(name: string, layers: LayerAlignment[]): Generator<NamedArray> {
  yield texts(
    `${name}/layers`,
    layers.map((l) => l.layer),
  );
  for (const key of alignmentKeys)
    yield column(
      `${name}/${key}`,
      layers.map((l) => l[key]),
    );
}

const ntkKeys = ['ntkTarget', 'ntkNetwork', 'networkTarget', 'penultimateTarget', 'gradientTarget'] as const;

function* ntkAlignmentArrays(library: Library, run: string, epochs: number[]): Generator<NamedArray> {
  const all = library.alignments.ntkPoints(run).filter((p) => epochs.includes(p.epoch));
  for (const split of splits) {
    const points = all.filter((p) => p.split === split);
    if (points.length === 0) continue;
    yield whole(
      `ntkAlignment/${split}/epoch`,
      points.map((p) => p.epoch),
    );
    for (const key of ntkKeys)
      yield column(
        `ntkAlignment/${split}/${key}`,
        points.map((p) => p.ntk[key]),
      );
  }
}

async function* computed(
  { library, compute, againOn }: World,
  run: RunDetail,
  probes: { split: Split; probe: ProbeSet }[],
  epochs: number[],
  what: Recomputed[],
  o: ExportOptions,
): AsyncGenerator<NamedArray, void, void> {
  const channel = new Channel<NamedArray>();
  let made: (NamedArray & { data: Float32Array }) | null = null;
  const device = await againOn(run.id);
  const job = compute.start('recompute', { config: run.config, device, probes, epochs, what }, async (report) => {
    if (report.kind === 'weights') return library.snapshots.weights(run.id, report.epoch);
    if (report.kind === 'share') return o.onProgress?.(report.done);
    const { name, shape, from, data } = report;
    made = from === 0 || !made ? { name, shape, data: new Float32Array(shape.reduce((p, n) => p * n, 1)) } : made;
    made.data.set(data, from);
    if (from + data.length < made.data.length) return;
    const array = made;
    made = null;
    await channel.put(array);
  });
  const stop = () => job.cancel();
  o.signal?.addEventListener('abort', stop);
  job.result.then(
    () => channel.end(),
    (error: unknown) => channel.end({ error }),
  );
  try {
    if (o.signal?.aborted) throw new KernelscopeError('cancelled', 'stopped');
    yield* channel.values();
  } finally {
    o.signal?.removeEventListener('abort', stop);
    channel.end();
    job.cancel(); // where the taker has had enough
    await job.result.catch(() => null);
  }
}
