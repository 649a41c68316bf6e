// The numbers of the chosen runs, out of the store.
import type { RunConfig } from '../../contract/config.ts';
import { splits, type Split } from '../../contract/results.ts';
import { correlations, outcomeOf } from '../../sweeps/index.ts';
import type { Library } from '../../store/index.ts';
import { leastTrainAccuracy } from './answer.ts';
import {
  lastTwo,
  modesOf,
  threeOf,
  type Change,
  type Model,
  type ModelSet,
  type TangentRun,
  type TangentSpectra,
  type ThreeModels,
  type TwoLayers,
} from './numbers.ts';

type Between = () => Promise<void>;

/** Every model that has fitted its training samples. */
export async function readModels(
  library: Library,
  done: readonly { id: string; config: RunConfig }[],
  between: Between,
): Promise<ModelSet> {
  const models: Model[] = [];
  for (const { id, config } of done) {
    const { name, final, snapshots } = library.runs.detail(id);
    const epoch = snapshots.at(-1);
    if (final && epoch !== undefined && final.trainAccuracy >= leastTrainAccuracy) {
      const layers = { train: library.alignments.layers(id, epoch, 'train'), test: library.alignments.layers(id, epoch, 'test') };
      const cka = (split: Split) => layers[split].map((l) => l.ckaTarget);
      const outcome = outcomeOf(config, final, { train: cka('train'), test: cka('test') });
      const { trainAccuracy, testAccuracy } = final;
      models.push({ run: id, name, config, trainAccuracy, testAccuracy, layers, outcome });
    }
    await between();
  }
  return { models, trained: done.length, table: correlations(models.map((m) => m.outcome)) };
}

/** A kernel at the first and the last snapshot; null: it has no spectrum there */
function change(library: Library, run: string, split: Split, layer: string): Change | null {
  const epochs = library.snapshots.epochs(run);
  if (epochs.length < 2) return null;
  const at = (epoch: number) => {
    const found = library.spectra.one(run, epoch, split, layer);
    return found && modesOf(found);
  };
  const [first, last] = [at(epochs[0]), at(epochs[epochs.length - 1])];
  return first && last && { layer, first, last };
}

/** The last two layers of the worst, the misled and the best model; null: too few models, or they have no spectra */
export async function readThree(library: Library, { models }: ModelSet, between: Between): Promise<ThreeModels | null> {
  const three = threeOf(models);
  if (!three) return null;
  const found: Partial<ThreeModels> = {};
  for (const [as, model] of Object.entries(three) as [keyof ThreeModels, Model][]) {
    const changes: Change[] = [];
    for (const { layer } of model.layers.train.slice(-2)) {
      const one = change(library, model.run, 'train', layer);
      if (!one) return null;
      changes.push(one);
      await between();
    }
    const { run, name, testAccuracy } = model;
    found[as] = { run, name, testAccuracy, cka: lastTwo(model), before: changes[0], last: changes[1] } satisfies TwoLayers;
  }
  return found as ThreeModels;
}

/** null: it has no tangent kernel at two snapshots or more */
export function readTangents(library: Library, run: string): TangentRun | null {
  const { final } = library.runs.detail(run);
  const points = library.alignments.ntkPoints(run);
  if (!final || splits.some((split) => points.filter((p) => p.split === split).length < 2)) return null;
  return { trainAccuracy: final.trainAccuracy, testAccuracy: final.testAccuracy, points };
}

/** null: spectra were not asked for */
export function readTangentSpectra(library: Library, run: string): TangentSpectra | null {
  const [train, test] = splits.map((split) => change(library, run, split, 'ntk'));
  return train && test && { train, test };
}
