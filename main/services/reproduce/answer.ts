// From numbers to the answer: every statement with its verdict, every figure with what is drawn for it.
import {
  paperFigures,
  type CheckedClaim,
  type DrawnFigure,
  type PaperFigureId,
  type ReproducedStudy,
  type Reproduction,
} from '../../contract/reproduce.ts';
import { checked, type Differing } from './claim.ts';
import { layerClaims } from './claims/layers.ts';
import { modelClaims } from './claims/models.ts';
import { spectraClaims } from './claims/spectra.ts';
import { tangentClaims, tangentSpectraClaims } from './claims/tangents.ts';
import { about, drawnFromModels, drawnFromTangents } from './figures.ts';
import type { ModelSet, TangentRun, TangentSpectra, ThreeModels } from './numbers.ts';

/** The paper keeps the models above it. */
export const leastTrainAccuracy = 0.95;

export interface Answered {
  claims: (CheckedClaim & { figure: PaperFigureId })[];
  drawn: Partial<Record<PaperFigureId, DrawnFigure[]>>;
}

const missing = 'not yet run';

/** Of Section V. three null: fewer than three models, or no spectra */
export function answerFromModels(set: ModelSet, three: ThreeModels | null, differs: readonly Differing[]): Answered {
  const { models, trained } = set;
  const some = models.length > 0 ? set : null;
  const why = trained === 0 ? missing : `none of ${trained} runs reached ${100 * leastTrainAccuracy} % training accuracy`;
  return {
    claims: [
      ...checked(layerClaims, some, why, differs),
      ...checked(spectraClaims, three, some ? 'needs three models or more, with spectra (analysis.spectrum)' : why, differs),
      ...checked(modelClaims, some, why, differs),
    ],
    drawn: drawnFromModels(models, three),
  };
}

/** Of Section VI. run null: there is none; spectra null: it has none */
export function answerFromTangents(
  run: { id: string; numbers: TangentRun; spectra: TangentSpectra | null } | null,
  differs: readonly Differing[],
): Answered {
  return {
    claims: [
      ...checked(tangentClaims, run && run.numbers, missing, differs),
      ...checked(tangentSpectraClaims, run && run.spectra, run ? 'this run has no spectra (analysis.spectrum is false)' : missing, differs),
    ],
    drawn: run ? drawnFromTangents(run.id, run.spectra !== null) : {},
  };
}

export function reproductionOf(parts: readonly { study: ReproducedStudy; answered: Answered }[]): Reproduction {
  const claims = parts.flatMap((p) => p.answered.claims);
  const drawn = parts.reduce<Answered['drawn']>((all, p) => ({ ...all, ...p.answered.drawn }), {});
  return {
    studies: parts.map((p) => p.study),
    figures: paperFigures.map((figure) => ({
      figure,
      ...about[figure],
      drawn: drawn[figure] ?? [],
      claims: claims.flatMap(({ figure: of, ...claim }) => (of === figure ? [claim] : [])),
    })),
  };
}
