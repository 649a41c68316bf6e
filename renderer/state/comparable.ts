// Whether runs can be compared: one probe set, features formed alike; and if not, which are the odd ones and what differs.
import type { RunDetail } from '../../main/contract/results.ts';
import { count } from '../text.ts';

export interface Comparable {
  /** the most runs that share their samples */
  alike: RunDetail[];
  /** the others that have been probed */
  odd: RunDetail[];
  /** not probed yet */
  unprobed: RunDetail[];
  /** in words: the probe set of `alike`, how maps became features */
  probe: string;
  features: string;
  /** two runs and what differs; empty where nothing does */
  why: string;
}

const hashOf = ({ provenance }: RunDetail) => (provenance ? `${provenance.probeHash.train} ${provenance.probeHash.test}` : null);
const sampled = ({ config: { analysis, data, seed } }: RunDetail) =>
  `${count(analysis.probe.train)} + ${count(analysis.probe.test)} samples of ${data.dataset}, seed ${seed}`;
const featuresOf = ({ config: { model, analysis } }: RunDetail) => (model.kind === 'mlp' ? null : analysis.convFeatures);
const formed = { flatten: 'features flattened', mean: 'features averaged over space' } as const;

export function comparable(runs: readonly RunDetail[]): Comparable {
  const probed = runs.filter((r) => hashOf(r) !== null && r.snapshots.length > 0);
  const groups = Map.groupBy(probed, hashOf);
  const alike = [...groups.values()].reduce<RunDetail[]>((most, group) => (group.length > most.length ? group : most), []);
  const odd = probed.filter((r) => !alike.includes(r));
  const kinds = [...new Set(alike.map(featuresOf).filter((f) => f !== null))];
  const [first] = alike;
  return {
    alike,
    odd,
    unprobed: runs.filter((r) => !probed.includes(r)),
    probe: first
      ? `one probe set (${count(first.config.analysis.probe.train)} train, ${count(first.config.analysis.probe.test)} test)`
      : '',
    features: kinds.length > 1 ? 'features of maps formed in two ways' : kinds.length === 1 ? formed[kinds[0]] : '',
    why:
      odd.length > 0 ? `${first.name} (${sampled(first)}) and ${odd[0].name} (${sampled(odd[0])}) were probed on different samples.` : '',
  };
}
