// `reproduce.get`: the paper's statements, each checked on what the library holds. Answers are kept until runs change.
import type { EventName, Events, Handlers } from '../../contract/calls.ts';
import type { RunConfig } from '../../contract/config.ts';
import type { ReproducedStudy, Reproduction } from '../../contract/reproduce.ts';
import type { Library } from '../../store/index.ts';
import { cellsOf } from '../../sweeps/index.ts';
import { configFor, type Preset } from '../presets.ts';
import { answerFromModels, answerFromTangents, reproductionOf } from './answer.ts';
import { choose, type Chosen, type Known } from './choose.ts';
import { readModels, readTangents, readTangentSpectra, readThree } from './read.ts';
import { createSlices } from './slices.ts';
import { sectionFive, sectionSix, type StudySpec } from './study.ts';

export interface ReproduceServices extends Pick<Handlers, 'reproduce.get'> {
  /** What happens to runs, as the page hears of it. */
  heard<K extends EventName>(name: K, payload: Events[K]): void;
}

type Between = () => Promise<void>;

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
  const paper = { 'section-5': paperOf(sectionFive), 'section-6': paperOf(sectionSix) };

  const chosenFor = (spec: StudySpec, between: Between): Promise<Chosen> =>
    choose(library, spec, paper[spec.study], known[spec.study], between);
  const studyOf = ({ study, name, what, presets: own }: StudySpec, { underway, stopped }: Chosen, used: ReproducedStudy['used']) => ({
    study,
    name,
    what,
    used,
    underway,
    stopped,
    presets: own.filter(({ preset }) => presets.some((p) => p.name === preset)),
  });

  async function fromSectionFive(between: Between) {
    const chosen = await chosenFor(sectionFive, between);
    const { done, differs } = chosen;
    const set = await readModels(library, done, between);
    const three = await readThree(library, set, between);
    const runs = set.models.map((m) => m.run);
    const used = done.length === 0 ? null : { runs, name: null, leftOut: done.length - runs.length, differs };
    return { study: studyOf(sectionFive, chosen, used), answered: answerFromModels(set, three, differs) };
  }

  async function fromSectionSix(between: Between) {
    const chosen = await chosenFor(sectionSix, between);
    const { differs } = chosen;
    const id = chosen.done[0]?.id;
    const numbers = id === undefined ? null : readTangents(library, id);
    await between();
    const run = numbers && { id, numbers, spectra: readTangentSpectra(library, id) };
    const used = run && { runs: [id], name: library.runs.get(id).name, leftOut: 0, differs };
    return { study: studyOf(sectionSix, chosen, used), answered: answerFromTangents(run, differs) };
  }

  async function get(): Promise<Reproduction> {
    const between = createSlices();
    return reproductionOf([await fromSectionFive(between), await fromSectionSix(between)]);
  }

  return {
    heard(name, payload) {
      // A run at work says something at every epoch; what counts is that it begins, ends, is edited or goes.
      if (name === 'run.changed') {
        const { id, state } = payload as Events['run.changed'];
        if (states.get(id) === state && state !== 'done') return;
        states.set(id, state);
        version++;
      } else if (name === 'run.removed') {
        states.delete((payload as Events['run.removed']).id); // it may come back out of the trash as it was
        version++;
      }
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
