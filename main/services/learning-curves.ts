// Learning curves of regression with a run's kernels, computed in a compute process and each once: a snapshot never changes.
import { KernelscopeError } from '../contract/errors.ts';
import { learningCurve } from '../contract/figure-data.ts';
import type { LearningCurve } from '../contract/figures.ts';
import type { RunDetail, Spectrum, Split } from '../contract/results.ts';
import type { Compute } from '../compute/index.ts';
import type { Library, Question } from '../store/index.ts';
import type { AgainOn } from './again-on.ts';
import { createAnswers, type AnswersOptions } from './answers.ts';
import { resultOf } from './job-result.ts';
import type { Watch } from './shared.ts';

export interface LearningCurveRequest {
  run: RunDetail;
  split: Split;
  layer: string;
  ridge: number;
  /** one a snapshot */
  spectra: readonly { epoch: number; spectrum: Pick<Spectrum, 'eigenvalues' | 'power' | 'nullPower'> }[];
}
/** One curve for each of the spectra, in their order. */
export type LearningCurves = (request: LearningCurveRequest, o?: Watch) => Promise<LearningCurve[]>;

/** Curves in memory. Some 10 kB each. */
const mostKept = 1000;

export function createLearningCurves(
  library: Library,
  compute: Compute,
  againOn: AgainOn,
  kept: Pick<AnswersOptions<LearningCurve>, 'version' | 'log'>,
): LearningCurves {
  const answers = createAnswers<LearningCurve>({
    ...{ library, most: mostKept, ...kept },
    read: (value) => learningCurve.safeParse(value).data,
  });

  async function computed({ run, split, layer, ridge, spectra }: LearningCurveRequest, o: Watch): Promise<LearningCurve[]> {
    const probe = library.probes.get(run.id, split);
    if (!probe) throw new KernelscopeError('not-found', `run ${run.id}: has no ${split} probe set`);
    const device = await againOn(run.id);
    const input = { device, config: run.config, split, probe, layer, ridge, snapshots: [...spectra] };
    const job = compute.start('regress', input, (report) => {
      if (report.kind === 'share') return o.onProgress?.(report.done);
      return library.snapshots.weights(run.id, report.epoch);
    });
    return resultOf(job, o.signal);
  }

  return (request, o) => {
    const { run, split, layer, ridge, spectra } = request;
    const questions = spectra.map(({ epoch }): Question => ({
      run: run.id,
      key: `learning curve ${split} ${layer}@${epoch} ridge ${ridge}`,
    }));
    return answers.all(questions, (missing, watch) => computed({ ...request, spectra: missing.map((at) => spectra[at]) }, watch), o);
  };
}
