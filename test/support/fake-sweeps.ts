// Sweeps of the host in memory: cells costed one by one, and some sweeps at every stage.
import type { CallParsed, CallResults, PresetInfo } from '../../main/contract/calls.ts';
import { parseConfig, put, type RunConfig } from '../../main/contract/config.ts';
import { badInput, KernelscopeError } from '../../main/contract/errors.ts';
import type { Estimate } from '../../main/contract/results.ts';
import { gridSize, leftOut, stepsAt, type GridAxis } from '../../main/contract/sweep-grid.ts';
import type { SweepSpec, SweepSummary } from '../../main/contract/sweeps.ts';

export const fakeRoom = { memoryBytes: 24e9, diskBytes: 212e9 };

const axesOf = (spec: SweepSpec): GridAxis[] =>
  Object.entries(spec.grid).map(([key, values]) => {
    const paths = key.split(',').map((p) => p.trim());
    return { paths, tuples: values.map((v) => (paths.length === 1 ? [v] : (v as unknown[]))) };
  });

/** The configs of a sweep by place; null for one that is left out. */
function configsOf(spec: SweepSpec): (RunConfig | null)[] {
  const axes = axesOf(spec);
  return leftOut(axes, spec.exclude ?? []).map((out, place) => {
    if (out) return null;
    const layer = {};
    const steps = stepsAt(axes, place);
    axes.forEach(({ paths, tuples }, a) => paths.forEach((path, i) => put(layer, path, tuples[steps[a]][i])));
    try {
      return parseConfig(spec.base, layer);
    } catch (error) {
      if (error instanceof KernelscopeError) throw badInput(`cell ${place + 1} (of ${gridSize(axes)}): ${error.message}`);
      throw error;
    }
  });
}

export function sweepEstimate(spec: SweepSpec, estimateOf: (config: RunConfig) => Estimate): CallResults['sweep.estimate'] {
  const each = configsOf(spec).map((config) => (config ? estimateOf(config) : null));
  const all = each.filter((e) => e !== null);
  const sum = (of: (e: Estimate) => number) => all.reduce((s, e) => s + of(e), 0);
  const estimate = {
    ...all[0],
    seconds: sum((e) => e.seconds),
    diskBytes: sum((e) => e.diskBytes),
    memoryBytes: Math.max(...all.map((e) => e.memoryBytes)),
    parts: all[0].parts.map((part, i) => ({
      ...part,
      seconds: sum((e) => e.parts[i].seconds),
      diskBytes: sum((e) => e.parts[i].diskBytes),
    })),
  };
  return { size: all.length, estimate, cells: each.map((e) => e?.seconds ?? null), room: fakeRoom };
}

export interface FakeSweepHost {
  presets(): PresetInfo[];
  estimateOf(config: RunConfig): Estimate;
  /** asked once, when the sweeps are first asked for */
  empty(): boolean;
}

type Names = 'sweep.list' | 'sweep.get' | 'sweep.estimate' | 'sweep.start' | 'sweep.cancel';
export function fakeSweeps({ presets, estimateOf, empty }: FakeSweepHost): { [K in Names]: (input: CallParsed<K>) => CallResults[K] } {
  const spec = (name: string): SweepSpec => ({ name, base: {}, grid: { seed: [0, 1, 2] } });
  const one = (id: string, name: string, counts: SweepSummary['counts']): [string, SweepSummary] => {
    const size = Object.values(counts).reduce((s, n) => s + n, 0);
    return [id, { id, name, created: '2026-11-20T10:00:00Z', size, counts }];
  };
  let made: Map<string, SweepSummary> | undefined;
  const sweeps = (): Map<string, SweepSummary> =>
    (made ??= new Map(
      empty()
        ? []
        : [
            one('s1', 'lazy to rich', { done: 21, running: 1, queued: 23, failed: 3 }),
            one('s2', 'section-5-small', { done: 40, interrupted: 8 }),
            one('s3', 'activations', { done: 12 }),
          ],
    ));
  const find = (ref: string): SweepSummary => {
    const found = sweeps().get(ref);
    if (!found) throw new KernelscopeError('not-found', `sweep: no sweep ${JSON.stringify(ref)}; see sweep --list`);
    return found;
  };
  const asked = ({ preset, sweep }: { preset?: string | undefined; sweep?: unknown }) =>
    (presets().find((p) => p.name === preset)?.sweep?.spec ?? sweep) as SweepSpec;
  return {
    // One run of the library's is a cell.
    'sweep.list': ({ run }) => [...sweeps().values()].filter(({ id }) => run === undefined || (run === 'r-done' && id === 's3')),
    'sweep.get': ({ sweep }) => ({
      ...find(sweep),
      spec: spec(find(sweep).name),
      cells: [],
      secondsLeft: find(sweep).counts.running ? 4200 : null,
    }),
    'sweep.estimate': (input) => sweepEstimate(asked(input), estimateOf),
    'sweep.start': (input) => {
      const wanted = asked(input);
      const size = configsOf(wanted).filter(Boolean).length;
      const [id, summary] = one(`s${sweeps().size + 1}`, wanted.name, { running: 1, queued: size - 1 });
      sweeps().set(id, summary);
      return { id, name: wanted.name, size, done: 0, takenOver: 0, underway: 0, resumed: 0, created: size, failed: 0, left: 0 };
    },
    'sweep.cancel': ({ sweep }) => {
      const { counts, ...found } = find(sweep);
      const { running = 0, queued = 0, interrupted = 0, ...others } = counts;
      const after = { ...found, counts: { ...others, interrupted: interrupted + running + queued } };
      sweeps().set(found.id, after);
      return after;
    },
  };
}
