// `reproduce.get`: the paper's statements, each checked on what the library holds. Answers are kept until runs change.
import type { EventName, Events, Handlers } from '../../contract/calls.ts';
import type { RunConfig } from '../../contract/config.ts';
import { paperFigures, type CheckedClaim, type PaperFigureId, type ReproducedStudy, type Reproduction } from '../../contract/reproduce.ts';
import type { Library } from '../../store/index.ts';
import { cellsOf } from '../../sweeps/index.ts';
import { configFor, type Preset } from '../presets.ts';
import { choose, type Chosen, type Known } from './choose.ts';
import { checked } from './claim.ts';
import { layerClaims } from './claims/layers.ts';
import { modelClaims } from './claims/models.ts';
import { spectraClaims } from './claims/spectra.ts';
import { tangentClaims, tangentSpectraClaims } from './claims/tangents.ts';
import { about, drawnFromModels, drawnFromTangents } from './figures.ts';
import { leastTrainAccuracy, readModels, readTangents, readTangentSpectra, readThree } from './read.ts';
import { createSlices } from './slices.ts';
import { sectionFive, sectionSix, type StudySpec } from './study.ts';

export interface ReproduceServices extends Pick<Handlers, 'reproduce.get'> {
  /** What happens to runs, as the page hears of it. */
  heard<K extends EventName>(name: K, payload: Events[K]): void;
}

type Claims = (CheckedClaim & { figure: PaperFigureId })[];
interface Part {
  study: ReproducedStudy;
  claims: Claims;
  drawn: Partial<Record<PaperFigureId, Reproduction['figures'][number]['drawn']>>;
}
type Between = () => Promise<void>;

const missing = 'Not yet run.';

export function createReproduce({ library, presets }: { library: Library; presets: readonly Preset[] }): ReproduceServices {
  const known: Record<StudySpec['study'], Known> = { 'section-5': new Map(), 'section-6': new Map() };
  const states = new Map<string, string>();
  let version = 0;
  let kept: { version: number; answer: Promise<Reproduction> } | null = null;

  /** The configs of the preset that has the paper's own sizes. */
  const paperOf = ({ presets: own }: StudySpec): RunConfig[] => {
    const name = own.find((p) => p.scale === 'paper')?.preset;
    const preset = presets.find((p) => p.name === name);
    if (!preset) return [];
    return preset.sweep ? cellsOf(preset.sweep).map((c) => c.config) : [configFor(presets, { preset: preset.name })];
  };

  const studyOf = ({ study, name, what, presets: own }: StudySpec, { underway, stopped }: Chosen, used: ReproducedStudy['used']) => ({
    study,
    name,
    what,
    used,
    underway,
    stopped,
    presets: own.filter(({ preset }) => presets.some((p) => p.name === preset)),
  });

  async function sectionFivePart(between: Between): Promise<Part> {
    const chosen = await choose(library, sectionFive, paperOf(sectionFive), known['section-5'], between);
    const { done, differs } = chosen;
    const set = await readModels(library, done, between);
    const none = set.models.length === 0;
    const three = await readThree(library, set, between);
    const why =
      !none || done.length === 0 ? missing : `None of ${done.length} runs reached ${100 * leastTrainAccuracy} % training accuracy.`;
    const whyNot = none ? why : 'Needs three models or more, with spectra (analysis.spectrum).';
    const runs = set.models.map((m) => m.run);
    const used = done.length === 0 ? null : { runs, name: null, leftOut: done.length - runs.length, differs };
    return {
      study: studyOf(sectionFive, chosen, used),
      claims: [
        ...checked(layerClaims, none ? null : set, why, differs),
        ...checked(spectraClaims, three, whyNot, differs),
        ...checked(modelClaims, none ? null : set, why, differs),
      ],
      drawn: drawnFromModels(set.models, three),
    };
  }

  async function sectionSixPart(between: Between): Promise<Part> {
    const chosen = await choose(library, sectionSix, paperOf(sectionSix), known['section-6'], between);
    const [run] = chosen.done;
    const numbers = run ? readTangents(library, run.id) : null;
    await between();
    const spectra = numbers && readTangentSpectra(library, run.id);
    const used = numbers && { runs: [run.id], name: library.runs.get(run.id).name, leftOut: 0, differs: chosen.differs };
    return {
      study: studyOf(sectionSix, chosen, used),
      claims: [
        ...checked(tangentClaims, numbers, missing, chosen.differs),
        ...checked(
          tangentSpectraClaims,
          spectra,
          numbers ? 'This run has no spectra (analysis.spectrum is false).' : missing,
          chosen.differs,
        ),
      ],
      drawn: numbers ? drawnFromTangents(run.id, spectra !== null) : {},
    };
  }

  async function get(): Promise<Reproduction> {
    const between = createSlices();
    const parts = [await sectionFivePart(between), await sectionSixPart(between)];
    const claims = parts.flatMap((p) => p.claims);
    const drawn = Object.assign({}, ...parts.map((p) => p.drawn)) as Part['drawn'];
    return {
      studies: parts.map((p) => p.study),
      figures: paperFigures.map((figure) => ({
        figure,
        ...about[figure],
        drawn: drawn[figure] ?? [],
        claims: claims.filter((c) => c.figure === figure).map(({ figure: _, ...claim }) => claim),
      })),
    };
  }

  return {
    heard(name, payload) {
      // A run at work says something at every epoch; what counts is that it begins, ends, is edited or goes.
      if (name === 'run.changed') {
        const { id, state } = payload as Events['run.changed'];
        if (states.get(id) === state && state !== 'done') return;
        states.set(id, state);
        version++;
      } else if (name === 'run.removed') version++;
    },
    'reproduce.get': () => {
      // What another process writes is not heard of here.
      if (kept && kept.version === version && !library.readOnly) return kept.answer;
      const answer = get();
      const asked = { version, answer };
      kept = asked;
      answer.catch(() => {
        if (kept === asked) kept = null;
      });
      return answer;
    },
  };
}
