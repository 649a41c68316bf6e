// Every call and event between a page and its host, once: name, parser, result. The allow-list is this table.
import { z } from 'zod';
import { figureKinds, type FigureData, type FigureKind } from './figures.ts';
import {
  similarityMeasures,
  splits,
  type DeviceReport,
  type DoctorReport,
  type EpochMetrics,
  type Estimate,
  type LayerComparison,
  type RunDetail,
  type RunSummary,
  type Snapshot,
} from './results.ts';
import type { SweepDetail, SweepSpec, SweepStart, SweepSummary, Table1 } from './sweeps.ts';

const runId = z.string().min(1).max(200);
const sweepRef = z.string().min(1).max(200);
/** A preset's name, or a sweep as its file has it; `parseSweep` parses that one, and names its fields. */
const sweepAsked = { preset: z.string().max(200).optional(), sweep: z.unknown().optional() };
const kinds = figureKinds.map((k) => k.kind) as [FigureKind, ...FigureKind[]];
export const figureRequest = z.strictObject({
  kind: z.enum(kinds),
  runs: z.array(runId).min(1).max(500),
  epochs: z.array(z.number().int().min(0)).max(100).optional(),
  layer: z.string().max(200).optional(),
  splits: z.array(z.enum(splits)).min(1).max(2).optional(),
  minTrainAccuracy: z.number().min(0).max(1).optional(),
});
export const figureStyle = z
  .strictObject({
    widthMm: z.number().min(30).max(600),
    heightMm: z.number().min(20).max(600),
    theme: z.enum(['light', 'dark']),
    xScale: z.enum(['auto', 'linear', 'log']),
    yScale: z.enum(['auto', 'linear', 'log']),
    measure: z.enum(['cka', 'kta', 'debiased']),
  })
  .partial();

/** Inputs are parsed at the door; a config travels as it is and is parsed by `parseConfig`, which names its fields. */
export const calls = {
  'app.info': z.strictObject({}),
  'library.list': z.strictObject({}),
  'presets.list': z.strictObject({}),
  'devices.list': z.strictObject({}),
  'doctor.run': z.strictObject({}),
  'run.estimate': z.strictObject({ preset: z.string().max(200).optional(), config: z.unknown().optional() }),
  'run.start': z.strictObject({
    preset: z.string().max(200).optional(),
    config: z.unknown().optional(),
    name: z.string().max(200).optional(),
  }),
  'run.get': z.strictObject({ run: runId }),
  'run.metrics': z.strictObject({ run: runId }),
  'run.snapshot': z.strictObject({ run: runId, epoch: z.number().int().min(0) }),
  'run.cancel': z.strictObject({ run: runId }),
  'run.resume': z.strictObject({ run: runId }),
  'run.rename': z.strictObject({ run: runId, name: z.string().min(1).max(200) }),
  'run.tag': z.strictObject({ run: runId, add: z.array(z.string().min(1).max(60)).max(100), remove: z.array(z.string().max(60)).max(100) }),
  'run.note': z.strictObject({ run: runId, note: z.string().max(100_000) }),
  'run.delete': z.strictObject({ run: runId }),
  /** of one run: its snapshots at these epochs; of several: one epoch for all or each its own; default: the last */
  'compare.layers': z.strictObject({
    runs: z.array(runId).min(1).max(50),
    epochs: z.array(z.number().int().min(0)).min(1).max(100).optional(),
    split: z.enum(splits).optional(),
    measure: z.enum(similarityMeasures).optional(),
  }),
  'sweep.list': z.strictObject({}),
  'sweep.get': z.strictObject({ sweep: sweepRef }),
  'sweep.estimate': z.strictObject(sweepAsked),
  /** jobs: how many runs train at a time from now on; retry: failed ones too */
  'sweep.start': z.strictObject({ ...sweepAsked, jobs: z.number().int().min(1).max(64).optional(), retry: z.boolean().optional() }),
  'sweep.cancel': z.strictObject({ sweep: sweepRef }),
  /** of a sweep, or of all runs that have this tag */
  'sweep.table1': z.strictObject({ sweep: sweepRef, minTrainAccuracy: z.number().min(0).max(1).optional() }),
  'figure.data': figureRequest,
  'figure.export': z.strictObject({
    request: figureRequest,
    style: figureStyle,
    format: z.enum(['svg', 'png', 'csv']),
    /** pixels per CSS pixel, PNG only */
    scale: z.number().min(0.5).max(8).optional(),
  }),
} as const;

export type CallName = keyof typeof calls;
export type CallInput<K extends CallName> = z.input<(typeof calls)[K]>;
export type CallParsed<K extends CallName> = z.output<(typeof calls)[K]>;

export interface PresetInfo {
  name: string;
  title: string;
  /** the figures of the paper that it feeds */
  figures: string;
  description: string;
  /** fields that differ from the defaults; null for a sweep */
  config: unknown;
  /** null for one run */
  sweep: { spec: SweepSpec; size: number } | null;
  /** of a sweep: of all its runs, one after the other */
  estimate: Estimate | null;
}

export interface CallResults {
  'app.info': { version: string; host: 'web' | 'desktop'; library: string; readOnly: boolean; readOnlyReason: string | null };
  'library.list': RunSummary[];
  'presets.list': PresetInfo[];
  'devices.list': DeviceReport[];
  'doctor.run': DoctorReport;
  'run.estimate': Estimate;
  'run.start': { id: string };
  'run.get': RunDetail;
  'run.metrics': EpochMetrics[];
  'run.snapshot': Snapshot;
  'run.cancel': RunSummary;
  'run.resume': RunSummary;
  'run.rename': RunSummary;
  'run.tag': RunSummary;
  'run.note': RunSummary;
  'run.delete': { id: string };
  'compare.layers': LayerComparison;
  'sweep.list': SweepSummary[];
  'sweep.get': SweepDetail;
  'sweep.estimate': { size: number; estimate: Estimate };
  'sweep.start': SweepStart;
  'sweep.cancel': SweepSummary;
  'sweep.table1': Table1;
  'figure.data': FigureData;
  'figure.export': { fileName: string; mime: string; bytes: Uint8Array };
}

/** What happens while nobody asks. */
export interface Events {
  'run.changed': RunSummary;
  'run.removed': { id: string };
  'run.progress': { id: string; epoch: number; epochs: number; stage: string; secondsLeft: number | null; secondsPerEpoch: number | null };
  'run.epoch': { id: string; metrics: EpochMetrics };
  'run.snapshot': { id: string; epoch: number };
}
export type EventName = keyof Events;
export const eventNames = [
  'run.changed',
  'run.removed',
  'run.progress',
  'run.epoch',
  'run.snapshot',
] as const satisfies readonly EventName[];

/** The host's side of the contract: one method a call. */
export type Handlers = { [K in CallName]: (input: CallParsed<K>) => Promise<CallResults[K]> };
/** The page's side. */
export interface Client {
  call<K extends CallName>(name: K, input: CallInput<K>): Promise<CallResults[K]>;
  on<K extends EventName>(name: K, listener: (payload: Events[K]) => void): () => void;
  /** tells whether the host can be reached; called once at once */
  onLink(listener: (up: boolean) => void): () => void;
}
export type Emit = <K extends EventName>(name: K, payload: Events[K]) => void;
