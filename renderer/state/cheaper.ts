// Ways to ask for less: what could be changed, and what each change would save by the host's own estimate.
import { snapshotEpochs, type SnapshotPlan } from '../../main/contract/config.ts';
import type { Estimate } from '../../main/contract/results.ts';
import { toText, type Values } from './form.ts';

export interface Candidate {
  /** `5 snapshots in place of 13` */
  words: string;
  /** of the button */
  action: string;
  /** texts of the fields that change */
  texts: Readonly<Record<string, string>>;
}
export interface Cheaper extends Candidate {
  /** share of the time that it saves, in [0, 1] */
  saves: number;
}

const leastSaving = 0.15;
const leastSeconds = 30; // what takes less needs no advice

/** So many of the epochs, the first and the last among them, spread evenly over their order. */
export const thinned = (epochs: readonly number[], count: number): number[] => [
  ...new Set(Array.from({ length: count }, (_, i) => epochs[Math.round((i * (epochs.length - 1)) / (count - 1))])),
];

/** Changes that might pay: fewer snapshots, smaller probes, no tangent kernel. Fields that are swept are left alone. */
export function candidates(values: Values, swept: readonly string[]): Candidate[] {
  const found: Candidate[] = [];
  const free = (...paths: string[]) => paths.every((p) => !swept.includes(p));
  const last = values['training.epochs'] as number;
  const epochs = snapshotEpochs(values['analysis.snapshots'] as SnapshotPlan, last);
  if (epochs.length >= 6 && free('analysis.snapshots', 'training.epochs')) {
    const fewer = thinned(epochs, Math.max(3, Math.ceil(epochs.length / 2.5)));
    const plan = fewer.map((e) => (e === last ? 'last' : e));
    found.push({
      words: `${fewer.length} snapshots in place of ${epochs.length}`,
      action: `Use ${fewer.length}`,
      texts: { 'analysis.snapshots': toText(plan) },
    });
  }
  const probes = ['analysis.probe.train', 'analysis.probe.test'] as const;
  const largest = Math.max(...probes.map((p) => values[p] as number));
  if (largest >= 800 && free(...probes)) {
    const half = Math.round(largest / 2);
    const texts = Object.fromEntries(probes.filter((p) => (values[p] as number) > half).map((p) => [p, String(half)]));
    found.push({ words: `probes of ${half} samples in place of ${largest}`, action: `Use ${half}`, texts });
  }
  if (values['analysis.ntk'] === true && free('analysis.ntk'))
    found.push({ words: 'leaving the tangent kernel out', action: 'Leave it out', texts: { 'analysis.ntk': 'false' } });
  return found;
}

/** Whether advice is worth a question at all: the analysis is a good part of what takes long. */
export function worthAsking({ seconds, parts }: Estimate): boolean {
  const analysis = parts.filter((p) => p.what.includes('snapshot')).reduce((s, p) => s + p.seconds, 0);
  return seconds >= leastSeconds && analysis >= leastSaving * seconds;
}

/** The two that save most, of those that save enough. seconds: of what stands in the form; then: with each change */
export const bestOf = (seconds: number, all: readonly { candidate: Candidate; then: number }[]): Cheaper[] =>
  all
    .map(({ candidate, then }) => ({ ...candidate, saves: 1 - then / seconds }))
    .filter(({ saves }) => saves >= leastSaving)
    .sort((a, b) => b.saves - a.saves)
    .slice(0, 2);
