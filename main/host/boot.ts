// Puts the parts together for a host: the command line, the server, the desktop app. The only file that knows all of them.
import { statSync } from 'node:fs';
import path from 'node:path';
import {
  createCompute,
  nodeLauncher,
  withAsides,
  withChoice,
  type ActivationAnalysis,
  type Child,
  type DeviceWish,
  type Launch,
} from '../compute/index.ts';
import type { Client, Emit, Handlers } from '../contract/calls.ts';
import { badInput, KernelscopeError } from '../contract/errors.ts';
import { perform } from '../rpc/dispatch.ts';
import {
  analyse,
  createServices,
  exportKinds,
  loadPresets,
  type ExportKind,
  type Activations,
  type Services as AllServices,
} from '../services/index.ts';
import { openLibrary, type Library } from '../store/index.ts';
import { createDrawing } from './draw/thread.ts';
import { version, type HostPaths } from './paths.ts';

export { exportKinds, loadPresets, nodeLauncher, withAsides, withChoice };
export type { ActivationAnalysis, Child, ExportKind, Launch };

/** `read` makes nothing; `change` writes to a library that is there; `write` makes it where there is none; `write-if-free` does that too,
 *  but reads where another process writes. */
export type Access = 'read' | 'change' | 'write' | 'write-if-free';

export interface BootOptions {
  /** folders */
  library: string;
  data: string;
  device: DeviceWish;
  access: Access;
  /** what this process does, for others who find the library held */
  owner: string;
  host: 'web' | 'desktop';
  paths: HostPaths;
  /** starts compute processes */
  launch: Launch;
  log: (line: string) => void;
}

export interface Services extends Pick<
  AllServices,
  | 'exportArrays'
  | 'compareLayers'
  | 'datasets'
  | 'presets'
  | 'ownPreset'
  | 'check'
  | 'checkSweep'
  | 'fetchDataset'
  | 'importDataset'
  | 'exportBundle'
  | 'importBundle'
  | 'saveBundle'
  | 'openBundle'
  | 'bundleName'
  | 'tidy'
  | 'close'
> {
  /** what a port's dispatch calls */
  handlers: Handlers;
  /** a call through the same door, its errors as they are */
  call: Client['call'];
  onEvent(listener: Emit): () => void;
}

/** Runs that a dead process left behind are marked when a library is opened for writing. A reader sees to that first, if nobody writes. */
function markDead(library: Library, owner: string): void {
  if (!library.present || library.readOnlyReason !== null || library.runs.inStates('queued', 'running', 'paused').length === 0) return;
  try {
    openLibrary(library.dir, { write: true, owner }).close();
  } catch (error) {
    // Someone began to write just now, or this user may not: the runs stay as they are said to be.
    if (!(error instanceof KernelscopeError)) throw error;
  }
}

function openToRead({ library: dir, owner }: BootOptions): Library {
  const library = openLibrary(dir, { write: false, owner });
  markDead(library, owner);
  return library;
}

function open(o: BootOptions): Library {
  const { library: dir, access, owner } = o;
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() === false)
    throw badInput(`--library: expected a folder, got the file ${dir}`);
  if (access === 'read') return openToRead(o);
  if (access === 'change') {
    const there = openLibrary(dir, { write: false, owner });
    if (!there.present) return there;
    there.close();
  }
  try {
    return openLibrary(dir, { write: true, owner });
  } catch (error) {
    if (access === 'write-if-free' && error instanceof KernelscopeError && error.code === 'locked') return openToRead(o);
    throw error;
  }
}

/** The analysis of activations, which needs no library: none is opened, made or found damaged for it. */
export async function analyseActivations(
  { launch, log }: Pick<BootOptions, 'launch' | 'log'>,
  activations: Activations,
  o: { signal?: AbortSignal; onProgress?: (share: number) => void },
): Promise<ActivationAnalysis> {
  const compute = createCompute({ launch, log: (text) => log(text.trimEnd()) });
  try {
    return await analyse(compute, activations, o);
  } finally {
    await compute.close();
  }
}

/** Opens the library and everything that works on it.
 *  @throws KernelscopeError `locked` where another process writes and `write` is asked for, `failed` for a damaged library */
export async function bootServices(o: BootOptions): Promise<Services> {
  const { data, device, host, log, paths } = o;
  const presets = loadPresets(path.join(paths.resources, 'presets'));
  const library = open(o);
  const drawing = createDrawing({ entry: paths.draw, fontsDir: path.join(paths.resources, 'fonts') });
  const listeners = new Set<Emit>();
  const services = createServices({
    library,
    compute: createCompute({ launch: o.launch, log: (text) => log(text.trimEnd()) }),
    emit: (name, payload) => {
      for (const listener of [...listeners]) listener(name, payload);
    },
    presets,
    dataDir: data,
    device,
    drawFigure: drawing.draw,
    keepsQueue: o.access === 'write-if-free', // a command runs what it was asked for, whatever the app's queue does
    version,
    host,
    log,
  });
  return {
    handlers: services,
    call: (name, input) => perform(services, name, input),
    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    exportArrays: (request, options) => services.exportArrays(request, options),
    compareLayers: (request, options) => services.compareLayers(request, options),
    datasets: () => services.datasets(),
    presets: () => services.presets(),
    ownPreset: (name) => services.ownPreset(name),
    check: (config) => services.check(config),
    checkSweep: (asked) => services.checkSweep(asked),
    fetchDataset: (name, options) => services.fetchDataset(name, options),
    importDataset: (request) => services.importDataset(request),
    tidy: () => services.tidy(),
    exportBundle: (request, options) => services.exportBundle(request, options),
    importBundle: (request, options) => services.importBundle(request, options),
    saveBundle: (request) => services.saveBundle(request),
    openBundle: (request) => services.openBundle(request),
    bundleName: (runs) => services.bundleName(runs),
    close: async () => {
      await drawing.close();
      await services.close();
    },
  };
}
