// Every call and event between a page and its host: the table of all that `calls/` has, one file a subject. The allow-list is this table.
import type { z } from 'zod';
import { appCalls, appEvents, type AppEvents, type AppResults } from './calls/app.ts';
import { bundleCalls, type BundleResults } from './calls/bundles.ts';
import { compareCalls, compareEvents, type CompareEvents, type CompareResults } from './calls/compare.ts';
import { datasetCalls, datasetEvents, type DatasetEvents, type DatasetResults } from './calls/datasets.ts';
import { figureCalls, type FigureResults } from './calls/figures.ts';
import { libraryCalls, libraryEvents, type LibraryEvents, type LibraryResults } from './calls/library.ts';
import { presetCalls, presetEvents, type PresetEvents, type PresetResults } from './calls/presets.ts';
import { queueCalls, queueEvents, type QueueEvents, type QueueResults } from './calls/queue.ts';
import { reproduceCalls, type ReproduceResults } from './calls/reproduce.ts';
import { runCalls, runEvents, type RunEvents, type RunResults } from './calls/runs.ts';
import { sweepCalls, type SweepResults } from './calls/sweeps.ts';
import { taskCalls, taskEvents, type TaskCallResults, type TaskEvents } from './calls/tasks.ts';
import { transferCalls, type TransferResults } from './calls/transfers.ts';

export { figureRequest, figureStyle } from './calls/figures.ts';
export type { PresetInfo } from './calls/presets.ts';
export type { QueueCounts, QueuedRun, QueueState } from './calls/queue.ts';

/** Inputs are parsed at the door. */
export const calls = {
  ...appCalls,
  ...libraryCalls,
  ...runCalls,
  ...presetCalls,
  ...queueCalls,
  ...compareCalls,
  ...sweepCalls,
  ...figureCalls,
  ...reproduceCalls,
  ...bundleCalls,
  ...transferCalls,
  ...taskCalls,
  ...datasetCalls,
} as const;

export type CallName = keyof typeof calls;
export type CallInput<K extends CallName> = z.input<(typeof calls)[K]>;
export type CallParsed<K extends CallName> = z.output<(typeof calls)[K]>;

export interface CallResults
  extends
    AppResults,
    LibraryResults,
    RunResults,
    PresetResults,
    QueueResults,
    CompareResults,
    SweepResults,
    FigureResults,
    ReproduceResults,
    BundleResults,
    TransferResults,
    TaskCallResults,
    DatasetResults {}

/** What happens while nobody asks. */
export interface Events extends AppEvents, LibraryEvents, RunEvents, PresetEvents, QueueEvents, TaskEvents, DatasetEvents, CompareEvents {}
export type EventName = keyof Events;
export const eventNames = [
  ...appEvents,
  ...libraryEvents,
  ...runEvents,
  ...presetEvents,
  ...queueEvents,
  ...taskEvents,
  ...datasetEvents,
  ...compareEvents,
] as const satisfies readonly EventName[];

/** Who asked. */
export interface Caller {
  /** aborted once they can no longer hear the answer */
  gone: AbortSignal;
}
/** The host's side of the contract: one method a call. caller: left out where the host itself asks */
export type Handlers = { [K in CallName]: (input: CallParsed<K>, caller?: Caller) => Promise<CallResults[K]> };
/** The page's side. */
export interface Client {
  call<K extends CallName>(name: K, input: CallInput<K>): Promise<CallResults[K]>;
  on<K extends EventName>(name: K, listener: (payload: Events[K]) => void): () => void;
  /** tells whether the host can be reached; called once at once */
  onLink(listener: (up: boolean) => void): () => void;
}
export type Emit = <K extends EventName>(name: K, payload: Events[K]) => void;
