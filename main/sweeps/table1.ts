// Table I: Pearson correlations between hyperparameters and what came of them, over the runs of a sweep.
import type { RunConfig } from '../contract/config.ts';
import { correlated } from '../contract/correlation.ts';
import type { EpochMetrics, Split } from '../contract/results.ts';
import { table1Columns, table1Rows, type Correlation, type Table1Column, type Table1Row } from '../contract/sweeps.ts';

/** One run in numbers; null: it does not have this one. */
export interface Outcome {
  /** 1 with skip connections, 0 without */
  skip: number | null;
  /** 1 with augmentation */
  augment: number | null;
  batchSize: number | null;
  learningRate: number | null;
  /** 1 where the optimiser is SGD with momentum */
  momentum: number | null;
  /** on the training samples, at the end */
  loss: number | null;
  /** on the test samples, at the end */
  accuracy: number | null;
  /** CKA of the last probed layer with the target at the last snapshot */
  ckaTest: number | null;
  ckaTrain: number | null;
  /** its mean over all probed layers */
  meanCkaTest: number | null;
  meanCkaTrain: number | null;
}

/** A run in the numbers of Table I. cka: of its layers with the target at the last snapshot, in their order */
export function outcomeOf({ model, data, training }: RunConfig, final: EpochMetrics, cka: Record<Split, readonly number[]>): Outcome {
  const mean = (v: readonly number[]) => (v.length === 0 ? null : v.reduce((s, x) => s + x, 0) / v.length);
  return {
    skip: model.kind === 'resnet11' ? Number(model.skip) : null,
    augment: Number(data.augment),
    batchSize: training.batchSize,
    learningRate: training.learningRate,
    momentum: Number(training.optimizer === 'momentum'),
    loss: final.trainLoss,
    accuracy: final.testAccuracy,
    ckaTest: cka.test.at(-1) ?? null,
    ckaTrain: cka.train.at(-1) ?? null,
    meanCkaTest: mean(cka.test),
    meanCkaTrain: mean(cka.train),
  };
}

const rowOf: Record<Table1Row, keyof Outcome> = {
  Skip: 'skip',
  'Aug.': 'augment',
  'Batch Size': 'batchSize',
  LR: 'learningRate',
  Momentum: 'momentum',
  Loss: 'loss',
  'Acc.': 'accuracy',
  'CKA (Test)': 'ckaTest',
  'CKA (Train)': 'ckaTrain',
  'Avg. CKA (Test)': 'meanCkaTest',
  'Avg. CKA (Train)': 'meanCkaTrain',
};
const columnOf: Record<Table1Column, keyof Outcome> = {
  Loss: 'loss',
  'Test Acc.': 'accuracy',
  'CKA (Test)': 'ckaTest',
  'CKA (Train)': 'ckaTrain',
};

/** Table I of the paper, in the order of `table1Columns`. */
export const paperTable1: Record<Table1Row, readonly [number, number, number, number]> = {
  Skip: [0.097, -0.024, -0.026, -0.024],
  'Aug.': [0.335, 0.806, 0.529, 0.162],
  'Batch Size': [-0.039, -0.247, -0.181, -0.045],
  LR: [-0.078, 0.163, -0.035, -0.263],
  Momentum: [0.099, 0.448, 0.823, 0.936],
  Loss: [1, 0.384, 0.366, 0.253],
  'Acc.': [0.384, 1, 0.85, 0.528],
  'CKA (Test)': [0.366, 0.85, 1, 0.87],
  'CKA (Train)': [0.253, 0.528, 0.87, 1],
  'Avg. CKA (Test)': [0.279, 0.92, 0.944, 0.747],
  'Avg. CKA (Train)': [0.221, 0.828, 0.93, 0.837],
};

/** All of Table I over `runs`, row by row; each over the runs that have both numbers. */
export function correlations(runs: readonly Outcome[]): Correlation[] {
  return table1Rows.flatMap((row) =>
    table1Columns.map((column, at) => {
      const numbers = correlated(
        runs.map((run) => run[rowOf[row]]),
        runs.map((run) => run[columnOf[column]]),
      );
      const paper = paperTable1[row][at];
      return { row, column, ...numbers, paper, signAgrees: numbers.r === null ? null : Math.sign(numbers.r) === Math.sign(paper) };
    }),
  );
}
