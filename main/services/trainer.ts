// One run from its turn in the queue to its end: what its compute process reports goes to disk, and only then to those who watch.
import type { Emit } from '../contract/calls.ts';
import { KernelscopeError } from '../contract/errors.ts';
import type { RunState, RunSummary } from '../contract/results.ts';
import type { Compute, DeviceWish } from '../compute/index.ts';
import { BrokenProcess, type JobHandle, type TrainReport } from '../compute/index.ts';
import type { Library } from '../store/index.ts';
import { beganLine, changesBetween, checkpointLine, snapshotLine, startedLine } from './run-lines.ts';

export interface TrainerOptions {
  library: Library;
  compute: Compute;
  emit: Emit;
  dataDir: string;
  version: string;
  log(line: string): void;
  /** ms between checkpoints; a minute unless told */
  checkpointEvery?: number;
}

/** How a run at work stands. */
export interface AtWork {
  /** as its process reckons, without pauses */
  secondsLeft: number | null;
  /** it was asked to pause, and comes to its next step boundary */
  pausing: boolean;
}

export interface Trainer {
  /** Runs a queued run to its end; never rejects. `onRest` hears when it begins and ends to hold its place without computing. */
  run(id: string, onRest: (resting: boolean) => void): Promise<void>;
  /** Asks a run at work to wait at its next step boundary; settles once it waits there, goes on or has ended. False: it is not at work. */
  pause(id: string): Promise<void> | false;
  /** A paused run goes on, or the wish to pause is taken back; settles once that is so, or it has ended. False: it is not at work. */
  resume(id: string): Promise<void> | false;
  /** null: it is not at work */
  atWork(id: string): AtWork | null;
  /** Asks a run at work to stop; false where it is not at work. */
  stop(id: string, reason: string): boolean;
}

const beat = 5; // seconds between two notes of progress in the library

export function createTrainer(o: TrainerOptions): Trainer {
  const { library, compute, emit } = o;
  interface Worker {
    handle: JobHandle<'train'>;
    stopped: string | null;
    resting: boolean;
    secondsLeft: number | null;
    /** what is waited for: that it rests, or that it does not */
    wish: (PromiseWithResolvers<void> & { rest: boolean }) | null;
  }
  const atWork = new Map<string, Worker>();
  /** Asks for rest, or for an end of it; an earlier wish for the opposite is over. */
  const wish = (id: string, rest: boolean): Promise<void> | false => {
    const worker = atWork.get(id);
    if (!worker) return false;
    if (worker.wish?.rest === rest) return worker.wish.promise;
    worker.wish?.resolve();
    worker.wish = null;
    if (rest) worker.handle.pause();
    else worker.handle.resume();
    if (worker.resting === rest) return Promise.resolve(); // the wish before had not been heard yet
    worker.wish = { ...Promise.withResolvers<void>(), rest };
    return worker.wish.promise;
  };

  const end = (id: string, state: RunState, reason: string | null): void => {
    let after: RunSummary;
    try {
      after = library.runs.move(id, state, reason);
      if (state === 'done' && library.snapshots.epochs(id).includes(after.epochs)) library.checkpoints.remove(id);
    } catch (error) {
      // The disk may be too full even for this; the library marks the run when it is opened again.
      o.log(`run ${id}: ${state} (${reason ?? 'no reason'}), which could not be written: ${String(error)}`);
      after = { ...library.runs.get(id), state, reason };
    }
    emit('run.changed', after);
  };

  /** What an error says about the run. */
  const endBy = (id: string, error: unknown): void => {
    const stopped = atWork.get(id)?.stopped ?? null;
    if (error instanceof KernelscopeError && (error.code === 'cancelled' || stopped !== null))
      return end(id, 'interrupted', stopped ?? error.message);
    if (error instanceof KernelscopeError && error.code === 'device-lost')
      return end(id, 'interrupted', `${error.message}; it can be resumed, also on another device`);
    if (error instanceof BrokenProcess || (error instanceof KernelscopeError && error.message.includes('disk is full')))
      return end(id, 'interrupted', error.message);
    if (!(error instanceof KernelscopeError)) o.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    end(id, 'failed', error instanceof Error ? error.message.split('\n')[0] : String(error));
  };

  return {
    async run(id, onRest) {
      try {
        const { config } = library.runs.detail(id);
        const device = library.runs.owner(id).device as DeviceWish;
        library.runs.move(id, 'running');
        const notes = keeper(o, id);
        const resume = library.checkpoints.get(id);
        const rest = (resting: boolean) => {
          const worker = atWork.get(id) as Worker;
          worker.resting = resting;
          notes.rest(resting);
          onRest(resting);
          if (worker.wish?.rest !== resting) return;
          worker.wish.resolve();
          worker.wish = null;
        };
        let told = false;
        const tell = () => {
          told = true;
          library.runs.started(id, handle.pid ?? null);
          library.log.append(id, 'info', startedLine(handle.pid ?? null, resume?.epoch ?? null));
        };
        const handle = compute.start(
          'train',
          {
            config,
            device,
            dataDir: o.dataDir,
            version: o.version,
            resume,
            ...(o.checkpointEvery !== undefined && { checkpointEvery: o.checkpointEvery }),
          },
          (report) => {
            if (report.kind === 'begin' && !told) tell();
            if (report.kind === 'paused' || report.kind === 'resumed') return rest(report.kind === 'paused');
            if (report.kind === 'progress') (atWork.get(id) as Worker).secondsLeft = report.secondsLeft;
            notes.keep(report);
          },
        );
        atWork.set(id, { handle, stopped: null, resting: false, secondsLeft: null, wish: null });
        // Where a device is chosen first, its process is only there later: at the latest when the training begins.
        if (handle.pid !== undefined) tell();
        else library.runs.started(id, null);
        emit('run.changed', library.runs.get(id));
        try {
          const { epoch } = await handle.result;
          library.runs.reached(id, epoch);
        } finally {
          notes.beat();
        }
        end(id, 'done', null);
      } catch (error) {
        endBy(id, error);
      } finally {
        const worker = atWork.get(id);
        atWork.delete(id);
        worker?.wish?.resolve();
      }
    },

    pause: (id) => wish(id, true),
    resume: (id) => wish(id, false),
    atWork(id) {
      const worker = atWork.get(id);
      return worker ? { secondsLeft: worker.secondsLeft, pausing: worker.wish?.rest === true } : null;
    },

    stop(id, reason) {
      const work = atWork.get(id);
      if (!work) return false;
      work.stopped ??= reason;
      work.handle.cancel();
      return true;
    },
  };
}

/** Writes what a training process reports. */
function keeper({ library, emit }: TrainerOptions, id: string) {
  let noted = performance.now();
  let epoch = -1;
  let resting = false;
  const beatNow = () => {
    const now = performance.now();
    library.runs.beat(id, resting ? 0 : (now - noted) / 1e3);
    noted = now;
  };
  const changed = () => emit('run.changed', library.runs.get(id));
  let checkpoints = 0;

  const keep = (report: Exclude<TrainReport, { kind: 'paused' | 'resumed' }>): void => {
    switch (report.kind) {
      case 'progress': {
        const { epochs, stage, secondsLeft, secondsPerEpoch } = report;
        if (performance.now() - noted > beat * 1e3)
          library.transaction(() => {
            beatNow();
            if (report.epoch > epoch) library.runs.reached(id, (epoch = report.epoch));
          });
        emit('run.progress', { id, epoch: report.epoch, epochs, stage, secondsLeft, secondsPerEpoch });
        break;
      }
      case 'begin':
        library.transaction(() => {
          const before = library.runs.detail(id).provenance;
          for (const { name, reason } of report.passedOver ?? []) library.log.append(id, 'info', `not on ${name}: ${reason}`);
          library.log.append(id, 'info', beganLine(report.provenance));
          for (const line of changesBetween(before, report.provenance)) library.log.append(id, 'warning', line);
          library.runs.begun(id, report.layers, report.provenance);
          for (const split of ['train', 'test'] as const)
            library.probes.put(id, split, report.provenance.probeHash[split], report.probes[split]);
        });
        changed();
        break;
      case 'epoch':
        library.transaction(() => {
          library.metrics.put(id, report.metrics);
          library.runs.reached(id, (epoch = report.metrics.epoch));
        });
        emit('run.epoch', { id, metrics: report.metrics });
        changed();
        break;
      case 'snapshot':
        library.transaction(() => {
          library.snapshots.put(id, report.snapshot, report.weights);
          library.log.append(id, 'info', snapshotLine(report.snapshot.epoch, report.seconds));
        });
        emit('run.snapshot', { id, epoch: report.snapshot.epoch });
        changed();
        break;
      case 'checkpoint':
        library.transaction(() => {
          library.checkpoints.put(id, report.checkpoint);
          library.runs.reached(id, (epoch = report.checkpoint.epoch));
          const line = checkpointLine(++checkpoints, report.checkpoint.epoch);
          if (line) library.log.append(id, 'info', line);
          beatNow();
        });
    }
  };
  /** It begins to hold its place without computing, or ends that: such time is not counted. */
  const rest = (begins: boolean): void => {
    beatNow();
    resting = begins;
    emit('run.changed', library.runs.move(id, begins ? 'paused' : 'running'));
  };
  return { keep, rest, beat: beatNow };
}
