// The use cases: every call of the contract, from store, compute processes and data. The world comes in as arguments.
import os from 'node:os';
import path from 'node:path';
import type { CallParsed, Emit, Handlers } from '../contract/calls.ts';
import type { RunConfig } from '../contract/config.ts';
import type { FigureData, FigureRequest, FigureStyle } from '../contract/figures.ts';
import type { LayerComparison, NamedArray, RunSummary } from '../contract/results.ts';
import type { Compute, DeviceWish } from '../compute/index.ts';
import { checkDataset, sampleShape } from '../data/index.ts';
import type { Library } from '../store/index.ts';
import { createAgainOn } from './again-on.ts';
import { createBundles, type Bundles } from './bundle-tasks.ts';
import { createComparer } from './compare.ts';
import { createDatasets, type Datasets } from './datasets.ts';
import { checkFits, estimate, needsGpu, type ShapeOf } from './estimate.ts';
import { exportArrays, type ExportOptions, type ExportRequest } from './export.ts';
import { exportFigure } from './figure-export.ts';
import { createFigures } from './figures.ts';
import { keptQueue } from './kept-queue.ts';
import { createLearningCurves } from './learning-curves.ts';
import { createMachine } from './machine.ts';
import { createPresets } from './own-presets.ts';
import { configFor, type Preset } from './presets.ts';
import { createQueueCalls, queueTeller } from './queue-calls.ts';
import { Queue } from './queue.ts';
import { createRunFacts } from './run-facts.ts';
import { createReproduce } from './reproduce/index.ts';
import { createRuns } from './runs.ts';
import { createSettings } from './settings.ts';
import type { Watch } from './shared.ts';
import { createShelf } from './shelf.ts';
import { inSlices } from './slices.ts';
import { createCosts } from './sweep-cost.ts';
import { createSweeps } from './sweeps.ts';
import { createTasks } from './tasks.ts';
import { createTrainer } from './trainer.ts';
import { createTransfers } from './transfers.ts';

export { analyse, type Activations } from './analyse.ts';
export { exportKinds, type ExportKind, type ExportOptions, type ExportRequest } from './export.ts';
export { toListJson, toShowJson } from './json.ts';
export { configFor, loadPresets, type Preset } from './presets.ts';
export { cellsOf, checkLimits, configHash, parseSweep, slurmFiles, sweepHash, withSettings, type Sweep } from '../sweeps/index.ts';

/** Draws a figure without a page. scale: pixels per CSS pixel, PNG only; request: what an SVG says it was asked for */
export type DrawFigure = (
  data: FigureData,
  style: Partial<FigureStyle>,
  format: 'svg' | 'png' | 'csv',
  o: { scale?: number; request?: FigureRequest },
) => Promise<{ bytes: Uint8Array; mime: string }>;

export interface ServicesOptions {
  /** open for writing, or for reading: then every call that would change something is refused */
  library: Library;
  compute: Compute;
  emit: Emit;
  presets: readonly Preset[];
  dataDir: string;
  drawFigure: DrawFigure;
  version: string;
  host: 'web' | 'desktop';
  /** that new runs ask for; `auto` unless told */
  device?: DeviceWish;
  /** how many train at a time; 1 unless told, or kept */
  atOnce?: number;
  /** what a person sets of the queue is kept with the library and taken up again: of a host that lives long */
  keepsQueue?: boolean;
  /** ms between checkpoints; a minute unless told */
  checkpointEvery?: number;
  /** for what no caller hears of */
  log?: (line: string) => void;
}

export interface Services extends Handlers, Datasets, Bundles {
  /** Settles with the run when it has ended, however it did. */
  runToEnd: (id: string) => Promise<RunSummary>;
  /** Raw arrays, one by one, as CONTRACT names them; the request is checked at once. */
  exportArrays(request: ExportRequest, o?: ExportOptions): AsyncGenerator<NamedArray, void, void>;
  /** As `compare.layers`, to be watched and stopped. */
  compareLayers(request: CallParsed<'compare.layers'>, o?: Watch): Promise<LayerComparison>;
  /** of the program and own ones that this version can read */
  presets(): readonly Preset[];
  /** null: there is none of this name. @throws `bad-input` for one that another version kept and this one cannot read */
  ownPreset(name: string): Preset | null;
  /** @throws `bad-input` for a config that this machine cannot run: too large, or its data are missing or broken */
  check(config: RunConfig): Promise<void>;
  /** @throws `bad-input` for a sweep that this machine cannot run, as far as it is not done yet; writes nothing */
  checkSweep(asked: CallParsed<'sweep.start'>): Promise<void>;
  /** Empties the trash of what has been in it long: for a host that lives long. */
  tidy(): Promise<void>;
  /** Stops what is at work (what was done is kept), ends all compute processes and closes the library. */
  close(): Promise<void>;
}

/** Where files lie while they are on their way; the library's own disk has room, where it may be written to. */
const incomingFolder = ({ dir, readOnly }: Library): string =>
  readOnly ? path.join(os.tmpdir(), `kernelscope-${process.pid}`) : path.join(dir, 'incoming');

export function createServices(o: ServicesOptions): Services {
  const { library, compute, presets, dataDir, version } = o;
  const { heard, ...reproduce } = createReproduce({ library, presets });
  const emit: Emit = (name, payload) => {
    heard(name, payload);
    o.emit(name, payload);
  };
  const device = o.device ?? 'auto';
  const log = o.log ?? ((line: string) => process.stderr.write(`${line}\n`));
  const machine = createMachine({ library, compute, dataDir, device, version });
  const { checkpointEvery } = o;
  const shapeOf: ShapeOf = (dataset) => sampleShape(dataDir, dataset);
  const trainer = createTrainer({
    library,
    compute,
    emit,
    dataDir,
    version,
    log,
    ...(checkpointEvery !== undefined && { checkpointEvery }),
  });
  /** Whether the runs are to be measured by a GPU. Which devices are here takes a while to tell: where the processor does, nobody asks. */
  const onGpu = async (configs: readonly RunConfig[], wish: DeviceWish = device): Promise<boolean> => {
    let asks = wish !== 'auto';
    await inSlices(configs, (config) => void (asks ||= needsGpu(config, shapeOf)));
    return asks && machine.takesGpu(wish);
  };
  /** Whether they train on a GPU. @throws `bad-input` for what this machine cannot run */
  const checkAll = async (configs: readonly RunConfig[], wish?: DeviceWish): Promise<boolean> => {
    await machine.checkDevice(wish);
    const [room, gpu] = [await machine.room(), await onGpu(configs, wish)];
    // Runs of a sweep share their data, which are read to be checked.
    const different = new Map<string, RunConfig>();
    await inSlices(configs, (config) => {
      checkFits(config, room, shapeOf, gpu);
      different.set(JSON.stringify(config.data), config);
    });
    for (const config of different.values()) await checkDataset(config, dataDir);
    return gpu;
  };
  const check = async (config: RunConfig, wish?: DeviceWish) => void (await checkAll([config], wish));
  const kept = o.keepsQueue ? keptQueue(library) : null;
  const tell = queueTeller(emit, () => queue);
  const queue: Queue = new Queue(kept?.found?.atOnce ?? o.atOnce ?? 1, () => {
    kept?.keep(queue);
    tell();
  });
  if (kept?.found?.held) queue.hold(true);
  const { runToEnd, stopAll, many, ...runs } = createRuns({ library, trainer, emit, queue, presets: () => allPresets(), device, check });
  const {
    all: allPresets,
    own: ownPreset,
    ...presetCalls
  } = createPresets({
    library,
    emit,
    presets,
    toWrite: many.toWrite,
    calibration: () => machine.calibration(),
    shapeOf,
  });
  const { tidy, ...shelf } = createShelf({ library, emit, toWrite: many.toWrite, cancel: runs['run.cancel'] });
  const { checkSweep, stopStarts, betweenStarts, ...sweeps } = createSweeps({
    library,
    emit,
    presets: allPresets,
    many,
    cancel: runs['run.cancel'],
    checkAll,
    room: () => machine.room(),
    calibration: (wish) => machine.calibration(wish),
    shapeOf,
  });
  const deviceOf = (run: string) => library.runs.owner(run).device as DeviceWish;
  const againOn = createAgainOn({ device, deviceOf, devices: () => machine.devices(), log });
  const answersKept = { version, log };
  const comparer = createComparer(library, compute, emit, againOn, answersKept);
  const figureData = createFigures(library, {
    similarities: comparer.similarities,
    learningCurves: createLearningCurves(library, compute, againOn, answersKept),
  });
  const tasks = createTasks(emit, log);
  const transfers = createTransfers({ dir: incomingFolder(library) });
  const room = async () => (await machine.room()).diskBytes;
  const { toWrite } = many;
  const bundles = createBundles({ library, tasks, transfers, emit, version, room, toWrite, alone: betweenStarts });

  return {
    ...runs,
    ...presetCalls,
    ...createQueueCalls({ library, queue, trainer, toWrite: many.toWrite, secondsOf: createCosts(library, machine.known, shapeOf) }),
    ...shelf,
    ...createSettings(library, { emit, toWrite: many.toWrite }),
    ...sweeps,
    ...createRunFacts({ library, emit }),
    ...reproduce,
    'app.info': async () => {
      const { readOnly, readOnlyReason } = library;
      return { version, host: o.host, library: library.file, readOnly, readOnlyReason };
    },
    'app.storage': machine['app.storage'],
    'devices.list': machine['devices.list'],
    'doctor.run': machine['doctor.run'],
    'run.estimate': async (asked) => {
      const config = configFor(allPresets(), asked);
      await machine.checkDevice(asked.device);
      const room = await machine.room();
      checkFits(config, room, shapeOf, await onGpu([config], asked.device));
      return { ...estimate(config, await machine.calibration(asked.device), shapeOf), room };
    },
    'compare.layers': comparer['compare.layers'],
    'compare.models': comparer['compare.models'],
    'compare.cancel': comparer['compare.cancel'],
    'figure.data': ({ ticket, ...request }, caller) => comparer.watched(ticket, caller, (watch) => figureData(request, watch)),
    'figure.export': ({ ticket, ...input }, caller) =>
      comparer.watched(ticket, caller, (watch) =>
        exportFigure(input, { library, figureData: (request) => figureData(request, watch), drawFigure: o.drawFigure }),
      ),

    presets: allPresets,
    ownPreset,
    runToEnd,
    tidy,
    check,
    checkSweep,
    exportArrays: (request, options) => exportArrays({ library, compute, againOn }, request, options),
    compareLayers: (request, options) => comparer.layers(request, options),
    ...createDatasets({ dataDir, library, compute, tasks, transfers, emit, log }),
    ...bundles,
    ...tasks.calls,
    ...transfers.calls,
    async close() {
      await tasks.stopAll();
      await transfers.close();
      await stopStarts();
      await stopAll('the program was closed');
      await compute.close();
      library.close();
    },
  };
}
