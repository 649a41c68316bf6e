// Numbers under which every statement of the paper holds, made from what it says; turned round, none may hold.
import { parseConfig } from '../../../../main/contract/config.ts';
import type { LayerAlignment, NtkAlignment, Split } from '../../../../main/contract/results.ts';
import { table1Columns, table1Rows, type Correlation } from '../../../../main/contract/sweeps.ts';
import type {
  Change,
  Model,
  ModelSet,
  TangentRun,
  TangentSpectra,
  ThreeModels,
  TwoLayers,
} from '../../../../main/services/reproduce/numbers.ts';
import { outcomeOf, paperTable1 } from '../../../../main/sweeps/table1.ts';

/** Uniform in [−½, ½), always the same for the same `n`. */
const noise = (n: number) => {
  const x = Math.sin(n * 12.9898 + 78.233) * 43_758.5453;
  return x - Math.floor(x) - 0.5;
};

const layer = (name: string, ckaTarget: number, ckaInput: number): LayerAlignment => ({
  layer: name,
  features: 20,
  ckaTarget,
  ckaInput,
  ktaTarget: 0,
  ktaInput: 0,
  debiasedTarget: 0,
  debiasedInput: 0,
  nullTarget: 0,
});

const cells = [true, false].flatMap((skip) =>
  [true, false].flatMap((augment) =>
    [512, 2048, 4096].flatMap((batchSize) =>
      (['sgd', 'momentum'] as const).flatMap((optimizer) =>
        [0.1, 0.01].map((learningRate) => ({ skip, augment, batchSize, optimizer, learningRate })),
      ),
    ),
  ),
);
const depth = 10;

/** 48 models, 36 of which are kept. */
export function modelSet(): ModelSet {
  const models = cells.map(({ skip, augment, batchSize, optimizer, learningRate }, i): Model => {
    const config = parseConfig({
      data: { dataset: 'cifar10', train: 50_000, augment },
      model: { kind: 'resnet11', skip },
      training: { batchSize, optimizer, learningRate, epochs: 5000 },
    });
    // From 58.2 to 94.7 %, mostly by augmentation.
    const testAccuracy = 0.6 + (augment ? 0.25 : 0) + (optimizer === 'momentum' ? 0.05 : 0) + 0.06 * noise(i);
    const early = 0.3 * testAccuracy;
    const end = (optimizer === 'momentum' ? 0.95 : 0.6) + 0.04 * noise(i + 100);
    const of = (split: Split) =>
      Array.from({ length: depth }, (_, l) => {
        const share = l / (depth - 1);
        const target =
          early +
          (end - early) * share * (split === 'train' ? 1 : 0.9) -
          (split === 'train' && optimizer === 'sgd' ? 0.1 * noise(i + 7) : 0);
        const input = 0.8 - 0.6 * share - 0.2 * testAccuracy + (optimizer === 'sgd' ? 0.05 : 0) + 0.004 * noise(i * 10 + l);
        return layer(`layer${l}`, target, input);
      });
    const layers = { train: of('train'), test: of('test') };
    const metrics = { epoch: 5000, trainLoss: 0.01, testLoss: 0.1, trainAccuracy: 1, testAccuracy };
    const cka = { train: layers.train.map((l) => l.ckaTarget), test: layers.test.map((l) => l.ckaTarget) };
    return { run: `m${i}`, name: `model ${i}`, config, trainAccuracy: 1, testAccuracy, layers, outcome: outcomeOf(config, metrics, cka) };
  });
  // What is compared is how closely each goes with accuracy: the closest first.
  for (const [i, m] of models.entries()) {
    const { accuracy } = m.outcome as { accuracy: number };
    m.outcome.meanCkaTest = accuracy + 0.02 * noise(i + 200);
    m.outcome.meanCkaTrain = accuracy + 0.03 * noise(i + 300);
    m.outcome.ckaTest = accuracy + 0.35 * noise(i + 400);
    m.outcome.ckaTrain = accuracy + 1.5 * noise(i + 500);
  }
  const lowest = Math.min(...models.map((m) => m.testAccuracy));
  models.forEach((m) => (m.testAccuracy += 0.582 - lowest));
  return { models, trained: 64, table: tableOf(1) };
}

/** Table I with the paper's signs, or the opposite ones (−1), beyond doubt. */
export const tableOf = (turn: 1 | -1): Correlation[] =>
  table1Rows.flatMap((row) =>
    table1Columns.map((column, i) => {
      const paper = paperTable1[row][i];
      const r = turn * Math.sign(paper) * 0.5;
      return { row, column, n: 48, r, low: r - 0.2, high: r + 0.2, paper, signAgrees: turn === 1 };
    }),
  );

const change = (name: string, tails: [number, number], powers: [number, number], traces: [number, number] = [10, 40]): Change => ({
  layer: name,
  first: { trace: traces[0], tail: tails[0], power: powers[0] },
  last: { trace: traces[1], tail: tails[1], power: powers[1] },
});

export function threeModels(): ThreeModels {
  const of = (run: string, testAccuracy: number, cka: number, before: Change, last: Change): TwoLayers => ({
    run,
    name: run,
    testAccuracy,
    cka,
    before,
    last,
  });
  return {
    worst: of('worst', 0.582, 0.5, change('layer09', [0.5, 0.45], [0.3, 0.4]), change('layer10', [0.5, 0.4], [0.3, 0.95])),
    misled: of('misled', 0.752, 0.97, change('layer09', [0.5, 0.2], [0.3, 0.96]), change('layer10', [0.5, 0.03], [0.3, 0.98])),
    best: of('best', 0.947, 0.97, change('layer09', [0.5, 0.05], [0.3, 0.97]), change('layer10', [0.5, 0.02], [0.3, 0.99])),
  };
}

export function tangentRun(): TangentRun {
  const epochs = [0, 10, 60];
  const ntk = (ntkTarget: number): NtkAlignment => ({
    ntkTarget,
    ntkNetwork: 0,
    networkTarget: 0,
    penultimateTarget: ntkTarget + 0.15,
    gradientTarget: 0.4,
    penultimateShare: 0.6,
    gradientShare: 0.5,
    nullTarget: 0,
    kta: { ntkTarget: 0, ntkNetwork: 0, networkTarget: 0, penultimateTarget: 0, gradientTarget: 0 },
    parts: [],
  });
  const points = epochs.flatMap((epoch, i) => (['train', 'test'] as const).map((split) => ({ epoch, split, ntk: ntk(0.3 + 0.25 * i) })));
  return { trainAccuracy: 1, testAccuracy: 0.946, points };
}

export const tangentSpectra = (): TangentSpectra => ({
  train: change('ntk', [0.7, 0.1], [0.3, 0.98]),
  test: change('ntk', [0.7, 0.3], [0.3, 0.9]),
});
