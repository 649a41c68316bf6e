// Comparisons of the fake host: figures that lay runs beside each other, model × model similarity, correlations; and runs to compare.
import type { CallParsed, CallResults, Events } from '../../main/contract/calls.ts';
import { axisColumn, parseOrder, placesBy, type Column } from '../../main/contract/columns.ts';
import { correlated } from '../../main/contract/correlation.ts';
import { badInput, KernelscopeError } from '../../main/contract/errors.ts';
import { formingKinds, type FigureData, type FigureOrder, type FigureSource, type ModelPoint } from '../../main/contract/figures.ts';
import { correlations, outcomeOf, type Outcome } from '../../main/sweeps/table1.ts';
import { layerNamed } from '../../main/services/compare-snapshots.ts';
import { fakeFigure, type FakeRun } from './fake-figures.ts';
import type { RunSpec } from './fake-library.ts';
import { jitter } from './fake-numbers.ts';

type Find = (id: string) => FakeRun;
type Request = CallParsed<'figure.data'>;

const meanOf = (v: readonly number[]) => (v.length === 0 ? null : v.reduce((s, x) => s + x, 0) / v.length);
const trainCka = (run: FakeRun) => run.snapshots.at(-1)?.train.layers.map((l) => l.ckaTarget) ?? [];
function valueOf({ name, field }: Column, run: FakeRun): unknown {
  if (field) return field.read(run.detail);
  return name === 'meanCkaTrain' ? meanOf(trainCka(run)) : (trainCka(run).at(-1) ?? null);
}

/** Runs in the order that a request asks for. */
export function inOrder(runs: readonly FakeRun[], order: string | undefined): { runs: FakeRun[]; order?: FigureOrder } {
  if (order === undefined) return { runs: [...runs] };
  const { column, descending } = parseOrder(order);
  const values = runs.map((run) => valueOf(column, run));
  const places = placesBy(values, runs.map((r) => r.detail.name), descending); // prettier-ignore
  return { runs: places.map((i) => runs[i]), order: { column: column.name, words: column.words, descending } };
}

/** Refuses runs that were probed on different samples, as the host does. */
function checkProbes(runs: readonly FakeRun[], split: 'train' | 'test'): void {
  const hash = ({ detail }: FakeRun) => detail.provenance?.probeHash[split];
  const odd = runs.find((run) => hash(run) !== hash(runs[0]));
  if (odd) throw badInput(`runs ${runs[0].detail.id} and ${odd.detail.id} were probed on different samples: not comparable`);
}

function similarityOf(a: FakeRun, b: FakeRun): number {
  if (a === b) return 1;
  const apart = Math.abs((a.detail.meanCka ?? 0) - (b.detail.meanCka ?? 0));
  const same = a.detail.config.training.optimizer === b.detail.config.training.optimizer ? 0.1 : 0;
  return Math.max(
    0.05,
    Math.min(0.98, Math.exp(-3.4 * apart) - 0.2 + same + 0.12 * jitter((a.detail.meanCka ?? 0) * (b.detail.meanCka ?? 0) * 100)),
  );
}
const matrixOf = (runs: readonly FakeRun[]) => runs.map((a) => runs.map((b) => similarityOf(a, b)));

export function fakeModelMap(request: Request, runs: readonly FakeRun[], sourceOf: (run: FakeRun) => FigureSource): FigureData {
  const split = request.splits?.[0] ?? 'test';
  checkProbes(runs, split);
  const sorted = inOrder(runs, request.order);
  return {
    kind: 'model-similarity',
    sources: sorted.runs.map(sourceOf),
    epochs: sorted.runs.map((r) => r.snapshots.at(-1)?.epoch ?? 0),
    layers: sorted.runs.map((r) => layerNamed(r.detail, request.layer)),
    split,
    values: matrixOf(sorted.runs),
    order: sorted.order ?? null,
  };
}

export function fakeScatter(
  { x = 'meanCka', y = 'testAccuracy' }: Request,
  runs: readonly FakeRun[],
  sourceOf: (run: FakeRun) => FigureSource,
): FigureData {
  const columns = [axisColumn(x, 'x'), axisColumn(y, 'y')] as const;
  const numbers = columns.map((column) =>
    runs.map((run) => valueOf(column, run)).map((v) => (v === null || v === undefined ? null : Number(v))),
  );
  const points = runs.flatMap(({ detail: { id, name } }, i) => {
    const [u, v] = [numbers[0][i], numbers[1][i]];
    return u === null || v === null ? [] : [{ run: id, name, x: u, y: v }];
  });
  const axis = ({ name, words, type }: Column) => ({ column: name, words, truth: type === 'truth' });
  const sources = runs.map(sourceOf);
  return {
    kind: 'scatter',
    sources,
    x: axis(columns[0]),
    y: axis(columns[1]),
    points,
    without: runs.length - points.length,
    correlation: correlated(numbers[0], numbers[1]),
  };
}

const outcomeOfRun = (run: FakeRun): Outcome[] =>
  run.detail.final ? [outcomeOf(run.detail.config, run.detail.final, { test: run.detail.cka, train: trainCka(run) })] : [];

/** slowMs: how long model × model and kernel drift take, told in ten steps */
export function fakeComparisons(find: Find, emit: (progress: Events['compare.progress']) => void, slowMs: () => number) {
  const stopped = new Set<string>();
  async function slowly(ticket: string | undefined): Promise<void> {
    for (let step = 1; step <= 10 && slowMs() > 0; step++) {
      await new Promise((r) => setTimeout(r, slowMs() / 10));
      if (ticket && stopped.delete(ticket)) throw new KernelscopeError('cancelled', 'stopped');
      if (ticket) emit({ ticket, done: step / 10 });
    }
  }
  return {
    async 'figure.data'(request: Request): Promise<CallResults['figure.data']> {
      if (formingKinds.includes(request.kind)) await slowly(request.ticket);
      return fakeFigure(request, find);
    },
    async 'compare.models'({
      runs: ids,
      layer,
      split = 'test',
      ticket,
    }: CallParsed<'compare.models'>): Promise<CallResults['compare.models']> {
      const runs = ids.map(find);
      checkProbes(runs, split);
      await slowly(ticket);
      const models = runs.map(({ detail, snapshots }) => ({
        run: detail.id,
        name: detail.name,
        epoch: snapshots.at(-1)?.epoch ?? 0,
        layer: layerNamed(detail, layer),
      }));
      return { split, samples: runs[0].detail.config.analysis.probe[split], models, values: matrixOf(runs) };
    },
    'compare.cancel'({ ticket }: CallParsed<'compare.cancel'>): CallResults['compare.cancel'] {
      stopped.add(ticket);
      return { ticket, stopped: true };
    },
    'sweep.table1'({ sweep, runs: ids, minTrainAccuracy }: CallParsed<'sweep.table1'>): CallResults['sweep.table1'] {
      if (!ids) throw new KernelscopeError('not-found', `sweep: no sweep ${sweep}`);
      const runs = ids.map(find).filter((r) => r.detail.state === 'done');
      const kept = runs.filter((r) => (r.detail.trainAccuracy ?? 0) >= (minTrainAccuracy ?? 0));
      return {
        of: { runs: ids.length },
        n: kept.length,
        leftOut: runs.length - kept.length,
        missing: ids.length - runs.length,
        minTrainAccuracy: minTrainAccuracy ?? null,
        correlations: correlations(kept.flatMap(outcomeOfRun)),
      };
    },
  };
}

/** `n` models of one grid, all probed on the same samples, named by what differs as those of a sweep; and one more that was not. */
export function modelSpecs(n: number): RunSpec[] {
  const models = Array.from({ length: n }, (_, i): RunSpec => {
    const [augment, momentum] = [i % 4 >= 2, i % 2 === 1];
    const [learningRate, batchSize] = [[0.01, 0.05, 0.1][(i >> 2) % 3], [128, 512, 1024][Math.floor(i / 12) % 3]];
    const optimizer = momentum ? 'momentum' : 'sgd';
    return {
      id: `m${String(i).padStart(3, '0')}`,
      name: `optimizer=${optimizer} learningRate=${learningRate} augment=${augment} batchSize=${batchSize}`,
      state: 'done',
      features: 0.72 + 0.4 * jitter(i + 100),
      skill: 0.52 + 0.16 * Number(augment) + 0.14 * Number(momentum) + 0.16 * jitter(i) + 0.02 * ((i >> 2) % 3),
      tags: ['fig1'],
      ageMs: 86_400_000 + i * 60_000,
      config: {
        data: { dataset: 'digits', train: 4000, test: 2000, augment },
        model: { hidden: Array.from({ length: 9 }, () => 100) },
        training: { epochs: 60, optimizer, learningRate, batchSize },
        analysis: { snapshots: [0, 2, 8, 30, 'last'] },
      },
    };
  });
  const [first] = models;
  return [...models, { ...first, id: 'modd', name: 'another-seed', tags: [], config: { ...(first.config as object), seed: 3 } }];
}

/** Models in the order that is asked for, with what is drawn of them. */
export function fakeModels(
  request: Request,
  runs: readonly FakeRun[],
  modelOf: (run: FakeRun) => ModelPoint,
): { runs: FakeRun[]; models: ModelPoint[]; order?: FigureOrder } {
  const kept = runs.filter((r) => (r.metrics.at(-1)?.trainAccuracy ?? 0) >= (request.minTrainAccuracy ?? 0));
  const sorted = inOrder(kept, request.order);
  return { ...sorted, models: sorted.runs.map(modelOf) };
}
