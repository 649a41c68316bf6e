// The help as data: topics by id, and which topic belongs to a figure or a number. Pages, tooltips and links draw from here.
import type { FigureKind } from '../../main/contract/figures.ts';
import type { EpochMetrics, LayerAlignment, NtkAlignment, SimilarityMeasure, Spectrum } from '../../main/contract/results.ts';
import { placeHref } from '../state/place.ts';
import { alignment } from './alignment.ts';
import { overRuns } from './over-runs.ts';
import { similarity } from './similarity.ts';
import { spectrum } from './spectrum.ts';
import { tangent } from './tangent.ts';
import type { Topic } from './topic.ts';

export { groups, type Topic } from './topic.ts';
export { glossary } from './glossary.ts';

export const topics: readonly Topic[] = [...alignment, ...spectrum, ...tangent, ...similarity, ...overRuns];
const byId = new Map(topics.map((t) => [t.id, t]));

/** A topic by its id; null: there is none. */
export const topic = (id: string): Topic | null => byId.get(id) ?? null;

/** The address of a topic. */
export const helpHref = (id: string): string => placeHref({ view: 'help', params: { topic: id } });

export const topicOfFigure: Record<FigureKind, string> = {
  training: 'accuracy-and-loss',
  'alignment-by-layer': 'cka',
  'alignment-over-epochs': 'cka',
  spectrum: 'spectrum',
  'cumulative-power': 'cumulative-power',
  'learning-curve': 'learning-curve',
  'ntk-alignment': 'ntk-alignment',
  'ntk-split': 'ntk-split',
  'alignment-by-model': 'cka',
  'accuracy-and-mean-cka': 'mean-cka',
  'layer-similarity': 'layer-similarity',
  'kernel-drift': 'layer-similarity',
  'model-similarity': 'layer-similarity',
  scatter: 'pearson',
};

export const topicOfMeasure: Record<SimilarityMeasure, string> = {
  cka: 'cka',
  'debiased-cka': 'debiased-cka',
  svcca: 'svcca',
  pwcca: 'pwcca',
  procrustes: 'procrustes',
  'rbf-cka': 'rbf-cka',
};

type Numbers =
  | Exclude<keyof LayerAlignment, 'layer' | 'features'>
  | Exclude<keyof NtkAlignment, 'kta'>
  | Extract<keyof Spectrum, 'eigenvalues' | 'power' | 'nullPower' | 'noiseFloor' | 'centred'>
  | Exclude<keyof EpochMetrics, 'epoch'>
  | 'meanCka'
  | 'share';
/** By the names that results have in the contract, in exports and in filters. */
export const topicOfNumber: Record<Numbers, string> = {
  ckaTarget: 'cka',
  ckaInput: 'cka',
  ktaTarget: 'kta',
  ktaInput: 'kta',
  debiasedTarget: 'debiased-cka',
  debiasedInput: 'debiased-cka',
  nullTarget: 'null-line',
  ntkTarget: 'ntk-alignment',
  ntkNetwork: 'ntk-alignment',
  networkTarget: 'ntk-alignment',
  penultimateTarget: 'ntk-alignment',
  gradientTarget: 'ntk-alignment',
  penultimateShare: 'ntk-split',
  gradientShare: 'ntk-split',
  parts: 'ntk-split',
  share: 'ntk-split',
  eigenvalues: 'spectrum',
  power: 'cumulative-power',
  nullPower: 'cumulative-power',
  noiseFloor: 'noise-floor',
  centred: 'spectrum',
  trainLoss: 'accuracy-and-loss',
  testLoss: 'accuracy-and-loss',
  trainAccuracy: 'accuracy-and-loss',
  testAccuracy: 'accuracy-and-loss',
  meanCka: 'mean-cka',
};

/** Topics in which every word of the query is found, those with it in their title first. */
export function searchTopics(query: string): Topic[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text: string) => words.every((w) => text.toLowerCase().includes(w));
  const title = (t: Topic) => `${t.title} ${t.id} ${t.also.join(' ')}`;
  const body = (t: Topic) => [title(t), t.meaning, t.letters, ...t.misleads, t.source, ...t.formulas.map((f) => f.words)].join(' ');
  const first = topics.filter((t) => has(title(t)));
  return [...first, ...topics.filter((t) => !first.includes(t) && has(body(t)))];
}
