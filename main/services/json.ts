// The documents of `list --json` and `show --json`.
import type { RunDetail, RunSummary } from '../contract/results.ts';

export const toListJson = (runs: readonly RunSummary[]) =>
  runs.map(({ id, name, state, created, tags, dataset, model, epochs, trainAccuracy, testAccuracy }) => ({
    id,
    name,
    state,
    created,
    tags,
    dataset,
    model,
    epochs,
    trainAccuracy,
    testAccuracy,
  }));

export const toShowJson = ({ id, name, state, config, final, snapshots, layers, provenance }: RunDetail) => ({
  id,
  name,
  state,
  config,
  final,
  snapshots,
  layers,
  provenance,
});
